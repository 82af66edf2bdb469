"""Writing rows: pages are staged as they come, then an account moves into view as a whole."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bankview.errors import BadBankDataError, StoreError
from bankview.store import index
from bankview.store.rows import COLUMNS, DETAIL, JOINS, detail, facts, first_of, read, shown
from bankview.store.schema import DAY, PENDING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime

    from bankview.domain.account import Account
    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database

_PENDING_OF = f"SELECT id FROM tx WHERE account_id = ? AND id >= {PENDING}"


@dataclass(frozen=True, slots=True)
class Changes:
    """What a merge found: booked rows to insert and to update (same id), and the whole set of pending rows."""

    insert: tuple[Transaction, ...] = ()
    update: tuple[Transaction, ...] = ()
    pending: tuple[Transaction, ...] = ()


@dataclass(frozen=True, slots=True)
class Published:
    """What came into view."""

    new: int
    changed: int
    pending: int


@dataclass(frozen=True, slots=True)
class _Ready:
    """A row with all that takes time already done, so that the transaction is short."""

    row: Transaction
    doc: str
    answer: bytes


def known(db: Database, account_id: int, since: date) -> tuple[Transaction, ...]:
    """Return the booked rows of an account on or after a day, oldest first."""
    rows = db.run(
        f"SELECT {COLUMNS} FROM tx t {JOINS} WHERE t.account_id = ? AND t.id >= ? AND t.id < {PENDING} ORDER BY t.id",
        (account_id, first_of(since)),
    )
    return tuple(map(read, rows))


def _digest(raw: bytes) -> bytes:
    return hashlib.blake2b(raw, digest_size=16).digest()


def stage(db: Database, account_id: int, transactions: Iterable[Transaction]) -> None:
    """Keep one batch of fetched rows, committed, out of sight; what takes time is done here, page by page."""
    batch = [
        (
            account_id,
            json.dumps(facts(account_id, row)),
            _digest(row.raw),
            zlib.compress(row.raw, 1),
            index.text_of(row),
        )
        for row in transactions
    ]
    with db.writing():
        db.run_many(
            "INSERT INTO staging(account_id, facts, digest, answer, doc) VALUES(?,?,?,?,?)", batch
        )


def staged(db: Database, account_id: int) -> tuple[Transaction, ...]:
    """Return what is staged for an account, in the order it came."""
    rows = db.run(
        "SELECT facts, answer FROM staging WHERE account_id = ? ORDER BY seq", (account_id,)
    )
    return tuple(read(json.loads(row), zlib.decompress(answer)) for row, answer in rows)


def unstage(db: Database, account_id: int) -> None:
    """Drop what is staged for an account."""
    with db.writing():
        db.run("DELETE FROM staging WHERE account_id = ?", (account_id,))


def publish(db: Database, account: Account, changes: Changes, at: datetime) -> Published:
    """Move an account's changes into view in one transaction; its pending rows are replaced as a set.

    Rows are placed in the order given within a day. New rows count as unread once the account has been fetched before.

    Raises:
        BadBankDataError: a row is in another currency than its account; nothing was changed.
        StoreError: the ledger cannot be written, or does not hold what it should afterwards; nothing was changed.
    """
    _check_currency(account, changes)
    prepare = _prepared(db, account.id)
    insert, update, pending = (
        list(map(prepare, rows)) for rows in (changes.insert, changes.update, changes.pending)
    )
    with db.writing():
        before = _count(db, account.id)
        insert, update = _sorted_out(db, account.id, insert, update)
        _replace_pending(db, account.id, pending)
        _update(db, account.id, update)
        _insert(db, account.id, insert)
        _balance(db, account)
        if _count(db, account.id) != before + len(insert):
            raise StoreError("the ledger does not hold as many rows as it should")
        _settle(db, account.id, len(insert), at)
    return Published(len(insert), len(update), len(pending))


def _check_currency(account: Account, changes: Changes) -> None:
    rows = (*changes.insert, *changes.update, *changes.pending)
    if any(row.amount.currency != account.currency for row in rows):
        raise BadBankDataError("currency", "a row is in another currency than its account")


def _count(db: Database, account_id: int) -> int:
    return int(
        db.one(f"SELECT count(*) FROM tx WHERE account_id = ? AND id < {PENDING}", (account_id,))
    )


def _prepared(db: Database, account_id: int) -> Callable[[Transaction], _Ready]:
    """Return a function that makes a row ready, by what was staged with the same answer where there is one."""
    staged = {
        digest: (doc, answer)
        for digest, doc, answer in db.each(
            "SELECT digest, doc, answer FROM staging WHERE account_id = ?", (account_id,)
        )
    }

    def prepare(row: Transaction) -> _Ready:
        if not row.raw:
            return _Ready(row, index.text_of(row), b"")
        if found := staged.get(_digest(row.raw)):
            return _Ready(row, *found)
        return _Ready(row, index.text_of(row), zlib.compress(row.raw, 1))

    return prepare


def _sorted_out(
    db: Database, account_id: int, insert: list[_Ready], update: list[_Ready]
) -> tuple[list[_Ready], list[_Ready]]:
    """Take rows that are in the ledger already for updates: another process may have published them meanwhile."""
    there = {
        text_id
        for (text_id,) in db.run(
            f"SELECT text_id FROM detail WHERE account_id = ? AND id < {PENDING}"
            " AND text_id IN (SELECT value FROM json_each(?))",
            (account_id, json.dumps([item.row.id for item in insert])),
        )
    }
    fresh = [item for item in insert if item.row.id not in there]
    return fresh, update + [item for item in insert if item.row.id in there]


def _replace_pending(db: Database, account_id: int, pending: list[_Ready]) -> None:
    """Replace the pending rows as a set; where it is the same set, nothing is touched."""
    if _pending(db, account_id) == [
        replace(item.row, account_key="", account_id=account_id) for item in _placed(pending)
    ]:
        return
    index.remove(db, _PENDING_OF, (account_id,))
    db.run(f"DELETE FROM tx WHERE id IN ({_PENDING_OF})", (account_id,))
    _insert(db, account_id, pending)


def _pending(db: Database, account_id: int) -> list[Transaction]:
    sql = f"SELECT {COLUMNS} FROM tx t {JOINS} WHERE t.id IN ({_PENDING_OF}) ORDER BY t.id"
    return [read(values) for values in db.run(sql, (account_id,))]


def _placed(rows: Sequence[_Ready]) -> list[_Ready]:
    return sorted(rows, key=lambda item: item.row.booked_on)


def _update(db: Database, account_id: int, rows: list[_Ready]) -> None:
    """Write what a bank says anew; a row whose day is another moves there, with all that hangs on it."""
    free = _Free(db)
    for item in rows:
        found = db.one(
            "SELECT id FROM detail WHERE text_id = ? AND account_id = ?", (item.row.id, account_id)
        )
        if found is None:
            raise StoreError("a row to be updated is not there")
        own = int(found)
        index.remove(db, "SELECT ?", (own,))
        if own // DAY * DAY != (base := first_of(item.row.booked_on)):
            own, before = free.next(base), own
            db.run("UPDATE tx SET id = ? WHERE id = ?", (own, before))
        _overwrite(db, own, account_id, item)


def _overwrite(db: Database, own: int, account_id: int, item: _Ready) -> None:
    db.run(
        "UPDATE tx SET (id, account_id, amount, balance, payee, description, category) = (?,?,?,?,?,?,?) WHERE id = ?",
        (*shown(own, account_id, item.row), own),
    )
    db.run(
        f"UPDATE detail SET ({DETAIL}) = ({_marks(12)}) WHERE id = ?",
        (*detail(own, account_id, item.row), own),
    )
    if item.answer:
        db.run("INSERT OR REPLACE INTO raw VALUES(?,?)", (own, item.answer))
    index.add(db, [(own, item.doc)])


def _insert(db: Database, account_id: int, rows: list[_Ready]) -> None:
    free = _Free(db)
    placed = [
        (free.next(first_of(item.row.booked_on, item.row.status)), item) for item in _placed(rows)
    ]
    placed.sort(key=lambda pair: pair[0])
    db.run_many(
        f"INSERT INTO tx VALUES({_marks(7)})", (shown(n, account_id, it.row) for n, it in placed)
    )
    db.run_many(
        f"INSERT INTO detail VALUES({_marks(12)})",
        (detail(n, account_id, it.row) for n, it in placed),
    )
    db.run_many("INSERT INTO raw VALUES(?,?)", ((n, it.answer) for n, it in placed if it.answer))
    index.add(db, ((n, it.doc) for n, it in placed))


def _marks(count: int) -> str:
    return ",".join("?" * count)


class _Free:
    """Hands out row ids of a day, above those that are taken by any account."""

    def __init__(self, db: Database) -> None:
        self._db, self._next = db, dict[int, int]()

    def next(self, base: int) -> int:
        """Return the next free id of the day that begins at `base`."""
        if base not in self._next:
            last = self._db.one(
                "SELECT max(id) FROM tx WHERE id >= ? AND id < ?", (base, base + DAY)
            )
            self._next[base] = base if last is None else int(last) + 1
        own = self._next[base]
        if own >= base + DAY:
            raise StoreError("a day holds more rows than the ledger can order")
        self._next[base] = own + 1
        return own


def _balance(db: Database, account: Account) -> None:
    """Store the balance after each booked row: the bank's where it says one, else walked back from today's."""
    walked = (
        "NULL"
        if account.balance is None
        else (
            "? - coalesce(sum(amount) OVER (ORDER BY id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)"
        )
    )
    anchor = () if account.balance is None else (account.balance.minor,)
    db.run(
        f"UPDATE tx SET balance = w.b FROM (SELECT k.id, coalesce(d.balance_after, k.b) AS b FROM (SELECT id, {walked}"
        f" AS b FROM tx WHERE account_id = ? AND id < {PENDING}) k JOIN detail d ON d.id = k.id) AS w"
        " WHERE tx.id = w.id AND tx.balance IS NOT w.b",
        (*anchor, account.id),
    )


def _settle(db: Database, account_id: int, new: int, at: datetime) -> None:
    db.run(
        "UPDATE account SET unread = unread + iif(last_success IS NULL, 0, ?), last_success = ?, problem = '',"
        " row_count = (SELECT count(*) FROM tx WHERE account_id = account.id) WHERE id = ?",
        (new, at.timestamp(), account_id),
    )
    db.run("DELETE FROM staging WHERE account_id = ?", (account_id,))
