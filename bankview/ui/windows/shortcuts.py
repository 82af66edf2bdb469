"""The window that lists every key, and what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from bankview.ui.measures import S3, S5, S6, Type
from bankview.ui.widgets.footer import Footer, Where
from bankview.ui.widgets.text import Text
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QAction

#: Pairs of columns.
_BESIDE = 2


class Shortcuts(QDialog):
    """The actions that have keys, in the order given."""

    def __init__(self, actions: Iterable[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcuts")
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        keyed = [one for one in actions if not one.shortcut().isEmpty()]
        grid = QGridLayout()
        grid.setHorizontalSpacing(S3)
        grid.setVerticalSpacing(S3)
        grid.setColumnMinimumWidth(2, S6 - 2 * S3)
        rows = -(-len(keyed) // _BESIDE)
        for place, action in enumerate(keyed):
            beside, row = divmod(place, rows)
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            grid.addWidget(Text(action.text()), row, 3 * beside)
            grid.addWidget(Text(keys, role="second"), row, 3 * beside + 1)
        footer = Footer()
        close = footer.add(tr("Close"), "shortcuts-close", Where.RejectRole, default=True)
        close.clicked.connect(self.reject)
        inside = QVBoxLayout()
        inside.setContentsMargins(S5, S5, S5, S5)
        inside.setSpacing(S5)
        inside.addWidget(Text(self.windowTitle(), Type.TITLE))
        inside.addLayout(grid)
        footer.under(self, inside)
