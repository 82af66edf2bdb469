"""What went out and came in: the questions that all sums over income and spending are made of; transfers left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from bankview.store.rows import NOT_TRANSFER, first_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from bankview.store.database import Database

#: The accounts that are asked about, by currency.
Asked = Mapping[str, Collection[int]]
#: Above this it takes less time to read a whole index in the order of its groups than to sort the period's rows.
LONG = timedelta(days=500)


class Flow(NamedTuple):
    """Minor units that went out, which is negative, and that came in."""

    out: int = 0
    into: int = 0

    def plus(self, out: int, into: int) -> Flow:
        """Return both together."""
        return Flow(self.out + out, self.into + into)


class Account(NamedTuple):
    """An account that is asked about; `balance` is None where the bank says none."""

    id: int
    currency: str
    balance: int | None


class Period(NamedTuple):
    """Both days included."""

    since: date
    until: date

    @property
    def values(self) -> dict[str, int]:
        """The ids of its booked rows: from `low` on, and below `high`."""
        return {"low": first_of(self.since), "high": first_of(self.until + timedelta(days=1))}

    def by(self, index: str) -> str:
        """Return how to read it: by an index in the order of groups where it is long."""
        return f"INDEXED BY {index}" if self.until - self.since > LONG else "NOT INDEXED"


def months(since: date, until: date) -> Iterator[Period]:
    """Yield the whole months that the days from one to the other lie in, oldest first."""
    first = since.replace(day=1)
    while first <= until:
        following = (first + timedelta(days=31)).replace(day=1)
        yield Period(first, following - timedelta(days=1))
        first = following


class Only(NamedTuple):
    """A condition on rows of `tx t`, and what is bound in it."""

    sql: str = NOT_TRANSFER
    values: Mapping[str, Any] = {}


#: All that counts.
EVERY = Only()


def accounts(db: Database, account_ids: Collection[int] | None) -> list[Account]:
    """Return the accounts that are asked about: these, or all that are not hidden."""
    found = db.run("SELECT id, currency, balance, hidden FROM account ORDER BY position, id")
    return [
        Account(own, *said)
        for own, *said, hidden in found
        if (not hidden if account_ids is None else own in account_ids)
    ]


def by_currency(db: Database, account_ids: Collection[int] | None) -> dict[str, list[int]]:
    """Return the ids of the accounts that are asked about, by currency."""
    found: dict[str, list[int]] = defaultdict(list)
    for one in accounts(db, account_ids):
        found[one.currency].append(one.id)
    return dict(sorted(found.items()))


def flows(db: Database, asked: Asked, period: Period) -> dict[str, Flow]:
    """Return out and in by currency."""
    found = dict.fromkeys(asked, Flow())
    for currency, out, into, _ in grouped(db, "", "tx t", asked, period):
        found[currency] = Flow(out, into)
    return found


def grouped(
    db: Database, key: str, source: str, asked: Asked, period: Period, only: Only = EVERY
) -> Iterator[Any]:
    """Yield the columns of `key`, then currency, out, in and count of each group of rows that has any.

    `only` leaves transfers out, too.

    Each currency has sums of its own, so that rows are looked at once, and are not sorted where an index has the order
    of the groups: a key that is no column of one, but worked out, costs more than all sums.
    """
    of = {
        currency: f"t.account_id IN ({','.join(map(str, ids))})" for currency, ids in asked.items()
    }
    alone = len(of) == 1
    columns = [_sums("1" if alone else accounts) for accounts in of.values()]
    where = [only.sql, *(of.values() if alone else ())]
    width = key.count(",") + 1 if key else 0
    for values in db.each(
        f"SELECT {', '.join(filter(None, (key, *columns))) or 1}"
        f" FROM {source} WHERE t.id >= :low AND t.id < :high AND {' AND '.join(where)}"
        f"{f' GROUP BY {key}' if key else ''}",
        {**period.values, **only.values},
    ):
        for n, currency in enumerate(asked):
            all_, into, count = values[width + 3 * n : width + 3 * n + 3]
            if count:
                yield *values[:width], currency, all_ - (into or 0), into or 0, count


def counting_marks(db: Database) -> list[int]:
    """Return the marks that rows have, transfers left out: found by leaps, for there are few."""
    found = db.run(
        "WITH RECURSIVE kind(marks) AS (SELECT min(marks) FROM tx UNION ALL SELECT"
        " (SELECT min(marks) FROM tx WHERE marks > kind.marks) FROM kind WHERE marks IS NOT NULL)"
        f" SELECT t.marks FROM kind t WHERE t.marks IS NOT NULL AND {NOT_TRANSFER}"
    )
    return [marks for (marks,) in found]


def _sums(condition: str) -> str:
    """Return the columns that an account's out and in follow from: they take half as long as out and in do."""
    only = "" if condition == "1" else f" FILTER (WHERE {condition})"
    into = f"sum(t.amount) FILTER (WHERE t.amount > 0{'' if not only else f' AND {condition}'})"
    return f"sum(t.amount){only}, {into}, count(*){only}"
