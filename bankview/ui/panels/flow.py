"""What came in and went out by month."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bankview.store import charts
from bankview.ui.charts import telling
from bankview.ui.panels.panel import Panel, Wish
from bankview.ui.widgets.bars_chart import BarsChart
from bankview.words import tr

if TYPE_CHECKING:
    from bankview.store.database import Database
    from bankview.ui.charts.values import Bars
    from bankview.ui.readings import Readings


class FlowPanel(Panel):
    """Whole months: the first of the period is shown from its first day on."""

    def __init__(self, readings: Readings) -> None:
        self.bars = BarsChart(tr("In and out by month"))
        super().__init__("flow", self.bars, readings)

    def read(self, wish: Wish, db: Database) -> Bars:
        found = charts.months(db, replace(wish.asked, since=wish.asked.since.replace(day=1)))
        return telling.cash_flow(wish.asked, found, wish.asking)

    def show_found(self, wish: Wish, found: Bars) -> None:  # noqa: ARG002 - the bars know it
        self.bars.show_bars(found, masked=self.masked)
        self.legend.show_marks([(kind.role, kind.name) for kind in found.kinds])
