"""What updates brought, newest first: when, from which account, and what came of it; with a search."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from PySide6.QtCore import QSortFilterProxyModel, Qt
from PySide6.QtGui import QKeySequence, QShortcut, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QLineEdit,
    QTableView,
    QVBoxLayout,
)

from bankview.store import diary
from bankview.ui.measures import S2, S4, S5, Type, measures
from bankview.ui.widgets.footer import Footer, Where
from bankview.ui.widgets.frame import FlatHeader, Inset, SlimScrollBar
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
_WIDTH, _HEIGHT = 760, 520


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


class SyncLog(QDialog):
    """Read once when it opens, and again by its own button."""

    def __init__(self, worker: Worker, home: Home, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("sync-log")
        self.setWindowTitle(tr("Update log"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._worker, self._home = worker, home
        self._lines = QStandardItemModel(0, 3, self)
        self._lines.setHorizontalHeaderLabels([tr("When"), tr("Account"), tr("What came")])
        self._shown = QSortFilterProxyModel(self)
        self._shown.setSourceModel(self._lines)
        self._shown.setFilterKeyColumn(-1)
        self._shown.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.search, self.table, self.nothing = QLineEdit(), QTableView(), Text("", role="second")
        self._footer = Footer()
        close = self._footer.add(tr("Close"), "sync-log-close", Where.RejectRole)
        close.clicked.connect(self.reject)
        self._dress()
        self._lay()
        self.search.textChanged.connect(self._shown.setFilterFixedString)
        QShortcut(QKeySequence.StandardKey.Find, self, self.search.setFocus)
        worker.run(lambda: read(home), self.show_lines, self._fail)

    def _dress(self) -> None:
        scaled = measures(self).scaled
        self.resize(scaled(_WIDTH), scaled(_HEIGHT))
        as_search(self.search, tr("Search"))
        self.table.setObjectName("sync-log-table")
        self.table.setAccessibleName(tr("What updates brought"))
        self.table.setModel(self._shown)
        self.table.setHorizontalHeader(FlatHeader(self.table))
        self.table.setVerticalScrollBar(SlimScrollBar())
        self.table.setItemDelegate(Inset(self.table))
        self.table.setFrameShape(QTableView.Shape.NoFrame)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(measures(self).control)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(WHAT, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(WHEN, scaled(172))
        header.resizeSection(ACCOUNT, scaled(240))

    def _lay(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(S5, S4, S5, S2)
        top.setSpacing(S2)
        top.addWidget(Text(tr("Update log"), Type.TITLE))
        top.addWidget(self.nothing)
        top.addWidget(self.search)
        column.addLayout(top)
        column.addWidget(self.table, 1)
        column.addWidget(self._footer)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these lines and no others."""
        self.nothing.setText(
            tr("What each update brought, and what kept it from coming.")
            if lines
            else tr("Nothing was updated yet.")
        )
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
        from bankview.words import say  # noqa: PLC0415 - rarely needed

        self.nothing.setText(str(say(error)))
