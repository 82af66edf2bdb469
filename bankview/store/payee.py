"""What a payee came to, month by month."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from bankview.store.rows import first_of

if TYPE_CHECKING:
    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database

MONTHS = 12


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
    now = today.year * MONTHS + today.month - 1
    firsts = [date(n // MONTHS, n % MONTHS + 1, 1) for n in range(now - MONTHS + 1, now + 2)]
    ids = [first_of(day) for day in firsts]
    found = db.run(
        "SELECT m.key, sum(t.amount), count(*) FROM json_each(:months) m CROSS JOIN tx t INDEXED BY tx_payee"
        " WHERE t.payee = :payee COLLATE NOCASE AND t.id >= m.value ->> 0 AND t.id < m.value ->> 1 AND t.account_id IN"
        " (SELECT id FROM account WHERE currency = :currency AND (NOT hidden OR id = :own)) GROUP BY m.key",
        {
            "months": json.dumps(list(pairwise(ids))),
            "payee": row.payee,
            "currency": row.amount.currency,
            "own": row.account_id,
        },
    )
    sums = dict.fromkeys(range(MONTHS), 0) | {n: minor for n, minor, _ in found}
    months = tuple(zip(firsts[:-1], sums.values(), strict=True))
    return Year(sum(count for *_, count in found), months)
