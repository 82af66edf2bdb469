"""Lists what is paid, or comes in, again and again."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bankview.domain.recurring import Payment, Rhythm, rhythm
from bankview.store.flows import accounts
from bankview.store.index import fold
from bankview.store.rows import NOT_TRANSFER, first_of
from bankview.store.schema import DAY, PENDING

if TYPE_CHECKING:
    from collections.abc import Collection

    from bankview.store.database import Database

#: How far back is looked: two payments of a year lie in it, with what may move them.
SPAN = timedelta(days=550)
#: Payee, currency, and whether it goes out.
_Group = tuple[str, str, bool]
#: What a payee's text says of one payment alone: dates, and numbers of cards and bills.
_NUMBERS = re.compile(r"[\d.:/*#-]+")


@dataclass(frozen=True, slots=True)
class Recurring:
    """A payee, the currency, and how payments follow each other; `name` is as the newest row has it."""

    name: str
    currency: str
    rhythm: Rhythm

    @property
    def sought(self) -> str:
        """What to search for to find its rows: the longest part of the name that is in all of them."""
        parts = [part.strip() for part in _NUMBERS.split(self.name)]
        return max(parts, key=len) or self.name


def recurring(
    db: Database, today: date, account_ids: Collection[int] | None = None
) -> tuple[Recurring, ...]:
    """Return what recurs, the next first and what has ended last; pending rows aside.

    Of all accounts, hidden ones and transfers are left out; of these ones, transfers count: they move their balance.
    """
    groups: dict[_Group, list[Payment]] = defaultdict(list)
    names: dict[_Group, str] = {}
    days = _days(db, today, account_ids)
    for (payee, currency, out), sums in sorted(days.items(), key=lambda one: max(one[1])):
        group = (_payee(payee), currency, out)
        groups[group] += map(Payment._make, sums.items())
        names[group] = payee
    found = [
        Recurring(names[group], group[1], said)
        for group, payments in groups.items()
        if (said := rhythm(payments, today))
    ]
    return tuple(
        sorted(found, key=lambda one: (one.rhythm.ended, one.rhythm.next, one.name, one.currency))
    )


def _days(
    db: Database, today: date, account_ids: Collection[int] | None
) -> dict[_Group, dict[int, int]]:
    """Return what each day came to, by payee, currency, and whether it went out: a day's payments count as one."""
    own = {one.id: one.currency for one in accounts(db, account_ids)}
    whose = "" if account_ids is not None else f" AND {NOT_TRANSFER}"
    found: dict[_Group, dict[int, int]] = defaultdict(dict)
    for day, minor, account, payee in db.each(
        f"SELECT t.id / {DAY}, t.amount, t.account_id,"
        " coalesce(n.payee, nullif(t.payee, ''), t.description) FROM tx t NOT INDEXED LEFT JOIN named n ON n.id = t.id"
        f" WHERE t.id >= ? AND t.id < {PENDING} AND t.amount <> 0"
        f" AND t.account_id IN ({','.join(map(str, own))}){whose} ORDER BY t.id",
        (first_of(today - SPAN),),
    ):
        days = found[payee, own[account], minor < 0]
        days[day] = days.get(day, 0) + minor
    return found


def _payee(text: str) -> str:
    """Return a payee without what changes from payment to payment."""
    flat = fold(text)
    return " ".join(_NUMBERS.sub(" ", flat).split()) or flat
