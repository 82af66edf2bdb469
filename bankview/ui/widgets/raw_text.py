"""Text as a bank sent it: fixed-width letters on a quiet fill, as high as its lines."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QPlainTextEdit

from bankview.ui.colours import colours
from bankview.ui.measures import RADIUS, S2, Type, font
from bankview.ui.painting import frame
from bankview.words import seen_lines, tr

#: Lines that are shown at once; more of them scroll.
MOST = 12


class RawText(QPlainTextEdit):
    """Read-only and selectable."""

    def __init__(self, text: str) -> None:
        super().__init__(seen_lines(text))
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(font(self.font(), Type.MONO))
        self.setAccessibleName(tr("Text from the bank"))
        self.setViewportMargins(S2, S2, S2, S2)
        self.setTabChangesFocus(True)
        self._dress()
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        wanted = colours(QApplication.palette()).chip
        if self.palette().base().color() == wanted:
            return
        ground = QPalette()
        ground.setColor(ground.ColorRole.Base, wanted)
        self.setPalette(ground)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrapped lines count too."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        lines = sum(
            max(1, block.layout().lineCount())
            for block in map(self.document().findBlockByNumber, range(self.blockCount()))
        )
        scrolls = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            scrolls.ScrollBarAsNeeded if lines > MOST else scrolls.ScrollBarAlwaysOff
        )
        height = min(lines, MOST) * self.fontMetrics().lineSpacing()
        self.setFixedHeight(height + 2 * S2 + 2 * int(self.document().documentMargin()))

    def event(self, event: QEvent) -> bool:
        """Draw the rounded fill below the margins."""
        if event.type() == QEvent.Type.Paint:
            found = colours(QApplication.palette())
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            edge = found.edge if found.contrast else found.chip
            frame(painter, self.rect(), found.chip, edge, RADIUS)
            painter.end()
        return super().event(event)
