"""Tables as the app draws them, and the dialog that is a table under its title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QAbstractItemView, QDialog, QTableView, QVBoxLayout, QWidget

from bankview.ui.measures import S2, S4, S5, Type, measures
from bankview.ui.widgets.cells import Cells
from bankview.ui.widgets.footer import Footer, Where
from bankview.ui.widgets.frame import FlatHeader
from bankview.ui.widgets.text import Text
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtCore import QAbstractItemModel


def flatten(table: QTableView) -> FlatHeader:
    """Draw a table without boxes, let Tab leave it, and choose whole rows in it; return its header."""
    header = FlatHeader(table)
    table.setHorizontalHeader(header)
    table.setItemDelegate(Cells(table))
    table.setFrameShape(QTableView.Shape.NoFrame)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(measures(table).control)
    return header


class TableDialog(QDialog):
    """A title, what belongs under it, a table, and a footer that closes; `name` is the dialog's, and its parts begin so."""

    def __init__(self, name: str, title: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.table = QTableView()
        self.table.setObjectName(f"{name}-table")
        self.footer = Footer()
        self.close_button = close = self.footer.add(tr("Close"), f"{name}-close", Where.RejectRole)
        close.clicked.connect(self.reject)

    def show_model(
        self, model: QAbstractItemModel, spoken: str, widths: Mapping[int, int], stretched: int
    ) -> None:
        """Show a model in columns of these widths, one of which takes what is left; `spoken` names the table."""
        self.table.setAccessibleName(spoken)
        self.table.setModel(model)
        header = flatten(self.table)
        header.setSectionResizeMode(stretched, FlatHeader.ResizeMode.Stretch)
        for column, width in widths.items():
            header.resizeSection(column, measures(self).scaled(width))

    def lay(self, width: int, height: int, *under: QWidget) -> None:
        """Lay title and what stands under it above the table, in a window of this size at 13 px."""
        scaled = measures(self).scaled
        self.resize(scaled(width), scaled(height))
        top = QVBoxLayout()
        top.setContentsMargins(S5, S4, S5, S2)
        top.setSpacing(S2)
        for widget in (Text(self.windowTitle(), Type.TITLE), *under):
            top.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.table, 1)
        column.addWidget(self.footer)
