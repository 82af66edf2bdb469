"""What is stored where, as a table with a way to each folder."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView

from bankview.sentences import say
from bankview.ui.stored import Stored, stored
from bankview.ui.widgets.flat_table import TableDialog
from bankview.ui.widgets.text import Text
from bankview.words import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bankview.sync.home import Home
    from bankview.ui.worker import Worker

WHAT, SIZE, PROTECTED, REMOVED, WHERE = range(5)
_SIZE = (1080, 400)


class StoredWhere(TableDialog):
    """Read in the worker when it opens."""

    def __init__(self, worker: Worker, home: Home, parent: QWidget | None = None) -> None:
        super().__init__("stored", tr("What is stored where"), parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._stored: tuple[Stored, ...] = ()
        self.model = QStandardItemModel(0, 5, self)
        titles = (tr("What"), tr("Size"), tr("How it is protected"))
        self.model.setHorizontalHeaderLabels([*titles, tr("How to remove it"), tr("Where")])
        self.said = Text(
            tr("All of it lies on this computer; nothing is kept anywhere else."),
            role="second",
            wrap=True,
        )
        self.folder = self.footer.add_left(tr("Show in folder"), "stored-folder")
        self.folder.setEnabled(False)
        self.folder.clicked.connect(self._show_folder)
        self.show_model(self.model, self.windowTitle(), {}, WHERE)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._on_chosen())
        self.lay(*_SIZE, self.said)
        worker.run(partial(stored, home), self.show_stored, self._on_failed)

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
