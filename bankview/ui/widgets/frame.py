"""The quiet parts of a window: hairlines between panes, a flat tool bar, slim scroll bars, flat table headers."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QScrollBar,
    QSplitter,
    QSplitterHandle,
    QToolBar,
)

from bankview.ui.colours import colours
from bankview.ui.icons import paint_icon
from bankview.ui.measures import S1, S4, Type, font, measures

_BAR = 10
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


class SlimScrollBar(QScrollBar):
    """A vertical scroll bar that is only its handle, on a ground of the colour's role."""

    def __init__(self, ground: str = "base") -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._ground = ground

    def sizeHint(self) -> QSize:
        # One that is empty in any direction counts as not wanted.
        return QSize(_BAR, 4 * _BAR)

    def paintEvent(self, _: QPaintEvent) -> None:
        found = colours(self.palette())
        painter = QPainter(self)
        painter.fillRect(self.rect(), getattr(found, self._ground))
        span = self.maximum() - self.minimum()
        if span > 0:
            total = span + self.pageStep()
            height = max(32, round(self.height() * self.pageStep() / total))
            top = (self.height() - height) * (self.value() - self.minimum()) / span
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(found.control)
            painter.drawRoundedRect(QRectF(2, top + 2, _BAR - 4, height - 4), 3, 3)
        painter.end()


class FlatHeader(QHeaderView):
    """A table's header without boxes: small words over a hairline, a chevron beside the one that sorts."""

    def __init__(self, parent: QAbstractItemView) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setHighlightSections(False)
        self.setFixedHeight(measures(parent).control)

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
            place = QRectF(left, rect.center().y() - 5, 12, 12)
            if self.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder:
                painter.translate(place.center())
                painter.rotate(180)
                painter.translate(-place.center())
            paint_icon(painter, "chevron-down", found.second, place)
        painter.restore()
