"""The explorer: what a connected bank answers to any read-only request, as tree, table, text and headers."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QTabWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from bankview.sentences import say
from bankview.ui.measures import S1, S2, S4, S5, Type, font
from bankview.ui.models import answer as models
from bankview.ui.widgets.flat_table import flatten
from bankview.ui.widgets.frame import FlatHeader
from bankview.ui.widgets.search_field import with_clear
from bankview.ui.widgets.text import Text
from bankview.words import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractItemView

    from bankview.sync.explore import Answer
    from bankview.sync.home import Home
    from bankview.ui.worker import Worker

#: Characters of a raw answer that are shown; what is saved has them all.
MOST_TEXT = 500_000


class Explorer(QWidget):
    """A page about one connection. `saving` carries the bytes to save and the name to offer."""

    saving = Signal(bytes, str)

    def __init__(self, worker: Worker) -> None:
        super().__init__()
        self.setObjectName("explorer")
        self._worker = worker
        self._home: Home | None = None
        self._connection_id = ""
        self._answer: Answer | None = None
        self._masked = False
        self._histories: dict[str, list[tuple[str, str]]] = {}
        self.title, self.root = Text("", Type.TITLE), Text("", Type.SMALL, "second")
        self.path, self.parameters = QLineEdit(), QLineEdit()
        self.send = QPushButton(tr("Send"))
        self.history = QComboBox()
        self.status = Text("", Type.SMALL, "second", wrap=True)
        self.save_json, self.save_csv = QPushButton(tr("Save JSON…")), QPushButton(tr("Save CSV…"))
        self.tabs = QTabWidget()
        self.tree, self.table = QTreeView(), QTableView()
        self.raw, self.headers = QPlainTextEdit(), QPlainTextEdit()
        self._name()
        self._lay()
        self.send.clicked.connect(self.ask)
        for field in (self.path, self.parameters):
            field.returnPressed.connect(self.ask)
        self.history.activated.connect(self._recall)
        self.save_json.clicked.connect(partial(self._save, "json"))
        self.save_csv.clicked.connect(partial(self._save, "csv"))
        self._show(None)

    def _name(self) -> None:
        for widget, name, words in (
            (self.path, "explorer-path", tr("Path below the bank's root address")),
            (self.parameters, "explorer-parameters", tr("Parameters, such as name=value")),
            (self.history, "explorer-history", tr("Earlier requests")),
            (self.send, "explorer-send", tr("Send")),
            (self.status, "explorer-status", tr("Status of the answer")),
            (self.tree, "explorer-tree", tr("Answer as a tree")),
            (self.table, "explorer-table", tr("Answer as a table")),
            (self.raw, "explorer-raw", tr("Answer as text")),
            (self.headers, "explorer-headers", tr("Headers of the answer")),
            (self.save_json, "explorer-save-json", tr("Save JSON…")),
            (self.save_csv, "explorer-save-csv", tr("Save CSV…")),
        ):
            widget.setObjectName(name)
            widget.setAccessibleName(words)
        self.path.setPlaceholderText(tr("Path"))
        self.parameters.setPlaceholderText(tr("name=value name=value"))
        with_clear(self.path)
        for text in (self.raw, self.headers):
            text.setReadOnly(True)
            text.setFont(font(self.font(), Type.MONO))
            text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.tree.setAlternatingRowColors(True)
        self.table.setAlternatingRowColors(True)
        flatten(self.table)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectItems)
        self.tree.setHeader(FlatHeader(self.tree))
        self.tree.setUniformRowHeights(True)
        self.tabs.setDocumentMode(True)
        keeps = self.tabs.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)
        self.tabs.setSizePolicy(keeps)
        for view in (self.tree, self.raw, self.headers):
            view.setFrameShape(QFrame.Shape.NoFrame)

    def _lay(self) -> None:
        self.setBackgroundRole(self.palette().ColorRole.Base)
        self.setAutoFillBackground(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(S5, S4, S5, 0)
        column.setSpacing(S2)
        column.addWidget(self.title)
        column.addWidget(self.root)
        column.addSpacing(S1)
        request = QHBoxLayout()
        request.setSpacing(S2)
        request.addWidget(Text("GET", Type.STRONG, "second"))
        request.addWidget(self.path, 3)
        request.addWidget(self.parameters, 2)
        request.addWidget(self.send)
        column.addLayout(request)
        state = QHBoxLayout()
        state.setSpacing(S2)
        state.addWidget(self.status, 1)
        for widget in (self.history, self.save_json, self.save_csv):
            state.addWidget(widget)
        column.addLayout(state)
        column.addWidget(self.tabs, 1)
        for view, words in (
            (self.tree, tr("Tree")),
            (self.table, tr("Table")),
            (self.raw, tr("Text")),
            (self.headers, tr("Headers")),
        ):
            self.tabs.addTab(view, words)

    def show_bank(self, home: Home, connection_id: str, name: str) -> None:
        """Explore another connection."""
        if connection_id == self._connection_id:
            return
        self._home, self._connection_id = home, connection_id
        self.title.setText(name)
        self.path.clear()
        self.parameters.clear()
        self._show(None)
        self._show_history()
        self._worker.run(partial(_about, home, connection_id), self._on_about, self._on_failed)
        self.path.setFocus()

    def set_masked(self, *, masked: bool) -> None:
        """Hide what the bank answered, or show it: any figure in it may be an amount."""
        if masked != self._masked:
            self._masked = masked
            self._show(self._answer)

    def _on_about(self, about: tuple[str, tuple[str, ...]]) -> None:
        root, paths = about
        self.root.setText(tr("Read-only, below {root}", root=root))
        known = QCompleter(list(paths), self.path)
        known.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        known.setFilterMode(Qt.MatchFlag.MatchContains)
        self.path.setCompleter(known)

    def ask(self) -> None:
        """Send the request; another answer of the same connection takes this one's place."""
        from bankview.sync.explore import explore, parse_parameters  # noqa: PLC0415 - rarely needed

        if self._home is None or self._worker.busy("explore"):
            return
        path, typed = self.path.text().strip(), self.parameters.text().strip()
        try:
            parameters = parse_parameters(typed)
        except Exception as error:  # noqa: BLE001 - whatever was typed gets a sentence
            self._on_failed(error)
            return
        asked = self._connection_id
        self.send.setEnabled(False)
        self.status.setText(tr("Waiting for the bank…"))

        def done(answer: Answer) -> None:
            self.send.setEnabled(True)
            if asked == self._connection_id:
                self._remember(path, typed)
                self._show(answer)

        job = partial(explore, self._home, asked, path, parameters)
        self._worker.run(job, done, self._on_failed, key="explore")

    def _on_failed(self, error: Exception) -> None:
        self.send.setEnabled(True)
        self._show(None)
        self.status.setText(str(say(error, self.title.text())))

    def _remember(self, path: str, typed: str) -> None:
        past = self._histories.setdefault(self._connection_id, [])
        if (path, typed) in past:
            past.remove((path, typed))
        past.insert(0, (path, typed))
        del past[30:]
        self._show_history()

    def _show_history(self) -> None:
        past = self._histories.get(self._connection_id, [])
        self.history.clear()
        self.history.addItem(tr("Earlier requests"))
        self.history.addItems([f"{path} {typed}".strip() or "/" for path, typed in past])
        self.history.setVisible(bool(past))

    def _recall(self, place: int) -> None:
        if place:
            path, typed = self._histories[self._connection_id][place - 1]
            self.path.setText(path)
            self.parameters.setText(typed)
            self.history.setCurrentIndex(0)
            self.ask()

    def _show(self, given: Answer | None) -> None:
        self._answer = given
        answer = None if self._masked else given
        value = answer.json() if answer else None
        found = answer.table() if answer else None
        hidden = tr("The answer is hidden, as amounts are.") if given else ""
        self.status.setText(_said(answer) if answer else hidden)
        self.tree.setModel(models.tree(value) if answer else None)
        self.tree.expandToDepth(0)
        self.tree.resizeColumnToContents(0)
        self.table.setModel(models.table(found) if found else None)
        self.table.horizontalHeader().resizeSections(QHeaderView.ResizeMode.ResizeToContents)
        self.raw.setPlainText(answer.text[:MOST_TEXT] if answer else "")
        lines = (f"{name}: {text}" for name, text in answer.headers.items()) if answer else ()
        self.headers.setPlainText("\n".join(lines))
        for view, there in ((self.tree, value is not None), (self.table, found is not None)):
            self.tabs.setTabEnabled(self.tabs.indexOf(view), there)
        best: QAbstractItemView | QPlainTextEdit = self.raw
        if value is not None or found:
            best = self.table if found else self.tree
        self.tabs.setVisible(answer is not None)
        self.tabs.setCurrentWidget(best)
        self.save_json.setVisible(value is not None)
        self.save_csv.setVisible(found is not None)

    def _save(self, kind: str) -> None:
        from bankview.sync.explore import as_csv  # noqa: PLC0415 - rarely needed

        if self._answer is None:
            return
        found = self._answer.table()
        body = as_csv(found) if kind == "csv" and found else self._answer.body
        name = self.path.text().strip("/ ").replace("/", "-") or "answer"
        self.saving.emit(body, f"{name}.{kind}")


def _about(home: Home, connection_id: str) -> tuple[str, tuple[str, ...]]:
    """Return a connection's root address and the paths that its dialect knows; runs in the worker."""
    from bankview.store.connections import connection  # noqa: PLC0415 - the window is painted first

    with closing(home.database()) as db:
        found = connection(db, connection_id)
    bank = home.bank(found.bank_id if found else connection_id)
    return bank.api, bank.dialect.paths


def _said(answer: Answer) -> str:
    phrase = HTTPStatus(answer.status).phrase if answer.status in set(HTTPStatus) else ""
    size = len(answer.body)
    amount = f"{size} B" if size < 1000 else f"{size / 1000:.1f} kB"
    facts = [f"{answer.status} {phrase}".strip(), f"{answer.seconds:.2f} s", amount, answer.media]
    return "  ·  ".join(filter(None, facts))
