"""The details' place: a pane beside the table, or over it where there is no room beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from bankview.ui.colours import colours
from bankview.ui.widgets.motion import slide

if TYPE_CHECKING:
    from PySide6.QtWidgets import QSplitter

#: Pixels: the least, the usual and the most.
LEAST, USUAL, MOST = 256, 288, 420


class Drawer(QWidget):
    """Holds one widget at the end of a splitter, or over `table`, and slides it in and out."""

    def __init__(self, inside: QWidget, splitter: QSplitter, table: QWidget) -> None:
        super().__init__()
        self._inside, self._splitter, self._table = inside, splitter, table
        self._open = False
        self._wide = USUAL
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(inside)
        self.setMinimumWidth(LEAST)
        self.setMaximumWidth(MOST)
        splitter.addWidget(self)
        table.installEventFilter(self)

    @property
    def is_open(self) -> bool:
        """Whether it is shown, or on its way."""
        return self._open

    @property
    def is_over(self) -> bool:
        """Whether it lies over the table."""
        return self.parent() is self._table

    def open(self, *, over: bool, at_once: bool = False) -> None:
        """Show it beside the table or over it; `at_once` where nobody asked for it just now."""
        moved = over is not self.is_over
        if moved:
            self._place(over=over)
        if self._open and not moved:
            return
        self._open = True
        self.show()
        if over:
            self.raise_()
            self._fit()
            return
        if at_once:
            self._settle()
            return
        self._inside.setFixedWidth(self._wide)
        slide(self, 0, self._wide, self.setFixedWidth, self._settle)

    def close_(self, *, at_once: bool = False) -> None:
        """Hide it."""
        if not self._open:
            self.hide()
            return
        self._open = False
        if self.is_over or at_once:
            self.hide()
            return
        self._wide = max(LEAST, min(self.width(), MOST))
        self._inside.setFixedWidth(self._wide)
        slide(self, self._wide, 0, self.setFixedWidth, self._settle)

    def _settle(self) -> None:
        self.setVisible(self._open)
        self._inside.setMinimumWidth(0)
        self._inside.setMaximumWidth(MOST)
        self.setMinimumWidth(LEAST)
        self.setMaximumWidth(MOST)

    def _place(self, *, over: bool) -> None:
        self._row.setContentsMargins(int(over), 0, 0, 0)
        if over:
            self._settle()
            self.setParent(self._table)
        else:
            self._splitter.addWidget(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the table's size while it lies over it."""
        if event.type() == QEvent.Type.Resize and self.is_over:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        wide = min(self._wide, self._table.width())
        self.setGeometry(self._table.width() - wide, 0, wide, self._table.height())

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the edge that a splitter draws where it lies beside."""
        if self.is_over:
            painter = QPainter(self)
            painter.fillRect(0, 0, 1, self.height(), colours(self.palette()).edge)
            painter.end()
