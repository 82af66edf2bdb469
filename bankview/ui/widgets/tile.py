"""A button as large as a card: an icon, a name and what it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QPushButton, QSizePolicy

from bankview.ui.colours import colours, mixed
from bankview.ui.icons import paint_icon
from bankview.ui.measures import RADIUS_FRAME, S3, Type, font, measures
from bankview.ui.painting import frame, ring

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

_ICON = 20


class Tile(QPushButton):
    """Draws itself; everything else is a push button's."""

    def __init__(self, name: str, text: str, about: str) -> None:
        super().__init__(text)
        self._icon, self._about = name, about
        self.setAccessibleDescription(about)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return room for two lines."""
        width = QFontMetrics(self.font()).horizontalAdvance(max(self.text(), self._about, key=len))
        return QSize(width + _ICON + 4 * S3, measures(self).scaled(58))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - it is small
        """Draw the card."""
        found = colours(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shade = 0.06 if self.isDown() else 0.03 if self.underMouse() else 0.0
        frame(
            painter,
            self.rect(),
            mixed(found.text, found.button, shade),
            found.control,
            RADIUS_FRAME,
        )
        if self.hasFocus():
            ring(painter, self.rect(), found, RADIUS_FRAME)
        self._paint_words(painter)
        painter.end()

    def _paint_words(self, painter: QPainter) -> None:
        found, middle = colours(self.palette()), self.height() / 2
        paint_icon(painter, self._icon, found.second, QRectF(S3, middle - _ICON / 2, _ICON, _ICON))
        line = measures(self).u + 2
        left = S3 + _ICON + S3
        room = self.width() - left - S3
        painter.setFont(font(self.font(), Type.BUTTON))
        painter.setPen(found.text)
        above = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(left, middle - line, room, line), above, self.text())
        painter.setFont(font(self.font(), Type.SMALL))
        painter.setPen(found.second)
        painter.drawText(QRectF(left, middle, room, line), above, self._about)
