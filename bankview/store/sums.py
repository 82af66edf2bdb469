"""Sums over all rows, for charts and an overview: made by the database, per currency, transfers left out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bankview import categories
from bankview.domain import category as tree
from bankview.store.flows import (
    EVERY,
    Flow,
    Only,
    Period,
    accounts,
    by_currency,
    counting_marks,
    flows,
    grouped,
    months,
)
from bankview.store.index import fold
from bankview.store.rows import OWN, PLACE, PLACES, RULED, TRANSFER, first_of
from bankview.store.schema import DAY, PENDING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from bankview.store.database import Database
    from bankview.store.flows import Asked

#: A category or a payee, currency, out, in, and how many rows.
_Group = tuple[str, str, int, int, int]


#: Rows that are filed by a text, and have no place in the tree.
_TEXT_ALONE = f"t.category > '' AND t.marks >> {PLACE} & {PLACES} = 0"


@dataclass(frozen=True, slots=True)
class Series:
    """Balances at the end of each day from `first` on, none left out, in minor units: ready to be painted."""

    currency: str
    first: date
    balances: Sequence[int]


@dataclass(frozen=True, slots=True)
class Sum:
    """What a category or a payee came to in a period.

    A category is an id of the tree, a word of the person's, the bank's where the tree has no such thing, or empty.
    """

    name: str
    flow: Flow
    count: int


def balances_by_day(
    db: Database, since: date, until: date, account_ids: Collection[int] | None = None
) -> tuple[Series, ...]:
    """Return the balance at the end of each day, a series a currency; of these accounts, or all that are not hidden.

    Accounts whose balance no bank says are left out. Transfers count here: money on its way is in neither account.
    """
    held: dict[str, int] = defaultdict(int)
    moved: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for own, currency, balance in accounts(db, account_ids):
        if balance is None:
            continue
        held[currency] += balance
        for day, minor in _daily(db, own, since):
            moved[currency][day] += minor
    return tuple(
        Series(currency, since, _walk(held[currency], moved[currency], since, until))
        for currency in sorted(held)
    )


def _daily(db: Database, account_id: int, since: date) -> Iterator[tuple[int, int]]:
    """Yield each day that has booked rows, as an ordinal, with their sum: by leaps over an index, without sorting."""
    mine = "FROM tx INDEXED BY tx_account WHERE account_id = :own AND id >="
    return db.each(
        f"WITH RECURSIVE days(day) AS (SELECT min(id) / {DAY} {mine} :first AND id < {PENDING} UNION ALL SELECT"
        f" (SELECT min(id) / {DAY} {mine} (day + 1) * {DAY} AND id < {PENDING}) FROM days WHERE day IS NOT NULL)"
        f" SELECT day, (SELECT sum(amount) {mine} day * {DAY} AND id < (day + 1) * {DAY})"
        " FROM days WHERE day IS NOT NULL",
        {"own": account_id, "first": first_of(since)},
    )


def _walk(now: int, moved: Mapping[int, int], since: date, until: date) -> list[int]:
    """Return the balances of all days up to the last, walked back from today's."""
    last = until.toordinal()
    now -= sum(minor for day, minor in moved.items() if day > last)
    found = []
    for day in range(last, since.toordinal() - 1, -1):
        found.append(now)
        now -= moved.get(day, 0)
    return found[::-1]


def by_month(
    db: Database, since: date, until: date, account_ids: Collection[int] | None = None
) -> dict[str, dict[date, Flow]]:
    """Return what went out and came in, by currency and month, given by its first day; no month is left out."""
    asked = by_currency(db, account_ids)
    found: dict[str, dict[date, Flow]] = {currency: {} for currency in asked}
    for first, last in months(since, until):
        said = flows(db, asked, Period(max(first, since), min(last, until)))
        for currency, flow in said.items():
            found[currency][first] = flow
    return found


def last_days(
    db: Database, today: date, days: int = 30, account_ids: Collection[int] | None = None
) -> dict[str, Flow]:
    """Return what went out and came in within the last days, today's included, by currency."""
    period = Period(today - timedelta(days=days - 1), today)
    return flows(db, by_currency(db, account_ids), period)


