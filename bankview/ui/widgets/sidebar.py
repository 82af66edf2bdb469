"""The sidebar: all accounts, banks with their state, accounts with their balance, and what can be done with each."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from bankview.domain.connection import State
from bankview.domain.money import Money
from bankview.ui.colours import colours
from bankview.ui.icons import icon
from bankview.ui.measures import S2, S3, S4, Type, font
from bankview.ui.models.transactions import MASK
from bankview.ui.plain import literal, shorten
from bankview.ui.widgets.choosing import follow_selection
from bankview.ui.widgets.sidebar_rows import KIND, VALUE, Index, PageRow, Shown, SidebarRows
from bankview.ui.widgets.text import Hairline, Text
from bankview.words import amount_text, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bankview.domain.account import Account
    from bankview.domain.connection import Connection


#: Rows that are no place to go to.
UNCHOSEN = frozenset({"hidden", "heading"})
#: Minor units from which sums are written small, to have room.
LONG = 10**11
#: Letters of a row's name in a menu.
NAMED = 40


class Sidebar(QWidget):
    """Emits what was chosen: `selected(account ids or None)`, and what a menu asks for."""

    selected = Signal(object)
    connect_bank = Signal()
    #: What to do (the first words of `_actions`), and with which id.
    asked = Signal(str, object)
    #: What to do with a saved search: `rename` or `forget`, and which.
    search_asked = Signal(str, object)

    def __init__(self, pages: Sequence[PageRow] = ()) -> None:
        """`pages` stand around "All accounts", the first of them above it."""
        super().__init__()
        self._pages = pages
        self._shown: Shown | None = None
        self.tree = QTreeView()
        self.tree.setObjectName("accounts")
        self.tree.setAccessibleName(tr("Accounts"))
        self.tree.setModel(QStandardItemModel(self.tree))
        self._delegate = SidebarRows(self.tree)
        self.tree.setItemDelegate(self._delegate)
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setIndentation(0)
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.tree.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # It takes the rows' right margin, so that they stay where they are as it comes and goes.
        self.tree.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._menu)
        self._context = QMenu(self)
        self.tree.viewport().setAutoFillBackground(False)
        self.hint = Text(
            tr("Your banks and accounts will be listed here."), Type.SMALL, "second", wrap=True
        )
        self.hint.setContentsMargins(S4, S4, S4, 0)
        self.hint.hide()
        self.totals = QLabel()
        self.totals.setObjectName("totals")
        self.totals.setTextFormat(Qt.TextFormat.RichText)
        self.totals.setContentsMargins(S4, S2, S4, S3)
        self.add = QPushButton(tr("Connect a bank…"))
        self.add.setObjectName("connect")
        self.add.setFlat(True)
        self.add.clicked.connect(self.connect_bank)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, S2, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.hint)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self.totals)
        layout.addWidget(Hairline("edge"))
        row = QHBoxLayout()
        # With the button's own room, its picture stands under those of the rows.
        row.setContentsMargins(1, S2, S2, S2)
        row.addWidget(self.add)
        row.addStretch()
        layout.addLayout(row)
        self.tree.selectionModel().currentChanged.connect(self._on_current)
        follow_selection(self.tree)
        self.tree.clicked.connect(self._on_clicked)
        self._dress()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()
            if self._shown:
                self._totals(self._shown)
        super().changeEvent(event)

    def _dress(self) -> None:
        self.add.setIcon(icon("plus", self.palette()))
        ground = self.tree.palette()
        ground.setColor(ground.ColorRole.Base, colours(self.palette()).window)
        if self.tree.palette() != ground:
            self.tree.setPalette(ground)

    def show_facts(self, shown: Shown) -> None:
        """Show these banks and accounts; what was selected stays so."""
        before, self._shown, self._delegate.shown = self._shown, shown, shown
        if before and replace(before, now=shown.now) == shown:
            self._age(before.now, shown.now)
            return
        chosen = self.choice()
        self.tree.selectionModel().blockSignals(True)
        model = self.tree.model()
        assert isinstance(model, QStandardItemModel)
        model.clear()
        if shown.connections:
            self._add_pages(shown)
            self._add_banks(shown)
            self._add_saved(shown)
        self.hint.setVisible(not shown.connections)
        self._fold()
        self._restore(chosen)
        self.tree.selectionModel().blockSignals(False)
        self._totals(shown)
        self._speak()
        self.tree.viewport().update()

    def _add_pages(self, shown: Shown) -> None:
        visible = sum(not account.hidden for account in shown.accounts)
        every = _item("all", (tr("All accounts"), visible), tr("All accounts"))
        pages = [_item("page", page, page.text) for page in self._pages]
        for item in (*pages[:1], every, *pages[1:]):
            self._add(item)

    def _add_banks(self, shown: Shown) -> None:
        for connection in shown.connections:
            mine = [a for a in shown.accounts if a.connection_id == connection.id]
            if not mine or any(not account.hidden for account in mine):
                self._add(_item("bank", connection, connection.name))
            for account in mine:
                if not account.hidden:
                    self._add(self._account(account, connection))
        hidden = [account for account in shown.accounts if account.hidden]
        if hidden:
            self._add(_item("hidden", len(hidden), tr("Hidden")))
            by_id = {connection.id: connection for connection in shown.connections}
            for account in hidden:
                self._add(self._account(account, by_id.get(account.connection_id)))

    def _add_saved(self, shown: Shown) -> None:
        if shown.saved:
            self._add(_item("heading", tr("Saved searches"), tr("Saved searches")))
        for search in shown.saved:
            self._add(_item("saved", search, search.name))

    def _add(self, item: QStandardItem) -> None:
        model = self.tree.model()
        assert isinstance(model, QStandardItemModel)
        model.appendRow(item)

    def _account(self, account: Account, connection: Connection | None) -> QStandardItem:
        covered = self._shown is not None and account.connection_id in self._shown.funds
        return _item("account", (account, connection, covered), account.label)

    def _fold(self) -> None:
        model = self.tree.model()
        for row in range(model.rowCount()):
            index = model.index(row, 0)
            if index.data(KIND) == "account" and index.data(VALUE)[0].hidden:
                self.tree.setRowHidden(row, QModelIndex(), not self._open_hidden)

    _open_hidden = False

    def _totals(self, shown: Shown) -> None:
        """Add up per currency; hiding an account from the list does not change what one has."""
        sums: dict[str, int] = {}
        for account in shown.accounts:
            if account.balance:
                sums[account.currency] = sums.get(account.currency, 0) + account.balance.minor
        second = colours(self.palette()).second.name()
        lines = [
            f"<tr><td style='color:{second}'>{tr('Total') if not place else ''}</td>"
            f"<td align='right' width='100%'><span style='color:{second}'>{currency}</span>"
            f" <b>{MASK if shown.masked else amount_text(Money(minor, currency))}</b></td></tr>"
            for place, (currency, minor) in enumerate(
                sorted(sums.items(), key=lambda pair: -abs(pair[1]))
            )
        ]
        self.totals.setText(
            f"<table width='100%' cellspacing='0' cellpadding='0'>{''.join(lines)}</table>"
            if lines
            else ""
        )
        small = any(abs(minor) >= LONG for minor in sums.values()) and not shown.masked
        self.totals.setFont(font(self.font(), Type.SMALL if small else Type.BODY))
        self.set_low(low=self._low)

    def set_low(self, *, low: bool) -> None:
        """Leave the totals out where there is no height for them."""
        self._low = low
        self.totals.setVisible(not low and bool(self.totals.text()))

    _low = False

    def choice(self) -> tuple[str, object] | None:
        """Return what is selected: ("all", None), ("page", name), ("saved", name), ("bank", id) or ("account", id)."""
        index = self.tree.currentIndex()
        return _choice(index) if index.isValid() else None

    def _age(self, before: datetime, now: datetime) -> None:
        # Ages and times of day are told to the minute.
        if before.replace(second=0, microsecond=0) != now.replace(second=0, microsecond=0):
            self._speak()
            self.tree.viewport().update()

    def _speak(self) -> None:
        """Let every row say what is painted in it."""
        model = self.tree.model()
        for row in range(model.rowCount()):
            index = model.index(row, 0)
            model.setData(index, self._delegate.spoken(index), Qt.ItemDataRole.AccessibleTextRole)

    def choose(self, choice: tuple[str, object]) -> None:
        """Select a row, as a click would."""
        model = self.tree.model()
        for row in range(model.rowCount()):
            if _choice(model.index(row, 0)) == choice:
                self.tree.setCurrentIndex(model.index(row, 0))

    def _restore(self, choice: tuple[str, object] | None) -> None:
        self.choose(choice or ("all", None))
        if not self.tree.currentIndex().isValid():
            self.choose(("all", None))

    def _on_current(self, index: QModelIndex) -> None:
        if index.isValid() and index.data(KIND) not in UNCHOSEN:
            self.selected.emit(self.account_ids())

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.data(KIND) == "hidden":
            self._open_hidden = not self._open_hidden
            self._fold()

    def account_ids(self) -> tuple[int, ...] | None:
        """Return the accounts that are selected; None for all that are not hidden."""
        choice = self.choice()
        if (
            choice is None
            or choice[0] in UNCHOSEN | {"all", "page", "saved"}
            or self._shown is None
        ):
            return None
        if choice[0] == "account":
            return (choice[1],)  # type: ignore[return-value]
        return tuple(
            a.id for a in self._shown.accounts if a.connection_id == choice[1] and not a.hidden
        )

    def _menu(self, place: QPoint) -> None:
        if self.fill(self._context, self.tree.indexAt(place)):
            self._context.popup(self.tree.viewport().mapToGlobal(place))

    def fill(self, menu: QMenu, index: QModelIndex | None = None) -> bool:
        """Offer in a menu what can be done with a row, usually the chosen one; return whether that is anything."""
        place = self.tree.currentIndex() if index is None else index
        menu.clear()
        for text, run in self._commands(place):
            menu.addAction(text, run)
        menu.setTitle(literal(shorten(_name(place), NAMED)))
        menu.menuAction().setVisible(not menu.isEmpty())
        return not menu.isEmpty()

    def commands(self) -> list[tuple[str, str, Callable[[], None]]]:
        """Return what can be done with each bank and with the chosen row: words, the row's name, how to do it."""
        model, chosen = self.tree.model(), self.tree.currentIndex()
        rows = [model.index(row, 0) for row in range(model.rowCount())]
        return [
            (text, _name(index), run)
            for index in rows
            if index.data(KIND) == "bank" or index == chosen
            for text, run in self._commands(index)
        ]

    def _commands(self, index: QModelIndex) -> list[tuple[str, Callable[[], None]]]:
        kind = index.data(KIND)
        if kind == "saved":
            search = index.data(VALUE)
            named = (("rename", tr("Rename…")), ("forget", tr("Delete")))
            return [(text, partial(self.search_asked.emit, name, search)) for name, text in named]
        if kind not in {"bank", "account"}:
            return []
        which = _choice(index)[1]
        return [(text, partial(self.asked.emit, name, which)) for name, text in _actions(index)]


