"""Reading rows: keyset pages in any order, fences, sums, and rows for export."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from heapq import merge
from itertools import chain, groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from bankview.domain import category as tree
from bankview.domain.entry import Entry
from bankview.store import answers, rows
from bankview.store.question import BY_NUMBER, BY_TEXT, NO_BALANCE, Filter, Order, Question, ask
from bankview.store.schema import DAY, PENDING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database

__all__ = [
    "Fences",
    "Filter",
    "More",
    "Order",
    "Row",
    "Totals",
    "balances",
    "counts",
    "entries",
    "fences",
    "more",
    "page",
    "part",
    "raw",
    "rowid_of",
    "totals",
    "transaction",
    "transactions",
]

#: Rows of a page, and between two fences.
PAGE = 128


class Row(NamedTuple):
    """What a table shows of a row; `day` is a date's ordinal, amounts are minor units. `named` is what rules say."""

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
    marks: int = 0
    named: str = ""

    @property
    def name(self) -> str:
        """Whom it is from or for: as a rule calls them, else as the bank does."""
        return self.named or self.payee or self.text

    @property
    def filed(self) -> str:
        """The category in force: an id of the tree, else the words of the person or the bank."""
        return tree.at(self.marks >> rows.PLACE & rows.PLACES) or self.category

    @property
    def noted(self) -> bool:
        """Whether the person wrote a note."""
        return bool(self.marks & rows.NOTED)

    @property
    def new(self) -> bool:
        """Whether it came since the person looked."""
        return bool(self.marks & rows.NEW)

    @property
    def checked(self) -> bool:
        """Whether the person checked it."""
        return bool(self.marks & rows.CHECKED)


class More(NamedTuple):
    """What a table shows of a row besides, where a person wants it; `value_on` is a date's ordinal."""

    value_on: int | None
    counterparty: str
    reference: str
    original: int | None
    original_currency: str | None
    note: str
    tags: tuple[str, ...]
    by_bank: bool


@dataclass(frozen=True, slots=True)
class Totals:
    """How many rows, and (out, in) per currency in minor units; out is negative."""

    count: int
    sums: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Fences:
    """Totals, and the first row of every page: row 0, 128, 256 … of the whole.

    A page at any height is its fence and what `page` returns after it.
    """

    count: int
    keys: Sequence[Row] = ()
    sums: Mapping[str, tuple[int, int]] = field(default_factory=dict)


_ROW = "t.id, t.account_id, t.amount, t.payee, t.description, t.category, t.balance, t.marks"


class _Reader:
    """Answers one question in one order."""

    def __init__(self, db: Database, filter_: Filter, order: Order, descending: bool) -> None:
        self.db, self.order = db, order
        self.asked = ask(db, filter_)
        self.way, self.back = ("DESC", "ASC") if descending else ("ASC", "DESC")
        self.currencies: dict[int, str] = dict(db.run("SELECT id, currency FROM account"))

    def row(self, values: Any) -> Row:
        own, account, amount, payee, text, category, balance, marks = values
        day, currency = own % PENDING // DAY, self.currencies[account]
        said = (amount, currency, payee, text, category, balance, marks)
        return Row(own, account, day, own >= PENDING, *said)

    def places(self) -> list[int]:
        """Return the accounts as the person ordered them."""
        wanted = self.asked.accounts
        found = [own for (own,) in self.db.run("SELECT id FROM account ORDER BY position, id")]
        found = [own for own in found if wanted is None or own in wanted]
        return found[::-1] if self.way == "DESC" else found

    def key(self) -> str:
        """Return what is sorted by, before the row id; nothing for dates."""
        if self.order is Order.ACCOUNT:
            ids = self.places()[:: -1 if self.way == "DESC" else 1]
            cases = " ".join(f"WHEN {own} THEN {n}" for n, own in enumerate(ids))
            return f"CASE t.account_id {cases} END" if cases else "t.account_id"
        return BY_TEXT.get(self.order) or BY_NUMBER.get(self.order) or ""

    def sorting(self) -> str:
        key = self.key()
        if not key:
            return f"{self.asked.own} {self.way}"
        tie = self.way if self.order in BY_NUMBER else self.back
        return f"{key} {self.way}, {self.asked.own} {tie}"

    def select(self, limit: int, condition: str, sorting: str, **values: Any) -> list[Row]:
        asked = self.asked
        sql = (
            f"SELECT {_ROW} FROM {asked.source} WHERE {' AND '.join([*asked.where, condition])}"
            f" ORDER BY {sorting} LIMIT :limit OFFSET :offset"
        )
        if self.order is Order.BALANCE and not asked.searches:
            # Sorted by what an index holds, before whole rows are read.
            narrow = sql.replace(_ROW, "t.id", 1)
            sql = (
                f"SELECT {_ROW} FROM ({narrow}) k CROSS JOIN tx t ON t.id = k.id ORDER BY {sorting}"
            )
        values = {"offset": 0, **asked.values, **values, "limit": limit}
        return list(map(self.row, self.db.run(sql, values)))


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
    reader = _Reader(db, filter_, order, descending)
    if after is None and offset:
        within = reader.asked.within(reader.asked.ranges)
        return _with_names(db, reader.select(limit, within, reader.sorting(), offset=offset))
    found: list[Row] = []
    for condition, sorting, values in _pieces(reader, after):
        found += reader.select(limit - len(found), condition, sorting, **values)
        if len(found) >= limit:
            break
    return _with_names(db, found)


