"""What the marks of a chart mean: a small sample of each, and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from bankview.ui.colours import colours
from bankview.ui.measures import RADIUS_MARK, S2, S3, STROKE, Type, font, measures
from bankview.ui.widgets.bars_chart import bar_colour

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

    from bankview.ui.colours import Colours

_LINES = {"dash": Qt.PenStyle.DashLine, "dot": Qt.PenStyle.DotLine}
#: Pixels of a line, of a bar, and of a tick.
_WIDE, _BAR, _TICK = 18, 8, 2


class Legend(QWidget):
    """A mark is `dash`, `dot`, `tick`, or the role of a bar's colour."""

    def __init__(self) -> None:
        super().__init__()
        self._marks: Sequence[tuple[str, str]] = ()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def show_marks(self, marks: Sequence[tuple[str, str]]) -> None:
        """Show these marks with their words."""
        self._marks = marks
        self.setAccessibleName(", ".join(words for _, words in marks))
        self.setVisible(bool(marks))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(font(self.font(), Type.SMALL))
        widths = [
            _width(mark) + (S2 + metrics.horizontalAdvance(words) if words else 0)
            for mark, words in self._marks
        ]
        return QSize(sum(widths) + S3 * max(0, len(widths) - 1) + 1, measures(self).u)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, _: QPaintEvent) -> None:
        painter, look = QPainter(self), colours(self.palette())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # It stands in the order of the chart, which is painted from left to right in all languages.
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        painter.setFont(font(self.font(), Type.SMALL))
        metrics, x = painter.fontMetrics(), 0.0
        for mark, words in self._marks:
            _draw(painter, look, mark, QRectF(x, 0, _width(mark), self.height()))
            x += _width(mark) + S2
            room = max(0, int(self.width() - x))
            text = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
            painter.setPen(look.second)
            place = QRectF(x, 0, room, self.height())
            painter.drawText(
                place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text
            )
            x += metrics.horizontalAdvance(words) + S3
        painter.end()


def _width(mark: str) -> int:
    return _WIDE if mark in _LINES else _TICK if mark == "tick" else _BAR


def _draw(painter: QPainter, look: Colours, mark: str, place: QRectF) -> None:
    middle = place.center().y()
    if mark in _LINES:
        painter.setPen(QPen(look.link, STROKE, _LINES[mark]))
        painter.drawLine(QPointF(place.left(), middle), QPointF(place.right(), middle))
        return
    painter.setPen(Qt.PenStyle.NoPen)
    tick = mark == "tick"
    painter.setBrush(look.text if tick else bar_colour(mark, look))
    height = 12 if tick else _BAR
    box = QRectF(place.left(), middle - height / 2, place.width(), height)
    painter.drawRoundedRect(box, 0 if tick else RADIUS_MARK, 0 if tick else RADIUS_MARK)
