"""What categories cost in one month against another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.store import charts
from bankview.ui.charts import telling
from bankview.ui.charts.periods import months
from bankview.ui.panels.panel import Panel, Wish, choice, offer
from bankview.ui.widgets.bars_chart import BarsChart
from bankview.ui.widgets.legend import Legend
from bankview.words import short_month_text, tr

if TYPE_CHECKING:
    from datetime import date

    from bankview.store.database import Database
    from bankview.ui.charts.values import Bars
    from bankview.ui.readings import Readings


class MonthsPanel(Panel):
    """The months are chosen here, whatever the page's period: this one and the last, to begin with."""

    def __init__(self, readings: Readings) -> None:
        self.bars = BarsChart(tr("Month against month"), tr("Category"))
        self.month = choice("chart-month", tr("Month"))
        self.other = choice("chart-other-month", tr("Compared with"))
        self._asked: Wish | None = None
        self._swatches = (Legend(), Legend())
        first, second = self._swatches
        super().__init__("months", self.bars, readings, first, self.month, second, self.other)
        for box in (self.month, self.other):
            box.activated.connect(lambda _: self._ask_again())

    def _ask_again(self) -> None:
        if self._asked:
            self.ask(self._asked)

    def ask(self, wish: Wish) -> None:
        self._asked = wish
        fresh = not self.other.count()
        all_ = [(_text(day), day) for day in months(wish.oldest, wish.today)]
        for box in (self.month, self.other):
            offer(box, all_)
        if fresh:
            self.other.setCurrentIndex(min(1, len(all_) - 1))
        # What is chosen now is read, whatever is chosen meanwhile.
        chosen = (self.month.currentData(), self.other.currentData())
        self._readings.ask(
            self._name,
            lambda db: self._read(wish, db, *chosen),
            lambda found: self._on_read(wish, found),
        )

    def _read(self, wish: Wish, db: Database, month: date, other: date) -> Bars:
        sums = charts.together(charts.compared(db, wish.asked, month, other))
        return telling.compared(wish.asked, sums, month, other, wish.asking)

    def show_found(self, wish: Wish, found: Bars) -> None:  # noqa: ARG002 - the bars know it
        self.bars.show_bars(found, masked=self.masked)
        # The boxes say which month it is.
        for swatch, kind in zip(self._swatches, found.kinds, strict=True):
            swatch.show_marks([(kind.role, "")])
            swatch.setFixedWidth(swatch.sizeHint().width())


def _text(day: date) -> str:
    """Return a month in few letters: two of them stand beside the title."""
    return tr("{month} {year}", month=short_month_text(day), year=day.year)
