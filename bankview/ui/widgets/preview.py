"""A file's first lines as they will be written: fixed-width, numbered, the header in bold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QTextBlock, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from bankview.ui.colours import colours
from bankview.ui.measures import RADIUS, S2, S3, Type, font
from bankview.ui.painting import frame, ring
from bankview.words import seen, tr

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QPaintEvent, QResizeEvent


class Preview(QPlainTextEdit):
    """Read-only; its lines never wrap."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("preview")
        self.setAccessibleName(tr("Preview"))
        self.setReadOnly(True)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)
        self.setFont(font(QApplication.font(), Type.MONO))
        self.viewport().setAutoFillBackground(False)
        self.setViewportMargins(self.gutter + S3, S2, S3, S2)
        self._numbers = _Numbers(self)
        self.updateRequest.connect(lambda *_: self._numbers.update())

    @property
    def gutter(self) -> int:
        """The width of the line numbers, in pixels."""
        return QFontMetrics(self.font()).horizontalAdvance("000") + S3

    def show_text(self, text: str) -> None:
        """Show a file's first lines, with nothing in them that turns others around; the first one is the header."""
        self.setPlainText("\n".join(map(seen, text.rstrip("\n").split("\n"))))
        bold = QTextCharFormat()
        bold.setFontWeight(font(self.font(), Type.STRONG).weight())
        head = QTextCursor(self.document())
        head.select(QTextCursor.SelectionType.LineUnderCursor)
        head.mergeCharFormat(bold)

    def lines(self) -> tuple[tuple[int, int], ...]:
        """Return each visible line's number, from 1, and its top in pixels."""
        found: list[tuple[int, int]] = []
        block: QTextBlock = self.firstVisibleBlock()
        while block.isValid():
            top = round(self.blockBoundingGeometry(block).translated(self.contentOffset()).top())
            if top > self.viewport().height():
                break
            found.append((block.blockNumber() + 1, top))
            block = block.next()
        return tuple(found)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Let the box around it show the focus."""
        super().focusInEvent(event)
        self._show_focus()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let the box around it show that the focus is gone."""
        super().focusOutEvent(event)
        self._show_focus()

    def _show_focus(self) -> None:
        if box := self.parentWidget():
            box.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the numbers beside the text."""
        super().resizeEvent(event)
        self._numbers.setGeometry(QRect(0, 0, self.gutter + S3, self.height()))


class _Numbers(QWidget):
    def __init__(self, preview: Preview) -> None:
        super().__init__(preview)
        self._preview = preview

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - it is small
        found = colours(self.palette())
        painter = QPainter(self)
        painter.setFont(self._preview.font())
        painter.setPen(found.second)
        height = QFontMetrics(self._preview.font()).height()
        above = self._preview.viewport().y()
        for number, top in self._preview.lines():
            place = QRect(0, above + top, self._preview.gutter, height)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight, str(number))
        painter.end()


class PreviewBox(QWidget):
    """The ground and edge around a preview."""

    def __init__(self, preview: Preview) -> None:
        super().__init__()
        preview.setParent(self)
        self._preview = preview

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the preview all the room but the edge, and the focus its own."""
        super().resizeEvent(event)
        self._preview.setGeometry(self.rect().adjusted(3, 3, -3, -3))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - it is small
        """Draw ground and edge."""
        found = colours(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame(painter, self.rect(), found.alternate, found.control, RADIUS)
        if self._preview.hasFocus():
            ring(painter, self.rect(), found)
        painter.end()
