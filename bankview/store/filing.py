"""What follows from rows that have just been placed: the names that rules give, and transfers between own accounts."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from bankview.store import rules, transfers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bankview.store.database import Database
    from bankview.store.placing import Ready


def settle(db: Database, account_id: int, placed: Sequence[Sequence[Ready]], at: datetime) -> None:
    """File an account's rows that were inserted, updated, or are pending; within the transaction that placed them."""
    rules.name(db, account_id, [item.row for item in chain.from_iterable(placed)])
    insert, update, _ = placed
    transfers.renew(db, account_id, [item.row.id for item in update])
    days = [item.row.booked_on for item in (*insert, *update)]
    if days:
        transfers.find(db, account_id, min(days), at)
