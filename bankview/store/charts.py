"""What charts are made of, read for one currency: each question is a job of its own, so that none waits for another."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bankview import categories
from bankview.domain import category as tree
from bankview.domain.forecast import forecast
from bankview.store import sums
from bankview.store.flows import EVERY, Flow, Only, accounts
from bankview.store.recurring import recurring
from bankview.store.rows import NOT_TRANSFER, OWN, PLACE, PLACES, RULED
from bankview.store.schema import DAY, PENDING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bankview.store.database import Database
    from bankview.store.sums import Sum

#: As many payees as there are: what comes in is ranked apart.
_ALL = 1 << 30


@dataclass(frozen=True, slots=True)
class Asked:
    """One currency, a period with both its days, and one account or all that are not hidden."""

    currency: str
    since: date
    until: date
    account_id: int | None = None

    @property
    def before(self) -> Asked:
        """The same over the period before, of as many days."""
        last = self.since - timedelta(days=1)
        days = min(self.until - self.since, last - date.min)
        return replace(self, since=last - days, until=last)


@dataclass(frozen=True, slots=True)
class Balances:
    """Balances at the end of each day from `first` on, and of the days ahead, where payments recur."""

    first: date
    balances: Sequence[int]
    ahead: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Two:
    """What a category or a payee came to, in minor units, in this period and in the one before."""

    name: str
    now: Flow
    before: Flow


def first_day(db: Database) -> date | None:
    """Return the day of the oldest booked row; None where there is none."""
    found = db.one(f"SELECT min(id) / {DAY} FROM tx WHERE id < {PENDING}")
    return None if found is None else date.fromordinal(found)


def balances(db: Database, asked: Asked, today: date, ahead: int) -> Balances:
    """Return the balances of each day, and `ahead` more days' where anything recurs."""
    ids = _ids(db, asked)
    (series,) = sums.balances_by_day(db, asked.since, asked.until, ids) or (None,)
    if series is None:
        return Balances(asked.since, ())
    rhythms = []
    if ahead and asked.until == today:
        whose = None if asked.account_id is None else ids
        found = recurring(db, today, whose)
        rhythms = [one.rhythm for one in found if one.currency == asked.currency]
    following: list[int] = []
    if any(not one.ended for one in rhythms):
        following = forecast(series.balances[-1], rhythms, today, ahead)
    return Balances(series.first, series.balances, following)


def months(db: Database, asked: Asked) -> dict[date, Flow]:
    """Return what went out and came in by month, given by its first day; no month is left out."""
    ids = _ids(db, asked)
    return sums.by_month(db, asked.since, asked.until, ids).get(asked.currency, {})


def by_category(db: Database, asked: Asked) -> tuple[Two, ...]:
    """Return what each category came to, wherever it lies in the tree; `together` adds up those below one."""
    ids = _ids(db, asked)
    return _both(db, asked, lambda one: sums.by_category(db, one.since, one.until, ids))


def compared(db: Database, asked: Asked, month: date, other: date) -> tuple[Two, ...]:
    """Return what each category came to in two months, given by any of their days; the period is not looked at."""
    found = sums.months_compared(db, month, other, _ids(db, asked)).get(asked.currency, {})
    return tuple(Two(name, *flows) for name, flows in found.items())


def by_payee(db: Database, asked: Asked, category: str | None = None) -> tuple[Two, ...]:
    """Return what each payee came to, of all rows or of those of a category, with those below it."""
    ids, only = _ids(db, asked), EVERY if category is None else _within(db, category)
    return _both(db, asked, lambda one: sums.by_payee(db, one.since, one.until, ids, _ALL, only))


def together(found: Iterable[Two], key: Callable[[str], str] = tree.parent) -> tuple[Two, ...]:
    """Return what lies below each category at the top as one."""
    added: dict[str, Two] = {}
    for one in found:
        name = key(one.name)
        known = added.get(name, Two(name, Flow(), Flow()))
        added[name] = Two(name, known.now.plus(*one.now), known.before.plus(*one.before))
    return tuple(added.values())


def below(found: Iterable[Two], category: str) -> tuple[Two, ...]:
    """Return what lies below a category at the top, itself included."""
    return tuple(one for one in found if tree.parent(one.name) == category)


def _both(
    db: Database, asked: Asked, read: Callable[[Asked], Mapping[str, Sequence[Sum]]]
) -> tuple[Two, ...]:
    """Return what came to anything in this period, beside what it came to before."""
    earlier, oldest = asked.before, first_day(db)
    # To look for what cannot be there takes as long as to find it.
    found = read(earlier) if oldest and oldest <= earlier.until else {}
    known = {one.name.casefold(): one.flow for one in found.get(asked.currency, ())}
    return tuple(
        Two(one.name, one.flow, known.get(one.name.casefold(), Flow()))
        for one in read(asked).get(asked.currency, ())
    )


def _ids(db: Database, asked: Asked) -> list[int]:
    """Return the accounts in question: those of one currency, so that no sum is made of another's rows."""
    if asked.account_id is not None:
        return [asked.account_id]
    return [one.id for one in accounts(db, None) if one.currency == asked.currency]


def _within(db: Database, category: str) -> Only:
    """Return the condition on rows of a category, or of one below it; what no one filed where it is empty."""
    place = f"t.marks >> {PLACE} & {PLACES}"
    if not category:
        return Only(f"{NOT_TRANSFER} AND {place} = 0 AND t.category = ''")
    below = [
        str(tree.place(one))
        for one in tree.TREE
        if one == category or one.startswith(f"{category}.")
    ]
    # A bank's word may mean a category of the tree: it has no place there, but a text that says so.
    texts: dict[bool, list[str]] = {True: [], False: []}
    for text, ours in db.run(
        f"SELECT DISTINCT category, marks & {OWN | RULED} <> 0 FROM tx INDEXED BY tx_free"
        f" WHERE category > '' AND marks >> {PLACE} & {PLACES} = 0"
    ):
        means = text if ours else categories.of_bank(text) or text
        if means == category or means.startswith(f"{category}."):
            texts[bool(ours)].append(text)
    return Only(
        f"{NOT_TRANSFER} AND ({place} IN ({','.join(below)}) OR {place} = 0 AND t.category IN"
        f" (SELECT value FROM json_each(iif(t.marks & {OWN | RULED}, :ours, :banks))))",
        {"ours": json.dumps(texts[True]), "banks": json.dumps(texts[False])},
    )
