"""What a payee came to, month by month."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bankview.store.flows import months

if TYPE_CHECKING:
    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database


@dataclass(frozen=True, slots=True)
class Year:
    """A payee's booked rows of twelve months in one currency: how many, and their sums in minor units by month's first day."""

    count: int
    months: tuple[tuple[date, int], ...]

    @property
    def total(self) -> int:
        """Minor units of all months."""
        return sum(minor for _, minor in self.months)


def year(db: Database, row: Transaction, today: date) -> Year:
    """Return what a row's payee, as its bank says it, came to in `today`'s month and the eleven before.

    Counted is what is in the row's currency and on no hidden account but the row's own.
    """
    since = date(today.year - (today.month < 12), today.month % 12 + 1, 1)
    periods = list(months(since, today))
    found = db.run(
        "SELECT m.key, sum(t.amount), count(*) FROM json_each(:months) m CROSS JOIN tx t INDEXED BY tx_payee"
        " WHERE t.payee = :payee COLLATE NOCASE AND t.id >= m.value ->> 'low' AND t.id < m.value ->> 'high' AND t.account_id IN"
        " (SELECT id FROM account WHERE currency = :currency AND (NOT hidden OR id = :own)) GROUP BY m.key",
        {
            "months": json.dumps([period.values for period in periods]),
            "payee": row.payee,
            "currency": row.amount.currency,
            "own": row.account_id,
        },
    )
    sums = {n: minor for n, minor, _ in found}
    by_month = tuple((period.since, sums.get(n, 0)) for n, period in enumerate(periods))
    return Year(sum(count for *_, count in found), by_month)
