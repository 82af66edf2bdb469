"""The sidebar: all accounts, banks with their state, accounts with their balance, and what can be done with each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from bankview.domain.connection import State
from bankview.domain.money import Money
from bankview.ui.colours import Colours, colours
from bankview.ui.icons import icon, paint_icon, paint_monogram
from bankview.ui.measures import S1, S2, S3, S4, S5, Type, figures, font, measures
from bankview.ui.models.transactions import MASK
from bankview.ui.widgets.text import Text
from bankview.words import amount_text, time_text, tr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bankview.domain.account import Account
    from bankview.domain.connection import Connection

KIND = Qt.ItemDataRole.UserRole
VALUE = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex
#: Days before the end of a consent on which the sidebar says so.
SOON = 7


@dataclass(frozen=True, slots=True)
class Shown:
    """What the sidebar shows: facts of the ledger, and how to show them."""

    connections: Sequence[Connection]
    accounts: Sequence[Account]
    now: datetime
    masked: bool = False

    @property
    def main_currency(self) -> str:
        """The currency of most accounts; the others carry their code."""
        currencies = [account.currency for account in self.accounts]
        return max(set(currencies), key=currencies.count) if currencies else ""


class Sidebar(QWidget):
    """Emits what was chosen: `selected(account ids or None)`, and what a menu asks for."""

    selected = Signal(object)
    connect_bank = Signal()
    #: What to do ("rename", "hide", "show", "up", "down", "update", "sign_in", "disconnect") and with which id.
    asked = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self._shown: Shown | None = None
        self.tree = QTreeView()
        self.tree.setObjectName("accounts")
        self.tree.setAccessibleName(tr("Accounts"))
        self.tree.setModel(QStandardItemModel(self.tree))
        self._delegate = _Delegate(self.tree)
        self.tree.setItemDelegate(self._delegate)
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setIndentation(0)
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.tree.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._menu)
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
        layout.setContentsMargins(0, S2, 0, S2)
        layout.setSpacing(0)
        layout.addWidget(self.hint)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self.totals)
        row = QHBoxLayout()
        row.setContentsMargins(S2, S1, S2, S1)
        row.addWidget(self.add)
        row.addStretch()
        layout.addLayout(row)
        self.tree.selectionModel().currentChanged.connect(self._on_current)
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
        self._shown = self._delegate.shown = shown
        chosen = self.choice()
        model = self.tree.model()
        assert isinstance(model, QStandardItemModel)
        self.tree.selectionModel().blockSignals(True)
        model.clear()
        visible = [account for account in shown.accounts if not account.hidden]
        if shown.connections:
            model.appendRow(_item("all", (tr("All accounts"), len(visible)), tr("All accounts")))
        for connection in shown.connections:
            mine = [account for account in visible if account.connection_id == connection.id]
            hidden = [a for a in shown.accounts if a.connection_id == connection.id and a.hidden]
            if mine or not hidden:
                model.appendRow(_item("bank", connection, connection.name))
            for account in mine:
                model.appendRow(_item("account", (account, connection), account.label))
        hidden = [account for account in shown.accounts if account.hidden]
        if hidden:
            model.appendRow(_item("hidden", len(hidden), tr("Hidden")))
            by_id = {connection.id: connection for connection in shown.connections}
            for account in hidden:
                model.appendRow(
                    _item("account", (account, by_id.get(account.connection_id)), account.label)
                )
        self.hint.setVisible(not shown.connections)
        self._fold()
        self._restore(chosen)
        self.tree.selectionModel().blockSignals(False)
        self._totals(shown)
        self.tree.viewport().update()

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
        self.totals.setText(f"<table width='100%'>{''.join(lines)}</table>")
        self.totals.setVisible(bool(lines))

    def choice(self) -> tuple[str, object] | None:
        """Return what is selected: ("all", None), ("bank", id) or ("account", id)."""
        index = self.tree.currentIndex()
        return _choice(index) if index.isValid() else None

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
        if index.isValid() and index.data(KIND) != "hidden":
            self.selected.emit(self.account_ids())

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.data(KIND) == "hidden":
            self._open_hidden = not self._open_hidden
            self._fold()

    def account_ids(self) -> tuple[int, ...] | None:
        """Return the accounts that are selected; None for all that are not hidden."""
        choice = self.choice()
        if choice is None or choice[0] in {"all", "hidden"} or self._shown is None:
            return None
        if choice[0] == "account":
            return (choice[1],)  # type: ignore[return-value]
        return tuple(
            a.id for a in self._shown.accounts if a.connection_id == choice[1] and not a.hidden
        )

    def _menu(self, place: QPoint) -> None:
        index = self.tree.indexAt(place)
        if not index.isValid() or index.data(KIND) in {"all", "hidden"}:
            return
        menu = QMenu(self)
        for name, text in _actions(index):
            action = QAction(text, menu)
            action.triggered.connect(
                lambda _=False, name=name: self.asked.emit(name, _choice(index)[1])
            )
            menu.addAction(action)
        menu.popup(self.tree.viewport().mapToGlobal(place))


def _actions(index: QModelIndex) -> list[tuple[str, str]]:
    if index.data(KIND) == "bank":
        return [
            ("update", tr("Update")),
            ("sign_in", tr("Sign in again…")),
            ("disconnect", tr("Disconnect…")),
        ]
    hidden = index.data(VALUE)[0].hidden
    return [
        ("rename", tr("Rename…")),
        ("show", tr("Show in the list")) if hidden else ("hide", tr("Hide from the list")),
        ("up", tr("Move up")),
        ("down", tr("Move down")),
    ]


def _choice(index: Index) -> tuple[str, object]:
    kind, value = index.data(KIND), index.data(VALUE)
    if kind == "account":
        return kind, value[0].id
    return kind, value.id if kind == "bank" else None


def _item(kind: str, value: Any, spoken: str) -> QStandardItem:
    item = QStandardItem(spoken)
    item.setData(kind, KIND)
    item.setData(value, VALUE)
    item.setSelectable(kind != "hidden")
    return item


class _Delegate(QStyledItemDelegate):
    """Paints one row: what it is on the left, its balance or state on the right."""

    shown: Shown | None = None

    def sizeHint(self, _: QStyleOptionViewItem, index: Index) -> QSize:
        heights = measures(self.parent())  # type: ignore[arg-type]
        kind = index.data(KIND)
        if kind == "account":
            return QSize(0, heights.control)
        return QSize(0, heights.dialog_control + (S3 if kind in {"bank", "hidden"} else 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = colours(option.palette)
        box = QRect(option.rect)
        kind = index.data(KIND)
        if kind in {"bank", "hidden"}:
            box.setTop(box.top() + S3)
        if option.state & QStyle.StateFlag.State_Selected:
            self._selection(painter, box, look)
        inner = box.adjusted(S4, 0, -S4, 0)
        getattr(self, f"_{kind}")(painter, inner, index.data(VALUE), look)
        painter.restore()

    def _selection(self, painter: QPainter, box: QRect, look: Colours) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.selected_side)
        painter.drawRoundedRect(box.adjusted(S2, 0, -S2, 0), 6, 6)
        painter.setBrush(look.accent)
        painter.drawRoundedRect(
            QRectF(box.left() + S2, box.top() + 6, 3, box.height() - 12), 1.5, 1.5
        )

    def _write(
        self,
        painter: QPainter,
        box: QRect,
        text: str,
        face: QFont,
        colour: QColor,
        *,
        right: bool = False,
    ) -> int:
        """Write a text elided into its box and return how wide it became."""
        painter.setFont(face)
        painter.setPen(colour)
        metrics = QFontMetrics(face)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, box.width()))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, shown)
        return metrics.horizontalAdvance(shown)

    def _all(self, painter: QPainter, box: QRect, value: tuple[str, int], look: Colours) -> None:
        paint_icon(painter, "stack", look.second, QRectF(box.left(), box.center().y() - 7, 16, 16))
        base = painter.font()
        used = self._write(
            painter, box, str(value[1]), font(base, Type.SMALL), look.second, right=True
        )
        self._write(
            painter,
            box.adjusted(24, 0, -used - S2, 0),
            value[0],
            font(base, Type.BUTTON),
            look.text,
        )

    def _hidden(self, painter: QPainter, box: QRect, value: int, look: Colours) -> None:
        paint_icon(
            painter, "chevron-right", look.second, QRectF(box.left(), box.center().y() - 7, 16, 16)
        )
        base = painter.font()
        self._write(painter, box, str(value), font(base, Type.SMALL), look.second, right=True)
        self._write(painter, box.adjusted(28, 0, -S5, 0), tr("Hidden"), base, look.second)

    def _bank(self, painter: QPainter, box: QRect, value: Connection, look: Colours) -> None:
        base = painter.font()
        paint_monogram(
            painter,
            QRectF(box.left(), box.center().y() - 9, 20, 20),
            value.bank_id,
            value.name,
            base,
        )
        text, sign, colour = self._state(value, look)
        used = (
            self._write(painter, box, text, font(base, Type.SMALL), colour, right=True)
            if text
            else 0
        )
        if sign:
            place = QRectF(box.right() - used - 18, box.center().y() - 6, 14, 14)
            paint_icon(painter, sign, colour, place)
            used += 18
        self._write(
            painter,
            box.adjusted(28, 0, -used - S2, 0),
            value.name,
            font(base, Type.SMALL_STRONG),
            look.text,
        )

    def _state(self, connection: Connection, look: Colours) -> tuple[str, str, QColor]:
        now = self.shown.now if self.shown else None
        if connection.state is State.SIGN_IN:
            return tr("Sign in again"), "warning", look.attention
        if connection.state is State.DISCONNECTED:
            return tr("Disconnected"), "", look.second
        days = (connection.consent_ends - now).days if connection.consent_ends and now else SOON + 1
        if days < 0:
            return tr("Sign in again"), "warning", look.attention
        if days <= SOON:
            return tr("{days} days left", days=days), "clock", look.soon
        last = connection.last_success
        return (time_text(last, now=now) if last and now else ""), "", look.second

    def _account(
        self, painter: QPainter, box: QRect, value: tuple[Account, Connection | None], look: Colours
    ) -> None:
        account, connection = value
        base = painter.font()
        behind = connection is None or connection.state is not State.OK
        colour = look.second if behind else look.text
        masked = self.shown is not None and self.shown.masked
        text = "" if account.balance is None else MASK if masked else amount_text(account.balance)
        face = figures(base, Type.STRONG if account.unread else Type.BODY)
        used = self._write(painter, box, text, face, colour, right=True)
        if self.shown and account.currency != self.shown.main_currency and text:
            used += S1 + self._write(
                painter,
                box.adjusted(0, 0, -used - S1, 0),
                account.currency,
                font(base, Type.TINY),
                look.second,
                right=True,
            )
        name = font(base, Type.STRONG if account.unread else Type.BODY)
        left = box.adjusted(28, 0, -used - S3, 0)
        width = self._write(painter, left, account.label, name, colour)
        if account.unread:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.accent)
            painter.drawEllipse(QRectF(left.left() + width + S2, box.center().y() - 2, 6, 6))
