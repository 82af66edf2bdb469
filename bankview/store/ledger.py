"""Writing rows: pages are staged as they come, then an account moves into view as a whole."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.errors import StoreError
from bankview.store import index
from bankview.store.schema import DAY, PENDING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bankview.domain.account import Account
    from bankview.store.database import Database

COLUMNS = (
    "id, account_id, text_id, amount, currency, payee, description, category, balance, value_on, transacted_on,"
    " counterparty, raw_text, reference, balance_after, original, original_currency, bank_id"
)


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


def known(db: Database, account_id: int, since: date) -> tuple[Transaction, ...]:
    """Return the booked rows of an account on or after a day, oldest first."""
    rows = db.run(
        f"SELECT {COLUMNS} FROM tx WHERE account_id = ? AND id >= ? AND id < ? ORDER BY id",
        (account_id, since.toordinal() * DAY, PENDING),
    )
    return tuple(map(read, rows))


def read(row: Any) -> Transaction:
    """Return a stored row as a value; its raw answer stays in its table."""
    own, account, text_id, amount, currency, payee, text, category, _, value, bought, *rest = row
    counterparty, raw_text, reference, after, original, original_currency, bank_id = rest
    return Transaction(
        account_key="",
        status=Status.PENDING if own >= PENDING else Status.BOOKED,
        booked_on=date.fromordinal(own % PENDING // DAY),
        amount=Money(amount, currency),
        description=text,
        value_on=date.fromordinal(value) if value else None,
        transacted_on=date.fromordinal(bought) if bought else None,
        payee=payee,
        counterparty_account=counterparty,
        raw_text=raw_text,
        reference=reference,
        category=category,
        balance_after=None if after is None else Money(after, currency),
        original=None if original is None else Money(original, original_currency),
        bank_id=bank_id,
        id=text_id,
        account_id=account,
    )


def _values(account_id: int, t: Transaction) -> tuple[Any, ...]:
    return (
        account_id,
        t.id,
        t.amount.minor,
        t.amount.currency,
        t.payee,
        t.description,
        t.category,
        None,
        t.value_on and t.value_on.toordinal(),
        t.transacted_on and t.transacted_on.toordinal(),
        t.counterparty_account,
        t.raw_text,
        t.reference,
        t.balance_after and t.balance_after.minor,
        t.original and t.original.minor,
        t.original and t.original.currency,
        t.bank_id,
    )


def stage(db: Database, account_id: int, transactions: Iterable[Transaction]) -> None:
    """Keep one batch of fetched rows, committed, out of sight."""
    with db.writing():
        db.run_many(
            "INSERT INTO staging(account_id, row, raw) VALUES(?,?,?)",
            (
                (
                    account_id,
                    json.dumps([t.booked_on.toordinal(), t.status.value, *_values(account_id, t)]),
                    zlib.compress(t.raw, 1),
                )
                for t in transactions
            ),
        )


def staged(db: Database, account_id: int) -> tuple[Transaction, ...]:
    """Return what is staged for an account, in the order it came."""
    return tuple(
        _staged(json.loads(row), raw)
        for row, raw in db.run(
            "SELECT row, raw FROM staging WHERE account_id = ? ORDER BY seq", (account_id,)
        )
    )


def _staged(row: list[Any], raw: bytes) -> Transaction:
    day, status, *values = row
    base = PENDING if status == Status.PENDING else 0
    value = read([base + day * DAY, *values])
    object.__setattr__(value, "raw", zlib.decompress(raw))
    return value


def unstage(db: Database, account_id: int) -> None:
    """Drop what is staged for an account."""
    with db.writing():
        db.run("DELETE FROM staging WHERE account_id = ?", (account_id,))


def publish(db: Database, account: Account, changes: Changes, at: datetime) -> Published:
    """Move an account's changes into view in one transaction; its pending rows are replaced as a set.

    Raises:
        StoreError: a row is in another currency than its account; nothing was changed.
    """
    rows = (*changes.insert, *changes.update, *changes.pending)
    if any(row.amount.currency != account.currency for row in rows):
        raise StoreError("a row is in another currency than its account")
    with db.writing():
        first = db.one("SELECT last_success FROM account WHERE id = ?", (account.id,)) is None
        gone = [
            own
            for (own,) in db.run(
                "SELECT id FROM tx WHERE account_id = ? AND id >= ?", (account.id, PENDING)
            )
        ]
        gone += [db.one("SELECT id FROM tx WHERE text_id = ?", (row.id,)) for row in changes.update]
        _remove(db, gone)
        _insert(db, account.id, rows)
        _balance(db, account)
        new = 0 if first else len(changes.insert)
        db.run(
            "UPDATE account SET last_success = ?, problem = '', unread = unread + ? WHERE id = ?",
            (at.timestamp(), new, account.id),
        )
        db.run("DELETE FROM staging WHERE account_id = ?", (account.id,))
    return Published(len(changes.insert), len(changes.update), len(changes.pending))


def _remove(db: Database, ids: list[int]) -> None:
    index.remove(db, ids)
    db.run_many(
        "DELETE FROM raw WHERE text_id = (SELECT text_id FROM tx WHERE id = ?)",
        ((own,) for own in ids),
    )
    db.run_many("DELETE FROM tx WHERE id = ?", ((own,) for own in ids))


def _insert(db: Database, account_id: int, rows: tuple[Transaction, ...]) -> None:
    free: dict[int, int] = {}
    placed = []
    for row in rows:
        base = (PENDING if row.status is Status.PENDING else 0) + row.booked_on.toordinal() * DAY
        if base not in free:
            last = db.one("SELECT max(id) FROM tx WHERE id >= ? AND id < ?", (base, base + DAY))
            free[base] = base if last is None else last + 1
        placed.append((free[base], row))
        free[base] += 1
    db.run_many(
        f"INSERT INTO tx({COLUMNS}) VALUES({','.join('?' * 18)})",
        ((own, *_values(account_id, row)) for own, row in placed),
    )
    db.run_many(
        "INSERT OR REPLACE INTO raw VALUES(?,?)",
        ((row.id, zlib.compress(row.raw)) for _, row in placed if row.raw),
    )
    index.add(db, [(own, index.text_of(row)) for own, row in placed])


def _balance(db: Database, account: Account) -> None:
    """Store the balance after each booked row: the bank's where it says one, else walked back from today's."""
    if account.balance is None:
        db.run("UPDATE tx SET balance = balance_after WHERE account_id = ?", (account.id,))
        return
    db.run(
        "UPDATE tx SET balance = coalesce(balance_after, w.b) FROM (SELECT id, ? - coalesce(sum(amount) OVER"
        " (ORDER BY id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS b FROM tx"
        " WHERE account_id = ? AND id < ?) AS w WHERE tx.id = w.id",
        (account.balance.minor, account.id, PENDING),
    )
