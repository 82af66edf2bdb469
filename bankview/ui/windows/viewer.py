"""What the main window shows: sidebar, pages, details; it reads the ledger and asks the app for the rest."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from bankview.ui.facts import Facts, Question, Telling, read_parts
from bankview.ui.plain import literal
from bankview.ui.reading import Reading
from bankview.ui.widgets.detail import Detail
from bankview.ui.widgets.drawer import USUAL, Drawer
from bankview.ui.widgets.frame import Splitter
from bankview.ui.widgets.notice import NoticeStack
from bankview.ui.widgets.sidebar import Sidebar
from bankview.ui.widgets.sidebar_rows import Shown as SidebarShown
from bankview.ui.widgets.status import StatusLine
from bankview.ui.windows.pages import OVERVIEW, Pages, rows
from bankview.ui.windows.panes import to_next
from bankview.ui.windows.room import Room
from bankview.ui.windows.toolbar import Toolbar
from bankview.ui.windows.transactions import Transactions
from bankview.ui.windows.travel import Travel
from bankview.words import tr, tr_n

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from pathlib import Path

    from bankview.domain.account import Account
    from bankview.domain.connection import Connection
    from bankview.store.database import Database
    from bankview.store.saved import Saved
    from bankview.store.view import Totals
    from bankview.sync.home import Home
    from bankview.sync.schedule import Upcoming
    from bankview.ui.deeds import Deed
    from bankview.ui.widgets.notice import Notice
    from bankview.ui.windows.aside import Aside
    from bankview.ui.windows.export import Shown
    from bankview.ui.windows.main import MainWindow
    from bankview.ui.windows.searches import Searches
    from bankview.ui.worker import Worker

#: Milliseconds that an answer to the person stays in the status line.
READING = 8000
#: Selected rows that are read at once.
FEW = 256


class Viewer(QObject):
    """Signals ask for what only the app can do; nothing here touches network or keychain."""

    connect_bank = Signal()
    update_asked = Signal()
    export_asked = Signal()
    import_asked = Signal()
    demo_asked = Signal()
    file_asked = Signal()
    log_asked = Signal()
    lock_asked = Signal()
    account_asked = Signal(str, object)
    theme_asked = Signal(str)
    settings_asked = Signal()
    #: An answer's bytes are to be saved under this name.
    saving = Signal(bytes, str)
    #: New facts of the ledger are on screen.
    shown = Signal()
    #: The ledger was read, or could not be.
    read = Signal()

    def __init__(self, window: MainWindow, worker: Worker, now: Callable[[], datetime]) -> None:
        super().__init__(window)
        self.window = window
        self._worker, self._now = worker, now
        self.home: Home | None = None
        self._db: Database | None = None
        self._facts: Facts | None = None
        self._begun: Question | None = None
        self._reading: Reading | None = None
        self._telling = Telling(now(), masked=False)
        self._wanted = ""
        #: The page to begin with; "all" for the transactions of all accounts.
        self.start_page = "all"
        self._at: tuple[str, object] = ("all", None)
        self._aside: Aside | None = None
        self._saying = QTimer(self)
        self._saying.setSingleShot(True)
        self._saying.setInterval(READING)
        self._saying.timeout.connect(self._show_texts)
        self.transactions = Transactions(self._today)
        self.filters, self.table = self.transactions.filters, self.transactions.table
        self.sidebar = Sidebar(rows())
        self.detail = Detail()
        self.notices = NoticeStack()
        self.bar = Toolbar(window)
        self.act = self.bar.act
        window.addToolBar(self.bar)
        self._build()
        self.travel = Travel(self.sidebar, self.filters, self.act["back"], self.act["forward"])
        parts = (self.splitter, self.sidebar, self.transactions, self.drawer)
        self.room = Room(window, self.bar, *parts)
        self._wire()
        self.drawer.close_(at_once=True)
        self.splitter.restoreState(window.kept("splitter"))
        self.bar.dress()

    def _today(self) -> date:
        return self._now().astimezone().date()

    def _build(self) -> None:
        self.stack = QStackedWidget()
        self.stack.addWidget(self.transactions)
        self.centre = QWidget()
        column = QVBoxLayout(self.centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notices)
        column.addWidget(self.stack)
        self.centre.setMinimumWidth(480)
        self.centre.setBackgroundRole(self.centre.palette().ColorRole.Base)
        self.centre.setAutoFillBackground(True)
        self.splitter = Splitter()
        self.sidebar.setMinimumWidth(200)
        self.sidebar.setMaximumWidth(360)
        self.splitter.addWidget(self.sidebar)
        self.splitter.addWidget(self.centre)
        self.drawer = Drawer(self.detail, self.splitter, self.transactions.body)
        self.splitter.setStretchFactor(1, 1)
        for pane in range(3):
            self.splitter.setCollapsible(pane, False)
        self.splitter.setSizes([256, 736, USUAL])
        self.window.setCentralWidget(self.splitter)
        line = StatusLine(self.window)
        self.window.setStatusBar(line)
        self._chosen, self._state = line.chosen, line.state

    @cached_property
    def pages(self) -> Pages:
        """The pages besides the transactions; the first of them is made once the home is open."""
        assert self.home
        pages = Pages(self.stack, self._worker, self.home)
        for name in ("connect_bank", "demo_asked", "file_asked", "saving"):
            getattr(pages, name).connect(getattr(self, name))
        pages.rows_asked.connect(self.travel.search)
        pages.failed.connect(self._on_ask_failed)
        pages.acted.connect(self.notices.acted)
        pages.attend(self.notices.notices)
        return pages

    def explore(self, connection_id: str) -> None:
        """Show the explorer of a connection until something else is chosen."""
        self.sidebar.choose(("bank", connection_id))
        self.pages.explored = connection_id
        self._show_page()

    def choose_once_there(self, wanted: str) -> None:
        """Choose what comes to the list: an account by its key, or a bank by its connection's id where it has no account."""
        self._wanted = wanted

    def attend(self, notices: tuple[Notice, ...]) -> None:
        """Say what needs the person: above the page, or on the overview."""
        self.notices.show_notices(notices)
        if self.home:
            self.pages.attend(notices)

    def _choice(self) -> tuple[str, object]:
        return self.sidebar.choice() or ("all", None)

    def _show_page(self) -> None:
        if self._facts is None or self.home is None:
            return
        empty = self.sidebar.account_ids() == ()
        page = self.pages.page(self._facts, self._choice(), masked=self.masked, empty=empty)
        self.stack.setCurrentWidget(page or self.transactions)
        self.notices.set_elsewhere(elsewhere=self._choice() == ("page", OVERVIEW))
        self.room.has_rows = page is None
        self.room.arrange()

    def _wire(self) -> None:
        for name, slot in (
            ("sidebar", self.room.toggle_sidebar),
            ("update", self.update_asked.emit),
            ("export", self.export_asked.emit),
            ("import", self.import_asked.emit),
            ("keep-account", lambda: self.account_asked.emit("keep", None)),
            ("new-row", lambda: self.account_asked.emit("row", self._choice()[1])),
            ("hide", self._toggle_mask),
            ("panel", self.room.toggle_detail),
            ("connect-menu", self.connect_bank.emit),
            ("demo", self.demo_asked.emit),
            ("find", self._find),
            ("keep", self._keep_search),
            ("everything", self.filters.clear),
            ("undo", lambda: self._turn("undo")),
            ("redo", lambda: self._turn("redo")),
            ("rules", self._show_rules),
            ("suggestions", self._show_suggestions),
            ("capture", self._capture),
            ("stored", self._show_stored),
            ("sync-log", self._show_sync_log),
            ("http-log", self.log_asked.emit),
            ("keys", self._show_keys),
            ("go", self._go_to),
            ("settings", self.settings_asked.emit),
            ("lock", self.lock_asked.emit),
            ("pane", lambda: to_next((self.sidebar, self.centre, self.detail))),
            ("quit", self.window.close),
        ):
            self.act[name].triggered.connect(lambda _=False, slot=slot: slot())
        copy = self.bar.takes.addAction(tr("Copy the selected rows"))
        copy.triggered.connect(self.table.copy)
        self.bar.update_one.connect(lambda which: self.account_asked.emit("update", which))
        self.bar.theme.connect(self.theme_asked)
        self.bar.opening.connect(lambda: self.sidebar.fill(self.bar.chosen))
        self.sidebar.selected.connect(lambda _: self._go())
        self.sidebar.connect_bank.connect(self.connect_bank)
        self.sidebar.asked.connect(self.account_asked)
        self.sidebar.search_asked.connect(self._on_search_asked)
        self.transactions.strip.kept.connect(self._keep_search)
        self.travel.moved.connect(lambda: self.reload(reset=True))
        self.table.columns.remember(self.window.settings)
        self.table.sorted.connect(lambda: self.reload(reset=True))
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._on_selection())
        self.table.opened.connect(lambda: self.room.set_detail(shown=True))
        self.detail.closed.connect(lambda: self.room.set_detail(shown=False))
        self.detail.similar.connect(self.travel.show_similar)
        self.detail.row_asked.connect(self.account_asked)
        self._name_ways(None, None)
        self.splitter.splitterMoved.connect(lambda *_: self.room.arrange())
        self.window.resized.connect(self.room.arrange)
        self.window.escaped.connect(self.room.escape)
        self.window.closed.connect(self._keep)

    def _keep(self) -> None:
        self.window.settings.setValue("splitter", self.splitter.saveState())

    def show_theme(self, theme: str) -> None:
        """Tick the theme that is on."""
        self.bar.show_theme(theme)

    def set_home(self, home: Home) -> None:
        """Begin to show a home's ledger."""
        self.home = home
        self._db = self._open_ledger(home)
        self.reload(reset=True)
        from bankview.ui.windows.aside import Aside  # noqa: PLC0415 - while the worker reads

        self._aside = aside = Aside(self._worker, home, self._db, self.table, self.detail)
        aside.changed.connect(self.reload)
        aside.offered.connect(lambda categories, _: self.filters.more.offer(categories))
        aside.undoable.connect(self.act["undo"].setEnabled)
        aside.pen.turned.connect(lambda ways: self._name_ways(*ways))
        aside.said.connect(self.tell)
        aside.answered.connect(self._on_answered)
        aside.failed.connect(self._on_ask_failed)
        aside.rule_asked.connect(self._show_rules)
        aside.rows_asked.connect(self.travel.search)

    def _open_ledger(self, home: Home) -> Database:
        db = home.database()
        self._reading = Reading(self._worker, home, db, self)
        self._reading.began.connect(partial(self._show, reset=True))
        self._reading.counted.connect(self._on_counted)
        self._reading.completed.connect(self._on_whole)
        self._reading.failed.connect(self.failed)
        return db

    def suspend(self) -> None:
        """Let go of the ledger, and of what was read of it, until `resume`."""
        self.close_ledger()
        self._facts = self._begun = None
        self.say("")
        self._chosen.setText("")
        self.transactions.model.show(0, lambda _: [], (), lambda _: {})
        self.detail.show_row(None, "", masked=self.masked)

    def resume(self) -> None:
        """Show the ledger again, where the person was."""
        if self.home:
            self._db = self._open_ledger(self.home)
            if self._aside:
                self._aside.reopen(self._db)
            self.reload()

    def _turn(self, way: str) -> None:
        if self._aside and not self._is_suspended:
            self._aside.undo() if way == "undo" else self._aside.redo()

    def _name_ways(self, undo: str | None, redo: str | None) -> None:
        """Say in the menu what would be taken back, and what done again; nothing is where it is None."""
        named = tr("Undo: {what}", what=undo) if undo else tr("Undo what you did")
        again = tr("Redo: {what}", what=redo) if redo else tr("Redo what you undid")
        for name, text, way in (("undo", named, undo), ("redo", again, redo)):
            self.act[name].setText(literal(text))
            self.act[name].setEnabled(way is not None)

    def do(self, deed: Deed, name: str) -> None:
        """Do something to the ledger that can be taken back."""
        if self._aside:
            self._aside.pen.do(deed, name=name)

    def _show_rules(self, chosen: int | None = None) -> None:
        """Open the person's rules, at one of them."""
        from bankview.ui.windows.rules import RulesDialog  # noqa: PLC0415 - rarely needed

        if self._aside and self.home:
            made = (self.home, self._worker, self._aside.pen)
            RulesDialog(*made, masked=self.masked, chosen=chosen, parent=self.window).open()

    def _show_suggestions(self) -> None:
        from bankview.ui.windows.suggestions import (  # noqa: PLC0415 - rarely needed
            SuggestionsDialog,
        )

        if self._aside and self.home:
            made = (self.home, self._worker, self._aside.pen)
            SuggestionsDialog(*made, masked=self.masked, parent=self.window).open()

    def close_ledger(self) -> None:
        """Keep what was typed last, and let go of the ledger."""
        if self._aside:
            self._aside.finish()
        if self._reading:
            self._reading.close()
        if self._db:
            self._db.close()
        self._reading = self._db = None

    def data_version(self) -> int:
        """Return what changes when another process commits."""
        return self._db.data_version() if self._db else 0

    @property
    def masked(self) -> bool:
        """Whether amounts are hidden."""
        return self._telling.masked

    @property
    def connections(self) -> tuple[Connection, ...]:
        """The banks as they were last read."""
        return self._facts.connections if self._facts else ()

    def account(self, account_id: int) -> Account | None:
        """Return an account as it was last read."""
        return self._facts.account(account_id) if self._facts else None

    # -- what is asked of the ledger ---------------------------------------------------------------------------------

    def _question(self) -> Question:
        return self.transactions.question(self.sidebar.account_ids())

    def reload(self, *, reset: bool = False) -> None:
        """Read the ledger again; `reset` also scrolls to the top, and shows the first page before all is counted."""
        if self._reading:
            self._reading.ask(self._question(), at_once=reset)

    def _on_counted(self, facts: Facts, question: Question) -> None:
        """Say what is counted by now; there is no way yet to what lies far below."""
        if self._begun is question:
            self._facts = facts
            self._show_texts()

    def _on_whole(self, facts: Facts, question: Question) -> None:
        """Take what a question's first page was shown without, or the whole answer where nothing was shown yet."""
        if self._begun is question:
            self._facts = facts
            self._show_sidebar(facts)
            self._show_texts()
            self.transactions.complete(self._db, facts, question)
            # Whether the bank has more to say of the row that is chosen is known by now.
            self._on_selection()
            self.shown.emit()
        else:
            self._show(facts, question, reset=False)

    def failed(self, error: Exception) -> None:
        """Say that the ledger could not be read."""
        from bankview.sentences import say  # noqa: PLC0415 - rarely needed

        self._state.setText(str(say(error)))
        self.read.emit()

    def _show(self, facts: Facts, question: Question, *, reset: bool) -> None:
        self._facts, self._begun = facts, None if facts.whole else question
        self._telling.now = self._now()
        self._show_sidebar(facts)
        self._choose_wanted(facts)
        connected = bool(facts.connections)
        if connected and self.start_page != "all":
            page, self.start_page = self.start_page, "all"
            self.sidebar.choose(("page", page))
        self._show_page()
        for name in ("update", "export", "hide", "panel"):
            self.act[name].setEnabled(connected)
        self.bar.show_banks(facts.live)
        self._show_texts()
        rows = (self._db, facts, question)
        self.transactions.show_rows(*rows, masked=self.masked, keep=not reset)
        if not reset or not self.table.ranges():
            # The same rows may be chosen, and something else be known of them; or what was chosen is not among these.
            self._on_selection()
        self.travel.settle()
        self.shown.emit()
        # What came takes its room now, so that the rows are painted once, where they stay.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        self.read.emit()

    def _show_sidebar(self, facts: Facts) -> None:
        shown = (facts.connections, facts.accounts, self._now(), self.masked, facts.funds)
        self.sidebar.show_facts(SidebarShown(*shown, saved=facts.saved))

    def _choose_wanted(self, facts: Facts) -> None:
        wanted, self._wanted = self._wanted, ""
        there = any(one.id == wanted for one in facts.connections)
        mine = [one.id for one in facts.accounts if one.key == wanted]
        if mine:
            self.sidebar.choose(("account", mine[0]))
        elif there and not any(one.connection_id == wanted for one in facts.accounts):
            self.sidebar.choose(("bank", wanted))
        elif not there:
            self._wanted = wanted

    def _show_texts(self) -> None:
        facts = self._facts
        if facts is None:
            return
        self._telling.now = self._now()
        chosen = (self._choice(), self.sidebar.account_ids())
        self.transactions.show_texts(facts, self._telling, *chosen)
        if not self._saying.isActive():
            self._state.setText(self._telling.status(facts))

    def _go(self) -> None:
        if self.home:
            self.pages.explored = ""
        left = self._leave()
        kind, which = self._choice()
        saved = self._facts.saved if self._facts and kind == "saved" else ()
        search = next((one for one in saved if one.name == which), None)
        if search:
            self.travel.open(search.text, search.filters)
        elif left == "saved":
            self.travel.open("", {})
        else:
            self.travel.go()

    def _leave(self) -> str:
        """Return the kind of place that the person came from; the rows of an account that was left are seen."""
        left, self._at = self._at, self._choice()
        account = self._facts.account(left[1]) if self._facts and isinstance(left[1], int) else None
        if account and account.unread and left != self._at and self._aside:
            self._aside.pen.note_seen(account.id)
        return left[0]

    @cached_property
    def _searches(self) -> Searches:
        from bankview.ui.windows.searches import Searches  # noqa: PLC0415 - rarely needed

        assert self._aside
        return Searches(self.window, self.filters, self._aside.pen)

    def _on_search_asked(self, what: str, search: Saved) -> None:
        self._searches.do(what, search)

    def _keep_search(self) -> None:
        if self._facts and self._aside and self.filters.active:
            from bankview.ui.windows.searches import among  # noqa: PLC0415 - rarely needed

            kind, which = self._choice()
            account = self._facts.account(which) if isinstance(which, int) else None
            bank = next((one.name for one in self._facts.connections if one.id == which), "")
            self._searches.keep(among(kind, account.label if account else bank))

    def shown_now(self) -> Shown:
        """Return what is shown, for the export dialog."""
        from bankview.ui.windows.export import Shown  # noqa: PLC0415 - not needed before

        assert self._facts
        title = self._telling.head(self._facts, self._choice()).title
        words = self.transactions.asked(title)
        return Shown(self._question().filter, words, title, masked=self.masked)

    # -- what is said ------------------------------------------------------------------------------------------------

    def note_news(self, connection_id: str, new: int) -> None:
        """Remember how many rows the last run brought."""
        self._telling.news[connection_id] = new

    def note_next(self, runs: tuple[Upcoming, ...]) -> None:
        """Remember when the next runs come by themselves."""
        self._telling.runs = runs
        self._show_texts()

    def say_saved(self, rows: int, path: Path) -> None:
        """Say where an export lies, with a way to its folder."""
        saved = tr_n("{n} row saved to {name}.", "{n} rows saved to {name}.", rows, name=path.name)
        folder = QUrl.fromLocalFile(str(path.parent)).toString()
        self.tell(saved, f"<a href='{folder}'>{tr('Show in folder')}</a>")

    def say(self, text: str) -> None:
        """Say something in the status line until the next news."""
        self._saying.stop()
        self._state.setText("" if self._is_suspended else text)

    def tell(self, text: str, link: str = "") -> None:
        """Say something that the next news must not wipe away at once; `link` is markup of ours."""
        if not self._is_suspended:
            self._state.setText(text, link)
            self._saying.start()

    @property
    def _is_suspended(self) -> bool:
        return self.home is not None and self._db is None

    def _on_selection(self) -> None:
        runs = self.table.ranges()
        if sum(last - first + 1 for first, last in runs) > FEW:
            self._sum_up(runs)
            return
        rows = self.table.chosen()
        self._chosen.setText(self._telling.chosen(rows))
        if self._aside and self._facts:
            self._aside.show(rows, self._facts, masked=self.masked)

    def _sum_up(self, runs: list[tuple[int, int]]) -> None:
        """Say what many selected rows come to: all of them are summed already, some are by the worker."""
        facts = self._facts
        count = sum(last - first + 1 for first, last in runs)
        if facts and facts.whole and count == facts.fences.count:
            self._chosen.setText(self._telling.chosen_totals(facts.fences))
            return
        self._chosen.setText(tr_n("{n} selected", "{n} selected", count))
        if self.home:
            read = partial(read_parts, self.home, self._question(), runs)
            self._worker.run(read, partial(self._on_summed, runs), self.failed, key="selected")

    def _on_summed(self, runs: list[tuple[int, int]], found: Totals) -> None:
        if runs == self.table.ranges():
            self._chosen.setText(self._telling.chosen_totals(found))

    def _on_answered(self) -> None:
        self.say("")
        self._show_texts()

    def _on_ask_failed(self, error: Exception) -> None:
        from bankview.sentences import say  # noqa: PLC0415 - rarely needed

        self.tell(str(say(error)))

    def _toggle_mask(self) -> None:
        self._telling.masked = self.act["hide"].isChecked()
        self.bar.show_masked(masked=self.masked)
        if self._facts:
            self._show(self._facts, self._question(), reset=False)
        self._on_selection()

    def _find(self) -> None:
        if not self.room.has_rows:
            self.sidebar.choose(("all", None))
        self.transactions.begin_search()

    def _go_to(self) -> None:
        """Offer accounts, pages and every command by name."""
        from bankview.ui.windows.palette import Entry, Palette  # noqa: PLC0415 - when it is asked for

        facts, choose = self._facts, self.sidebar.choose
        entries = [
            Entry(page.text, "", page.picture, partial(choose, ("page", page.name)))
            for page in (rows() if self.connections else ())
        ]
        for account in facts.accounts if facts else ():
            number = account.number or account.iban
            run = partial(choose, ("account", account.id))
            entries.append(Entry(account.label, number, "bank", run))
        for name, action in self.act.items():
            if action.isEnabled() and name != "go":
                keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
                picture = action.property("picture") or ""
                entries.append(
                    Entry(action.text().replace("&&", "&"), keys, picture, action.trigger)
                )
        entries += [Entry(text, name, "", run) for text, name, run in self.sidebar.commands()]
        Palette(entries, self.window).open()

    def _capture(self) -> None:
        """Save what the chosen bank answers, or the only one; the person sends it where they like."""
        kind, which = self._choice()
        account = self._facts.account(which) if self._facts and isinstance(which, int) else None
        live = [one.id for one in self._facts.live] if self._facts else []
        chosen = account.connection_id if account else which if kind == "bank" else None
        found = chosen or (live[0] if len(live) == 1 else None)
        if found:
            self.account_asked.emit("capture", found)
        else:
            self.tell(tr("Choose a bank in the list first."))

    def _show_stored(self) -> None:
        from bankview.ui.windows.stored import StoredWhere  # noqa: PLC0415 - rarely needed

        if self.home:
            StoredWhere(self._worker, self.home, self.window).open()

    def _show_sync_log(self) -> None:
        from bankview.ui.windows.sync_log import SyncLog  # noqa: PLC0415 - rarely needed

        if self.home:
            SyncLog(self._worker, self.home, self.window).show()

    def _show_keys(self) -> None:
        from bankview.ui.windows.shortcuts import Shortcuts  # noqa: PLC0415 - rarely needed

        Shortcuts(self.act.values(), self.window).open()
