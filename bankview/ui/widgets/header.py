"""The head of a page of transactions: whose they are, the balance, and how fresh it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from bankview.ui.colours import colours
from bankview.ui.measures import S1, S2, S4, Type, figures, font

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date


@dataclass(frozen=True, slots=True)
class Head:
    """What the header says; texts are ready to read. `points` are end-of-day balances of the last 90 days."""

    title: str
    number: str = ""
    balance: str = ""
    currency: str = ""
    facts: tuple[str, ...] = ()
    points: Sequence[tuple[date, int]] = ()


class Header(QWidget):
    """Name and number, hero balance, one line of facts, and the last 90 days as a line."""

    def __init__(self) -> None:
        super().__init__()
        self._title, self._number, self._balance, self._currency, self._facts = (
            QLabel() for _ in range(5)
        )
        for label in (self._title, self._number, self._balance, self._currency, self._facts):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._facts.setObjectName("facts")
        self._balance.setObjectName("balance")
        self._spark = Sparkline()
        self._wide = True
        name, hero = _row(self._title, self._number), _row(self._balance, self._currency)
        self._left = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._left.setSpacing(S1)
        self._left.addLayout(name)
        self._left.addLayout(hero)
        top = QHBoxLayout()
        top.addLayout(self._left)
        top.addStretch()
        top.addWidget(self._spark, 0, Qt.AlignmentFlag.AlignBottom)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(S4, S4, S4, S2)
        layout.setSpacing(S2)
        layout.addLayout(top)
        layout.addWidget(self._facts)
        self._dress()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.ApplicationFontChange}:
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        base = self.font()
        self._title.setFont(font(base, Type.TITLE))
        self._number.setFont(figures(base, Type.SMALL))
        self._balance.setFont(figures(base, Type.HERO))
        self._currency.setFont(font(base, Type.SMALL))
        self._facts.setFont(figures(base, Type.SMALL))
        for label in (self._number, self._currency, self._facts):
            label.setForegroundRole(label.palette().ColorRole.PlaceholderText)

    def show_head(self, head: Head) -> None:
        """Show another account, or newer facts of the same."""
        self._title.setText(head.title)
        self._number.setText(head.number)
        self._balance.setText(head.balance)
        self._currency.setText(head.currency)
        self._balance.setVisible(bool(head.balance))
        self._currency.setVisible(bool(head.balance))
        self._facts.setText("  ·  ".join(head.facts))
        self._spark.show_points(head.points)
        self._spark.setVisible(self._wide and bool(head.points))

    def set_wide(self, wide: bool) -> None:
        """Show the line of the last 90 days, or not, where there is no room."""
        self._wide = wide
        self._spark.setVisible(wide and self._spark.has_points)


def _row(first: QLabel, second: QLabel) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(S2)
    row.addWidget(first, 0, Qt.AlignmentFlag.AlignBaseline)
    row.addWidget(second, 0, Qt.AlignmentFlag.AlignBaseline)
    row.addStretch()
    return row


class Sparkline(QWidget):
    """A balance as a step line: it holds until it changes."""

    def __init__(self) -> None:
        super().__init__()
        self._points: Sequence[tuple[date, int]] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(176, 48)

    @property
    def has_points(self) -> bool:
        """Whether there is a line to draw."""
        return len(self._points) > 1

    def show_points(self, points: Sequence[tuple[date, int]]) -> None:
        """Show these end-of-day balances, oldest first."""
        self._points = points
        self.setAccessibleName(f"{len(points)}" if points else "")
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        if not self.has_points:
            return
        look = colours(self.palette())
        box = QRectF(self.rect()).adjusted(1, 3, -5, -1)
        low, high = min(y for _, y in self._points), max(y for _, y in self._points)
        first, last = self._points[0][0].toordinal(), self._points[-1][0].toordinal()

        def place(day: date, minor: int) -> QPointF:
            x = box.left() + box.width() * (day.toordinal() - first) / max(1, last - first)
            return QPointF(x, box.bottom() - box.height() * (minor - low) / max(1, high - low))

        line = QPainterPath(place(*self._points[0]))
        for day, minor in self._points[1:]:
            to = place(day, minor)
            line.lineTo(to.x(), line.currentPosition().y())
            line.lineTo(to)
        end = line.currentPosition()
        fill = QPainterPath(line)
        fill.lineTo(end.x(), self.height())
        fill.lineTo(box.left(), self.height())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tint = QColor(look.link)
        tint.setAlphaF(0.07)
        painter.fillPath(fill, tint)
        painter.setPen(QPen(look.link, 1.5))
        painter.drawPath(line)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.link)
        painter.drawEllipse(end, 2.5, 2.5)
