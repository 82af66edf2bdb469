"""Tags as chips that flow over lines; each goes away by its cross, or by Delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QSizePolicy, QWidget

from bankview.ui.colours import colours
from bankview.ui.icons import paint_icon
from bankview.ui.measures import S1, S2, Type, font, measures
from bankview.ui.painting import ring
from bankview.ui.plain import hint, literal
from bankview.words import seen, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Pixels of the cross.
CROSS = 10


class Chips(QWidget):
    """As high as its lines; nothing where there is no tag."""

    removed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("own-tags")
        self.setAccessibleName(tr("Tags"))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._chips: list[_Chip] = []
        self.show_tags(())

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags that are shown."""
        return tuple(chip.tag for chip in self._chips)

    def show_tags(self, tags: Sequence[str]) -> None:
        """Show these and no others."""
        if self._chips and tuple(tags) == self.tags:
            return
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        self._chips = [_Chip(tag, self) for tag in tags]
        for chip in self._chips:
            chip.clicked.connect(lambda _=False, tag=chip.tag: self.removed.emit(tag))
            chip.show()
        self._flow()
        self.setVisible(bool(tags))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Flow anew."""
        super().resizeEvent(event)
        self._flow()

    def _flow(self) -> None:
        left = top = high = 0
        for chip in self._chips:
            size = chip.sizeHint().boundedTo(QSize(max(1, self.width()), 1000))
            if left and left + size.width() > self.width():
                left, top = 0, top + high + S1
            chip.setGeometry(left, top, size.width(), size.height())
            left, high = left + size.width() + S1, size.height()
        self.setFixedHeight(top + high)


class _Chip(QAbstractButton):
    """One tag; pressing it takes it away."""

    def __init__(self, tag: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.tag = tag
        self.setText(literal(tag))
        self.setFont(font(QApplication.font(), Type.SMALL_MEDIUM))
        self.setAccessibleName(tr("Remove the tag {tag}", tag=tag))
        self.setToolTip(hint(self.accessibleName()))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        wide = self.fontMetrics().horizontalAdvance(seen(self.tag)) + 2 * S2 + S1 + CROSS + 2
        return QSize(wide, measures(QApplication.font()).chip + 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go away by Delete and Backspace too."""
        if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _: QPaintEvent) -> None:
        found, painter = colours(QApplication.palette()), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(found.text if found.contrast else found.notice_edge, 1))
        painter.setBrush(found.notice_fill)
        painter.drawRoundedRect(place, place.height() / 2, place.height() / 2)
        words = self.rect().adjusted(S2, 0, -S2 - S1 - CROSS, 0)
        painter.setPen(found.notice)
        name = self.fontMetrics().elidedText(
            seen(self.tag), Qt.TextElideMode.ElideRight, words.width()
        )
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), name)
        cross = QRectF(self.width() - S2 - CROSS + 2, (self.height() - CROSS) / 2, CROSS, CROSS)
        paint_icon(painter, "close", found.notice, cross)
        if self.hasFocus():
            ring(painter, self.rect(), found, self.height() / 2)
        painter.end()
