"""Puts what the overview read into lines and bars, each with the search for what is behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bankview.ui.charts.asking import COUNTED, Asking, of_category, term, within
from bankview.ui.charts.values import Rank, Ranks, said
from bankview.ui.overview.reading import DAYS
from bankview.ui.overview.row_list import Line
from bankview.words import category_text, day_text, seen, tr

if TYPE_CHECKING:
    from bankview.store.recurring import Recurring
    from bankview.store.view import Row
    from bankview.ui.facts import Facts
    from bankview.ui.overview.reading import Spent

#: Categories that are told.
TOLD = 7


@dataclass(frozen=True, slots=True)
class Telling:
    """As of a day; with hidden amounts where `masked`."""

    today: date
    masked: bool

    def newest(self, row: Row, facts: Facts) -> Line:
        """Return a line for a row of the ledger."""
        account = facts.account(row.account_id)
        amount = said(row.amount, row.currency, masked=self.masked, sign=True)
        role = "second" if row.pending else "credit" if row.amount > 0 else "text"
        where = account.label if account else ""
        asks = term("payee", row.name)
        return Line(self._day(row.day), seen(row.name), where, amount, role, asks, row.pending)

    def expected(self, one: Recurring) -> Line:
        """Return a line for a payment that is expected."""
        amount = said(one.rhythm.typical, one.currency, masked=self.masked, sign=True)
        day = self._day(one.rhythm.next.toordinal())
        return Line(day, seen(one.name), "", amount, "second", term("payee", one.name), quiet=True)

    def ranks(self, spent: Spent, currency: str, *, alone: bool) -> Ranks:
        """Return what categories cost in a currency, most first; `alone` where there is no other."""
        now, before = spent.now.get(currency, {}), spent.before.get(currency, {})
        costly = sorted((one for one in now.values() if one.flow.out), key=lambda one: one.flow.out)
        first = self.today - timedelta(days=DAYS - 1)
        asking = Asking(currency="" if alone else currency)
        rows = [
            Rank(
                one.name,
                category_text(one.name) or tr("No category"),
                -one.flow.out,
                -before[one.name].flow.out if one.name in before else 0,
                one.name or "other",
                asking.of(of_category(one.name), "is:out", within(first, self.today), COUNTED),
            )
            for one in costly[:TOLD]
        ]
        total = -sum(one.flow.out for one in costly)
        return Ranks(currency, tuple(rows), total, tr("{days} days before", days=DAYS))

    def _day(self, ordinal: int) -> str:
        near = {0: tr("Today"), -1: tr("Yesterday"), 1: tr("Tomorrow")}
        away = ordinal - self.today.toordinal()
        return near.get(away) or day_text(self.today + timedelta(days=away), today=self.today)
