"""The overview: four bands over all accounts."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from bankview.store.flows import Flow
from bankview.ui.charts.values import Line as Curve
from bankview.ui.measures import S1, S2, S3, S4, S5, S6, Type, measures
from bankview.ui.overview.attention import Attention
from bankview.ui.overview.balances import Balance, FlowBars
from bankview.ui.overview.holdings import Holding, holdings
from bankview.ui.overview.reading import DAYS, Moved, Spent, read_moved, read_spent
from bankview.ui.overview.row_list import RowList
from bankview.ui.overview.telling import Telling
from bankview.ui.panels.panel import choice, offer
from bankview.ui.readings import Readings
from bankview.ui.widgets.balance_chart import BalanceChart
from bankview.ui.widgets.banded import WIDE, Banded
from bankview.ui.widgets.ranked_bars import RankedBars
from bankview.ui.widgets.text import Link, OneLine, Text
from bankview.words import full_day_text, short_day_text, time_text, tr

if TYPE_CHECKING:
    from datetime import date

    from PySide6.QtGui import QResizeEvent

    from bankview.sync.home import Home
    from bankview.ui.facts import Facts
    from bankview.ui.widgets.notice import Notice
    from bankview.ui.worker import Worker

#: Pixels of the chart at most.
TALLEST = 440
#: How sums and flow share the first band's width.
SUMS, FLOW = 5, 4


class Overview(Banded):
    """Reads in the worker each time it is asked to; what it showed before stays until the new is there."""

    rows_asked = Signal(str)
    failed = Signal(object)
    #: The id of a notice whose button was pressed.
    acted = Signal(str)

    def __init__(self, worker: Worker, home: Home) -> None:
        super().__init__()
        self._home = home
        self._readings = Readings(worker, home, "overview", self.failed.emit)
        self._facts: Facts | None = None
        self._masked = False
        self._moved: Moved | None = None
        self._spent: Spent | None = None
        self._holdings: tuple[Holding, ...] = ()
        self._balanced: tuple[tuple[Holding, ...], bool] | None = None
        self._cards: list[Balance] = []
        self._columns = 0
        self.setObjectName("overview")
        self.day, self.updated = Text("", Type.SMALL, "second"), Text("", Type.SMALL, "second")
        self.flow, self.attention = FlowBars(), Attention()
        self.chart = BalanceChart()
        self.stale = OneLine("", Type.SMALL, "second")
        self.currency = choice("overview-currency", tr("Currency"))
        self.period = choice("overview-period", tr("Period"))
        self.spending = RankedBars(tr("Spending by category"))
        self.newest, self.coming = RowList(tr("Newest transactions")), RowList(tr("Coming up"))
        self._coming_up = self._titled(tr("Coming up"), self.coming)
        self._balances = QGridLayout()
        self._build()
        self._wire()

    # -- how it is put together --------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.head.setSpacing(S3)
        self.head.addWidget(Text(tr("Overview"), Type.TITLE), 0, Qt.AlignmentFlag.AlignBaseline)
        self.head.addWidget(self.day, 1, Qt.AlignmentFlag.AlignBaseline)
        self.head.addWidget(self.updated, 0, Qt.AlignmentFlag.AlignBaseline)
        self._balances.setHorizontalSpacing(S5)
        self._balances.setVerticalSpacing(S4)
        sums = QWidget()
        sums.setLayout(self._balances)
        self._balances.setContentsMargins(0, 0, 0, 0)
        self.add_band((sums, SUMS), (self.flow, FLOW))
        aside = QWidget()
        column = QVBoxLayout(aside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(S5)
        column.addWidget(self.attention)
        column.addWidget(self._coming_up)
        column.addStretch()
        self.add_band((self._balance_over_time(), 7), (aside, 4))
        everything = Link(tr("Show all"))
        everything.setObjectName("show-all")
        everything.clicked.connect(lambda: self.rows_asked.emit(""))
        before = Text("▏ " + tr("{days} days before", days=DAYS), Type.SMALL, "second")
        self.add_band(
            (self._titled(tr("Spending by category"), self.spending, before), 1),
            (self._titled(tr("Newest transactions"), self.newest, everything), 1),
        )

    @staticmethod
    def _titled(title: str, inside: QWidget, beside: QWidget | None = None) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(S1)
        column.addWidget(_head(Text(title, Type.STRONG), beside))
        column.addWidget(inside)
        column.addStretch()
        return made

    def _balance_over_time(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(S3)
        self.stale.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        head = _head(Text(tr("Balance over time"), Type.STRONG), self.stale, stretch=self.stale)
        row = head.layout()
        assert row
        row.addWidget(self.currency)
        row.addWidget(self.period)
        column.addWidget(head)
        column.addWidget(self.chart, 1)
        return made

    def _wire(self) -> None:
        periods = [(tr("3 months"), 91), (tr("12 months"), 365), (tr("5 years"), 1826)]
        offer(self.period, periods)
        self.period.setCurrentIndex(1)
        self.period.activated.connect(lambda _: self._read())
        self.currency.activated.connect(lambda _: self._show())
        self.attention.acted.connect(self.acted)
        for part in (self.chart, self.spending, self.newest, self.coming):
            part.rows_asked.connect(self.rows_asked)
        for chart in (self.chart, self.spending):
            chart.failed.connect(self.failed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # A tall screen is there to be used, and a chart is what gains by it.
        least = self.chart.minimumSizeHint().height()
        tall = min(self.height() // 3, measures(self).scaled(TALLEST))
        self.chart.setMinimumHeight(max(least, tall))
        self._flow_balances()

    # -- what it shows -----------------------------------------------------------------------------------------------

    def refresh(self, facts: Facts, masked: bool) -> None:
        """Show what the window knows already, and read the rest."""
        self._facts, self._masked = facts, masked
        self._holdings = holdings(facts.accounts, facts.connections, self._today)
        self._offer_currencies()
        self._show()
        self._read()

    def attend(self, notices: tuple[Notice, ...]) -> None:
        """List what needs the person."""
        self.attention.show_notices(notices)

    @property
    def _today(self) -> date:
        return self._home.now().astimezone().date()

    def _read(self) -> None:
        today = self._today
        since = today - timedelta(days=self.period.currentData())
        self._readings.ask("moved", partial(read_moved, today, since), self._on_moved)

    def _on_moved(self, moved: Moved) -> None:
        self._moved = moved
        self._show()
        self._readings.ask("spent", partial(read_spent, self._today), self._on_spent)

    def _on_spent(self, spent: Spent) -> None:
        self._spent = spent
        self._show()

    def _offer_currencies(self) -> None:
        offer(self.currency, [(one.currency, one.currency) for one in self._holdings])
        self.currency.setVisible(len(self._holdings) > 1)

    def _show(self) -> None:
        facts = self._facts
        if facts is None:
            return
        self.day.setText(full_day_text(self._today))
        last = max((c.last_success for c in facts.connections if c.last_success), default=None)
        said_of = tr("Updated {time}", time=time_text(last, now=self._home.now())) if last else ""
        self.updated.setText(said_of)
        self._show_balances()
        currency = self.currency.currentText()
        telling = Telling(self._today, masked=self._masked)
        if self._moved:
            flow = self._moved.flows.get(currency, Flow())
            self.flow.show_flow(flow, currency, masked=self._masked)
            self._show_curve(self._moved, currency)
            self.newest.show_lines([telling.newest(row, facts) for row in self._moved.newest])
        if self._spent:
            ranks = telling.ranks(self._spent, currency, alone=self.currency.count() == 1)
            self.spending.show_ranks(ranks, masked=self._masked)
            self.coming.show_lines([telling.expected(one) for one in self._spent.coming])
        self._coming_up.setVisible(bool(self._spent and self._spent.coming))

    def _show_balances(self) -> None:
        shown = (self._holdings, self._masked)
        if shown == self._balanced:
            return
        self._balanced = shown
        while taken := self._balances.takeAt(0):
            if widget := taken.widget():
                widget.hide()
                widget.deleteLater()
        self._cards = [Balance(holding, masked=self._masked) for holding in self._holdings]
        self._columns = 0
        self._flow_balances()

    def _flow_balances(self) -> None:
        """Put as many sums beside each other as there is room for."""
        room = self.width() - 2 * S5
        if self.width() >= WIDE:
            room = (room - S6) * SUMS // (SUMS + FLOW)
        widest = max((card.minimumSizeHint().width() for card in self._cards), default=0)
        columns = max(1, (room + S5) // (widest + S5))
        if columns != self._columns:
            self._columns = columns
            for place, card in enumerate(self._cards):
                self._balances.addWidget(card, *divmod(place, columns))

    def _show_curve(self, moved: Moved, currency: str) -> None:
        series = moved.series.get(currency)
        holding = next((one for one in self._holdings if one.currency == currency), None)
        news = holding.news if holding else None
        asks = f"currency:{currency}" if len(self._holdings) > 1 else ""
        first, balances = (series.first, series.balances) if series else (self._today, ())
        self.chart.show_line(Curve(currency, first, balances, (), news, asks), masked=self._masked)
        behind = holding.behind if holding else ()
        words = [
            tr(
                "{bank} unchanged since {day}",
                bank=one.name,
                day=short_day_text(one.day, today=self._today),
            )
            for one in behind
        ]
        self.stale.setText("┄ " + ", ".join(words) if words else "")


def _head(*parts: QWidget | None, stretch: QWidget | None = None) -> QWidget:
    """Return the heading of a part, as high as a control, whether it has one or not."""
    made = QWidget()
    made.setFixedHeight(measures(made).control)
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(S2)
    for place, part in enumerate(filter(None, parts)):
        if place and stretch is None:
            row.addStretch()
        row.addWidget(part, int(part is stretch))
    return made
