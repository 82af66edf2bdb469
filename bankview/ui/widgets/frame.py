"""The quiet parts of a window: hairlines between panes, a flat tool bar, flat table headers."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSplitter,
    QSplitterHandle,
    QToolBar,
)

from bankview.ui.colours import colours
from bankview.ui.icons import paint_icon
from bankview.ui.measures import S1, S4, Type, font, measures

_CHEVRON = 12
#: Pixels to either side of a splitter's line that can be grabbed too.
_GRIP = 4


class _Line(QSplitterHandle):
    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), colours(self.palette()).edge)
        painter.end()


class Splitter(QSplitter):
    """Panes side by side with a hairline between them."""

    def __init__(self) -> None:
        super().__init__()
        self.setHandleWidth(1)

    def createHandle(self) -> QSplitterHandle:
        return _Line(self.orientation(), self)


class FlatBar(QToolBar):
    """A tool bar of the window's colour over a hairline."""

    def paintEvent(self, _: QPaintEvent) -> None:
        found = colours(self.palette())
        painter = QPainter(self)
        painter.fillRect(self.rect(), found.window)
        painter.setPen(found.edge)
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.end()


class FlatHeader(QHeaderView):
    """A table's header without boxes: small words over a hairline, a chevron beside the one that sorts."""

    def __init__(self, parent: QAbstractItemView) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setHighlightSections(False)
        self.setFixedHeight(measures(parent).control)

    def sectionSizeFromContents(self, logicalIndex: int) -> QSize:  # noqa: N803 - Qt's own name
        """Return the room that `paintSection` takes, with a chevron where the table can be sorted."""
        text = str(self.model().headerData(logicalIndex, Qt.Orientation.Horizontal) or "")
        words = QFontMetrics(font(self.font(), Type.TINY)).horizontalAdvance(text)
        mark = _CHEVRON + S1 if self.isSortIndicatorShown() else 0
        return QSize(words + 2 * S4 + mark, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        # Qt's own asks the style a dozen things of each section, and each takes a while to answer.
        painter = QPainter(self.viewport())
        found, high = colours(self.palette()), self.height()
        painter.fillRect(event.rect(), found.base)
        for section in range(self.count()):
            if not self.isSectionHidden(section):
                left, wide = self.sectionViewportPosition(section), self.sectionSize(section)
                self.paintSection(painter, QRect(left, 0, wide, high), section)
        painter.setPen(found.hairline)
        painter.drawLine(QPoint(0, self.height() - 1), QPoint(self.width(), self.height() - 1))
        painter.end()

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803 - Qt's own name
        found = colours(self.palette())
        painter.save()
        painter.fillRect(rect, found.base)
        face = font(self.font(), Type.TINY)
        painter.setFont(face)
        painter.setPen(found.second)
        text = str(self.model().headerData(logicalIndex, Qt.Orientation.Horizontal) or "")
        flags = self.model().headerData(
            logicalIndex, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole
        )
        if flags is None:
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = bool(flags & Qt.AlignmentFlag.AlignRight)
        box = rect.adjusted(S4, 0, -S4, 0)
        width = QFontMetrics(face).horizontalAdvance(text)
        painter.drawText(box, int(flags), text)
        if self.isSortIndicatorShown() and logicalIndex == self.sortIndicatorSection():
            left = box.right() + S1 if right else box.left() + width + S1
            place = QRectF(left, rect.center().y() - 5, _CHEVRON, _CHEVRON)
            if self.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder:
                painter.translate(place.center())
                painter.rotate(180)
                painter.translate(-place.center())
            paint_icon(painter, "chevron-down", found.second, place)
        painter.restore()
