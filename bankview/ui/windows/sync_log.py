"""What updates brought, newest first: when, from which account, and what came of it; with a search."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from PySide6.QtCore import QSortFilterProxyModel, Qt
from PySide6.QtGui import QKeySequence, QShortcut, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QLineEdit

from bankview.store import diary
from bankview.ui.widgets.flat_table import TableDialog
from bankview.ui.widgets.search_field import as_search
from bankview.ui.widgets.text import Text
from bankview.words import brought_text, seen, short_day_text, tr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from PySide6.QtWidgets import QWidget

    from bankview.store.diary import Line
    from bankview.sync.home import Home
    from bankview.ui.worker import Worker

WHEN, ACCOUNT, WHAT = range(3)
_SIZE, _WIDTHS = (760, 520), {WHEN: 172, ACCOUNT: 240}


def read(home: Home) -> tuple[Line, ...]:
    """Return the newest lines; runs in a worker."""
    with closing(home.database()) as db:
        return diary.lines(db)


def sentence(line: Line) -> str:
    """Return what came of one account's update."""
    told = line.told
    if told.said:
        return told.said
    return brought_text(told.sent, told.new, told.changed, told.settled)


class SyncLog(TableDialog):
    """Read in the worker when it opens."""

    def __init__(self, worker: Worker, home: Home, parent: QWidget) -> None:
        super().__init__("sync-log", tr("Update log"), parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._home = home
        self._lines = QStandardItemModel(0, 3, self)
        self._lines.setHorizontalHeaderLabels([tr("When"), tr("Account"), tr("What came")])
        self._shown = QSortFilterProxyModel(self)
        self._shown.setSourceModel(self._lines)
        self._shown.setFilterKeyColumn(-1)
        self._shown.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.search, self.nothing = QLineEdit(), Text("", role="second")
        as_search(self.search, tr("Search"))
        self.show_model(self._shown, tr("What updates brought"), _WIDTHS, WHAT)
        self.lay(*_SIZE, self.nothing, self.search)
        self.search.textChanged.connect(self._shown.setFilterFixedString)
        QShortcut(QKeySequence.StandardKey.Find, self, self.search.setFocus)
        worker.run(lambda: read(home), self.show_lines, self._fail)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these lines and no others."""
        self.nothing.setText(
            tr("What each update brought, and what kept it from coming.")
            if lines
            else tr("Nothing was updated yet.")
        )
        # Where there is nothing to go through, there is nothing to go to.
        way = Qt.FocusPolicy.StrongFocus if lines else Qt.FocusPolicy.NoFocus
        self.table.setFocusPolicy(way)
        self._lines.setRowCount(0)
        for line in lines:
            self._lines.appendRow([QStandardItem(text) for text in self._cells(line)])

    def _cells(self, line: Line) -> tuple[str, str, str]:
        told = line.told
        day, clock = (
            short_day_text(line.at.astimezone().date(), today=self._today),
            line.at.astimezone(),
        )
        when = f"{day} {clock:%H:%M}"
        who = f"{told.bank} · {told.account}" if told.account else told.bank
        return when, seen(who), seen(sentence(line))

    @property
    def _today(self) -> date:
        return self._home.now().astimezone().date()

    def _fail(self, error: Exception) -> None:
        from bankview.sentences import say  # noqa: PLC0415 - rarely needed

        self.nothing.setText(str(say(error)))
