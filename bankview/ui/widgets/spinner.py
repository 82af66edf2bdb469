"""A ring of ticks that says: wait. It stands still where motion is not wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QApplication, QStyle, QWidget

from bankview.ui.colours import colours

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QPaintEvent, QShowEvent

TICKS = 12
_TURN_MS = 1000


class Spinner(QWidget):
    """Twelve ticks, one turn a second, only while it can be seen."""

    def __init__(self, size: int = 32) -> None:
        super().__init__()
        self._size, self._tick = size, 0
        self._timer = QTimer(self)
        self._timer.setInterval(_TURN_MS // TICKS)
        self._timer.timeout.connect(self._step)
        self.setFixedSize(size, size)

    def sizeHint(self) -> QSize:
        """Return its fixed size."""
        return QSize(self._size, self._size)

    @property
    def turning(self) -> bool:
        """Whether it moves."""
        return self._timer.isActive()

    def showEvent(self, event: QShowEvent) -> None:
        """Turn, unless the system asks for no motion."""
        super().showEvent(event)
        if moves():
            self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop."""
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - it is small
        """Draw the ticks, the newest one strongest."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(self._size / 2, self._size / 2)
        colour = QColor(colours(self.palette()).link)
        outer, inner = self._size * 0.44, self._size * 0.26
        for tick in range(TICKS):
            age = (self._tick - tick) % TICKS
            colour.setAlphaF(1 - age / TICKS * 0.85)
            pen = QPen(colour, self._size / 14)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawLine(QPointF(0, -outer), QPointF(0, -inner))
            painter.rotate(360 / TICKS)
        painter.end()

    def _step(self) -> None:
        if not moves():
            # Asked for while it turned.
            self._timer.stop()
        self._tick = (self._tick + 1) % TICKS
        self.update()


def moves() -> bool:
    """Return whether the system wants motion."""
    style = QApplication.style()
    return style.styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0
