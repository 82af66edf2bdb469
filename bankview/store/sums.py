"""Sums over all rows, for charts and an overview: made by the database, per currency, transfers left out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from bankview import categories
from bankview.domain import category as tree
from bankview.store.rows import NOT_TRANSFER, OWN, PLACE, PLACES, RULED, first_of
from bankview.store.schema import DAY, PENDING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bankview.store.database import Database


class Flow(NamedTuple):
    """Minor units that went out, which is negative, and that came in."""

    out: int = 0
    into: int = 0

    def plus(self, out: int, into: int) -> Flow:
        """Return both together."""
        return Flow(self.out + out, self.into + into)


@dataclass(frozen=True, slots=True)
class Series:
    """Balances at the end of each day from `first` on, none left out, in minor units: ready to be painted."""

    currency: str
    first: date
    balances: Sequence[int]


@dataclass(frozen=True, slots=True)
class Spending:
    """What one category came to in a period; `category` is an id of the tree, or a word of the person's or the bank's."""

    category: str
    flow: Flow
    count: int


@dataclass(frozen=True, slots=True)
class PayeeFlow:
    """What one payee came to in a period."""

    payee: str
    flow: Flow
    count: int


#: Of a period: booked rows of what is not hidden, and no transfers.
_FROM = f"FROM tx t WHERE t.id >= :low AND t.id < :high AND t.account_id IN (%s) AND {NOT_TRANSFER}"


def balances_by_day(
    db: Database, since: date, until: date, account_ids: Iterable[int] | None = None
) -> tuple[Series, ...]:
    """Return the balance at the end of each day, a series a currency; of these accounts, or all that are not hidden.

    Accounts whose balance no bank says are left out. Transfers count here: money on its way is in neither account.
    """
    known = _accounts(db, account_ids)
    held: dict[str, int] = defaultdict(int)
    moved: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for own, currency, balance in known:
        if balance is None:
            continue
        held[currency] += balance
        for day, minor in db.each(
            f"SELECT id / {DAY}, sum(amount) FROM tx WHERE account_id = ? AND id >= ? AND id < {PENDING} GROUP BY 1",
            (own, first_of(since)),
        ):
            moved[currency][day] += minor
    return tuple(
        Series(currency, since, _walk(held[currency], moved[currency], since, until))
        for currency in sorted(held)
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
    db: Database, since: date, until: date, account_ids: Iterable[int] | None = None
) -> dict[str, dict[date, Flow]]:
    """Return what went out and came in, by currency and month, given by its first day; no month is left out."""
    months = list(_months(since, until))
    currencies = {own: currency for own, currency, _ in _accounts(db, account_ids)}
    found = {
        currency: dict.fromkeys((first for first, _ in months), Flow())
        for currency in sorted(set(currencies.values()))
    }
    for first, last in months:
        period = (max(first, since), min(last, until))
        for own, out, into in _grouped(db, "t.account_id", currencies, *period):
            flows = found[currencies[own]]
            flows[first] = flows[first].plus(out, into)
    return found


def _months(since: date, until: date) -> Iterator[tuple[date, date]]:
    first = since.replace(day=1)
    while first <= until:
        following = (first + timedelta(days=31)).replace(day=1)
        yield first, following - timedelta(days=1)
        first = following


def by_category(
    db: Database, since: date, until: date, account_ids: Iterable[int] | None = None
) -> dict[str, tuple[Spending, ...]]:
    """Return what each category came to, by currency, what cost most first; an empty category is that of no category."""
    currencies = {own: currency for own, currency, _ in _accounts(db, account_ids)}
    flows: dict[tuple[str, str], tuple[Flow, int]] = defaultdict(lambda: (Flow(), 0))
    key = f"t.account_id, t.marks >> {PLACE} & {PLACES}, t.marks & {OWN | RULED}, t.category"
    for own, place, ours, text, out, into, count in _grouped(
        db, key, currencies, since, until, "count(*)"
    ):
        category = (
            tree.at(place) or text if ours else tree.at(place) or categories.of_bank(text) or text
        )
        flow, many = flows[currencies[own], category]
        flows[currencies[own], category] = (flow.plus(out, into), many + count)
    return {
        currency: tuple(
            sorted(
                (
                    Spending(name, *said)
                    for (there, name), said in flows.items()
                    if there == currency
                ),
                key=lambda one: (one.flow.out, -one.flow.into, one.category),
            )
        )
        for currency in sorted({there for there, _ in flows})
    }


def months_compared(
    db: Database, month: date, other: date, account_ids: Iterable[int] | None = None
) -> dict[str, dict[str, tuple[Flow, Flow]]]:
    """Return what each category came to in two months, given by any of their days, by currency."""
    found: dict[str, dict[str, tuple[Flow, Flow]]] = defaultdict(dict)
    accounts = None if account_ids is None else tuple(account_ids)
    both = [by_category(db, *next(_months(day, day)), accounts) for day in (month, other)]
    for n, said in enumerate(both):
        for currency, all_ in said.items():
            for one in all_:
                flows = list(found[currency].get(one.category, (Flow(), Flow())))
                flows[n] = one.flow
                found[currency][one.category] = (flows[0], flows[1])
    return dict(found)


def by_payee(
    db: Database,
    since: date,
    until: date,
    account_ids: Iterable[int] | None = None,
    limit: int = 100,
) -> dict[str, tuple[PayeeFlow, ...]]:
    """Return the payees that money went to or came from, by currency, the largest sums first; rules name them."""
    currencies = {own: currency for own, currency, _ in _accounts(db, account_ids)}
    flows: dict[str, dict[str, PayeeFlow]] = defaultdict(dict)
    payee = "coalesce((SELECT n.payee FROM named n WHERE n.id = t.id), t.payee)"
    for own, name, out, into, count in _grouped(
        db, f"t.account_id, {payee}", currencies, since, until, "count(*)"
    ):
        known = flows[currencies[own]].setdefault(name.casefold(), PayeeFlow(name, Flow(), 0))
        flows[currencies[own]][name.casefold()] = PayeeFlow(
            known.payee, known.flow.plus(out, into), known.count + count
        )
    return {
        currency: tuple(sorted(flows[currency].values(), key=_largest)[:limit])
        for currency in sorted(flows)
    }


def _largest(one: PayeeFlow) -> tuple[int, str]:
    return (one.flow.out - one.flow.into, one.payee)


def last_days(
    db: Database, today: date, days: int = 30, account_ids: Iterable[int] | None = None
) -> dict[str, Flow]:
    """Return what went out and came in within the last days, today's included, by currency."""
    currencies = {own: currency for own, currency, _ in _accounts(db, account_ids)}
    found = dict.fromkeys(sorted(set(currencies.values())), Flow())
    period = (today - timedelta(days=days - 1), today)
    for own, out, into in _grouped(db, "t.account_id", currencies, *period):
        found[currencies[own]] = found[currencies[own]].plus(out, into)
    return found


def _accounts(db: Database, account_ids: Iterable[int] | None) -> list[tuple[int, str, int | None]]:
    """Return id, currency and balance of the accounts that are asked about."""
    wanted = None if account_ids is None else set(account_ids)
    found = db.run("SELECT id, currency, balance, hidden FROM account ORDER BY position, id")
    return [
        (own, currency, balance)
        for own, currency, balance, hidden in found
        if (not hidden if wanted is None else own in wanted)
    ]


def _grouped(
    db: Database, key: str, accounts: Iterable[int], since: date, until: date, more: str = ""
) -> Iterator[Any]:
    """Yield the columns of `key`, out and in, and what more is asked for, of each group of a period's rows."""
    ids = ",".join(map(str, accounts))
    columns = ", ".join(filter(None, (key, "sum(min(t.amount, 0)), sum(max(t.amount, 0))", more)))
    return db.each(
        f"SELECT {columns} {_FROM % ids} GROUP BY {key}",
        {"low": first_of(since), "high": first_of(until + timedelta(days=1))},
    )
