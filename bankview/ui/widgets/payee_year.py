"""What a payee came to in twelve months: the sum, and a bar for each month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QToolTip, QVBoxLayout, QWidget

from bankview.domain.money import Money
from bankview.ui.colours import colours
from bankview.ui.measures import RADIUS_MARK, S1, S2, S4, Type, font
from bankview.ui.models.transactions import MASK
from bankview.ui.widgets.text import Hairline, OneLine, Text
from bankview.words import amount_text, money_text, month_text, short_month_text, tr, tr_n

if TYPE_CHECKING:
    from datetime import date

    from bankview.domain.transaction import Transaction
    from bankview.store.payee import Year

#: Pixels of the longest bar, and how much of its place a bar takes.
_HIGH = 40
_SHARE = 0.62


class PayeeYear(QWidget):
    """Hidden until it is known, and where there is but one payment."""

    def __init__(self, row: Transaction, *, masked: bool) -> None:
        super().__init__()
        self.setObjectName("payee-year")
        self._row, self._masked = row, masked
        self._sum = Text("", Type.STRONG)
        self._count = Text("", Type.SMALL, "second")
        self._bars = _Bars(row)
        line = QHBoxLayout()
        line.setSpacing(S2)
        line.addWidget(self._sum, 0, Qt.AlignmentFlag.AlignBaseline)
        line.addWidget(self._count, 1, Qt.AlignmentFlag.AlignBaseline)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, S4, 0, 0)
        column.setSpacing(S1)
        column.addWidget(Hairline())
        column.addSpacing(S4 - S1)
        said = OneLine("", Type.SMALL, "second")
        said.setText(tr("{payee}, last 12 months", payee=row.payee))
        column.addWidget(said)
        column.addLayout(line)
        column.addWidget(self._bars)
        self.hide()

    def show_year(self, year: Year) -> None:
        """Show what it came to; of what is hidden, only how many there are."""
        total = Money(year.total, self._row.amount.currency)
        self._sum.setText(MASK if self._masked else amount_text(total, sign=True))
        self._count.setText(tr_n("1 payment", "{n} payments", year.count))
        self._bars.setVisible(not self._masked)
        if not self._masked:
            self._bars.show_months(year.months)
        self.setVisible(year.count > 1)


class _Bars(QWidget):
    """A bar a month, the row's own in the accent; months that went the other way have none."""

    def __init__(self, row: Transaction) -> None:
        super().__init__()
        self._row = row
        self._months: tuple[tuple[date, int], ...] = ()
        self.setFont(font(self.font(), Type.TINY))

    def sizeHint(self) -> QSize:
        return QSize(0, S2 + _HIGH + S1 + QFontMetrics(self.font()).height())

    minimumSizeHint = sizeHint  # noqa: N815 - Qt's own name

    def show_months(self, months: tuple[tuple[date, int], ...]) -> None:
        """Show minor units by month, oldest first."""
        self._months = months
        self.setAccessibleName(tr("By month"))
        self.setAccessibleDescription(", ".join(map(self._said, months)))
        self.update()

    def _said(self, month: tuple[date, int]) -> str:
        first, minor = month
        amount = money_text(Money(minor, self._row.amount.currency), sign=True)
        return tr("{month}: {amount}", month=month_text(first), amount=amount)

    def event(self, event: QEvent) -> bool:
        """Say the month and the amount under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._months:
            number = int(event.pos().x() * len(self._months) / max(1, self.width()))
            QToolTip.showText(event.globalPos(), self._said(self._months[self._turned(number)]))
            return True
        return super().event(event)

    def _turned(self, number: int) -> int:
        """Return which month stands in a place, counted from the left."""
        last = len(self._months) - 1
        number = min(max(number, 0), last)
        return last - number if self.isRightToLeft() else number

    def paintEvent(self, _: QPaintEvent) -> None:
        if not self._months:
            return
        look = colours(self.palette())
        way = -1 if sum(minor for _, minor in self._months) < 0 else 1
        most = max(1, *(way * minor for _, minor in self._months))
        room = self.width() / len(self._months)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place in range(len(self._months)):
            month, minor = self._months[self._turned(place)]
            mine = month == self._row.booked_on.replace(day=1)
            high = round(_HIGH * max(0, way * minor) / most)
            left = place * room + room * (1 - _SHARE) / 2
            bar = QRectF(left, S2 + _HIGH - high, room * _SHARE, high)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.accent if mine else look.control)
            painter.drawRoundedRect(bar, RADIUS_MARK, RADIUS_MARK)
            painter.setPen(look.text if mine else look.second)
            below = QRectF(place * room, S2 + _HIGH + S1, room, self.height() - S2 - _HIGH - S1)
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, short_month_text(month)[:1])
        painter.end()
