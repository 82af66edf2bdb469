"""A list of names, the largest first: a bar each, a tick for the period before, the amount and its share."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QSizePolicy

from bankview.ui.charts.scale import Scale
from bankview.ui.charts.values import Ranks, one_line, ranks_numbers, said, signed
from bankview.ui.colours import category_colour
from bankview.ui.measures import RADIUS, RADIUS_MARK, S2, S3, S4, Type, figures, measures
from bankview.ui.widgets.bars_chart import bar_colour
from bankview.ui.widgets.chart import Chart, Key, Said
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bankview.ui.charts.values import Numbers, Rank
    from bankview.ui.colours import Colours

_BAR, _DOT, _TICK, _TALL = 8, 8, 2, 12
#: Of the width, what names may take.
_NAMES = 0.36


class RankedBars(Chart):
    """A place is a row. A click on a row that opens asks for what is inside of it."""

    opened = Signal(str)
    steps: ClassVar[Mapping[Qt.Key, int]] = {
        Key.Key_Up: -1,
        Key.Key_Down: 1,
        Key.Key_PageUp: -8,
        Key.Key_PageDown: 8,
    }

    def __init__(self, name: str, what: str = "") -> None:
        """`what` says what a row is, at the head of the table: a category by default."""
        super().__init__(name)
        self._what = what or tr("Category")
        self._ranks = Ranks("", (), 0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_ranks(self, ranks: Ranks, *, masked: bool = False) -> None:
        """Show these rows."""
        self._ranks = ranks
        self.shown(masked=masked)

    def sizeHint(self) -> QSize:
        rows = max(3, len(self._ranks.rows))
        return QSize(measures(self).scaled(400), rows * measures(self).control)

    def minimumSizeHint(self) -> QSize:
        return QSize(measures(self).scaled(240), self.sizeHint().height())

    def count(self) -> int:
        return len(self._ranks.rows)

    def place_at(self, at: QPointF) -> int | None:
        place = int(at.y() // measures(self).control)
        return place if 0 <= place < self.count() and 0 <= at.x() < self.width() else None

    def said_of(self, place: int) -> list[Said]:
        row, ranks = self._ranks.rows[place], self._ranks
        lines = [(one_line(row.name), self._amount(row.size))]
        if ranks.before and row.before is not None:
            lines.append((ranks.before, self._amount(row.before)))
        return lines

    def _amount(self, size: int | None) -> str:
        minor = signed(size, self._ranks.out)
        return said(minor, self._ranks.currency, masked=self.masked, sign=True)

    def asked_by(self, place: int) -> str:
        return self._ranks.rows[place].asks

    def act(self, place: int) -> None:
        row = self._ranks.rows[place]
        if row.opens:
            self.opened.emit(row.key)
        else:
            self.ask(place)

    def summary(self) -> str:
        rows, currency = self._ranks.rows, self._ranks.currency
        if not rows:
            return ""
        return tr(
            "{n} rows. Highest {most} {currency}, {first}. Lowest {least} {currency}, {last}.",
            n=len(rows),
            most=self._amount(rows[0].size),
            first=one_line(rows[0].name),
            least=self._amount(rows[-1].size),
            last=one_line(rows[-1].name),
            currency=currency,
        )

    def numbers(self) -> Numbers:
        return ranks_numbers(self._ranks, self._what)

    def draw(self, painter: QPainter, box: QRectF, look: Colours) -> None:
        names, bars, amounts, shares = self._columns(box)
        rows, height = self._ranks.rows, measures(self).control
        metrics, elide = QFontMetricsF(self.font()), Qt.TextElideMode.ElideRight
        words = [metrics.elidedText(one_line(row.name), elide, names[1]) for row in rows]
        sums = [said(row.size, self._ranks.currency, masked=self.masked) for row in rows]
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        for texts, (x, width), kind, colour, side in (
            (words, names, Type.BODY, look.text, left),
            (sums, amounts, Type.STRONG, look.text, right),
            (map(self._share, rows), shares, Type.SMALL, look.second, right),
        ):
            painter.setFont(self.font() if kind is Type.BODY else figures(self.font(), kind))
            painter.setPen(colour)
            for number, text in enumerate(texts):
                place = QRectF(x, box.top() + number * height, width, height)
                painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, text)
        painter.setPen(Qt.PenStyle.NoPen)
        scale = self._scale(bars)
        for number, row in enumerate(rows):
            middle = box.top() + (number + 0.5) * height
            if row.dot:
                painter.setBrush(category_colour(row.dot, look))
                painter.drawEllipse(QRectF(box.left(), middle - _DOT / 2, _DOT, _DOT))
            _draw_bar(painter, look, scale, middle, row)

    def draw_mark(self, painter: QPainter, box: QRectF, look: Colours, place: int) -> None:
        height = measures(self).control
        row = QRectF(box.left(), box.top() + place * height, box.width(), height)
        veil = QRectF(row).adjusted(-0.5, 1, 0.5, -1)
        soft = QColor(look.text)
        soft.setAlphaF(0.06)
        painter.setPen(look.text if look.contrast else Qt.PenStyle.NoPen)
        painter.setBrush(Qt.BrushStyle.NoBrush if look.contrast else soft)
        painter.drawRoundedRect(veil, RADIUS, RADIUS)
        shown = self._ranks.rows[place]
        if shown.before is None or not self._ranks.before:
            return
        _, bars, *_ = self._columns(box)
        top = row.bottom() if row.bottom() + 2 * height <= box.bottom() else row.top() - 2 * height
        below = QRectF(box.left(), max(box.top(), top), box.width(), height)
        self.draw_words(painter, look, below, bars[0] - S2, self.said_of(place))

    def _share(self, row: Rank) -> str:
        total = self._ranks.total
        if total <= 0 or row.size < 0 or self.masked:
            return ""
        return tr("{n} %", n=round(100 * row.size / total))

    def _scale(self, bars: tuple[float, float]) -> Scale:
        sizes = [0, *(size for row in self._ranks.rows for size in (row.size, row.before or 0))]
        low, high = min(sizes), max(*sizes, min(sizes) + 1)
        return Scale(low, high, bars[0], bars[0] + bars[1])

    def _columns(self, box: QRectF) -> list[tuple[float, float]]:
        """Return left and width of names, bars, amounts and shares."""
        plain, small = QFontMetricsF(self.font()), QFontMetricsF(figures(self.font(), Type.SMALL))
        strong = QFontMetricsF(figures(self.font(), Type.STRONG))
        rows, currency = self._ranks.rows, self._ranks.currency
        amount = max(
            strong.horizontalAdvance(said(row.size, currency, masked=self.masked)) for row in rows
        )
        share = small.horizontalAdvance(tr("{n} %", n=100))
        dots = _DOT + S2 if any(row.dot for row in rows) else 0
        name = max(plain.horizontalAdvance(one_line(row.name)) for row in rows) + 1
        name = min(name, box.width() * _NAMES)
        right = box.right()
        start = box.left() + dots
        bars = start + name + S4
        width = max(S4, right - share - S3 - amount - S4 - bars)
        return [
            (start, name),
            (bars, width),
            (right - share - S3 - amount, amount),
            (right - share, share),
        ]


def _draw_bar(painter: QPainter, look: Colours, scale: Scale, middle: float, row: Rank) -> None:
    """Draw one bar and its tick; the painter has no pen."""
    left, right = sorted((scale.at(0), scale.at(row.size)))
    if row.size:
        painter.setBrush(bar_colour("bar", look))
        place = QRectF(left, middle - _BAR / 2, max(1.0, right - left), _BAR)
        painter.drawRoundedRect(place, RADIUS_MARK, RADIUS_MARK)
    if row.before is not None:
        x = scale.at(row.before)
        # A thin gap keeps the tick apart from its bar.
        gap = QRectF(x - _TICK / 2 - 1, middle - _TALL / 2, _TICK + 2, _TALL)
        painter.fillRect(gap, look.base)
        painter.fillRect(gap.adjusted(1, 0, -1, 0), look.text)
