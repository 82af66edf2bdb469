"""The connect dialog's last page: the accounts that were found, to tick and to rename."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFormLayout,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from bankview.ui.colours import colours
from bankview.ui.measures import S2, S3, S4, S5, Type, figures, font, measures
from bankview.ui.sign_in import Choice, Found
from bankview.ui.widgets.box import Box
from bankview.ui.widgets.text import Text
from bankview.words import amount_text, granted_less, long_day_text, tr, tr_n

if TYPE_CHECKING:
    from bankview.banks import Bank
    from bankview.domain.account import Account

_ACCOUNT = Qt.ItemDataRole.UserRole
_Trigger = QAbstractItemView.EditTrigger
#: Rows that are shown without scrolling.
_ROWS = 5


class AccountsPage(QWidget):
    """Ticked accounts are shown, the others become hidden ones."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._title = Text("", Type.TITLE)
        self._facts = QFormLayout()
        self.list = self._make_list()
        column = QVBoxLayout(self)
        column.setContentsMargins(S5, S2, S5, S3)
        column.setSpacing(S2)
        column.addWidget(self._title)
        words = tr("Choose what Bankview shows. Double-click a name to change it.")
        column.addWidget(Text(words, role="second", wrap=True))
        column.addSpacing(S2)
        column.addWidget(Box(self.list))
        column.addSpacing(S3)
        self._facts.setHorizontalSpacing(S5)
        self._facts.setVerticalSpacing(S2 + 2)
        column.addLayout(self._facts)
        column.addStretch(1)

    @property
    def ticked(self) -> int:
        """How many accounts are to be shown."""
        return sum(1 for item in self._items() if item.checkState(0) == Qt.CheckState.Checked)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What the person wants of each account."""
        return tuple(map(_choice, self._items()))

    def fill(self, bank: Bank, found: Found, lacking: tuple[str, ...] = ()) -> None:
        """List what was found; `lacking` is what was asked for in detail and not granted."""
        count = len(found.accounts)
        self._title.setText(tr_n("1 account found", "{n} accounts found", count))
        self.list.clear()
        for account in found.accounts:
            self.list.addTopLevelItem(_item(account))
        row = measures(self).found
        self.list.setFixedHeight(row * min(max(count, 1), _ROWS) + 2)
        while self._facts.rowCount():
            self._facts.removeRow(0)
        for label, words in _facts(bank, found):
            self._facts.addRow(Text(label, role="second"), Text(words, wrap=True))
        if lacking:
            less = Text(granted_less(lacking), wrap=True)
            less.setObjectName("granted-less")
            self._facts.addRow(Text(tr("Permission"), role="second"), less)
        self.changed.emit()

    def _items(self) -> tuple[QTreeWidgetItem, ...]:
        found = (self.list.topLevelItem(row) for row in range(self.list.topLevelItemCount()))
        return tuple(item for item in found if item)

    def _make_list(self) -> QTreeWidget:
        view = QTreeWidget()
        view.setObjectName("accounts-found")
        view.setAccessibleName(tr("Accounts found"))
        view.setColumnCount(3)
        view.setHeaderHidden(True)
        view.setRootIsDecorated(False)
        view.setAllColumnsShowFocus(True)
        view.setFrameShape(QTreeWidget.Shape.NoFrame)
        view.setEditTriggers(_Trigger.DoubleClicked | _Trigger.EditKeyPressed)
        view.setItemDelegate(AccountDelegate(view))
        header = view.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        view.itemChanged.connect(lambda *_: self.changed.emit())
        return view


class AccountDelegate(QStyledItemDelegate):
    """Draws an account: box and name, number, balance with its currency small before it."""

    def sizeHint(self, option: Any, index: Any) -> QSize:
        """Return room for the widest text."""
        measure = measures(option.font)
        words = f"{index.data()}  {_currency(index)}"
        width = QFontMetrics(figures(option.font, Type.STRONG)).horizontalAdvance(words)
        return QSize(width + 2 * S4, measure.found)

    def paint(self, painter: QPainter, option: Any, index: Any) -> None:
        """Draw one cell."""
        found, place = colours(option.palette), QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(place, found.selected_row)
        if index.row():
            painter.fillRect(QRectF(place.left(), place.top(), place.width(), 1), found.hairline)
        on = index.siblingAtColumn(0).data(Qt.ItemDataRole.CheckStateRole)
        ticked = Qt.CheckState(on) == Qt.CheckState.Checked
        painter.setPen(found.on_selected if selected else found.text if ticked else found.second)
        (self._paint_name, self._paint_number, self._paint_balance)[index.column()](
            painter, option, index
        )
        painter.restore()

    def updateEditorGeometry(self, editor: QWidget, option: Any, index: Any) -> None:
        """Lay the field over the name alone."""
        place = self._name_place(option)
        editor.setGeometry(place.adjusted(-S2, S2 - 2, 0, 2 - S2))
        del index

    def editorEvent(self, event: Any, model: Any, option: Any, index: Any) -> bool:
        """Let the box be ticked where it is drawn."""
        if index.column() == 0:
            option.rect = self._box_place(option).adjusted(-S2, -S2, S2, S2)
        return super().editorEvent(event, model, option, index)

    def _box_place(self, option: Any) -> QRect:
        side = measures(option.font).icon
        top = option.rect.center().y() - side // 2 + 1
        return QRect(option.rect.left() + S4, top, side, side)

    def _name_place(self, option: Any) -> QRect:
        place = QRect(option.rect)
        place.setLeft(self._box_place(option).right() + S3)
        return place

    def _paint_name(self, painter: QPainter, option: Any, index: Any) -> None:
        box = QStyleOptionButton()
        box.rect = self._box_place(option)
        box.palette = option.palette
        ticked = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole))
        on = ticked == Qt.CheckState.Checked
        box.state = QStyle.StateFlag.State_Enabled | (
            QStyle.StateFlag.State_On if on else QStyle.StateFlag.State_Off
        )
        pen = painter.pen()
        option.widget.style().drawPrimitive(
            QStyle.PrimitiveElement.PE_IndicatorItemViewItemCheck, box, painter, option.widget
        )
        painter.setPen(pen)
        made = font(option.font, Type.BUTTON if on else Type.BODY)
        painter.setFont(made)
        place = self._name_place(option)
        name = QFontMetrics(made).elidedText(
            index.data(), Qt.TextElideMode.ElideRight, place.width()
        )
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_number(self, painter: QPainter, option: Any, index: Any) -> None:
        painter.setPen(colours(option.palette).second)
        painter.setFont(figures(option.font, Type.SMALL))
        painter.drawText(option.rect, Qt.AlignmentFlag.AlignVCenter, index.data())

    def _paint_balance(self, painter: QPainter, option: Any, index: Any) -> None:
        ticked = Qt.CheckState(index.siblingAtColumn(0).data(Qt.ItemDataRole.CheckStateRole))
        shown = ticked == Qt.CheckState.Checked
        strong = figures(option.font, Type.STRONG if shown else Type.BODY)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        place = option.rect.adjusted(0, 0, -S4, 0)
        painter.setFont(strong)
        painter.drawText(place, right, index.data())
        width = QFontMetrics(strong).horizontalAdvance(index.data())
        painter.setFont(font(option.font, Type.TINY))
        painter.setPen(colours(option.palette).second)
        painter.drawText(place.adjusted(0, 0, -width - 5, 0), right, _currency(index))


def number_text(account: Account) -> str:
    """Return an account's number in the groups that people read it in."""
    number = account.number or account.iban
    if len(number) == 11 and number.isdigit():
        return f"{number[:4]} {number[4:6]} {number[6:]}"
    return number