def _actions(index: QModelIndex) -> list[tuple[str, str]]:
    if index.data(KIND) == "bank":
        if index.data(VALUE).state is State.FILES:
            return [("keep", tr("New account kept by hand…")), ("about", tr("Details…"))]
        return [
            ("update", tr("Update")),
            ("about", tr("Details…")),
            ("explore", tr("Explore the API…")),
            ("capture", tr("Save what it answers, made anonymous…")),
            ("sign_in", tr("Sign in again…")),
            ("disconnect", tr("Disconnect…")),
        ]
    account = index.data(VALUE)[0]
    hidden = account.hidden
    kept = [("row", tr("New transaction…")), ("change", tr("Change…"))] if account.opened else []
    funds = [("funds", tr("Is an amount covered?…"))] if index.data(VALUE)[2] else []
    return [
        *kept,
        ("about", tr("Details…")),
        *funds,
        ("rename", tr("Rename…")),
        ("show", tr("Show in the list")) if hidden else ("hide", tr("Hide from the list")),
        ("up", tr("Move up")),
        ("down", tr("Move down")),
    ]


def _name(index: Index) -> str:
    return str(index.data(Qt.ItemDataRole.DisplayRole) or "")


def _choice(index: Index) -> tuple[str, object]:
    kind, value = index.data(KIND), index.data(VALUE)
    if kind == "account":
        return kind, value[0].id
    if kind in {"page", "saved"}:
        return kind, value.name
    return kind, value.id if kind == "bank" else None


def _item(kind: str, value: Any, spoken: str) -> QStandardItem:
    item = QStandardItem(spoken)
    item.setData(kind, KIND)
    item.setData(value, VALUE)
    item.setSelectable(kind not in UNCHOSEN)
    return item