def _with_names(db: Database, found: list[Row]) -> list[Row]:
    """Return rows with what rules call their payees."""
    if not found or not db.one("SELECT 1 FROM named LIMIT 1"):
        return found
    names = dict(
        db.run(
            "SELECT n.id, n.payee FROM json_each(?) j CROSS JOIN named n ON n.id = j.value",
            (json.dumps([row.rowid for row in found]),),
        )
    )
    return [row._replace(named=names[row.rowid]) if row.rowid in names else row for row in found]


_Piece = tuple[str, str, dict[str, Any]]


def _pieces(reader: _Reader, after: Row | None) -> Iterator[_Piece]:
    """Yield the page's rows as ranges that lie one after the other in an index."""
    if reader.order is Order.DATE:
        yield from _by_day(reader.asked, reader.way, after)
    elif reader.order is Order.ACCOUNT:
        yield from _by_account(reader, after)
    else:
        yield from _by_key(reader, after)


def _by_day(asked: Question, way: str, after: Row | None, account: str = "1") -> Iterator[_Piece]:
    ranges = asked.ranges[::-1] if way == "DESC" else asked.ranges
    for low, high in ranges:
        if after and way == "DESC":
            high = min(high, after.rowid)  # noqa: PLW2901 - the range begins where the last page ended
        elif after:
            low = max(low, after.rowid + 1)  # noqa: PLW2901 - likewise
        if low < high:
            yield f"{account} AND {asked.within(((low, high),))}", f"{asked.own} {way}", {}


def _by_account(reader: _Reader, after: Row | None) -> Iterator[_Piece]:
    places = reader.places()
    if after and after.account_id in places:
        places = places[places.index(after.account_id) :]
    for account in places:
        here = after if after and after.account_id == account else None
        yield from _by_day(reader.asked, reader.back, here, f"t.account_id = {account}")


def _by_key(reader: _Reader, after: Row | None) -> Iterator[_Piece]:
    within, key, own = reader.asked.within(reader.asked.ranges), reader.key(), reader.asked.own
    if after is None:
        yield within, reader.sorting(), {}
        return
    tie = reader.way if reader.order in BY_NUMBER else reader.back
    value = {
        Order.PAYEE: after.payee,
        Order.CATEGORY: after.category,
        Order.AMOUNT: after.amount,
        Order.BALANCE: NO_BALANCE if after.balance is None else after.balance,
    }[reader.order]
    beyond = {"ASC": ">", "DESC": "<"}
    values = {"key": value, "own": after.rowid}
    yield f"{within} AND {key} = :key AND {own} {beyond[tie]} :own", f"{own} {tie}", values
    yield f"{within} AND {key} {beyond[reader.way]} :key", reader.sorting(), {"key": value}


