"""The balance over time, with what is expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.store import charts
from bankview.ui.charts import telling
from bankview.ui.panels.panel import Panel, Wish
from bankview.ui.widgets.balance_chart import BalanceChart
from bankview.words import short_day_text, tr

if TYPE_CHECKING:
    from bankview.store.charts import Balances
    from bankview.store.database import Database
    from bankview.ui.readings import Readings

#: Days that are looked ahead: at most, and one of how many of the period.
_AHEAD, _SHARE = 92, 4


class BalancePanel(Panel):
    """Says which banks have no news, and what the dots are."""

    def __init__(self, readings: Readings) -> None:
        self.line = BalanceChart()
        super().__init__("balance", self.line, readings)

    def read(self, wish: Wish, db: Database) -> Balances:
        days = (wish.asked.until - wish.asked.since).days
        return charts.balances(db, wish.asked, wish.today, min(_AHEAD, max(1, days // _SHARE)))

    def show_found(self, wish: Wish, found: Balances) -> None:
        news = min((day for _, day in wish.behind), default=None)
        made = telling.line(wish.asked, found, news, wish.asking)
        self.line.show_line(made, masked=self.masked)
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
        if found.ahead:
            marks.append(("dot", tr("Expected, from payments that recur")))
        self.legend.show_marks(marks)
