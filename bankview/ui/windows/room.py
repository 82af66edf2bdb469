"""What gives way where the window has little room, and where what belongs to the centre begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from bankview.ui.widgets.drawer import USUAL

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow, QSplitter

    from bankview.ui.widgets.drawer import Drawer
    from bankview.ui.widgets.sidebar import Sidebar
    from bankview.ui.windows.toolbar import Toolbar
    from bankview.ui.windows.transactions import Transactions

#: What gives way: below this height the rows are low and the header has two lines.
LOW = 680
#: Below these widths of the centre the header's line, the memo after the payee, the details, balance and category go.
SPARK, MEMO, DETAIL, BALANCE, CATEGORY = 700, 660, 640, 580, 520


@dataclass(slots=True, weakref_slot=True)
class Room:
    """The parts of a window that share its room.

    `wants_detail` is what the person asked for last, `has_rows` whether there is anything to tell details of.
    """

    window: QMainWindow
    bar: Toolbar
    splitter: QSplitter
    sidebar: Sidebar
    rows: Transactions
    drawer: Drawer
    wants_detail: bool = True
    has_rows: bool = False

    def toggle_sidebar(self) -> None:
        """Hide the sidebar, or show it."""
        self.sidebar.setVisible(not self.sidebar.isVisible())
        self.arrange()

    def toggle_detail(self) -> None:
        """Open or close the details, as their button stands."""
        self.set_detail(shown=self.bar.act["panel"].isChecked())

    def set_detail(self, *, shown: bool) -> None:
        """Open or close the details: beside the table, or over it where there is no room beside."""
        self.wants_detail = shown
        if shown:
            self.drawer.open(over=not self._fits_detail())
        else:
            self.drawer.close_()
            self.rows.table.setFocus()
        self.arrange()

    def escape(self) -> None:
        """Close the details where they lie over the table; else take back what the table is narrowed by."""
        focused = QApplication.focusWidget()
        if self.drawer.is_open and self.drawer.is_over:
            self.set_detail(shown=False)
        elif focused and self.rows.isAncestorOf(focused):
            self.rows.widen()

    def arrange(self) -> None:
        """Let what has no room give way, and what belongs to the centre begin at its edge."""
        left = self._left()
        self.bar.align(left)
        self._arrange_detail()
        beside = USUAL if self.drawer.is_open and not self.drawer.is_over else 0
        centre = self.window.width() - left - beside
        low = self.window.height() < LOW
        self.rows.header.fit(wide=centre >= SPARK, compact=low)
        self.rows.table.fit_room(
            compact=low,
            memo=centre >= MEMO,
            balance=centre >= BALANCE,
            category=centre >= CATEGORY,
        )
        self.sidebar.set_low(low=low)
        self.rows.filters.fit(centre)

    def _fits_detail(self) -> bool:
        return self.window.width() - self._left() - USUAL >= DETAIL

    def _left(self) -> int:
        return self.splitter.sizes()[0] if self.sidebar.isVisibleTo(self.window) else 0

    def _arrange_detail(self) -> None:
        fits = self._fits_detail()
        if not self.has_rows:
            self.drawer.close_(at_once=True)
        elif fits and self.wants_detail:
            self.drawer.open(over=False, at_once=True)
        elif not fits and self.drawer.is_open and not self.drawer.is_over:
            self.drawer.close_(at_once=True)
        self.bar.act["panel"].setChecked(self.drawer.is_open)
        self.bar.dress()
