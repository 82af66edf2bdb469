"""Writing rows: pages are staged as they come, then an account moves into view as a whole."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bankview.errors import BadBankDataError, StoreError
from bankview.store import answers, filing, index, links, placing
from bankview.store.placing import Ready
from bankview.store.rows import COLUMNS, JOINS, NEW, facts, first_of, read, read_facts
from bankview.store.schema import PENDING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from bankview.domain.account import Account
    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database
    from bankview.store.links import Pair


@dataclass(frozen=True, slots=True)
class Changes:
    """What a merge found: booked rows to insert and to update (same id), and the whole set of pending rows.

    `links` are pairs of a pending id and the booked one that came of it, `suggestions` pairs that the person is asked
    about.
    """

    insert: tuple[Transaction, ...] = ()
    update: tuple[Transaction, ...] = ()
    pending: tuple[Transaction, ...] = ()
    links: tuple[Pair, ...] = ()
    suggestions: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Published:
    """What came into view; `settled` rows were pending before."""

    new: int
    changed: int
    pending: int
    settled: int


def known(db: Database, account_id: int, since: date) -> tuple[Transaction, ...]:
    """Return the booked rows of an account on or after a day, oldest first."""
    rows = db.run(
        f"SELECT {COLUMNS} FROM tx t {JOINS} WHERE t.account_id = ? AND t.id >= ? AND t.id < {PENDING} ORDER BY t.id",
        (account_id, first_of(since)),
    )
    return tuple(map(read, rows))


class Staged(bytes):
    """A staged row's answer, packed already, with the row's text for the search: what `publish` needs of it."""

    doc: str


def stage(db: Database, batches: Mapping[int, Iterable[Transaction]]) -> None:
    """Keep fetched rows of one account or several, by their ids, out of sight, in one commit.

    What takes time is done here, page by page.
    """
    rows = [
        (account, facts(account, row), _packed(row.raw), index.text_of(row))
        for account, batch in batches.items()
        for row in batch
    ]
    with db.writing():
        db.run_many("INSERT INTO staging(account_id, facts, answer, doc) VALUES(?,?,?,?)", rows)


def _packed(raw: bytes) -> bytes:
    return answers.packed(raw) if raw else b""


def staged(db: Database, account_id: int) -> tuple[Transaction, ...]:
    """Return what is staged for an account, in the order it came; each row's `raw` is `Staged`."""
    rows = db.each(
        "SELECT facts, answer, doc FROM staging WHERE account_id = ? ORDER BY seq", (account_id,)
    )
    return tuple(read_facts(row, _staged(answer, doc)) for row, answer, doc in rows)


def _staged(answer: bytes, doc: str) -> Staged:
    found = Staged(answer)
    found.doc = doc
    return found


def keep_unreadable(
    db: Database, account_id: int, rows: Iterable[tuple[str, bytes]], at: datetime
) -> None:
    """Keep what could not be read of an account's last fetch, for a report: the reason, and the bank's own object."""
    with db.writing():
        db.run("DELETE FROM unreadable WHERE account_id = ?", (account_id,))
        db.run_many(
            "INSERT INTO unreadable VALUES(?,?,?,?)",
            [(account_id, at.timestamp(), why, answers.packed(raw)) for why, raw in rows],
        )


def unreadable(db: Database, account_id: int) -> tuple[tuple[str, bytes], ...]:
    """Return what could not be read of an account's last fetch: reason and object."""
    found = db.run("SELECT why, answer FROM unreadable WHERE account_id = ?", (account_id,))
    return tuple((why, answers.unpacked(answer)) for why, answer in found)


def publish(
    db: Database, account: Account, changes: Changes, at: datetime, lacking: date | None = None
) -> Published:
    """Move an account's changes into view in one transaction; its pending rows are replaced as a set.

    Rows are placed in the order given within a day. New rows count as unread once the account has been fetched before.
    `lacking` is the first day from which the bank left something out.

    Raises:
        BadBankDataError: a row is in another currency than its account; nothing was changed.
        StoreError: the ledger cannot be written, or does not hold what it should afterwards; nothing was changed.
    """
    _check_currency(account, changes)
    insert, update, pending = (
        list(map(_prepared, rows)) for rows in (changes.insert, changes.update, changes.pending)
    )
    with db.writing():
        before = _count(db, account.id)
        insert, update = _sorted_out(db, account.id, insert, update)
        links.remember(db, account.id, changes.pending, at)
        links.note(db, account.id, changes.links, changes.suggestions, at)
        pending = links.unlinked(db, account.id, pending)
        insert, update, pending = (
            links.dressed(db, account.id, rows) for rows in (insert, update, pending)
        )
        placing.replace_pending(db, account.id, pending)
        lowest = min(placing.update(db, account.id, update), placing.insert(db, account.id, insert))
        placing.balance(db, account, lowest)
        if _count(db, account.id) != before + len(insert):
            raise StoreError("the ledger does not hold as many rows as it should")
        _mark_new(db, account.id, insert)
        filing.settle(db, account.id, (insert, update, pending), at)
        _settle(db, account.id, len(insert), at, lacking)
    return Published(len(insert), len(update), len(pending), len(changes.links))


def _check_currency(account: Account, changes: Changes) -> None:
    rows = (*changes.insert, *changes.update, *changes.pending)
    if any(row.amount.currency != account.currency for row in rows):
        raise BadBankDataError("currency", "a row is in another currency than its account")


def _count(db: Database, account_id: int) -> int:
    return int(
        db.one(f"SELECT count(*) FROM tx WHERE account_id = ? AND id < {PENDING}", (account_id,))
    )


def _prepared(row: Transaction) -> Ready:
    """Return a row with what was made of it when it was staged, where it was."""
    if isinstance(row.raw, Staged):
        return Ready(row, row.raw.doc, row.raw)
    return Ready(row, index.text_of(row), _packed(row.raw))


def _sorted_out(
    db: Database, account_id: int, insert: list[Ready], update: list[Ready]
) -> tuple[list[Ready], list[Ready]]:
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


def _mark_new(db: Database, account_id: int, rows: Sequence[Ready]) -> None:
    """Mark rows as new, unless they are the account's first."""
    if db.one("SELECT last_success FROM account WHERE id = ?", (account_id,)) is not None:
        db.run(
            f"UPDATE tx SET marks = marks | {NEW} WHERE id IN (SELECT d.id FROM json_each(?) j CROSS JOIN detail d"
            " ON d.text_id = j.value AND d.account_id = ?)",
            (json.dumps([item.row.id for item in rows]), account_id),
        )


def _settle(db: Database, account_id: int, new: int, at: datetime, lacking: date | None) -> None:
    db.run(
        "UPDATE account SET unread = unread + iif(last_success IS NULL, 0, ?), last_success = ?, problem = '',"
        " lacking = ?, row_count = (SELECT count(*) FROM tx WHERE account_id = account.id) WHERE id = ?",
        (new, at.timestamp(), lacking and lacking.toordinal(), account_id),
    )
    for table in ("staging", "progress"):
        db.run(f"DELETE FROM {table} WHERE account_id = ?", (account_id,))
