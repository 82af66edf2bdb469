"""The page of charts: one period, one currency, all accounts or one; each chart comes as soon as it was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QWidget

from bankview.domain.connection import behind
from bankview.store import charts as store
from bankview.ui.charts.asking import Asking
from bankview.ui.charts.periods import Period, begin, names
from bankview.ui.measures import S2, Type, measures
from bankview.ui.panels.balance import BalancePanel
from bankview.ui.panels.flow import FlowPanel
from bankview.ui.panels.months import MonthsPanel
from bankview.ui.panels.panel import Panel, Wish, choice, offer
from bankview.ui.panels.payees import PayeesPanel
from bankview.ui.panels.spending import SpendingPanel
from bankview.ui.plain import shorten
from bankview.ui.readings import Readings
from bankview.ui.widgets.banded import Banded
from bankview.ui.widgets.day_field import DayField
from bankview.ui.widgets.empty import EmptyTable
from bankview.ui.widgets.spoken_chart import install
from bankview.ui.widgets.text import Text
from bankview.words import tr

if TYPE_CHECKING:
    from datetime import date

    from bankview.domain.account import Account
    from bankview.sync.home import Home
    from bankview.ui.facts import Facts
    from bankview.ui.worker import Worker

#: Letters of an account's name.
LONGEST = 28


class Charts(QStackedWidget):
    """What was drawn before stays until the new was read."""

    rows_asked = Signal(str)
    failed = Signal(object)

    def __init__(self, worker: Worker, home: Home) -> None:
        super().__init__()
        self.setObjectName("charts")
        install()
        self._home = home
        self._facts: Facts | None = None
        self._oldest: date | None = None
        self._readings = readings = Readings(worker, home, "charts", self.failed.emit)
        self.account = choice("chart-account", tr("Account"))
        self.currency = choice("chart-currency", tr("Currency"))
        self.period = choice("chart-period", tr("Period"))
        today = home.now().astimezone().date()
        self.since, self.until = DayField(tr("From"), today), DayField(tr("To"), today)
        self.balance, self.flow = BalancePanel(readings), FlowPanel(readings)
        self.months, self.spending = MonthsPanel(readings), SpendingPanel(readings)
        self.payees = PayeesPanel(readings)
        self.panels: tuple[Panel, ...] = (
            self.balance,
            self.flow,
            self.months,
            self.spending,
            self.payees,
        )
        self.empty = EmptyTable()
        self._build()
        self._wire()

    def _build(self) -> None:
        page = Banded()
        page.head.setSpacing(S2)
        page.head.addWidget(Text(tr("Charts"), Type.TITLE))
        page.head.addStretch()
        for box in (self.account, self.currency, self.period):
            # Words that are cut tell nobody what is chosen.
            box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            page.head.addWidget(box)
        page.add_below(self._range())
        page.add_band((self.balance, 1), grows=True)
        page.add_band((self.flow, 1), (self.months, 1), grows=True)
        page.add_band((self.spending, 1), (self.payees, 1))
        self.addWidget(page)
        self.addWidget(self.empty)

    def _range(self) -> QWidget:
        """Return the days of a range, which are there while one is chosen."""
        self.range = QWidget()
        line = QHBoxLayout(self.range)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(S2)
        line.addStretch()
        for edit in (self.since, self.until):
            edit.setMinimumHeight(measures(self).control)
            line.addWidget(edit)
        self.range.hide()
        return self.range

    def _wire(self) -> None:
        offer(self.period, [(words, period) for period, words in names().items()])
        self.period.setCurrentIndex(self.period.findData(Period.MONTHS_12))
        self.account.activated.connect(lambda _: self._on_account())
        self.currency.activated.connect(lambda _: self._ask())
        self.period.activated.connect(lambda _: self._on_period())
        for edit in (self.since, self.until):
            edit.dateChanged.connect(self._ask)
        for panel in self.panels:
            panel.chart.rows_asked.connect(self.rows_asked)
            panel.chart.failed.connect(self.failed)
        self.empty.acted.connect(lambda: self.rows_asked.emit(""))

    def refresh(self, facts: Facts, masked: bool) -> None:
        """Offer the accounts that there are, and read what is chosen."""
        self._facts = facts
        shown = sorted(facts.accounts, key=lambda one: one.hidden)
        accounts = [(shorten(one.label, LONGEST), one.id) for one in shown]
        offer(self.account, [(tr("All accounts"), None), *accounts])
        self._offer_currencies()
        for panel in self.panels:
            panel.set_masked(masked=masked)
        self._readings.ask("oldest", store.first_day, self._on_oldest)

    def _on_account(self) -> None:
        self._offer_currencies()
        self._ask()

    def _on_period(self) -> None:
        """Let a range begin as the period before it."""
        ranged = self.period.currentData() is Period.RANGE
        wish = self.balance.wish
        if ranged and self.range.isHidden() and wish:
            for edit, day in ((self.since, wish.asked.since), (self.until, wish.asked.until)):
                edit.blockSignals(True)
                edit.choose(day)
                edit.blockSignals(False)
        self.range.setVisible(ranged)
        self._ask()

    def _days(self, today: date, oldest: date) -> tuple[date, date]:
        """Return the first and the last day; a range the wrong way round is turned, and nothing is before the oldest."""
        period = self.period.currentData()
        if period is not Period.RANGE:
            return begin(period, today, oldest), today
        first, last = sorted((self.since.day, self.until.day))
        return min(max(first, oldest), last), last

    def _offer_currencies(self) -> None:
        counts: dict[str, int] = {}
        for one in self._chosen():
            counts[one.currency] = counts.get(one.currency, 0) + 1
        order = sorted(counts, key=lambda one: (-counts[one], one))
        offer(self.currency, [(one, one) for one in order])
        self.currency.setEnabled(len(order) > 1)

    def _chosen(self) -> list[Account]:
        """Return the accounts that are drawn: one, or all that are not hidden."""
        own = self.account.currentData()
        all_ = self._facts.accounts if self._facts else ()
        return [one for one in all_ if (not one.hidden if own is None else one.id == own)]

    def _on_oldest(self, oldest: date | None) -> None:
        self._oldest = oldest
        if oldest is None:
            self.empty.say(
                tr("There is nothing to draw before the first transaction."),
                tr("Show all accounts"),
            )
        self.setCurrentIndex(1 if oldest is None else 0)
        self._ask()

    def _ask(self) -> None:
        wish = self._wish()
        if wish:
            for panel in self.panels:
                panel.ask(wish)

    def _wish(self) -> Wish | None:
        currency, own = self.currency.currentData(), self.account.currentData()
        if self._oldest is None or not currency:
            return None
        today = self._home.now().astimezone().date()
        since, until = self._days(today, self._oldest)
        chosen = self._facts.account(own) if self._facts and own is not None else None
        asking = Asking(
            chosen.label if chosen else "",
            currency if own is None and self.currency.count() > 1 else "",
        )
        asked = store.Asked(currency, since, until, own)
        assert self._facts
        mine = {one.connection_id for one in self._chosen()}
        banks = (one for one in self._facts.connections if one.id in mine)
        return Wish(asked, asking, today, self._oldest, behind(banks, today))