def fences(
    db: Database,
    filter_: Filter,
    order: Order = Order.DATE,
    descending: bool = True,
    known: Totals | None = None,
) -> Fences:
    """Return count, sums and the first row of every page, for a worker thread; totals that are known are not read again."""
    reader = _Reader(db, filter_, order, descending)
    asked, all_ = reader.asked, known or totals(db, filter_)
    by_leaps = order is Order.DATE and not asked.searches
    sql = _leaps(asked, reader.way) if by_leaps else _numbered(asked, reader.sorting())
    keys = _with_names(db, list(map(reader.row, db.run(sql, asked.values))))
    return Fences(all_.count, keys, all_.sums)


def _leaps(asked: Question, way: str) -> str:
    """Return what finds fences in an index: from one to the next in a twentieth of the time that numbering takes."""
    rows = f"SELECT t.id FROM {asked.source} WHERE {asked.condition}"
    beyond = "<" if way == "DESC" else ">"
    return (
        f"WITH RECURSIVE k(own) AS (SELECT * FROM ({rows} ORDER BY t.id {way} LIMIT 1) UNION ALL"
        f" SELECT ({rows} AND t.id {beyond} k.own ORDER BY t.id {way} LIMIT 1 OFFSET {PAGE - 1}) FROM k"
        f" WHERE k.own IS NOT NULL) SELECT {_ROW} FROM k CROSS JOIN tx t ON t.id = k.own ORDER BY t.id {way}"
    )


def _numbered(asked: Question, sorting: str) -> str:
    return (
        f"SELECT {_ROW} FROM (SELECT own, n FROM (SELECT {asked.own} AS own, row_number() OVER (ORDER BY"
        f" {sorting}) AS n FROM {asked.source} WHERE {asked.condition}) WHERE n % {PAGE} = 1) k"
        " CROSS JOIN tx t ON t.id = k.own ORDER BY k.n"
    )


def totals(db: Database, filter_: Filter) -> Totals:
    """Return how many rows there are, and their sums per currency."""
    asked, accounts = ask(db, filter_), defaultdict[str, list[int]](list)
    for account, currency in db.run("SELECT id, currency FROM account"):
        if asked.accounts is None or account in asked.accounts:
            accounts[currency].append(account)
    # In one pass, because SQLite sorts what it groups; what is of no other currency is of the commonest.
    codes = sorted(accounts, key=lambda code: len(accounts[code]), reverse=True)
    others = [f"t.account_id IN ({','.join(map(str, accounts[code]))})" for code in codes[1:]]
    columns = ", ".join(
        f"count(*) FILTER (WHERE {mine}), coalesce(sum(t.amount) FILTER (WHERE {mine} AND t.amount < 0), 0),"
        f" coalesce(sum(t.amount) FILTER (WHERE {mine}), 0)"
        for mine in ("1", *others)
    )
    (found,) = db.run(f"SELECT {columns} FROM {asked.source} WHERE {asked.condition}", asked.values)
    parts = list(zip(found[::3], found[1::3], found[2::3], strict=True))
    parts[0] = tuple(all_ - sum(rest) for all_, *rest in zip(*parts, strict=True))
    there = sorted((code, part) for code, part in zip(codes, parts, strict=False) if part[0])
    return Totals(found[0], {code: (out, both - out) for code, (_, out, both) in there})


def part(
    db: Database, filter_: Filter, order: Order, descending: bool, first: int, count: int
) -> Totals:
    """Return the sums of so many rows from a place on, for a worker thread."""
    reader, sums = _Reader(db, filter_, order, descending), defaultdict[str, list[int]](list)
    asked = reader.asked
    found = db.run(
        "SELECT account_id, count(*), sum(min(amount, 0)), sum(max(amount, 0)) FROM (SELECT t.account_id, t.amount"
        f" FROM {asked.source} WHERE {asked.condition} ORDER BY {reader.sorting()} LIMIT :limit OFFSET :offset)"
        " GROUP BY account_id",
        {**asked.values, "limit": count, "offset": first},
    )
    for account, _, out, into in found:
        before = sums[reader.currencies[account]] or [0, 0]
        sums[reader.currencies[account]] = [before[0] + out, before[1] + into]
    return Totals(
        sum(row[1] for row in found), {code: (o, i) for code, (o, i) in sorted(sums.items())}
    )


def counts(db: Database) -> dict[int, int]:
    """Return how many rows each account has."""
    return dict(db.run("SELECT id, row_count FROM account"))


