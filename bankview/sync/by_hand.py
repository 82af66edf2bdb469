"""What a person writes into accounts of their own: the accounts, and their rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bankview.errors import UsageError
from bankview.store import by_hand, imports
from bankview.sync.targets import FILES, feed
from bankview.words import tr

if TYPE_CHECKING:
    from datetime import datetime

    from bankview.domain.account import Account
    from bankview.domain.money import Money
    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database

#: An account, and what it held when it was opened.
Kept = tuple["Account", "Money"]


def account(db: Database, account_id: int) -> Kept | None:
    """Return an account that is kept by hand; None where it is none."""
    own = by_hand.account(db, account_id)
    return (own, by_hand.opening(db, own)) if own else None


def keep(db: Database, kept: Kept, at: datetime) -> Account:
    """Make an account (id 0, or one that was closed), or change its name, type and opening; return it."""
    own, held = kept
    with db.writing():
        feed(db, at)
        return by_hand.put_account(db, replace(own, connection_id=FILES), held)


def close(db: Database, account_id: int) -> bool:
    """Remove an account; False where it has rows by now, and nothing was changed."""
    with db.writing():
        imports.forget_empty(db, (account_id,), FILES)
        return by_hand.account(db, account_id) is None


def write(
    db: Database, account_id: int, text_id: str, wanted: Transaction | None, at: datetime
) -> Transaction | None:
    """Let this be the row of an id, None for no row; return the one that was before.

    Raises:
        UsageError: the account is not one that is kept by hand, or is in another currency.
    """
    with db.writing():
        own = by_hand.account(db, account_id)
        if own is None or (wanted and wanted.amount.currency != own.currency):
            raise UsageError(tr("This account is not kept by hand."))
        before = by_hand.row(db, account_id, text_id)
        by_hand.put_row(db, own, text_id, wanted, at)
        return before
