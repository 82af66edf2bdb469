"""What is stored where, as a table with a way to each folder."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QDialog, QHeaderView, QTableView, QVBoxLayout

from bankview.ui.measures import S2, S4, S5, Type, measures
from bankview.ui.stored import Stored, stored
from bankview.ui.widgets.footer import Footer, Where
from bankview.ui.widgets.frame import FlatHeader, Inset, SlimScrollBar
from bankview.ui.widgets.text import Text
from bankview.words import say, tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bankview.sync.home import Home
    from bankview.ui.worker import Worker

WHAT, SIZE, PROTECTED, REMOVED, WHERE = range(5)
_WIDTH, _HEIGHT = 1080, 400


class StoredWhere(QDialog):
    """Read in the worker when it opens."""

    def __init__(self, worker: Worker, home: Home, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stored-where")
        self.setWindowTitle(tr("What is stored where"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._stored: tuple[Stored, ...] = ()
        self.model = QStandardItemModel(0, 5, self)
        titles = (tr("What"), tr("Size"), tr("How it is protected"))
        self.model.setHorizontalHeaderLabels([*titles, tr("How to remove it"), tr("Where")])
        self.table = QTableView()
        self.said = Text(
            tr("All of it lies on this computer; nothing is kept anywhere else."),
            role="second",
            wrap=True,
        )
        self._footer = Footer()
        close = self._footer.add(tr("Close"), "stored-close", Where.RejectRole, default=True)
        close.clicked.connect(self.reject)
        self.folder = self._footer.add_left(tr("Show in folder"), "stored-folder")
        self.folder.setEnabled(False)
        self.folder.clicked.connect(self._show_folder)
        self._dress()
        self._lay()
        worker.run(partial(stored, home), self.show_stored, self._on_failed)

    def _dress(self) -> None:
        scaled = measures(self).scaled
        self.resize(scaled(_WIDTH), scaled(_HEIGHT))
        table = self.table
        table.setObjectName("stored-table")
        table.setAccessibleName(tr("What is stored where"))
        table.setModel(self.model)
        table.setHorizontalHeader(FlatHeader(table))
        table.setVerticalScrollBar(SlimScrollBar())
        table.setItemDelegate(Inset(table))
        table.setFrameShape(QTableView.Shape.NoFrame)
        table.setShowGrid(False)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setTabKeyNavigation(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(measures(self).control)
        header = table.horizontalHeader()
        header.setSectionResizeMode(WHERE, QHeaderView.ResizeMode.Stretch)
        table.selectionModel().selectionChanged.connect(lambda *_: self._on_chosen())

    def _lay(self) -> None:
        top = QVBoxLayout()
        top.setContentsMargins(S5, S4, S5, S2)
        top.setSpacing(S2)
        top.addWidget(Text(tr("What is stored where"), Type.TITLE))
        top.addWidget(self.said)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.table, 1)
        column.addWidget(self._footer)

    def show_stored(self, found: tuple[Stored, ...]) -> None:
        """Show these rows and no others."""
        self._stored = found
        self.model.setRowCount(0)
        for one in found:
            size = "" if one.size is None else QLocale().formattedDataSize(one.size, 1)
            texts = (one.what, size, one.protected, one.removed, one.where)
            items = [QStandardItem(text) for text in texts]
            for item in items:
                item.setToolTip(item.text())
            self.model.appendRow(items)
        for column in range(WHERE):
            self.table.resizeColumnToContents(column)

    @property
    def chosen(self) -> Stored | None:
        """The row that is chosen."""
        rows = self.table.selectionModel().selectedRows()
        return self._stored[rows[0].row()] if rows else None

    def _on_chosen(self) -> None:
        self.folder.setEnabled(self.chosen is not None and self.chosen.path is not None)

    def _show_folder(self) -> None:
        if self.chosen and self.chosen.path:
            path = self.chosen.path
            folder = path if path.is_dir() else path.parent
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _on_failed(self, error: Exception) -> None:
        self.said.setText(str(say(error)))
