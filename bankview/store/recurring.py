"""Lists what is paid, or comes in, again and again."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bankview.domain.recurring import Payment, Rhythm, rhythm
from bankview.store.index import fold
from bankview.store.rows import NOT_TRANSFER, first_of
from bankview.store.schema import DAY, PENDING

if TYPE_CHECKING:
    from bankview.store.database import Database

#: How far back is looked: two payments of a year lie in it, with what may move them.
SPAN = timedelta(days=550)
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


def recurring(db: Database, today: date) -> tuple[Recurring, ...]:
    """Return what recurs, the next first and what has ended last; transfers, pending rows and hidden accounts aside."""
    groups: dict[tuple[str, str, bool], list[Payment]] = defaultdict(list)
    names: dict[tuple[str, str, bool], str] = {}
    folded: dict[str, str] = {}
    for own, minor, currency, payee in db.each(
        "SELECT t.id, t.amount, a.currency, coalesce(n.payee, nullif(t.payee, ''), t.description) FROM tx t"
        " JOIN account a ON a.id = t.account_id LEFT JOIN named n ON n.id = t.id"
        f" WHERE t.id >= ? AND t.id < {PENDING} AND NOT a.hidden AND t.amount <> 0 AND {NOT_TRANSFER} ORDER BY t.id",
        (first_of(today - SPAN),),
    ):
        key = folded.get(payee) or folded.setdefault(payee, _payee(payee))
        group = (key, currency, minor < 0)
        groups[group].append(Payment(own // DAY, minor))
        names[group] = payee
    found = [
        Recurring(names[group], group[1], said)
        for group, payments in groups.items()
        if (said := rhythm(payments, today))
    ]
    return tuple(
        sorted(found, key=lambda one: (one.rhythm.ended, one.rhythm.next, one.name, one.currency))
    )


def _payee(text: str) -> str:
    """Return a payee without what changes from payment to payment."""
    flat = fold(text)
    return " ".join(_NUMBERS.sub(" ", flat).split()) or flat
