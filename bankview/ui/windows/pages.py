"""The pages of the centre besides the transactions; each is made when it is first shown."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from PySide6.QtCore import QObject, Signal

from bankview.ui.widgets.sidebar_rows import PageRow
from bankview.words import tr

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance
    from PySide6.QtWidgets import QStackedWidget, QWidget

    from bankview.sync.home import Home
    from bankview.ui.facts import Facts
    from bankview.ui.widgets.empty import FirstRun
    from bankview.ui.widgets.notice import Notice
    from bankview.ui.windows.explorer import Explorer
    from bankview.ui.windows.overview import Overview
    from bankview.ui.worker import Worker


#: The page that lists what needs the person, so that no bar says it above.
OVERVIEW = "overview"


class Page(Protocol):
    """A page that the sidebar names. It reads the ledger in the worker, and asks for rows in the search language."""

    rows_asked: SignalInstance
    failed: SignalInstance

    def refresh(self, facts: Facts, masked: bool) -> None:
        """Show what the ledger holds now."""


def rows() -> tuple[PageRow, ...]:
    """Return the pages that the sidebar names; each is a module beside this one, and its class in there."""
    return (
        PageRow(OVERVIEW, tr("Overview"), "chart"),
        PageRow("charts", tr("Charts"), "trend"),
        PageRow("recurring", tr("Recurring"), "calendar"),
    )


class Pages(QObject):
    """Finds the page for what is chosen. `explored` is the connection whose answers a person wants to see."""

    connect_bank = Signal()
    demo_asked = Signal()
    file_asked = Signal()
    saving = Signal(bytes, str)
    rows_asked = Signal(str)
    failed = Signal(object)
    #: The id of a notice whose button was pressed on a page.
    acted = Signal(str)
    explored = ""

    def __init__(self, stack: QStackedWidget, worker: Worker, home: Home) -> None:
        super().__init__(stack)
        self._stack, self._worker, self._home = stack, worker, home
        self._made: dict[str, Page] = {}
        self._notices: tuple[Notice, ...] = ()

    def page(
        self, facts: Facts, choice: tuple[str, object], *, masked: bool, empty: bool
    ) -> QWidget | None:
        """Return the page to show, None for the transactions. An `empty` bank, with no accounts, shows its answers."""
        if not facts.connections:
            return self.empty
        kind, which = choice
        if kind == "page":
            return self._named(str(which), facts, masked=masked)
        bank = self.explored or (which if kind == "bank" and empty else "")
        found = next((c for c in facts.connections if c.id == bank), None)
        if found:
            self.explorer.show_bank(self._home, found.id, found.name)
            self.explorer.set_masked(masked=masked)
        return self.explorer if found else None

    def attend(self, notices: tuple[Notice, ...]) -> None:
        """Let the overview list what needs the person."""
        self._notices = notices
        if OVERVIEW in self._made:
            cast("Overview", self._made[OVERVIEW]).attend(notices)

    def _named(self, name: str, facts: Facts, *, masked: bool) -> QWidget:
        if name not in self._made:
            module = import_module(f"bankview.ui.windows.{name}")
            page = getattr(module, name.capitalize())(self._worker, self._home)
            self._made[name] = cast("Page", page)
            page.rows_asked.connect(self.rows_asked)
            page.failed.connect(self.failed)
            if name == OVERVIEW:
                page.acted.connect(self.acted)
                page.attend(self._notices)
            self._stack.addWidget(page)
        self._made[name].refresh(facts, masked)
        return cast("QWidget", self._made[name])

    @cached_property
    def empty(self) -> FirstRun:
        """The page while no bank is connected."""
        from bankview.ui.widgets.empty import FirstRun  # noqa: PLC0415 - who has a bank needs it never

        page = FirstRun(self._home.secrets.label)
        page.connect_asked.connect(self.connect_bank)
        page.demo_asked.connect(self.demo_asked)
        page.open_asked.connect(self.file_asked)
        self._stack.addWidget(page)
        return page

    @cached_property
    def explorer(self) -> Explorer:
        """The page of a bank that has no accounts, or whose answers the person wants to see."""
        from bankview.ui.windows.explorer import Explorer  # noqa: PLC0415 - rarely needed

        page = Explorer(self._worker)
        page.saving.connect(self.saving)
        self._stack.addWidget(page)
        return page
