"""A rounded box on the palette's base, which holds a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from bankview.ui.colours import colours
from bankview.ui.measures import RADIUS_FRAME
from bankview.ui.painting import frame

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent


class Box(QFrame):
    """Its column has no margins but the edge's."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(1, 4, 1, 4)
        self.column.setSpacing(0)
        for widget in widgets:
            self.column.addWidget(widget)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - it is small
        """Draw ground and edge."""
        found = colours(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame(painter, self.rect(), found.base, found.control, RADIUS_FRAME)
        painter.end()


class BasePane(QWidget):
    """The right-hand side, on the palette's base with a hairline to its left."""

    def __init__(self, inside: QVBoxLayout) -> None:
        super().__init__()
        self.setLayout(inside)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - it is small
        """Draw ground and hairline."""
        found = colours(self.palette())
        painter = QPainter(self)
        painter.fillRect(self.rect(), found.base)
        painter.setPen(found.edge)
        painter.drawLine(0, 0, 0, self.height())
        painter.end()
