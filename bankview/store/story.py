"""What is known of a row beside itself: what it was while pending, which rule filed it, where its other half lies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bankview.store import connections, rules, transfers
from bankview.store.links import held_of
from bankview.store.rows import COLUMNS, read, read_facts
from bankview.store.schema import PENDING

if TYPE_CHECKING:
    from bankview.domain.rule import Rule
    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database
    from bankview.store.links import Held


@dataclass(frozen=True, slots=True)
class Across:
    """The other half of a transfer, and what its account is called."""

    row: Transaction
    account: str


@dataclass(frozen=True, slots=True)
class Filed:
    """A row of a file that was taken for one that was there."""

    row: Transaction
    file: str


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of a row beside itself.

    `was` is the pending row that it came of, `filed` the one of a file that is taken for it. `others` are those that it
    may be the same as: of a booked row pending ones, of a pending row booked ones. `rule` gives its category where the
    person gives none; `across` is the other half of a transfer between own accounts.
    """

    was: Held | None = None
    others: tuple[Transaction, ...] = field(default=())
    rule: Rule | None = None
    across: Across | None = None
    filed: Filed | None = None

    @property
    def has_kin(self) -> bool:
        """Whether another row belongs to it, or may."""
        return bool(self.was or self.others or self.across or self.filed)


def story(db: Database, row: Transaction) -> Story:
    """Return what is known of a row."""
    rule, across = rules.giver(db, row), _across(db, row)
    was = db.run(
        "SELECT h.facts, h.first_seen, h.gone FROM pair p JOIN held h ON h.account_id = p.account_id"
        " AND h.text_id = p.pending_id WHERE p.account_id = ? AND p.booked_id = ? AND p.state = 'linked'",
        (row.account_id, row.id),
    )
    if was:
        return Story(held_of(was[0]), rule=rule, across=across)
    others = (*_pending_of(db, row), *_booked_of(db, row))
    return Story(None, others, rule, across, _filed(db, row))


def _filed(db: Database, row: Transaction) -> Filed | None:
    found = db.run(
        "SELECT i.facts, m.file FROM pair p JOIN imported i ON i.account_id = p.account_id AND i.text_id = p.pending_id"
        " JOIN import m ON m.id = i.import_id WHERE p.account_id = ? AND p.booked_id = ? AND p.state = 'linked'"
        " AND i.facts IS NOT NULL",
        (row.account_id, row.id),
    )
    return Filed(read_facts(found[0][0]), found[0][1]) if found else None


def _across(db: Database, row: Transaction) -> Across | None:
    other = transfers.other_side(db, row)
    if other is None:
        return None
    labels = {one.id: one.label for one in connections.accounts(db)}
    return Across(other, labels.get(other.account_id, ""))


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
    return [*(read_facts(said) for (said,) in found), *_filed_of(db, row)]


def _filed_of(db: Database, row: Transaction) -> list[Transaction]:
    """Return the rows of files that may be the same as one that was there before."""
    found = db.run(
        f"SELECT {COLUMNS} FROM pair p JOIN detail d ON d.account_id = p.account_id AND d.text_id = p.pending_id"
        " JOIN tx t ON t.id = d.id JOIN account a ON a.id = t.account_id"
        f" WHERE p.account_id = ? AND p.booked_id = ? AND t.id < {PENDING} AND {_FREE} ORDER BY t.id",
        (row.account_id, row.id),
    )
    return [read(values) for values in found]


def _booked_of(db: Database, row: Transaction) -> list[Transaction]:
    found = db.run(
        f"SELECT {COLUMNS} FROM pair p JOIN detail d ON d.account_id = p.account_id AND d.text_id = p.booked_id"
        " JOIN tx t ON t.id = d.id JOIN account a ON a.id = t.account_id"
        f" WHERE p.account_id = ? AND p.pending_id = ? AND {_FREE} ORDER BY t.id",
        (row.account_id, row.id),
    )
    return [read(values) for values in found]
