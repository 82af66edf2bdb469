"""What is known of a row beside itself: what it was while pending, and what it may be the same as."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bankview.store.links import held_of
from bankview.store.rows import COLUMNS, read, read_facts

if TYPE_CHECKING:
    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database
    from bankview.store.links import Held


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of a row beside itself.

    `was` is the pending row that it came of. `others` are those that it may be the same as: of a booked row pending
    ones, of a pending row booked ones.
    """

    was: Held | None = None
    others: tuple[Transaction, ...] = field(default=())


def story(db: Database, row: Transaction) -> Story:
    """Return what is known of a row: what it was while pending, and what it may be the same as."""
    was = db.run(
        "SELECT h.facts, h.first_seen, h.gone FROM pair p JOIN held h ON h.account_id = p.account_id"
        " AND h.text_id = p.pending_id WHERE p.account_id = ? AND p.booked_id = ? AND p.state = 'linked'",
        (row.account_id, row.id),
    )
    if was:
        return Story(held_of(was[0]))
    return Story(others=(*_pending_of(db, row), *_booked_of(db, row)))


#: No end of the pair `p` is linked already.
_FREE = (
    "p.state = 'suggested' AND NOT EXISTS (SELECT 1 FROM pair l WHERE l.account_id = p.account_id AND"
    " l.state = 'linked' AND (l.pending_id = p.pending_id OR l.booked_id = p.booked_id))"
)


def _pending_of(db: Database, row: Transaction) -> list[Transaction]:
    found = db.run(
        f"SELECT h.facts FROM pair p JOIN held h ON h.account_id = p.account_id AND h.text_id = p.pending_id"
        f" WHERE p.account_id = ? AND p.booked_id = ? AND {_FREE} ORDER BY h.day",
        (row.account_id, row.id),
    )
    return [read_facts(said) for (said,) in found]


def _booked_of(db: Database, row: Transaction) -> list[Transaction]:
    found = db.run(
        f"SELECT {COLUMNS} FROM pair p JOIN detail d ON d.account_id = p.account_id AND d.text_id = p.booked_id"
        " JOIN tx t ON t.id = d.id JOIN account a ON a.id = t.account_id"
        f" WHERE p.account_id = ? AND p.pending_id = ? AND {_FREE} ORDER BY t.id",
        (row.account_id, row.id),
    )
    return [read(values) for values in found]
