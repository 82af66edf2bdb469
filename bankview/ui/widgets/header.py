"""The head of a page of transactions: whose they are, the balance, and how fresh it is."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QWidget

from bankview.ui.colours import colours
from bankview.ui.measures import S1, S2, S3, S4, Type, figures, font
from bankview.ui.widgets.text import Text
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of the header's last line: words in second text, and an amount that stands out."""

    words: str
    amount: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """What the header says; texts are ready to read. `points` are end-of-day balances of the last 90 days."""

    title: str
    number: str = ""
    balance: str = ""
    currency: str = ""
    facts: tuple[Fact, ...] = ()
    points: Sequence[tuple[date, int]] = ()


class Header(QWidget):
    """Name and number, hero balance, one line of facts, and the last 90 days as a line.

    Compact, it has two lines: the name over number and freshness, the balance over its amounts at the right.
    """

    def __init__(self) -> None:
        super().__init__()
        self._head = Head("")
        self._wide, self._compact = True, False
        self.title, self.number, self.balance, self.currency, self.facts, self.amounts = (
            _label(name) for name in ("title", "number", "balance", "currency", "facts", "amounts")
        )
        self._spark, self._days = Sparkline(), Text(tr("90 days"), Type.SMALL, "second")
        for label in (self.number, self.currency):
            label.setForegroundRole(label.palette().ColorRole.PlaceholderText)
        self._grid = QGridLayout(self)
        self._grid.setVerticalSpacing(S1)
        self._grid.setHorizontalSpacing(S4)
        self._grid.setColumnStretch(0, 1)
        self._lay()

    def changeEvent(self, event: QEvent) -> None:
        """Follow palette and font."""
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.ApplicationFontChange}:
            self._show()
        super().changeEvent(event)

    def show_head(self, head: Head) -> None:
        """Show another account, or newer facts of the same."""
        self._head = head
        self._show()

    def fit(self, *, wide: bool, compact: bool) -> None:
        """Leave the line of 90 days out where there is no room for it, or the hero line too."""
        if (wide, compact) != (self._wide, self._compact):
            changed = compact != self._compact
            self._wide, self._compact = wide, compact
            if changed:
                self._lay()
            self._show()

    def _lay(self) -> None:
        grid, right, left = self._grid, Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft
        while taken := grid.takeAt(0):
            inner = taken.layout()
            if inner:
                inner.deleteLater()
        hero = _row(self.balance, self.currency)
        if self._compact:
            grid.setContentsMargins(S4, S3, S4, S1)
            grid.addWidget(self.title, 0, 0, left)
            grid.addWidget(self.facts, 1, 0, left)
            grid.addLayout(hero, 0, 1, right)
            grid.addWidget(self.amounts, 1, 1, right)
        else:
            grid.setContentsMargins(S4, S4, S4, S2)
            grid.addLayout(_row(self.title, self.number), 0, 0, left)
            grid.addLayout(hero, 1, 0, left)
            grid.addWidget(self.facts, 2, 0, left)
            grid.addWidget(self._spark, 0, 1, 2, 1, right | Qt.AlignmentFlag.AlignBottom)
            grid.addWidget(self._days, 2, 1, right)
        kind = Type.HERO_COMPACT if self._compact else Type.HERO
        base = self.font()
        for label, made in (
            (self.title, font(base, Type.TITLE)),
            (self.number, figures(base, Type.SMALL)),
            (self.balance, figures(base, kind)),
            (self.currency, font(base, Type.SMALL)),
            (self.facts, figures(base, Type.SMALL)),
            (self.amounts, figures(base, Type.SMALL)),
        ):
            label.setFont(made)

    def _show(self) -> None:
        head, compact = self._head, self._compact
        self.title.setText(escape(head.title))
        self.number.setText(escape(head.number))
        self.balance.setText(escape(head.balance))
        self.currency.setText(escape(head.currency))
        amounts = [fact for fact in head.facts if fact.amount]
        if compact:
            words = [fact for fact in head.facts if not fact.amount]
            self.facts.setText(self._line([Fact(head.number)] * bool(head.number) + words))
            self.amounts.setText(self._line(amounts))
        else:
            self.facts.setText(self._line(head.facts))
        self.number.setVisible(not compact)
        self.amounts.setVisible(compact and bool(amounts))
        for label in (self.balance, self.currency):
            label.setVisible(bool(head.balance))
        self._spark.show_points(head.points)
        drawn = self._wide and not compact and self._spark.has_points
        self._spark.setVisible(drawn)
        self._days.setVisible(drawn)

    def _line(self, facts: Iterable[Fact]) -> str:
        second = colours(self.palette()).second.name()
        dot = f"<span style='color:{second}'>&nbsp;&nbsp;·&nbsp;&nbsp;</span>"
        return dot.join(
            f"<span style='color:{second}'>{escape(fact.words)}</span>"
            + (f" {escape(fact.amount)}" if fact.amount else "")
            for fact in facts
        )


def _label(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _row(first: QLabel, second: QLabel) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(S2)
    row.addWidget(first, 0, Qt.AlignmentFlag.AlignBaseline)
    row.addWidget(second, 0, Qt.AlignmentFlag.AlignBaseline)
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
        self.setAccessibleName(tr("Balance of the last 90 days") if points else "")
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
