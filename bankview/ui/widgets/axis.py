"""The round values behind a chart: a hairline each, and its amount at the right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPen

from bankview.domain.money import Money
from bankview.ui.charts.scale import Scale
from bankview.ui.measures import S1, S2, S4, Type, figures
from bankview.ui.models.transactions import MASK
from bankview.words import round_text

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from bankview.ui.colours import Colours


@dataclass(frozen=True, slots=True)
class Axis:
    """Its values rise; `base` is the widget's font."""

    values: tuple[int, ...]
    currency: str
    base: QFont
    masked: bool

    @property
    def font(self) -> QFont:
        """The font of its words, and of those below the chart."""
        return figures(self.base, Type.TINY)

    def _words(self, minor: int) -> str:
        return MASK if self.masked else round_text(Money(minor, self.currency))

    def _width(self) -> float:
        metrics = QFontMetricsF(self.font)
        widths = (metrics.horizontalAdvance(self._words(n)) for n in self.values)
        return max(widths, default=0.0) + S4

    def plot(self, box: QRectF) -> QRectF:
        """Return where the picture lies in a box, within the room for words at the right and below."""
        height = QFontMetricsF(self.font).height()
        return box.adjusted(S1, height / 2 + 1, -self._width(), -height - S2 - 1)

    def up(self, plot: QRectF) -> Scale:
        """Return where its values lie."""
        return Scale(self.values[0], self.values[-1], plot.bottom(), plot.top())

    def draw(self, painter: QPainter, box: QRectF, look: Colours) -> None:
        """Draw lines and amounts; leaves the painter with its font."""
        painter.setFont(self.font)
        height, plot = QFontMetricsF(self.font).height(), self.plot(box)
        up = self.up(plot)
        for minor in self.values:
            y = round(up.at(minor)) + 0.5
            painter.setPen(QPen(look.hairline, 1))
            painter.drawLine(QPointF(box.left(), y), QPointF(plot.right(), y))
            place = QRectF(plot.right(), y - height / 2, box.right() - plot.right(), height)
            painter.setPen(look.second)
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(place, side, self._words(minor))
