"""Lists in which what is selected is what counts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtCore import QItemSelection
    from PySide6.QtWidgets import QAbstractItemView


def follow_selection(view: QAbstractItemView) -> None:
    """Go where a screen reader selects: unlike a click, that leaves the current row where it was."""
    view.selectionModel().selectionChanged.connect(partial(_follow, view))


def _follow(view: QAbstractItemView, chosen: QItemSelection, _: QItemSelection) -> None:
    found = chosen.indexes()
    if found and found[0] != view.currentIndex():
        view.setCurrentIndex(found[0])
