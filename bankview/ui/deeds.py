"""What a person does to the ledger, as deeds for the pen: each returns the deed that takes it back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from bankview.store import connections, links, rules, saved, standing, suggestions, transfers, words
from bankview.sync import by_hand

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from bankview.domain.rule import Rule
    from bankview.domain.transaction import Transaction
    from bankview.domain.transfer import Pair
    from bankview.store.database import Database
    from bankview.store.saved import Saved
    from bankview.store.suggestions import Suggestion

    #: What is done to the ledger; it returns what takes it back, None where there is nothing to.
    Deed = Callable[[Database], "Deed | None"]
    #: A row's account and its text id.
    Row = tuple[int, str]


def write(rows: Sequence[Row], said: Mapping[str, Any]) -> Deed:
    """Write the same words of some rows: note, tags, category, checked."""
    return partial(_write, [(row, said) for row in rows])


def note_seen(account_id: int) -> Deed:
    """Count none of an account's rows as new any more; that is nothing to take back."""
    return lambda db: connections.mark_read(db, account_id)


def keep_search(search: Saved, instead: Saved | None = None) -> Deed:
    """Keep a search, `instead` of one of another name."""
    named = {instead.name: None} if instead else {}
    return partial(_search, {**named, search.name: search})


def forget_search(search: Saved) -> Deed:
    """Forget a search."""
    return partial(_search, {search.name: None})


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


def refuse(suggestion: Suggestion, *, refused: bool = True) -> Deed:
    """Never offer a suggestion again, or do."""

    def deed(db: Database) -> Deed:
        (suggestions.refuse if refused else suggestions.offer_again)(db, suggestion)
        return refuse(suggestion, refused=not refused)

    return deed


def same(account_id: int, pair: links.Pair, at: datetime) -> Deed:
    """Say that a pending row and a booked one are the same, or one of a file and one that was there before."""
    return partial(_oriented, account_id, pair, links.accept, at)


def not_same(account_id: int, pair: links.Pair, at: datetime) -> Deed:
    """Say that they are not; it is not asked again."""
    return partial(_oriented, account_id, pair, links.decline, at)


def take_apart(account_id: int, booked: str, at: datetime) -> Deed:
    """Take a booked row's link apart."""

    def deed(db: Database) -> Deed | None:
        pending = links.linked_to(db, account_id, booked)
        if pending is None:
            return None
        undo = partial(links.undo, account_id=account_id, booked_id=booked, at=at)
        return _link(account_id, (pending, booked), undo, db)

    return deed


def join(pair: Pair, at: datetime) -> Deed:
    """Say that two rows are one transfer."""
    return partial(_transfer, pair, lambda db: transfers.accept(db, pair, at))


def decline(pair: Pair, at: datetime) -> Deed:
    """Say that two rows are no transfer, though it looks like one, and take it apart where it was taken for one."""
    return partial(_transfer, pair, lambda db: transfers.decline(db, pair, at))


def rename_account(account_id: int, name: str) -> Deed:
    """Give an account the person's own name; an empty one gives the bank's back."""

    def deed(db: Database) -> Deed | None:
        before = next((one for one in connections.accounts(db) if one.id == account_id), None)
        connections.rename_account(db, account_id, name)
        return rename_account(account_id, before.own_name) if before else None

    return deed


def hide_account(account_id: int, *, hidden: bool) -> Deed:
    """Hide an account from lists, or show it again."""

    def deed(db: Database) -> Deed:
        connections.hide_account(db, account_id, hidden)
        return hide_account(account_id, hidden=not hidden)

    return deed


def move_account(account_id: int, by: int) -> Deed:
    """Move an account up (-1) or down (+1) among its bank's."""

    def deed(db: Database) -> Deed:
        return _place(account_id, max(0, _place_of(db, account_id) + by), db)

    return deed


def keep_account(kept: by_hand.Kept, at: datetime) -> Deed:
    """Make an account that is kept by hand, or change one."""

    def deed(db: Database) -> Deed:
        own, _ = kept
        before = by_hand.account(db, own.id) if own.id else None
        made = by_hand.keep(db, kept, at)
        return keep_account(before, at) if before else _close_account((made, kept[1]), at)

    return deed


def _close_account(kept: by_hand.Kept, at: datetime) -> Deed:
    return lambda db: keep_account(kept, at) if by_hand.close(db, kept[0].id) else None


def write_row(account_id: int, text_id: str, row: Transaction | None, at: datetime) -> Deed:
    """Let this be the row of an id in an account that is kept by hand, None for no row."""

    def deed(db: Database) -> Deed:
        before = by_hand.write(db, account_id, text_id, row, at)
        return write_row(account_id, text_id, before, at)

    return deed


def _place(account_id: int, place: int, db: Database) -> Deed:
    before = _place_of(db, account_id)
    connections.move_account(db, account_id, place)
    return partial(_place, account_id, before)


def _place_of(db: Database, account_id: int) -> int:
    every = connections.accounts(db)
    bank = next(account.connection_id for account in every if account.id == account_id)
    return [one.id for one in every if one.connection_id == bank].index(account_id)


def _write(rows: Sequence[tuple[Row, Mapping[str, Any]]], db: Database) -> Deed | None:
    back: list[tuple[Row, Mapping[str, Any]]] = []
    for (account_id, text_id), said in rows:
        before, after = words.change(db, account_id, text_id, **said)
        if before != after:
            back.append(((account_id, text_id), {name: getattr(before, name) for name in said}))
    return partial(_write, back) if back else None


def _search(wanted: Mapping[str, Saved | None], db: Database) -> Deed:
    """Let these be the searches of these names, None for none of that name."""
    there = {one.name.casefold(): one for one in saved.saved(db)}
    before = {name: there.get(name.casefold()) for name in wanted}
    for name, search in wanted.items():
        saved.put(db, search, name) if search else saved.drop(db, name)
    return partial(_search, before)


def _change_rules(change: Callable[[Database], object], db: Database) -> Deed:
    before = rules.rules(db)
    change(db)
    return partial(_change_rules, lambda db: rules.put(db, before))


def _oriented(
    account_id: int,
    pair: links.Pair,
    change: Callable[[Database, int, links.Pair, datetime], object],
    at: datetime,
    db: Database,
) -> Deed | None:
    own = links.oriented(db, account_id, pair)
    return _link(account_id, own, lambda db: change(db, account_id, own, at), db)


def _link(
    account_id: int, pair: links.Pair, change: Callable[[Database], object], db: Database
) -> Deed | None:
    before = standing.of(db, account_id, pair)
    change(db)
    if standing.of(db, account_id, pair) == before:
        return None
    return partial(_link, account_id, pair, lambda db: standing.put(db, account_id, pair, before))


def _transfer(pair: Pair, change: Callable[[Database], object], db: Database) -> Deed | None:
    before = transfers.standing(db, pair)
    change(db)
    if transfers.standing(db, pair) == before:
        return None
    return partial(_transfer, pair, lambda db: transfers.put(db, pair, before))
