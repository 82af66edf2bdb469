"""What a person does to rules, suggestions, transfers and accounts, as deeds for the pen: each knows what takes it back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bankview.store import connections, rules, suggestions, transfers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bankview.domain.account import Account
    from bankview.domain.rule import Rule
    from bankview.domain.transfer import Pair
    from bankview.store.database import Database
    from bankview.store.suggestions import Suggestion
    from bankview.ui.pen import Deed, Undo


def save_rule(rule: Rule) -> Deed:
    """Keep a rule and apply it."""
    return partial(_change_rules, lambda db: rules.save(db, rule))


def remove_rule(rule_id: int) -> Deed:
    """Forget a rule and what it did."""
    return partial(_change_rules, lambda db: rules.remove(db, rule_id))


def order_rules(rule_ids: Sequence[int]) -> Deed:
    """Put the rules in this order."""
    return partial(_change_rules, lambda db: rules.reorder(db, rule_ids))


def accept(suggestion: Suggestion) -> Deed:
    """Make a rule of a suggestion."""
    return partial(_change_rules, lambda db: suggestions.accept(db, suggestion))


def refuse(suggestion: Suggestion) -> Deed:
    """Never offer a suggestion again."""

    def deed(db: Database) -> Undo:
        suggestions.refuse(db, suggestion)
        return lambda db: suggestions.offer_again(db, suggestion)

    return deed


def join(pair: Pair, at: datetime) -> Deed:
    """Say that two rows are one transfer."""

    def deed(db: Database) -> Undo | None:
        if not transfers.accept(db, pair, at):
            return None
        return lambda db: transfers.doubt(db, pair, at)

    return deed


def decline(pair: Pair, at: datetime) -> Deed:
    """Say that two rows are no transfer, though it looks like one."""

    def deed(db: Database) -> Undo:
        transfers.decline(db, pair, at)
        return lambda db: transfers.doubt(db, pair, at)

    return deed


def part(pair: Pair, at: datetime) -> Deed:
    """Take a transfer apart."""

    def deed(db: Database) -> Undo:
        transfers.decline(db, pair, at)
        return lambda db: transfers.accept(db, pair, at)

    return deed


def rename_account(account: Account, name: str) -> Deed:
    """Give an account the person's own name; an empty one gives the bank's back."""

    def deed(db: Database) -> Undo:
        connections.rename_account(db, account.id, name)
        return lambda db: connections.rename_account(db, account.id, account.own_name)

    return deed


def hide_account(account_id: int, *, hidden: bool) -> Deed:
    """Hide an account from lists, or show it again."""

    def deed(db: Database) -> Undo:
        connections.hide_account(db, account_id, hidden)
        return lambda db: connections.hide_account(db, account_id, not hidden)

    return deed


def move_account(account_id: int, by: int) -> Deed:
    """Move an account up (-1) or down (+1) among its bank's."""

    def deed(db: Database) -> Undo:
        every = connections.accounts(db)
        bank = next(account.connection_id for account in every if account.id == account_id)
        family = [account.id for account in every if account.connection_id == bank]
        place = family.index(account_id)
        connections.move_account(db, account_id, max(0, place + by))
        return lambda db: connections.move_account(db, account_id, place)

    return deed


def _change_rules(change: Callable[[Database], object], db: Database) -> Undo:
    before = rules.rules(db)
    change(db)
    return lambda db: rules.put(db, before)
