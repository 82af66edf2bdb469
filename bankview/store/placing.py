"""Where rows go: their place in the order of days, and the balance after each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from bankview.errors import StoreError
from bankview.store import index
from bankview.store.rows import (
    DETAIL,
    NEW,
    TX,
    WHOLE,
    WHOLE_JOINS,
    detail,
    first_of,
    read_whole,
    shown,
)
from bankview.store.schema import DAY, PENDING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bankview.domain.account import Account
    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database

#: Above every booked row.
NONE = PENDING
_PENDING_OF = f"SELECT id FROM tx WHERE account_id = ? AND id >= {PENDING}"


class Ready(NamedTuple):
    """A row with all that takes time already done, so that the transaction is short."""

    row: Transaction
    doc: str
    answer: bytes


def replace_pending(db: Database, account_id: int, pending: Sequence[Ready]) -> None:
    """Replace the pending rows as a set; where it is the same set, nothing is touched."""
    wanted = [item.row.but(account_key="", account_id=account_id) for item in _placed(pending)]
    there = _pending(db, account_id)
    if there == wanted and [row.words for row in there] == [row.words for row in wanted]:
        return
    index.remove(db, _PENDING_OF, (account_id,))
    db.run(f"DELETE FROM tx WHERE id IN ({_PENDING_OF})", (account_id,))
    insert(db, account_id, pending)


def _pending(db: Database, account_id: int) -> list[Transaction]:
    sql = f"SELECT {WHOLE} FROM tx t {WHOLE_JOINS} WHERE t.id IN ({_PENDING_OF}) ORDER BY t.id"
    return [read_whole(values) for values in db.run(sql, (account_id,))]


def _placed(rows: Sequence[Ready]) -> list[Ready]:
    return sorted(rows, key=lambda item: item.row.booked_on)


def update(db: Database, account_id: int, rows: Sequence[Ready]) -> int:
    """Write what a bank says anew; a row whose day is another moves there, with all that hangs on it.

    Returns:
        the lowest row id that was touched, NONE where there is none.

    Raises:
        StoreError: a row is not there.
    """
    free, lowest = _Free(db, (first_of(item.row.booked_on) for item in rows)), NONE
    for item in rows:
        found = db.one(
            "SELECT id FROM detail WHERE text_id = ? AND account_id = ?", (item.row.id, account_id)
        )
        if found is None:
            raise StoreError("a row to be updated is not there")
        own = int(found)
        lowest = min(lowest, own)
        index.remove(db, "SELECT ?", (own,))
        if own // DAY * DAY != (base := first_of(item.row.booked_on)):
            own, before = free.next(base), own
            db.run("UPDATE tx SET id = ? WHERE id = ?", (own, before))
        _overwrite(db, own, account_id, item)
        lowest = min(lowest, own)
    return lowest


def _overwrite(db: Database, own: int, account_id: int, item: Ready) -> None:
    db.run(
        f"UPDATE tx SET ({TX}) = ({_marks(7)}, ? | (marks & {NEW})) WHERE id = ?",
        (*shown(own, account_id, item.row), own),
    )
    db.run(
        f"UPDATE detail SET ({DETAIL}) = ({_marks(14)}) WHERE id = ?",
        (*detail(own, account_id, item.row), own),
    )
    if item.answer:
        db.run("INSERT OR REPLACE INTO raw VALUES(?,?)", (own, item.answer))
    index.add(db, [(own, item.doc)])


def insert(db: Database, account_id: int, rows: Sequence[Ready]) -> int:
    """Write new rows, in the order given within a day; return the lowest row id, NONE where there is none."""
    in_order = _placed(rows)
    bases = [first_of(item.row.booked_on, item.row.status) for item in in_order]
    placed = list(zip(map(_Free(db, bases).next, bases), in_order, strict=True))
    placed.sort(key=lambda pair: pair[0])
    db.run_many(
        f"INSERT INTO tx({TX}) VALUES({_marks(8)})",
        (shown(n, account_id, it.row) for n, it in placed),
    )
    db.run_many(
        f"INSERT INTO detail({DETAIL}) VALUES({_marks(14)})",
        (detail(n, account_id, it.row) for n, it in placed),
    )
    db.run_many("INSERT INTO raw VALUES(?,?)", ((n, it.answer) for n, it in placed if it.answer))
    index.add(db, ((n, it.doc) for n, it in placed))
    return placed[0][0] if placed else NONE


def _marks(count: int) -> str:
    return ",".join("?" * count)


class _Free:
    """Hands out row ids of these days, above those that are taken by any account; one question for all of them."""

    def __init__(self, db: Database, bases: Iterable[int]) -> None:
        self._next: dict[int, int] = dict(
            db.run(
                f"SELECT value, coalesce((SELECT max(id) + 1 FROM tx WHERE id >= value AND id < value + {DAY}), value)"
                " FROM json_each(?)",
                (json.dumps(list(set(bases))),),
            )
        )

    def next(self, base: int) -> int:
        """Return the next free id of the day that begins at `base`."""
        own = self._next[base]
        if own >= base + DAY:
            raise StoreError("a day holds more rows than the ledger can order")
        self._next[base] = own + 1
        return own


def balance(db: Database, account: Account, lowest: int) -> None:
    """Store the balance after each booked row: the bank's where it says one, else walked back from today's.

    Below the lowest touched row the walk ends where it meets what it would write: the rest is as it was.
    """
    if account.balance is None:
        db.run(
            "UPDATE tx SET balance = d.balance_after FROM detail d WHERE d.id = tx.id AND tx.account_id = ?"
            " AND tx.balance IS NOT d.balance_after",
            (account.id,),
        )
        return
    values = {"account": account.id, "anchor": account.balance.minor}
    values["first"] = _met(db, account.id, account.balance.minor, lowest)
    db.run(
        "UPDATE tx SET balance = w.b FROM (SELECT k.id, coalesce(d.balance_after, k.b) AS b FROM (SELECT id, :anchor"
        " - coalesce(sum(amount) OVER (ORDER BY id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS b"
        f" FROM tx WHERE account_id = :account AND id > :first AND id < {PENDING}) k JOIN detail d ON d.id = k.id) AS w"
        " WHERE tx.id = w.id AND tx.balance IS NOT w.b",
        values,
    )


def _met(db: Database, account_id: int, anchor: int, lowest: int) -> int:
    """Return the highest row below `lowest` whose stored balance is what the walk would give it, -1 for none."""
    found = db.run(
        "SELECT t.id, t.balance FROM tx t JOIN detail d ON d.id = t.id WHERE t.account_id = ? AND t.id < ?"
        " AND d.balance_after IS NULL ORDER BY t.id DESC LIMIT 1",
        (account_id, lowest),
    )
    if not found:
        return -1
    own, stored = found[0]
    above = db.one(
        f"SELECT coalesce(sum(amount), 0) FROM tx WHERE account_id = ? AND id > ? AND id < {PENDING}",
        (account_id, own),
    )
    return int(own) if stored == anchor - above else -1
