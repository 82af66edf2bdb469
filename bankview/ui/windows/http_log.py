"""The window that shows the HTTP exchanges of this run as they happen: never a body, nothing secret."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSortFilterProxyModel, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from bankview.ui.measures import Type
from bankview.ui.models import exchanges as model
from bankview.ui.widgets.flat_table import TableDialog
from bankview.ui.widgets.search_field import as_search
from bankview.ui.widgets.text import Text
from bankview.words import tr, tr_n

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent

    from bankview.log.http import Exchange, Recent

_SIZE = (1080, 560)
_WIDTHS = {
    model.TIME: 136,
    model.METHOD: 82,
    model.STATUS: 116,
    model.TOOK: 76,
    model.SIZE: 92,
    model.NAME: 160,
}
#: Milliseconds between two looks at what is new.
_LOOK = 400


class HttpLog(TableDialog):
    """A table that follows the log; `failed` carries why a file could not be written."""

    failed = Signal(Exception)

    def __init__(self, recent: Recent, parent: QWidget | None = None) -> None:
        super().__init__("http-log", tr("HTTP log"), parent)
        self._recent, self._seen = recent, 0
        self.model, self._shown = model.Exchanges(), QSortFilterProxyModel()
        self._shown.setSourceModel(self.model)
        self._shown.setFilterKeyColumn(-1)
        self._shown.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.search, self.count = QLineEdit(), Text("", Type.SMALL, "second")
        self.search.setObjectName("http-log-search")
        as_search(self.search, tr("Search"))
        self.save = self.footer.add_left(tr("Save…"), "http-log-save")
        self.copy = self.footer.add_left(tr("Copy"), "http-log-copy")
        self.show_model(self._shown, tr("HTTP exchanges of this run"), _WIDTHS, model.URL)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        words = tr(
            "What Bankview asked of your banks since it was started. Contents are never kept; secrets are hidden."
        )
        self.lay(*_SIZE, Text(words, role="second", wrap=True), self.search, self.count)
        self.search.textChanged.connect(self._shown.setFilterFixedString)
        self.search.textChanged.connect(lambda _: self._say())
        self.copy.clicked.connect(self.copy_lines)
        self.save.clicked.connect(self._ask_where)
        for one, other in pairwise((self.copy, self.save, self.close_button)):
            self.setTabOrder(one, other)
        QShortcut(QKeySequence.StandardKey.Find, self, self.search.setFocus)
        QShortcut(QKeySequence.StandardKey.Copy, self.table, self.copy_lines)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK)
        self._timer.timeout.connect(self.look)

    def look(self) -> None:
        """Show what is new; who looks at the newest row goes on seeing the newest."""
        bar = self.table.verticalScrollBar()
        follows = bar.value() == bar.maximum()
        self._seen, new = self._recent.after(self._seen)
        self.model.add(new)
        if new and follows:
            self.table.scrollToBottom()
        self._say()

    def _say(self) -> None:
        shown, all_ = self._shown.rowCount(), self.model.rowCount()
        some = tr_n("{shown} of {n} exchange", "{shown} of {n} exchanges", all_, shown=shown)
        self.count.setText(some if shown != all_ else tr_n("{n} exchange", "{n} exchanges", all_))
        for button in (self.copy, self.save):
            button.setEnabled(shown > 0)

    def lines(self) -> list[Exchange]:
        """Return the selected rows, else all that are shown."""
        chosen = self.table.selectionModel().selectedRows()
        rows = sorted(index.row() for index in chosen) or range(self._shown.rowCount())
        sources = (self._shown.mapToSource(self._shown.index(row, 0)) for row in rows)
        return [self.model.exchange(index.row()) for index in sources]

    def copy_lines(self) -> None:
        """Put the lines on the clipboard, as they stand in the log file."""
        QGuiApplication.clipboard().setText("\n".join(map(str, self.lines())))

    def _ask_where(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, tr("Save the HTTP log"), "bankview-http.log")
        if path:
            self.save_lines(Path(path))

    def save_lines(self, path: Path) -> None:
        """Write the lines to a file of the owner's alone."""
        text = "".join(f"{line}\n" for line in self.lines())
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            path.chmod(0o600)
        except OSError as error:
            self.failed.emit(error)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look()
        self.table.scrollToBottom()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)
