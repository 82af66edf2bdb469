"""The filter bar and the strip that says what it found."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from bankview.domain.money import Money
from bankview.store.view import Filter, Totals
from bankview.ui.colours import colours
from bankview.ui.icons import icon
from bankview.ui.measures import S2, S4, Type, figures, font, measures
from bankview.ui.models.transactions import MASK
from bankview.words import amount_text, tr

if TYPE_CHECKING:
    from collections.abc import Callable

#: Milliseconds after the last key before a search runs.
PAUSE = 80
EVERYTHING, CUSTOM = 0, 6


class Filters(QWidget):
    """Search, period, direction and status; `changed` after each change."""

    changed = Signal()

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__()
        self._today = today
        self.search = QLineEdit()
        self.search.setObjectName("search")
        self.search.setPlaceholderText(tr("Search"))
        self.search.setAccessibleName(tr("Search transactions"))
        self.search.setClearButtonEnabled(True)
        self._lens = QAction(self.search)
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
        self.status = _choice(
            "status-filter", tr("Status"), [tr("Booked and pending"), tr("Booked"), tr("Pending")]
        )
        self.since, self.until = QDateEdit(), QDateEdit()
        for edit, name in ((self.since, tr("From")), (self.until, tr("To"))):
            edit.setCalendarPopup(True)
            edit.setDisplayFormat("yyyy-MM-dd")
            edit.setAccessibleName(name)
            edit.setDate(QDate(today().year, today().month, today().day))
            edit.dateChanged.connect(self.changed)
            edit.hide()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(self.changed)
        self.search.textChanged.connect(self._timer.start)
        self.period.currentIndexChanged.connect(self._on_period)
        for box in (self.direction, self.status):
            box.currentIndexChanged.connect(self.changed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(S4, S2, S4, S2 + 2)
        layout.setSpacing(S2)
        layout.addWidget(self.search, 1)
        self.search.setMaximumWidth(320)
        for widget in (self.period, self.since, self.until, self.direction, self.status):
            layout.addWidget(widget)
        layout.addStretch()
        self._dress()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        self._lens.setIcon(icon("search", self.palette()))
        for widget in (
            self.search,
            self.period,
            self.direction,
            self.status,
            self.since,
            self.until,
        ):
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
            self.search.text().strip(),
            since,
            until,
            ("both", "in", "out")[self.direction.currentIndex()],
            ("all", "booked", "pending")[self.status.currentIndex()],
        )

    def _days(self) -> tuple[date | None, date | None]:
        """A period's end stays open, because banks date bookings ahead."""
        today = self._today()
        if self.period.currentIndex() == CUSTOM:
            return self.since.date().toPython(), self.until.date().toPython()  # type: ignore[return-value]
        back = {1: 30, 2: 90, 3: 365}.get(self.period.currentIndex())
        if back:
            return today - timedelta(days=back), None
        return {4: today.replace(day=1), 5: today.replace(month=1, day=1)}.get(
            self.period.currentIndex()
        ), None

    @property
    def active(self) -> bool:
        """Whether anything is filtered."""
        boxes = (self.period, self.direction, self.status)
        return bool(self.search.text().strip()) or any(box.currentIndex() for box in boxes)

    def clear(self) -> None:
        """Ask for everything again."""
        self.search.clear()
        for box in (self.period, self.direction, self.status):
            box.setCurrentIndex(0)


def _choice(name: str, spoken: str, texts: list[str]) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(spoken)
    box.addItems(texts)
    return box


class ResultStrip(QWidget):
    """How many rows the filter leaves, with out, in and sum per currency."""

    cleared = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.text = QLabel()
        self.text.setObjectName("result")
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self._clear = QPushButton(tr("Clear"))
        self._clear.setObjectName("clear")
        self._clear.setFlat(True)
        self._clear.clicked.connect(self.cleared)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(S4, 0, S2, 0)
        layout.addWidget(self.text, 1)
        layout.addWidget(self._clear)
        self.setAutoFillBackground(True)
        self.setFixedHeight(measures(self).dialog_control)

    def show_totals(self, found: Totals, of: int, *, masked: bool) -> None:
        """Say what was found among `of` rows."""
        look = colours(self.palette())
        ground = self.palette()
        ground.setColor(ground.ColorRole.Window, look.alternate)
        self.setPalette(ground)
        self.text.setFont(figures(self.font(), Type.SMALL))
        self._clear.setFont(font(self.font(), Type.SMALL_MEDIUM))
        second = look.second.name()
        parts = [
            tr(
                "<b>{n}</b> of {m} shown",
                n=f"{found.count:,}".replace(",", "\u00a0"),
                m=f"{of:,}".replace(",", "\u00a0"),
            )
        ]
        for currency, (out, in_) in found.sums.items():
            for name, minor, colour in (
                (tr("Out"), out, look.text),
                (tr("In"), in_, look.credit),
                (tr("Sum"), out + in_, look.text),
            ):
                amount = (
                    MASK if masked else amount_text(Money(minor, currency), sign=name == tr("In"))
                )
                code = (
                    f" <span style='color:{second}'>{currency}</span>" if name == tr("Sum") else ""
                )
                parts.append(
                    f"<span style='color:{second}'>{name}</span> <b style='color:{colour.name()}'>{amount}</b>{code}"
                )
        self.text.setText("&nbsp;&nbsp;&nbsp; ".join(parts))