def by_category(
    db: Database, since: date, until: date, account_ids: Collection[int] | None = None
) -> dict[str, tuple[Sum, ...]]:
    """Return what each category came to, by currency, what cost most first; an empty name is that of no category."""
    groups = _filed(db, by_currency(db, account_ids), Period(since, until))
    return _together(groups, str)


def months_compared(
    db: Database, month: date, other: date, account_ids: Collection[int] | None = None
) -> dict[str, dict[str, tuple[Flow, Flow]]]:
    """Return what each category came to in two months, given by any of their days, by currency."""
    found: dict[str, dict[str, tuple[Flow, Flow]]] = defaultdict(dict)
    for n, day in enumerate((month, other)):
        (period,) = months(day, day)
        for currency, all_ in by_category(db, *period, account_ids).items():
            for one in all_:
                both = list(found[currency].get(one.name, (Flow(), Flow())))
                both[n] = one.flow
                found[currency][one.name] = (both[0], both[1])
    return dict(found)


def by_payee(
    db: Database,
    since: date,
    until: date,
    account_ids: Collection[int] | None = None,
    limit: int = 100,
    only: Only = EVERY,
) -> dict[str, tuple[Sum, ...]]:
    """Return the payees by currency, what cost most first, whatever case, accents and blanks; rules name them."""
    groups = _paid(db, by_currency(db, account_ids), Period(since, until), only)
    found = _together(groups, fold)
    return {currency: all_[:limit] for currency, all_ in found.items()}


def _together(groups: Iterator[_Group], key: Callable[[str], str]) -> dict[str, tuple[Sum, ...]]:
    """Return groups of one key as one, by currency, what cost most first; the name first in the alphabet stays."""
    said: dict[str, dict[str, Sum]] = defaultdict(dict)
    for name, currency, out, into, count in groups:
        own, here = key(name), said[currency]
        known = here.get(own, Sum(name, Flow(), 0))
        here[own] = Sum(min(name, known.name), known.flow.plus(out, into), known.count + count)
    found = {
        currency: [one for one in said[currency].values() if one.count] for currency in sorted(said)
    }
    return {
        currency: tuple(sorted(all_, key=lambda one: (one.flow.out, -one.flow.into, one.name)))
        for currency, all_ in found.items()
        if all_
    }


def _filed(db: Database, asked: Asked, period: Period) -> Iterator[_Group]:
    """Yield what categories came to; what is filed by a text alone is taken off what has no place in the tree."""
    free = set[bool]()
    kinds, source = counting_marks(db), f"tx t {period.by('tx_filed')}"
    only = Only(f"t.marks IN ({','.join(map(str, kinds))})")
    for marks, *said in grouped(db, "t.marks", source, asked, period, only):
        if not marks >> PLACE & PLACES:
            free.add(bool(marks & (OWN | RULED)))
        yield tree.at(marks >> PLACE & PLACES), *said
    for ours in sorted(free):
        yield from _free(db, asked, period, ours, alone=len(free) == 1)


def _free(
    db: Database, asked: Asked, period: Period, ours: bool, *, alone: bool
) -> Iterator[_Group]:
    """Yield what categories came to that are a text alone: the person's and the rules', or the banks'.

    To group by whose they are would take sorting. Where they are all of one kind, nobody needs to look.
    """
    whose = "" if alone else f" AND t.marks & {OWN | RULED} {'<>' if ours else '='} 0"
    only = Only(f"{_TEXT_ALONE} AND t.marks & {TRANSFER} = 0{whose}")
    source = f"tx t {period.by('tx_free')}"
    for text, currency, out, into, count in grouped(db, "t.category", source, asked, period, only):
        yield text if ours else categories.of_bank(text) or text, currency, out, into, count
        yield "", currency, -out, -into, -count


def _paid(db: Database, asked: Asked, period: Period, only: Only) -> Iterator[_Group]:
    """Yield what payees came to; what rules name is taken off what the bank calls it."""
    source = f"tx t {period.by('tx_payee')}"
    yield from grouped(db, "t.payee COLLATE NOCASE", source, asked, period, only)
    key, source = "n.payee, t.payee", "named n CROSS JOIN tx t ON t.id = n.id"
    for name, payee, currency, out, into, count in grouped(db, key, source, asked, period, only):
        yield name, currency, out, into, count
        yield payee, currency, -out, -into, -count
