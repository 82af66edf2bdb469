"""Where a dialog stands, in words: a tick before what is done, a dot before what is now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from bankview.ui.colours import colours
from bankview.ui.icons import paint_icon
from bankview.ui.measures import S2, S4, S5, Type, font
from bankview.words import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

_MARK = 12


class Steps(QWidget):
    """A line of steps, centred; nothing jumps when one is done."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        self._names, self._now = names, 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._say()

    @property
    def now(self) -> int:
        """Which step it stands at, from 0."""
        return self._now

    def set_now(self, step: int) -> None:
        """Move to a step."""
        self._now = step
        self._say()
        self.update()

    def sizeHint(self) -> QSize:
        """Return one line's height and the width of all words."""
        widest = sum(self._width(name) for name in self._names) + S5 * (len(self._names) - 1)
        return QSize(widest, QFontMetrics(self._font(strong=True)).height() + S2)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - it is small
        """Draw marks and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = max(0.0, (self.width() - self.sizeHint().width()) / 2)
        for step, name in enumerate(self._names):
            self._paint_step(painter, x, step, name)
            x += self._width(name) + S5
        painter.end()

    def _paint_step(self, painter: QPainter, x: float, step: int, name: str) -> None:
        found = colours(self.palette())
        middle = self.height() / 2
        if step < self._now:
            place = QRectF(x, middle - _MARK / 2, _MARK, _MARK)
            paint_icon(painter, "check", found.link, place)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(found.accent if step == self._now else found.control)
            painter.drawEllipse(QRectF(x + _MARK - 7, middle - 3, 6, 6))
        now = step == self._now
        painter.setFont(self._font(strong=now))
        painter.setPen(found.text if now else found.second)
        words = QRectF(x + S4 + 2, 0, self._width(name), self.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, name)

    def _font(self, *, strong: bool) -> QFont:
        return font(self.font(), Type.SMALL_STRONG if strong else Type.SMALL)

    def _width(self, name: str) -> int:
        return S4 + 2 + QFontMetrics(self._font(strong=True)).horizontalAdvance(name)

    def _say(self) -> None:
        count, name = len(self._names), self._names[self._now]
        self.setAccessibleName(
            tr("Step {number} of {count}: {name}", number=self._now + 1, count=count, name=name)
        )
