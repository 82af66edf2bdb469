"""The filter bar: search, period, direction, and the rest behind one button."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QDate, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QWidget,
)

from bankview.domain.search import parse
from bankview.store.view import Filter
from bankview.ui.icons import icon
from bankview.ui.measures import S2, S4, measures
from bankview.ui.widgets.day_field import DayField
from bankview.ui.widgets.more_filters import NOTHING, STATUSES, MoreFilters
from bankview.ui.widgets.search_field import as_search
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bankview.ui.widgets.search_help import SearchHelp

#: The periods and directions as they are kept, in the order in which they are offered.
PERIODS = ("", "30 days", "90 days", "12 months", "month", "year", "from-to")
DIRECTIONS = ("", "in", "out")
CUSTOM = PERIODS.index("from-to")


class Filters(QWidget):
    """What rows are asked for; `changed` after each change. `currency` is what typed amounts are in."""

    changed = Signal()
    currency = "NOK"

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__()
        self._today = today
        self.search = QLineEdit()
        self.search.setObjectName("search")
        as_search(self.search, tr("Search transactions"))
        self._lens = QAction(tr("Search"), self.search)
        self.search.addAction(self._lens, QLineEdit.ActionPosition.LeadingPosition)
        self.period = _choice(
            "period",
            tr("Period"),
            [
                tr("All time"),
                tr("Last 30 days"),
                tr("Last 90 days"),
                tr("Last 12 months"),
                tr("This month"),
                tr("This year"),
                tr("From … to …"),
            ],
        )
        self.direction = _choice(
            "direction", tr("Direction"), [tr("In and out"), tr("Money in"), tr("Money out")]
        )
        self.more = MoreFilters()
        self.since, self.until = DayField(tr("From"), today()), DayField(tr("To"), today())
        for edit in (self.since, self.until):
            edit.dateChanged.connect(self.changed)
            edit.hide()
        self.search.textChanged.connect(lambda _: self.changed.emit())
        self.period.currentIndexChanged.connect(self._on_period)
        self.direction.currentIndexChanged.connect(self.changed)
        self.more.changed.connect(self.changed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(S4, S2, S4, S2 + 2)
        layout.setSpacing(S2)
        layout.addWidget(self.search, 1)
        self.search.setMaximumWidth(320)
        for widget in (self.period, self.since, self.until, self.direction, self.more):
            layout.addWidget(widget)
        layout.addStretch()
        self._dress()
        self.search.installEventFilter(self)

    @cached_property
    def help(self) -> SearchHelp:
        """What explains the search; made when the field has the focus first."""
        from bankview.ui.widgets.search_help import SearchHelp  # noqa: PLC0415 - after the first frame

        return SearchHelp(self.search)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Explain the search to who comes to the field."""
        if event.type() == QEvent.Type.FocusIn:
            self.search.removeEventFilter(self)
            self.help.settle()
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        self._lens.setIcon(icon("search", self.palette()))
        for widget in (self.search, self.period, self.direction, self.since, self.until):
            widget.setMinimumHeight(measures(self).control)

    def _on_period(self, place: int) -> None:
        for edit in (self.since, self.until):
            edit.setVisible(place == CUSTOM)
        self.changed.emit()

    def filter(self, account_ids: tuple[int, ...] | None) -> Filter:
        """Return what is asked for, over these accounts."""
        since, until = self._days()
        return Filter(
            account_ids,
            since=since,
            until=until,
            direction=("both", "in", "out")[self.direction.currentIndex()],
            status=self.more.status,
            low=self.more.minor(self.more.low, self.currency),
            high=self.more.minor(self.more.high, self.currency),
            query=parse(f"{self.search.text()} {self.more.term}"),
        )

    def state(self) -> tuple[object, ...]:
        """Return what is asked for, for `restore`."""
        return (
            self.search.text(),
            self.period.currentIndex(),
            self.since.date(),
            self.until.date(),
            self.direction.currentIndex(),
            self.more.state(),
        )

    def kept(self) -> dict[str, str]:
        """Return what is asked for beside the text, for `of_kept`; what is left open is left out."""
        said = {
            "period": PERIODS[self.period.currentIndex()],
            "direction": DIRECTIONS[self.direction.currentIndex()],
            "low": self.more.low.text().strip(),
            "high": self.more.high.text().strip(),
            "status": "" if self.more.status == "all" else self.more.status,
            "category": self.more.term,
        }
        if self.period.currentIndex() == CUSTOM:
            for name, edit in (("since", self.since), ("until", self.until)):
                said[name] = edit.date().toString(Qt.DateFormat.ISODate)
        return {name: text for name, text in said.items() if text}

    def of_kept(self, text: str, kept: Mapping[str, str]) -> tuple[object, ...]:
        """Return the state that asks for a text and what `kept` returned, for `restore`."""
        days = (
            QDate.fromString(kept.get(name, ""), Qt.DateFormat.ISODate)
            for name in ("since", "until")
        )
        since, until = (day if day.isValid() else self.since.date() for day in days)
        status = kept.get("status", "")
        more = (
            kept.get("low", ""),
            kept.get("high", ""),
            STATUSES.index(status) if status in STATUSES else 0,
            kept.get("category", ""),
        )
        period, direction = _place(PERIODS, kept, "period"), _place(DIRECTIONS, kept, "direction")
        return (text, period, since, until, direction, more)

    def restore(self, state: tuple[Any, ...]) -> None:
        """Ask for what `state` returned; `changed` comes once."""
        self.blockSignals(True)
        text, period, since, until, direction, more = state
        self.search.setText(text)
        self.since.setDate(since)
        self.until.setDate(until)
        self.period.setCurrentIndex(period)
        self.direction.setCurrentIndex(direction)
        self.more.restore(more)
        self.blockSignals(False)
        self.changed.emit()

    def fit(self, width: int) -> None:
        """Let words become icons where the bar has less room than they need."""
        words = self.more.sizeHint().width() if self.more.text() else 0
        if words:
            self._words_need = self.sizeHint().width()
        self.more.set_short(short=width < self._words_need)

    _words_need = 0

    def _days(self) -> tuple[date | None, date | None]:
        """A period's end stays open, because banks date bookings ahead."""
        today = self._today()
        if self.period.currentIndex() == CUSTOM:
            return self.since.day, self.until.day
        back = {1: 30, 2: 90, 3: 365}.get(self.period.currentIndex())
        if back:
            return today - timedelta(days=back), None
        return {4: today.replace(day=1), 5: today.replace(month=1, day=1)}.get(
            self.period.currentIndex()
        ), None

    @property
    def active(self) -> bool:
        """Whether anything is filtered."""
        boxes = (self.period, self.direction)
        asked = bool(self.search.text().strip()) or self.more.is_active
        return asked or any(box.currentIndex() for box in boxes)

    def clear(self) -> None:
        """Ask for everything again."""
        self.restore(self.only(""))

    def only(self, text: str) -> tuple[object, ...]:
        """Return the state that asks for a text and nothing else, for `restore`."""
        return (text, 0, self.since.date(), self.until.date(), 0, NOTHING)


def _place(names: tuple[str, ...], kept: Mapping[str, str], name: str) -> int:
    said = kept.get(name, "")
    return names.index(said) if said in names else 0


def _choice(name: str, spoken: str, texts: list[str]) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(spoken)
    box.addItems(texts)
    return box