def transaction(db: Database, rowid: int) -> Transaction | None:
    """Return one row as a value, its raw answer and the person's words included."""
    found = db.run(f"SELECT {rows.WHOLE} FROM tx t {rows.WHOLE_JOINS} WHERE t.id = ?", (rowid,))
    return rows.read_whole(found[0], raw(db, rowid)) if found else None


def more(db: Database, rowids: Iterable[int]) -> dict[int, More]:
    """Return what more there is of rows, by row id."""
    found = db.run(
        "SELECT d.id, d.value_on, d.counterparty, d.reference, d.original, d.original_currency, w.note, w.tags,"
        " d.balance_after IS NOT NULL FROM json_each(?) j CROSS JOIN detail d ON d.id = j.value"
        " LEFT JOIN words w ON w.account_id = d.account_id AND w.text_id = d.text_id",
        (json.dumps(list(rowids)),),
    )
    return {
        own: More._make((*said, note or "", rows.unpacked(tags or ""), bool(by_bank)))
        for own, *said, note, tags, by_bank in found
    }


def raw(db: Database, rowid: int) -> bytes:
    """Return the bank's own JSON object for a row; empty where there is none."""
    packed = db.one("SELECT answer FROM raw WHERE id = ?", (rowid,))
    return answers.unpacked(packed) if packed else b""


def rowid_of(db: Database, text_id: str) -> int | None:
    """Return where a row lies now; its day may have moved it."""
    found = db.one("SELECT id FROM detail WHERE text_id = ?", (text_id,))
    return None if found is None else int(found)


#: What an Entry takes, in its order, over `tx t`, `detail d` and the person's words `w`.
_ENTRY = (
    f"t.id % {PENDING} / {DAY}, d.text_id, t.account_id, t.id >= {PENDING}, t.amount, t.payee, t.description, t.category,"
    " d.value_on, d.transacted_on, d.counterparty, d.raw_text, d.reference, d.balance_after, d.original,"
    " d.original_currency, d.rate, d.bank_id, w.tags, w.note"
)


def transactions(db: Database, filter_: Filter) -> Iterator[Transaction]:
    """Yield rows oldest first, then by id, pending ones among them, with the person's words, in little memory."""
    found = _oldest_first(db, filter_, f"t.id % {PENDING} / {DAY}, d.text_id, {rows.WHOLE}")
    return (rows.read_whole(values[2:]) for values in found)


def entries(db: Database, filter_: Filter) -> Iterator[Entry]:
    """Yield rows in the order of `transactions` as plain values: a third of the time."""
    return map(Entry._make, _oldest_first(db, filter_, _ENTRY))


def _oldest_first(db: Database, filter_: Filter, columns: str) -> Iterator[Any]:
    """Yield rows in the order of their columns, which begin with the day and what orders the rows of a day."""
    asked = ask(db, filter_)
    sources = [
        _in_order(
            db.each(
                f"SELECT {columns} FROM {asked.source} {rows.WHOLE_JOINS} WHERE"
                f" {' AND '.join([*asked.where, asked.within((part,))])} ORDER BY {asked.own}",
                asked.values,
            )
        )
        for low, high in asked.ranges
        for part in ((low, min(high, PENDING)), (max(low, PENDING), high))
        if part[0] < part[1]
    ]
    return merge(*sources)


def _in_order(found: Iterable[Any]) -> Iterator[Any]:
    # No two rows have the same id within an account, so that nothing behind the id is ever compared.
    days = map(itemgetter(1), groupby(found, itemgetter(0)))
    return chain.from_iterable(map(sorted, days))


def balances(db: Database, account_id: int, since: date) -> list[tuple[date, int]]:
    """Return the balance at the end of each day that has rows, oldest first, in minor units."""
    found = db.run(
        f"SELECT id / {DAY}, balance FROM tx WHERE id IN (SELECT max(id) FROM tx WHERE account_id = ? AND id >= ?"
        f" AND id < {PENDING} GROUP BY id / {DAY}) AND balance IS NOT NULL ORDER BY id",
        (account_id, rows.first_of(since)),
    )
    return [(date.fromordinal(day), balance) for day, balance in found]
