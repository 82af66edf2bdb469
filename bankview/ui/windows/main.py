"""The main window: sidebar, transactions, details; it shows what the ledger holds and asks the app for the rest."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QEvent, QSettings, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QLabel,
    QMainWindow,
    QMenu,
    QMessageBox,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bankview.domain.connection import State
from bankview.domain.money import Money
from bankview.store import connections, view
from bankview.store.index import fold
from bankview.ui.colours import colours
from bankview.ui.icons import app_icon, icon
from bankview.ui.measures import S2, measures
from bankview.ui.models.transactions import MASK, ORDERS, Column, TransactionsModel
from bankview.ui.widgets.detail import Detail
from bankview.ui.widgets.filters import Filters, ResultStrip
from bankview.ui.widgets.frame import FlatBar, Splitter
from bankview.ui.widgets.header import Head, Header
from bankview.ui.widgets.sidebar import Shown as SidebarShown
from bankview.ui.widgets.sidebar import Sidebar
from bankview.ui.widgets.status import StatusLine
from bankview.ui.widgets.table import TransactionTable
from bankview.words import amount_text, time_text, tr

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bankview.domain.account import Account
    from bankview.domain.connection import Connection
    from bankview.store.database import Database
    from bankview.sync.home import Home
    from bankview.ui.windows.export import Shown
    from bankview.ui.worker import Worker

#: The version of the window's layout; another one is not restored.
LAYOUT = 1


@dataclass(frozen=True, slots=True)
class Facts:
    """What a worker read of the ledger for the window."""

    connections: tuple[Connection, ...]
    accounts: tuple[Account, ...]
    totals: view.Totals
    everything: int
    pending: dict[str, int]
    points: list[tuple[date, int]]


def read_facts(home: Home, filter_: view.Filter) -> Facts:
    """Read everything a page shows but its rows; runs in a worker."""
    with closing(home.database()) as db:
        pending = view.totals(db, view.Filter(filter_.account_ids, status="pending")).sums
        points: list[tuple[date, int]] = []
        if filter_.account_ids and len(filter_.account_ids) == 1:
            points = view.balances(
                db, filter_.account_ids[0], home.now().date() - timedelta(days=90)
            )
        return Facts(
            connections.connections(db),
            connections.accounts(db),
            view.totals(db, filter_),
            view.totals(db, view.Filter(filter_.account_ids)).count,
            {currency: out + in_ for currency, (out, in_) in pending.items()},
            points,
        )


class MainWindow(QMainWindow):
    """Signals ask for what only the app can do; nothing here touches network or keychain."""

    connect_bank = Signal()
    update_asked = Signal()
    export_asked = Signal()
    demo_asked = Signal()
    file_asked = Signal()
    account_asked = Signal(str, object)
    closed = Signal()
    theme_asked = Signal(str)
    #: New facts of the ledger are on screen.
    shown = Signal()

    def __init__(self, worker: Worker, settings: QSettings, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.setObjectName("main-window")
        self.setWindowTitle("Bankview")
        self.setWindowIcon(app_icon())
        self.setMinimumSize(760, 480)
        self._worker, self._settings, self._now = worker, settings, now
        self.home: Home | None = None
        self._db: Database | None = None
        self._facts: Facts | None = None
        self._asked = 0
        self.masked = False
        self.model = TransactionsModel()
        self.model.today = now().astimezone().date()
        self.table = TransactionTable(self.model)
        self.sidebar = Sidebar()
        self.header = Header()
        self.filters = Filters(lambda: now().astimezone().date())
        self.strip = ResultStrip()
        self.detail = Detail()
        self.notices = QVBoxLayout()
        self._news: dict[str, int] = {}
        self._next: datetime | None = None
        self._title = Head("")
        self._build()
        self._actions()
        self._wire()
        for widget in (self.filters, self.strip, self.detail):
            widget.hide()
        self._restore()
        self._dress()

    def _build(self) -> None:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self.header, self.filters, self.strip):
            layout.addWidget(part)
        self._none = QLabel()
        self._none.setObjectName("nothing")
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._none.setWordWrap(True)
        self._table_or_word = QStackedWidget()
        self._table_or_word.addWidget(self.table)
        self._table_or_word.addWidget(self._none)
        layout.addWidget(self._table_or_word, 1)
        self.empty: QWidget = QWidget()
        self.stack = QStackedWidget()
        self.stack.addWidget(page)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.notices)
        column.addWidget(self.stack, 1)
        centre.setMinimumWidth(480)
        centre.setBackgroundRole(self.palette().ColorRole.Base)
        centre.setAutoFillBackground(True)
        self.splitter = Splitter()
        self.splitter.splitterMoved.connect(lambda *_: self._align())
        for widget, least, most in (
            (self.sidebar, 200, 360),
            (centre, 480, 1 << 20),
            (self.detail, 256, 420),
        ):
            widget.setMinimumWidth(least)
            widget.setMaximumWidth(most)
            self.splitter.addWidget(widget)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setCollapsible(1, False)
        self.splitter.setSizes([256, 736, 288])
        self.setCentralWidget(self.splitter)
        line = StatusLine(self)
        self.setStatusBar(line)
        self._chosen, self._state = line.chosen, line.state

    def set_empty_page(self, page: QWidget) -> None:
        """Use this page while no bank is connected."""
        self.empty = page
        self.stack.addWidget(page)

    def _actions(self) -> None:
        bar = FlatBar(tr("Toolbar"))
        bar.setObjectName("toolbar")
        bar.setMovable(False)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        bar.setIconSize(QSize(16, 16))
        bar.setFixedHeight(measures(self).toolbar)
        self.addToolBar(bar)
        self.bar = bar
        self.act: dict[str, QAction] = {}
        self._add("sidebar", tr("Sidebar"), "sidebar", "Ctrl+B", self._toggle_sidebar)
        self._gap = QWidget()
        bar.addWidget(self._gap)
        self._add(
            "update",
            tr("Update all"),
            "update",
            "F5",
            self.update_asked.emit,
            words=True,
        )
        stretch = QWidget()
        stretch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(stretch)
        self._add("export", tr("Export…"), "export", "Ctrl+E", self.export_asked.emit, words=True)
        self._add(
            "hide", tr("Hide amounts"), "eye", "Ctrl+Shift+H", self._toggle_mask, checkable=True
        )
        self._add("panel", tr("Details"), "panel", "Ctrl+I", self._toggle_detail, checkable=True)
        self.act["panel"].setChecked(True)
        menu = QMenu(self)
        for name, text, keys, slot in (
            ("connect-menu", tr("Connect a bank…"), "Ctrl+N", self.connect_bank.emit),
            ("demo", tr("Try with demo data"), "", self.demo_asked.emit),
            ("find", tr("Search"), "Ctrl+F", self._find),
            ("everything", tr("Clear filters"), "", self.filters.clear),
            ("keys", tr("Keyboard shortcuts"), "F1", self._show_keys),
            ("quit", tr("Quit"), "Ctrl+Q", self.close),
        ):
            action = QAction(text, self)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(lambda _=False, slot=slot: slot())
            self.addAction(action)
            menu.addAction(action)
            self.act[name] = action
        menu.insertMenu(self.act["keys"], self._themes())
        button = QToolButton()
        button.setObjectName("menu")
        button.setAccessibleName(tr("Menu"))
        button.setAutoRaise(True)
        button.clicked.connect(lambda: menu.popup(button.mapToGlobal(button.rect().bottomLeft())))
        self._menu_button = button
        bar.addWidget(button)

    def _themes(self) -> QMenu:
        menu = QMenu(tr("Appearance"), self)
        group = QActionGroup(menu)
        for theme, text in (
            ("system", tr("As the system")),
            ("light", tr("Light")),
            ("dark", tr("Dark")),
        ):
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setObjectName(f"theme-{theme}")
            action.triggered.connect(partial(self.theme_asked.emit, theme))
            group.addAction(action)
        return menu

    def show_theme(self, theme: str) -> None:
        """Tick the theme that is on."""
        found = self.findChild(QAction, f"theme-{theme}")
        if found:
            found.setChecked(True)

    def _add(  # noqa: PLR0913 - an action is what it is called, looks like and does
        self,
        name: str,
        text: str,
        picture: str,
        keys: str,
        slot: Callable[[], Any],
        *,
        words: bool = False,
        checkable: bool = False,
    ) -> None:
        action = QAction(text, self)
        action.setIconText(text)
        action.setProperty("picture", picture)
        action.setShortcut(QKeySequence(keys))
        action.setToolTip(f"{text} ({keys})")
        action.setCheckable(checkable)
        action.triggered.connect(lambda _=False: slot())
        self.bar.addAction(action)
        self.act[name] = action
        button = self.bar.widgetForAction(action)
        assert isinstance(button, QToolButton)
        button.setObjectName(name)
        button.setAccessibleName(text)
        style = (
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            if words
            else Qt.ToolButtonStyle.ToolButtonIconOnly
        )
        button.setToolButtonStyle(style)

    def _wire(self) -> None:
        self.sidebar.selected.connect(lambda _: self.reload(reset=True))
        self.sidebar.connect_bank.connect(self.connect_bank)
        self.sidebar.asked.connect(self.account_asked)
        self.filters.changed.connect(lambda: self.reload(reset=True))
        self.strip.cleared.connect(self.filters.clear)
        self.table.horizontalHeader().sortIndicatorChanged.connect(lambda *_: self._show_rows())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._on_selection())
        self.table.opened.connect(lambda: self._set_detail(True))
        self.detail.closed.connect(lambda: self._set_detail(False))
        self.detail.similar.connect(self.filters.search.setText)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "act"):
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        for action in self.act.values():
            picture = action.property("picture")
            if picture:
                chosen = action.isCheckable() and action.isChecked()
                action.setIcon(
                    icon(picture, self.palette(), colours(self.palette()).link if chosen else None)
                )
        self._menu_button.setIcon(icon("menu", self.palette()))

    def set_home(self, home: Home) -> None:
        """Begin to show a home's ledger."""
        self.home, self._db = home, home.database()
        self.reload(reset=True)

    def close_ledger(self) -> None:
        """Let go of the ledger."""
        if self._db:
            self._db.close()
        self._db = None

    def data_version(self) -> int:
        """Return what changes when another process commits."""
        return self._db.data_version() if self._db else 0

    def reload(self, *, reset: bool = False) -> None:
        """Read the ledger again; `reset` also scrolls to the top."""
        if self.home is None:
            return
        home, filter_ = self.home, self.filters.filter(self.sidebar.account_ids())
        self._asked += 1
        asked = self._asked

        def done(facts: Facts) -> None:
            if asked == self._asked:
                self._show(facts, reset=reset)

        self._worker.run(lambda: read_facts(home, filter_), done, self.failed)

    def failed(self, error: Exception) -> None:
        """Say that the ledger could not be read."""
        from bankview.words import say  # noqa: PLC0415

        self._state.setText(str(say(error)))

    def _show(self, facts: Facts, *, reset: bool) -> None:
        self._facts = facts
        self.sidebar.show_facts(
            SidebarShown(facts.connections, facts.accounts, self._now(), self.masked)
        )
        connected = bool(facts.connections)
        self.stack.setCurrentIndex(0 if connected or self.stack.count() < 2 else 1)
        for name in ("update", "export", "hide", "panel"):
            self.act[name].setEnabled(connected)
        self.detail.setVisible(connected and self.act["panel"].isChecked() and self._room())
        self.filters.show()
        self._title = self._head(facts)
        self.header.show_head(self._title)
        self.strip.setVisible(self.filters.active)
        self.strip.show_totals(facts.totals, facts.everything, masked=self.masked)
        self._show_rows(keep=not reset)
        self._say(facts)
        self._align()
        self.shown.emit()

    @property
    def connections(self) -> tuple[Connection, ...]:
        """The banks as they were last read."""
        return self._facts.connections if self._facts else ()

    def shown_now(self) -> Shown:
        """Return what is shown, for the export dialog."""
        from bankview.ui.windows.export import Shown  # noqa: PLC0415 - not needed before

        words = [self._title.title]
        if self.filters.period.currentIndex():
            words.append(self.filters.period.currentText().lower())
        if self.filters.search.text().strip():
            words.append(f"“{self.filters.search.text().strip()}”")
        return Shown(
            self.filters.filter(self.sidebar.account_ids()), ", ".join(words), self._title.title
        )

    def _show_rows(self, *, keep: bool = False) -> None:
        facts, db = self._facts, self._db
        if facts is None or db is None:
            return
        header = self.table.horizontalHeader()
        order = ORDERS[Column(header.sortIndicatorSection())]
        down = header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
        filter_ = self.filters.filter(self.sidebar.account_ids())
        scroll = self.table.verticalScrollBar().value()
        chosen = self._selected_ids() if keep else set()
        self.table.words = tuple(fold(self.filters.search.text()).split())
        self.model.masked = self.masked
        self.model.show(
            facts.totals.count,
            lambda page: view.page(db, filter_, order, down, offset=page * view.PAGE),
        )
        if keep:
            self.table.verticalScrollBar().setValue(scroll)
            for number in range(min(facts.totals.count, 512)):
                row = self.model.row(number)
                if row and row.rowid in chosen:
                    self.table.selectRow(number)
        self._table_or_word.setCurrentIndex(0 if facts.totals.count else 1)
        self._none.setText(self._why_none(facts))

    def _why_none(self, facts: Facts) -> str:
        if self.filters.search.text().strip():
            return tr("No row matches “{words}”.", words=self.filters.search.text().strip())
        if self.filters.active:
            return tr("No transactions in this selection.")
        if not any(account.last_success for account in facts.accounts):
            return tr("Not fetched yet.")
        return tr("No transactions.")

    def _selected_ids(self) -> set[int]:
        rows = (self.model.row(index.row()) for index in self.table.selectionModel().selectedRows())
        return {row.rowid for row in rows if row}

    def _head(self, facts: Facts) -> Head:
        ids = self.sidebar.account_ids()
        by_id = {account.id: account for account in facts.accounts}
        if ids and len(ids) == 1 and ids[0] in by_id:
            return self._account_head(facts, by_id[ids[0]])
        choice = self.sidebar.choice()
        title = tr("All accounts")
        if choice and choice[0] == "bank":
            title = next((c.name for c in facts.connections if c.id == choice[1]), title)
        return Head(title, facts=(self._updated(facts.connections),))

    def _account_head(self, facts: Facts, account: Account) -> Head:
        said: list[str] = []
        if account.available:
            said.append(tr("Available {amount}", amount=self._amount(account.available)))
        pending = facts.pending.get(account.currency)
        if pending:
            said.append(
                tr("Pending {amount}", amount=self._amount(Money(pending, account.currency)))
            )
        mine = [c for c in facts.connections if c.id == account.connection_id]
        said.append(self._updated(mine))
        balance = self._amount(account.balance) if account.balance else ""
        return Head(
            account.label,
            account.number or account.iban,
            balance,
            account.currency,
            tuple(filter(None, said)),
            () if self.masked else facts.points,
        )

    def _amount(self, money: Money) -> str:
        return MASK if self.masked else amount_text(money)

    def _updated(self, mine: Any) -> str:
        last = max((c.last_success for c in mine if c.last_success), default=None)
        if last is None:
            return tr("Not updated yet")
        new = sum(self._news.get(c.id, 0) for c in mine)
        text = tr("Updated {time}", time=time_text(last, now=self._now()))
        return text + (tr(", {n} new", n=new) if new else "")

    def note_news(self, connection_id: str, new: int) -> None:
        """Remember how many rows the last run brought."""
        self._news[connection_id] = new

    def note_next(self, at: datetime | None) -> None:
        """Remember when the next run comes by itself."""
        self._next = at
        if self._facts:
            self._say(self._facts)

    def say_saved(self, rows: int, path: Path) -> None:
        """Say where an export lies, with a way to its folder."""
        show = tr("Show in folder")
        self._state.setText(
            f"{escape(tr('{n} rows saved to {name}.', n=rows, name=path.name))} <a href='{QUrl.fromLocalFile(str(path.parent)).toString()}'>{show}</a>"
        )

    def say(self, text: str) -> None:
        """Say something in the status line until the next news."""
        self._state.setText(text)

    def _say(self, facts: Facts) -> None:
        live = [c for c in facts.connections if c.state is not State.DISCONNECTED]
        if not live:
            self._state.setText(tr("No bank connected"))
        elif all(c.state is State.OK and not c.problem for c in live):
            last = max((c.last_success for c in live if c.last_success), default=None)
            new = sum(self._news.values())
            self._state.setText(
                tr("Updated {time} · {n} new", time=time_text(last, now=self._now()), n=new)
                if last
                else tr("Not updated yet")
            )
        else:
            fine = sum(c.state is State.OK and not c.problem for c in live)
            self._state.setText(
                tr("{n} of {m} banks up to date", n=fine, m=len(live)) + self._next_text()
            )

    def _next_text(self) -> str:
        return (
            tr(" · Next update {time}", time=time_text(self._next, now=self._now()))
            if self._next
            else ""
        )

    def _on_selection(self) -> None:
        rows = [
            row
            for index in self.table.selectionModel().selectedRows()
            if (row := self.model.row(index.row()))
        ]
        sums: dict[str, int] = {}
        for row in rows:
            sums[row.currency] = sums.get(row.currency, 0) + row.amount
        text = tr("{n} selected", n=len(rows))
        amounts = [
            MASK if self.masked else f"{amount_text(Money(minor, currency))} {currency}"
            for currency, minor in sums.items()
        ]
        self._chosen.setText("   ".join([text, *amounts]) if rows else "")
        if self._db and len(rows) == 1:
            account = (
                next((a.label for a in self._facts.accounts if a.id == rows[0].account_id), "")
                if self._facts
                else ""
            )
            self.detail.show_row(
                view.transaction(self._db, rows[0].rowid), account, masked=self.masked
            )
        elif not rows:
            self.detail.show_row(None, "", masked=self.masked)

    def _toggle_sidebar(self) -> None:
        self.sidebar.setVisible(not self.sidebar.isVisible())
        self._align()

    def _toggle_mask(self) -> None:
        self.masked = self.act["hide"].isChecked()
        self.act["hide"].setProperty("picture", "eye-off" if self.masked else "eye")
        self._dress()
        if self._facts:
            self._show(self._facts, reset=False)
        self._on_selection()

    def _toggle_detail(self) -> None:
        self._set_detail(self.act["panel"].isChecked())

    def _set_detail(self, shown: bool) -> None:
        self.act["panel"].setChecked(shown)
        self._dress()
        self.detail.setVisible(shown)

    def _align(self) -> None:
        """Let what belongs to the centre begin at its edge."""
        left = self.splitter.sizes()[0] if self.sidebar.isVisible() else 0
        self._gap.setFixedWidth(max(S2, left - 48))

    def _room(self) -> bool:
        return self.width() - 256 - 288 >= 640

    def _find(self) -> None:
        self.filters.search.setFocus()
        self.filters.search.selectAll()

    def _show_keys(self) -> None:
        lines = [
            f"{a.shortcut().toString(QKeySequence.SequenceFormat.NativeText)}   {a.text()}"
            for a in self.act.values()
            if not a.shortcut().isEmpty()
        ]
        QMessageBox.information(self, tr("Keyboard shortcuts"), "\n".join(lines))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._align()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._facts and self._facts.connections:
            self.detail.setVisible(self.act["panel"].isChecked() and self._room())
        self.header.set_wide(self.width() >= 1100)
        self._align()
        self.table.set_compact(self.height() < 680)

    def _restore(self) -> None:
        if self._settings.value("layout", 0, int) == LAYOUT:
            self.restoreGeometry(_bytes(self._settings.value("geometry")))
            self.splitter.restoreState(_bytes(self._settings.value("splitter")))
        else:
            self.resize(1280, 800)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._settings.setValue("layout", LAYOUT)
        self._settings.setValue("geometry", self.saveGeometry())
        self._settings.setValue("splitter", self.splitter.saveState())
        super().closeEvent(event)
        self.closed.emit()


def _bytes(value: object) -> QByteArray:
    return value if isinstance(value, QByteArray) else QByteArray()