def _currency(index: Any) -> str:
    account = index.siblingAtColumn(0).data(_ACCOUNT)
    return account.currency if index.column() == 2 else ""


def _item(account: Account) -> QTreeWidgetItem:
    balance = amount_text(account.balance) if account.balance else ""
    item = QTreeWidgetItem([account.label, number_text(account), balance])
    item.setData(0, _ACCOUNT, account)
    shown = Qt.CheckState.Unchecked if account.hidden else Qt.CheckState.Checked
    item.setCheckState(0, shown)
    item.setFlags(
        Qt.ItemFlag.ItemIsEnabled
        | Qt.ItemFlag.ItemIsSelectable
        | Qt.ItemFlag.ItemIsUserCheckable
        | Qt.ItemFlag.ItemIsEditable
    )
    return item


def _choice(item: QTreeWidgetItem) -> Choice:
    account = item.data(0, _ACCOUNT)
    name = item.text(0).strip()
    own = "" if name == account.name else name
    return Choice(account.id, own, item.checkState(0) != Qt.CheckState.Checked)


def _facts(bank: Bank, found: Found) -> tuple[tuple[str, str], ...]:
    ends, daily = found.connection.consent_ends, bank.unattended_per_day
    access = tr("Until you end it.")
    if ends:
        day = long_day_text(ends.astimezone().date())
        access = tr("Ends on {day}. You are told seven days ahead.", day=day)
    updates = tr("By itself, and whenever you ask.")
    if daily:
        updates = tr_n(
            "By itself once a day, and whenever you ask.",
            "By itself up to {n} times a day, and whenever you ask.",
            daily,
        )
    return (
        (tr("History"), tr("As far back as the bank allows.")),
        (tr("Access"), access),
        (tr("Updates"), updates),
    )
