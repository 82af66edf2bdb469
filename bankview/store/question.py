"""What a filter means to the database: where rows come from, and which of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

from bankview.domain.search import NOTHING
from bankview.store.index import fold
from bankview.store.ranges import EVERYTHING, of_period, within
from bankview.store.terms import meaning

if TYPE_CHECKING:
    from datetime import date

    from bankview.domain.search import Query
    from bankview.store.database import Database
    from bankview.store.ranges import Ranges
    from bankview.store.terms import Terms

#: Words of a search that count; who writes more has found it already.
WORDS = 12


class Order(StrEnum):
    """What rows are sorted by.

    Rows that are equal by a text are newest first in ascending order, and the other way round in descending order;
    rows that are equal by a number follow the direction.
    """

    DATE = "date"
    PAYEE = "payee"
    CATEGORY = "category"
    ACCOUNT = "account"
    AMOUNT = "amount"
    BALANCE = "balance"


#: Below every balance: rows without one, which are pending, lie at the bottom.
NO_BALANCE = -(1 << 62)
BY_TEXT = {
    Order.PAYEE: "t.payee COLLATE NOCASE",
    Order.CATEGORY: "t.category COLLATE NOCASE",
}
BY_NUMBER = {
    Order.AMOUNT: "t.amount",
    Order.BALANCE: f"coalesce(t.balance, {NO_BALANCE})",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows: of these accounts (None: all that are not hidden), with all words of `text`, and so on.

    `low` and `high` are absolute minor units. `query` is what the person searched for; `text` are plain words.
    """

    account_ids: tuple[int, ...] | None = None
    text: str = ""
    since: date | None = None
    until: date | None = None
    direction: Literal["both", "in", "out"] = "both"
    status: Literal["all", "booked", "pending"] = "all"
    low: int | None = None
    high: int | None = None
    query: Query = NOTHING


@dataclass(frozen=True, slots=True)
class Question:
    """A filter put to the database: `source` and `where` are SQL over `tx t`, `own` is the row id's name there.

    `ranges` are half-open ranges of row ids in ascending order, apart from `where`, so that a page can begin in one.
    """

    source: str
    own: str
    where: tuple[str, ...]
    values: dict[str, Any]
    ranges: Ranges
    accounts: tuple[int, ...] | None
    searches: bool = field(default=False)

    @property
    def condition(self) -> str:
        """The whole condition, ranges included."""
        return " AND ".join([*self.where, self.within(self.ranges)])

    def within(self, ranges: Ranges) -> str:
        """Return the condition that a row lies in one of these ranges."""
        if ranges == EVERYTHING:
            return "1"
        parts = (f"{self.own} >= {low} AND {self.own} < {high}" for low, high in ranges)
        return f"({' OR '.join(parts) or '0'})"


def ask(db: Database, filter_: Filter) -> Question:
    """Return what a filter means now; hidden accounts are looked up."""
    terms = meaning(db, filter_.query)
    source, own, where, values = _search(filter_.text, terms)
    accounts = filter_.account_ids
    if accounts is None and db.one("SELECT max(hidden) FROM account"):
        accounts = tuple(own for (own,) in db.run("SELECT id FROM account WHERE NOT hidden"))
    if terms.accounts is not None:
        known = sorted(terms.accounts) if accounts is None else accounts
        accounts = tuple(own for own in known if own in terms.accounts)
    if accounts is not None:
        # One account is found by its index; for several the order of days is worth more than the index.
        one = len(accounts) == 1
        ids = ",".join(str(int(account)) for account in accounts)
        where.append(f"t.account_id = {ids}" if one else f"t.account_id IN ({ids})")
    where += [*_amounts(filter_), *terms.where]
    ranges = within(_ranges(filter_), terms.ranges) if accounts != () else ()
    searches = bool(values or terms.values)
    return Question(
        source, own, tuple(where), {**values, **terms.values}, ranges, accounts, searches
    )


def _search(text: str, terms: Terms) -> tuple[str, str, list[str], dict[str, Any]]:
    """Return source, row id, conditions and values of a search: all words must be in a row's text.

    The trigram index serves LIKE without ESCAPE, so what LIKE takes for a wildcard is left open there and looked for
    literally. Words without three letters in a row are searched in the texts themselves.
    """
    words = list(dict.fromkeys([*fold(text[:400]).split()[:WORDS], *filter(None, terms.words)]))
    hints = [word for word in terms.hints if _has_trigram(word) and word not in words]
    without = list(filter(None, terms.without))
    if not (words or hints or without or terms.reads_text):
        return "tx t", "t.id", [], {}
    indexed = any(map(_has_trigram, (*words, *hints)))
    where, values = [], dict[str, Any]()
    for n, word in enumerate([*words, *hints]):
        if indexed and _has_trigram(word):
            values[f"like{n}"] = f"%{_open(word)}%"
            where.append(f"f.s LIKE :like{n}")
        if n < len(words) and not (indexed and _has_trigram(word) and _open(word) == word):
            values[f"word{n}"] = word
            where.append(f"instr(f.s, :word{n})")
    for n, word in enumerate(without):
        values[f"without{n}"] = word
        where.append(f"NOT instr(f.s, :without{n})")
    table, own = ("search", "f.rowid") if indexed else ("doc", "f.id")
    return f"{table} f CROSS JOIN tx t ON t.id = {own}", own, where, values


def _open(word: str) -> str:
    return word.replace("%", "_")


def _has_trigram(word: str) -> bool:
    return any(len(part) >= 3 for part in _open(word).split("_"))


def _amounts(filter_: Filter) -> list[str]:
    where = {"in": ["t.amount > 0"], "out": ["t.amount < 0"]}.get(filter_.direction, [])
    if filter_.low is not None:
        where.append(f"abs(t.amount) >= {int(filter_.low)}")
    if filter_.high is not None:
        where.append(f"abs(t.amount) <= {int(filter_.high)}")
    return where


def _ranges(filter_: Filter) -> Ranges:
    if not (filter_.since or filter_.until) and filter_.status == "all":
        return EVERYTHING
    booked, pending = of_period(filter_.since, filter_.until)
    return {"booked": (booked,), "pending": (pending,)}.get(filter_.status, (booked, pending))
