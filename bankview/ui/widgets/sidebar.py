"""The sidebar: all accounts, banks with their state, accounts with their balance, and what can be done with each."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

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
from bankview.ui.widgets.sidebar_rows import KIND, VALUE, PageRow, Shown, SidebarRows
from bankview.ui.widgets.text import Hairline, Text
from bankview.words import amount_text, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bankview.domain.account import Account
    from bankview.domain.connection import Connection


#: Rows that are no place to go to.
UNCHOSEN = frozenset({"hidden", "heading"})
#: Minor units from which sums are written small, to have room.
LONG = 10**11
#: Letters of a row's name in a menu.
NAMED = 40


class _Row(NamedTuple):
    """What a row is, what is known of it, and what it is called."""

    kind: str
    value: Any
    text: str

    @property
    def place(self) -> tuple[str, object]:
        """What the row is for, whatever is known of it."""
        if self.kind == "account":
            return self.kind, self.value[0].id
        if self.kind in {"page", "saved"}:
            return self.kind, self.value.name
        return self.kind, self.value.id if self.kind == "bank" else None

    def item(self) -> QStandardItem:
        item = QStandardItem(self.text)
        item.setData(self.kind, KIND)
        item.setData(self.value, VALUE)
        item.setSelectable(self.kind not in UNCHOSEN)
        return item


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
        self._model, self._rows = QStandardItemModel(self.tree), list[_Row]()
        self.tree.setModel(self._model)
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
        aged = before is None or _common(before) != _common(shown)
        if before is None or replace(before, now=shown.now) != shown:
            rows = list(self._listed(shown)) if shown.connections else []
            if [row.place for row in rows] == [row.place for row in self._rows]:
                self._renew(rows)
            else:
                self._list_anew(rows)
            self.hint.setVisible(not shown.connections)
            self._totals(shown)
        elif not aged:
            return
        self._speak()
        if aged:
            self.tree.viewport().update()

    def _renew(self, rows: list[_Row]) -> None:
        """Write what changed into rows that stay where they are."""
        for place, (old, new) in enumerate(zip(self._rows, rows, strict=True)):
            if old != new:
                self._model.item(place).setText(new.text)
                self._model.item(place).setData(new.value, VALUE)
        self._rows = rows

    def _list_anew(self, rows: list[_Row]) -> None:
        chosen, bar = self.choice(), self.tree.verticalScrollBar()
        scrolled = bar.value()
        self.tree.selectionModel().blockSignals(True)
        self._model.clear()
        self._rows = rows
        for row in rows:
            self._model.appendRow(row.item())
        self._fold()
        self._restore(chosen)
        self.tree.selectionModel().blockSignals(False)
        self.tree.doItemsLayout()
        bar.setValue(scrolled)

    def _listed(self, shown: Shown) -> Iterator[_Row]:
        visible = sum(not account.hidden for account in shown.accounts)
        pages = [_Row("page", page, page.text) for page in self._pages]
        yield from pages[:1]
        yield _Row("all", (tr("All accounts"), visible), tr("All accounts"))
        yield from pages[1:]
        yield from _banks(shown)
        if shown.saved:
            yield _Row("heading", tr("Saved searches"), tr("Saved searches"))
        for search in shown.saved:
            yield _Row("saved", search, search.name)

    def _fold(self) -> None:
        for place, row in enumerate(self._rows):
            if row.kind == "account" and row.value[0].hidden:
                self.tree.setRowHidden(place, QModelIndex(), not self._open_hidden)

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
        row = self._row(self.tree.currentIndex())
        return row.place if row else None

    def _row(self, index: QModelIndex) -> _Row | None:
        return self._rows[index.row()] if index.isValid() else None

    def _speak(self) -> None:
        """Let every row say what is painted in it."""
        for place in range(len(self._rows)):
            said = self._delegate.spoken(self._model.index(place, 0))
            self._model.item(place).setData(said, Qt.ItemDataRole.AccessibleTextRole)

    def choose(self, choice: tuple[str, object]) -> None:
        """Select a row, as a click would."""
        for place, row in enumerate(self._rows):
            if row.place == choice:
                self.tree.setCurrentIndex(self._model.index(place, 0))

    def _restore(self, choice: tuple[str, object] | None) -> None:
        self.choose(choice or ("all", None))
        if not self.tree.currentIndex().isValid():
            self.choose(("all", None))

    def _on_current(self, index: QModelIndex) -> None:
        row = self._row(index)
        if row and row.kind not in UNCHOSEN:
            self.selected.emit(self.account_ids())

    def _on_clicked(self, index: QModelIndex) -> None:
        row = self._row(index)
        if row and row.kind == "hidden":
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
        row = self._row(self.tree.currentIndex() if index is None else index)
        menu.clear()
        for text, run in self._commands(row):
            menu.addAction(text, run)
        menu.setTitle(literal(shorten(row.text, NAMED)) if row else "")
        menu.menuAction().setVisible(not menu.isEmpty())
        return not menu.isEmpty()

    def commands(self) -> list[tuple[str, str, Callable[[], None]]]:
        """Return what can be done with each bank and with the chosen row: words, the row's name, how to do it."""
        chosen = self._row(self.tree.currentIndex())
        return [
            (text, row.text, run)
            for row in self._rows
            if row.kind == "bank" or row is chosen
            for text, run in self._commands(row)
        ]

    def _commands(self, row: _Row | None) -> list[tuple[str, Callable[[], None]]]:
        if row and row.kind == "saved":
            named = (("rename", tr("Rename…")), ("forget", tr("Delete")))
            ask = self.search_asked.emit
            return [(text, partial(ask, name, row.value)) for name, text in named]
        if not row or row.kind not in {"bank", "account"}:
            return []
        which = row.place[1]
        return [(text, partial(self.asked.emit, name, which)) for name, text in _actions(row)]


