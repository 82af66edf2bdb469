"""Reading rows: keyset pages in any order, fences, sums, and rows for export."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from bankview.store import ledger
from bankview.store.index import fold
from bankview.store.schema import DAY, PENDING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database

#: Rows of a page, and between two fences.
PAGE = 128


class Order(StrEnum):
    """What rows are sorted by; rows that are equal by it are in date order."""

    DATE = "date"
    PAYEE = "payee"
    CATEGORY = "category"
    ACCOUNT = "account"
    AMOUNT = "amount"
    BALANCE = "balance"


_KEYS = {
    Order.PAYEE: "payee COLLATE NOCASE",
    Order.CATEGORY: "category COLLATE NOCASE",
    Order.ACCOUNT: "account_id",
    Order.AMOUNT: "amount",
    Order.BALANCE: "coalesce(balance, -9000000000000000000)",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows: of these accounts (None: all that are not hidden), with all words of `text`, and so on.

    `low` and `high` are absolute minor units.
    """

    account_ids: tuple[int, ...] | None = None
    text: str = ""
    since: date | None = None
    until: date | None = None
    direction: Literal["both", "in", "out"] = "both"
    status: Literal["all", "booked", "pending"] = "all"
    low: int | None = None
    high: int | None = None


class Row(NamedTuple):
    """What a table shows of a row; amounts in minor units."""

    rowid: int
    account_id: int
    day: int
    pending: bool
    amount: int
    currency: str
    payee: str
    text: str
    category: str
    balance: int | None


@dataclass(frozen=True, slots=True)
class Totals:
    """How many rows, and out and in per currency in minor units."""

    count: int
    sums: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Fences:
    """Totals, and every 128th row: where a page at any height begins."""

    count: int
    keys: Sequence[Row] = ()
    sums: Mapping[str, tuple[int, int]] = field(default_factory=dict)


_ROW = "t.id, t.account_id, t.amount, t.currency, t.payee, t.description, t.category, t.balance"


def _row(values: Any) -> Row:
    own, account, amount, currency, payee, text, category, balance = values
    return Row(
        own,
        account,
        own % PENDING // DAY,
        own >= PENDING,
        amount,
        currency,
        payee,
        text,
        category,
        balance,
    )


def _like(word: str) -> str:
    return "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def _where(filter_: Filter) -> tuple[str, dict[str, Any]]:
    """Return a WHERE clause over `t`, and its values."""
    f, parts, values = filter_, ["1"], dict[str, Any]()
    if f.account_ids is None:
        parts.append("t.account_id NOT IN (SELECT id FROM account WHERE hidden)")
    else:
        parts.append(f"t.account_id IN ({','.join(str(int(own)) for own in f.account_ids)})")
    for n, word in enumerate(fold(f.text).split()):
        # Trigrams know words of three letters and more; LIKE with ESCAPE would pass them by.
        indexed = len(word) >= 3 and not set(word) & set("%_\\")
        table = "search" if indexed else "doc"
        own = "rowid" if indexed else "id"
        escape = "" if indexed else " ESCAPE '\\'"
        parts.append(f"t.id IN (SELECT {own} FROM {table} WHERE s LIKE :word{n}{escape})")
        values[f"word{n}"] = f"%{word}%" if indexed else _like(word)
    limits = {
        "since": f.since and (f"t.id % {PENDING} >= :since", f.since.toordinal() * DAY),
        "until": f.until and (f"t.id % {PENDING} < :until", (f.until.toordinal() + 1) * DAY),
        "low": f.low is not None and ("abs(t.amount) >= :low", f.low),
        "high": f.high is not None and ("abs(t.amount) <= :high", f.high),
    }
    for name, limit in limits.items():
        if limit:
            parts.append(limit[0])
            values[name] = limit[1]
    parts += {"in": ["t.amount > 0"], "out": ["t.amount < 0"]}.get(f.direction, [])
    parts += {"booked": [f"t.id < {PENDING}"], "pending": [f"t.id >= {PENDING}"]}.get(f.status, [])
    return " AND ".join(parts), values


