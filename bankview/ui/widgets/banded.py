"""A page of bands that scrolls where there is little room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from bankview.ui.measures import S3, S4, S5, S6, measures
from bankview.ui.widgets.text import Hairline

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

#: Below this width the parts of a band stand one under the other.
WIDE = 900


class Banded(QScrollArea):
    """A `head` over bands with hairlines between; the parts of a band stand side by side in their shares of the width."""

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page = QWidget()
        page.setBackgroundRole(page.palette().ColorRole.Base)
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(S5, S3, S5, S5)
        self._column.setSpacing(S4)
        self.head = QHBoxLayout()
        # A title stands at the same height, whether controls stand beside it or not.
        self.head.addStrut(measures(self).control)
        self._column.addLayout(self.head)
        self._column.addStretch(1)
        self._bands: list[QBoxLayout] = []
        self.setWidget(page)

    def add_band(self, *parts: tuple[QWidget, int], grows: bool = False) -> None:
        """Add a band of parts, each with its share of the width, below those that are there.

        One that `grows` takes part of the height that nobody needs.
        """
        band = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        band.setSpacing(S6)
        for part, share in parts:
            band.addWidget(part, share)
        if self._bands:
            self._column.insertWidget(self._column.count() - 1, Hairline())
        # Beside the stretch below it, which is one: what grows takes most.
        self._column.insertLayout(self._column.count() - 1, band, 3 * grows)
        self._bands.append(band)

    def add_below(self, widget: QWidget) -> None:
        """Put a widget below the head."""
        self._column.insertWidget(1, widget)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        ways = QBoxLayout.Direction
        way = ways.LeftToRight if self.width() >= WIDE else ways.TopToBottom
        for band in self._bands:
            band.setDirection(way)
