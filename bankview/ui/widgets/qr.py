"""A QR code: dark on light with its quiet zone, whatever the theme, so that every camera reads it (ISO/IEC 18004)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from bankview.ui.measures import RADIUS_FRAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

#: Modules of light around the code.
QUIET = 4
_LIGHT, _DARK = QColor("#FFFFFF"), QColor("#000000")


class QrCode(QWidget):
    """A square of a fixed side; it is hidden while it has nothing to show."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self._side = side
        self._modules: Sequence[Sequence[int]] = ()
        self.setFixedSize(side, side)
        self.hide()

    def sizeHint(self) -> QSize:
        """Return its fixed size."""
        return QSize(self._side, self._side)

    @property
    def modules(self) -> Sequence[Sequence[int]]:
        """The rows of the code, 1 where it is dark."""
        return self._modules

    def set_content(self, text: str, name: str) -> None:
        """Show a text; `name` says what it is to who cannot see it. What is too long for a code is not shown."""
        self._modules = modules_of(text) if text else ()
        self.setAccessibleName(name)
        self.setVisible(bool(self._modules))
        self.update()

    def place(self, row: int, column: int) -> QRectF:
        """Return where a module is painted, in whole pixels of the screen so that its edges are sharp."""
        ratio, count = self.devicePixelRatioF(), len(self._modules)
        module = max(1, int(self._side * ratio / (count + 2 * QUIET)))
        start = int((self._side * ratio - module * count) / 2)
        left, top = start + column * module, start + row * module
        return QRectF(left / ratio, top / ratio, module / ratio, module / ratio)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - it is small
        """Paint ground and modules."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_LIGHT)
        painter.drawRoundedRect(self.rect(), RADIUS_FRAME, RADIUS_FRAME)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        for row, line in enumerate(self._modules):
            for column, dark in enumerate(line):
                if dark:
                    painter.fillRect(self.place(row, column), _DARK)
        painter.end()


def modules_of(text: str) -> Sequence[Sequence[int]]:
    """Return the rows of a text's QR code, 1 where it is dark; none where the text is too long for one."""
    # Few sign-ins need it.
    import segno  # noqa: PLC0415

    try:
        made = segno.make(text, error="m", micro=False)
    except ValueError:
        return ()
    return tuple(tuple(int(module) & 1 for module in line) for line in made.matrix)