def _sorted(order: Order, descending: bool) -> str:
    way = "DESC" if descending else "ASC"
    return (
        f"t.id {way}"
        if order is Order.DATE
        else f"t.{_KEYS[order]} {way}, t.id DESC"
        if order is not Order.BALANCE
        else f"coalesce(t.balance, -9000000000000000000) {way}, t.id DESC"
    )


def page(  # noqa: PLR0913, PLR0917 - each is one fact of what is asked
    db: Database,
    filter_: Filter,
    order: Order = Order.DATE,
    descending: bool = True,
    after: Row | None = None,
    offset: int = 0,
    limit: int = PAGE,
) -> list[Row]:
    """Return a page of rows: those after a row where one is given, else those from an offset."""
    where, values = _where(filter_)
    if after is not None and order is Order.DATE:
        where += f" AND t.id {'<' if descending else '>'} :after"
        values["after"] = after.rowid
        offset = 0
    sql = f"SELECT {_ROW} FROM tx t WHERE {where} ORDER BY {_sorted(order, descending)} LIMIT :limit OFFSET :offset"
    return [_row(values) for values in db.run(sql, {**values, "limit": limit, "offset": offset})]


def fences(
    db: Database, filter_: Filter, order: Order = Order.DATE, descending: bool = True
) -> Fences:
    """Return count, sums and every 128th row."""
    where, values = _where(filter_)
    sql = (
        f"SELECT id, account_id, amount, currency, payee, description, category, balance FROM (SELECT t.*, row_number()"
        f" OVER (ORDER BY {_sorted(order, descending)}) AS n FROM tx t WHERE {where}) WHERE n % {PAGE} = 1 ORDER BY n"
    )
    all_ = totals(db, filter_)
    return Fences(all_.count, [_row(values) for values in db.run(sql, values)], all_.sums)


def totals(db: Database, filter_: Filter) -> Totals:
    """Return how many rows there are, and their sums per currency."""
    where, values = _where(filter_)
    rows = db.run(
        "SELECT t.currency, count(*), sum(min(t.amount, 0)), sum(max(t.amount, 0)) FROM tx t"
        f" WHERE {where} GROUP BY t.currency ORDER BY t.currency",
        values,
    )
    return Totals(
        sum(row[1] for row in rows), {currency: (out, in_) for currency, _, out, in_ in rows}
    )


def counts(db: Database) -> dict[int, int]:
    """Return how many rows each account has."""
    return dict(db.run("SELECT account_id, count(*) FROM tx GROUP BY account_id"))


def transaction(db: Database, rowid: int) -> Transaction | None:
    """Return one row as a value."""
    rows = db.run(f"SELECT {ledger.COLUMNS} FROM tx WHERE id = ?", (rowid,))
    return ledger.read(rows[0]) if rows else None


def raw(db: Database, rowid: int) -> bytes:
    """Return the bank's own JSON object for a row; empty where there is none."""
    packed = db.one(
        "SELECT answer FROM raw WHERE text_id = (SELECT text_id FROM tx WHERE id = ?)", (rowid,)
    )
    return zlib.decompress(packed) if packed else b""


def rowid_of(db: Database, text_id: str) -> int | None:
    """Return where a row lies now; its day may have moved it."""
    found = db.one("SELECT id FROM tx WHERE text_id = ?", (text_id,))
    return None if found is None else int(found)


def transactions(db: Database, filter_: Filter) -> Iterator[Transaction]:
    """Yield rows oldest first, then by id."""
    where, values = _where(filter_)
    columns = ", ".join(f"t.{name.strip()}" for name in ledger.COLUMNS.split(","))
    sql = f"SELECT {columns} FROM tx t WHERE {where} ORDER BY t.id % {PENDING} / {DAY}, t.text_id"
    return map(ledger.read, db.each(sql, values))


def balances(db: Database, account_id: int, since: date) -> list[tuple[date, int]]:
    """Return the balance at the end of each day that has rows, oldest first, in minor units."""
    rows = db.run(
        f"SELECT id / {DAY}, balance FROM tx WHERE id IN (SELECT max(id) FROM tx WHERE account_id = ? AND id >= ?"
        f" AND id < {PENDING} GROUP BY id / {DAY}) AND balance IS NOT NULL ORDER BY id",
        (account_id, since.toordinal() * DAY),
    )
    return [(date.fromordinal(day), balance) for day, balance in rows]
