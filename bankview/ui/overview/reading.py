"""What the overview reads of the ledger, in two steps: what is looked at first comes first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bankview.domain import category as tree
from bankview.store import connections, recurring, sums, view

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from bankview.store.database import Database
    from bankview.store.flows import Flow
    from bankview.store.recurring import Recurring
    from bankview.store.sums import Series, Sum
    from bankview.store.view import Row

#: Days that are compared with as many before them.
DAYS = 30
#: Days ahead of which payments are told, and how many of them.
AHEAD, COMING = 31, 4
NEWEST = 7


@dataclass(frozen=True, slots=True)
class Moved:
    """The newest rows, what came and went within the last days by currency, and the balance of each day."""

    newest: tuple[Row, ...]
    flows: Mapping[str, Flow]
    series: Mapping[str, Series]


@dataclass(frozen=True, slots=True)
class Spent:
    """What categories cost within the last days and as many before, by currency; and what is expected to come."""

    now: Mapping[str, Mapping[str, Sum]]
    before: Mapping[str, Mapping[str, Sum]]
    coming: tuple[Recurring, ...]


def read_moved(today: date, since: date, db: Database) -> Moved:
    """Read the newest rows, flows, and balances from a day on; runs in a worker."""
    ids = [account.id for account in connections.accounts(db)]
    return Moved(
        tuple(view.page(db, view.Filter(), limit=NEWEST)),
        sums.last_days(db, today, DAYS, ids),
        {one.currency: one for one in sums.balances_by_day(db, since, today, ids)},
    )


def read_spent(today: date, db: Database) -> Spent:
    """Read what categories cost and which payments are expected; runs in a worker."""
    first = today - timedelta(days=DAYS - 1)
    ids = [account.id for account in connections.accounts(db)]
    now = sums.by_category(db, first, today, ids)
    before = sums.by_category(db, first - timedelta(days=DAYS), first - timedelta(days=1), ids)
    end = today + timedelta(days=AHEAD)
    known = recurring.recurring(db, today)
    coming = [one for one in known if not one.rhythm.ended and today <= one.rhythm.next <= end]
    return Spent(_tops(now), _tops(before), tuple(coming[:COMING]))


def _tops(found: Mapping[str, tuple[Sum, ...]]) -> dict[str, dict[str, Sum]]:
    """Put what lies below a category of the tree together with it."""
    tops: dict[str, dict[str, Sum]] = {}
    for currency, all_ in found.items():
        mine = tops[currency] = {}
        for one in all_:
            name = tree.parent(one.name)
            known = mine.get(name)
            flow = known.flow.plus(*one.flow) if known else one.flow
            mine[name] = sums.Sum(name, flow, one.count + (known.count if known else 0))
    return tops
