"""The balance over time, with what is expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.store import charts
from bankview.ui.charts import telling
from bankview.ui.panels.panel import Panel, Wish
from bankview.ui.widgets.balance_chart import BalanceChart
from bankview.words import short_day_text, tr

if TYPE_CHECKING:
    from bankview.store.database import Database
    from bankview.ui.charts.values import Line
    from bankview.ui.readings import Readings

#: Days that are looked ahead: at most, and one of how many of the period.
_AHEAD, _SHARE = 92, 4


class BalancePanel(Panel):
    """Says which banks have no news, and what the dots are."""

    def __init__(self, readings: Readings) -> None:
        self.line = BalanceChart()
        super().__init__("balance", self.line, readings)

    def read(self, wish: Wish, db: Database) -> Line:
        days = (wish.asked.until - wish.asked.since).days
        found = charts.balances(db, wish.asked, wish.today, min(_AHEAD, max(1, days // _SHARE)))
        news = min((day for _, day in wish.behind), default=None)
        return telling.line(wish.asked, found, news, wish.asking)

    def show_found(self, wish: Wish, found: Line) -> None:
        self.line.show_line(found, masked=self.masked)
        marks = [
            (
                "dash",
                tr(
                    "{bank} unchanged since {day}",
                    bank=bank,
                    day=short_day_text(day, today=wish.today),
                ),
            )
            for bank, day in wish.behind
        ]
        if found.forecast:
            marks.append(("dot", tr("Expected, from payments that recur")))
        self.legend.show_marks(marks)
