"""Where a person is: what is chosen in the sidebar and asked for by the filters, with the way back and forward."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from bankview.domain.search import Key, Term
from bankview.ui.history import History

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction

    from bankview.ui.widgets.filters import Filters
    from bankview.ui.widgets.sidebar import Sidebar


class Travel(QObject):
    """`moved` says that other rows are asked for. `back` and `forward` are enabled where they lead somewhere."""

    moved = Signal()

    def __init__(self, sidebar: Sidebar, filters: Filters, back: QAction, forward: QAction) -> None:
        super().__init__(sidebar)
        self._sidebar, self._filters = sidebar, filters
        self._steps = ((back, -1), (forward, 1))
        self._places: History[tuple[Any, Any]] = History()
        self._under_way = False
        for action, by in self._steps:
            action.triggered.connect(lambda _=False, by=by: self._step(by))
        filters.changed.connect(self._on_filters)

    def settle(self) -> None:
        """Begin here where nothing was visited yet, and offer the steps that there are."""
        if not self._places.can_step(0):
            self._places.visit(self._place())
        for action, by in self._steps:
            action.setEnabled(self._places.can_step(by))

    def go(self) -> None:
        """Come to what is chosen in the sidebar now."""
        if not self._under_way:
            self._places.visit(self._place())
            self.moved.emit()

    def show_similar(self, payee: str) -> None:
        """Ask for all rows of a payee."""
        term = str(Term(Key.PAYEE, payee, exact=True))
        state = (term, *self._filters.state()[1:])
        self._places.visit((self._sidebar.choice(), state))
        self._filters.restore(state)

    def open(self, text: str, kept: Mapping[str, str]) -> None:
        """Come to a saved search, which is chosen in the sidebar by now."""
        if not self._under_way:
            self._under_way = True
            self._filters.restore(self._filters.of_kept(text, kept))
            self._under_way = False
            self.go()

    def search(self, text: str) -> None:
        """Ask for all rows that a search finds."""
        self._under_way = True
        self._sidebar.choose(("all", None))
        self._under_way = False
        state = self._filters.only(text)
        self._places.visit((("all", None), state))
        self._filters.restore(state)

    def _place(self) -> tuple[Any, Any]:
        return self._sidebar.choice(), self._filters.state()

    def _on_filters(self) -> None:
        if not self._under_way:
            self._places.change(self._place())
            self.moved.emit()

    def _step(self, by: int) -> None:
        place = self._places.step(by)
        if place:
            choice, state = place
            self._under_way = True
            self._sidebar.choose(choice or ("all", None))
            self._filters.restore(state)
            self._under_way = False
            self.moved.emit()