def _actions(row: _Row) -> list[tuple[str, str]]:
    if row.kind == "bank":
        if row.value.state is State.FILES:
            return [("keep", tr("New account kept by hand…")), ("about", tr("Details…"))]
        return [
            ("update", tr("Update")),
            ("about", tr("Details…")),
            ("explore", tr("Explore the API…")),
            ("capture", tr("Save what it answers, made anonymous…")),
            ("sign_in", tr("Sign in again…")),
            ("disconnect", tr("Disconnect…")),
        ]
    account, _, covered = row.value
    hidden = account.hidden
    kept = [("row", tr("New transaction…")), ("change", tr("Change…"))] if account.opened else []
    funds = [("funds", tr("Is an amount covered?…"))] if covered else []
    return [
        *kept,
        ("about", tr("Details…")),
        *funds,
        ("rename", tr("Rename…")),
        ("show", tr("Show in the list")) if hidden else ("hide", tr("Hide from the list")),
        ("up", tr("Move up")),
        ("down", tr("Move down")),
    ]


def _banks(shown: Shown) -> Iterator[_Row]:
    """Yield the banks, each before its accounts, and then what is hidden."""
    for connection in shown.connections:
        mine = [a for a in shown.accounts if a.connection_id == connection.id]
        if not mine or any(not account.hidden for account in mine):
            yield _Row("bank", connection, connection.name)
        for account in mine:
            if not account.hidden:
                yield _account(account, connection, shown)
    hidden = [account for account in shown.accounts if account.hidden]
    if hidden:
        yield _Row("hidden", len(hidden), tr("Hidden"))
        by_id = {connection.id: connection for connection in shown.connections}
        for account in hidden:
            yield _account(account, by_id.get(account.connection_id), shown)


def _account(account: Account, connection: Connection | None, shown: Shown) -> _Row:
    covered = account.connection_id in shown.funds
    return _Row("account", (account, connection, covered), account.label)


def _common(shown: Shown) -> tuple[object, ...]:
    """Return what the look of all rows depends on; ages and times of day are told to the minute."""
    return shown.masked, shown.main_currency, shown.now.replace(second=0, microsecond=0)
