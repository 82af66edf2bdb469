"""The transactions of a view: pages in, roles out. It decides nothing and formats with `words` alone."""

from __future__ import annotations

from datetime import date
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from bankview.domain.money import Money
from bankview.store.view import PAGE, Order, Row
from bankview.words import amount_text, category_text, day_text, money_text, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: The raw value under a cell: a date, minor units, or text.
SORT_ROLE = Qt.ItemDataRole.UserRole
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
#: What stands for an amount while amounts are hidden; it says nothing of its size.
MASK = "•••"

Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """The columns, from the left."""

    DATE = 0
    PAYEE = 1
    CATEGORY = 2
    AMOUNT = 3
    BALANCE = 4


ORDERS = {
    Column.DATE: Order.DATE,
    Column.PAYEE: Order.PAYEE,
    Column.CATEGORY: Order.CATEGORY,
    Column.AMOUNT: Order.AMOUNT,
    Column.BALANCE: Order.BALANCE,
}


class TransactionsModel(QAbstractTableModel):
    """Shows `count` rows that `fetch(page number)` brings, 128 at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self._fetch: Callable[[int], list[Row]] = lambda _: []
        self._pages: dict[int, list[Row]] = {}
        self.masked = False
        self.today = date.min

    def show(
        self, count: int, fetch: Callable[[int], list[Row]], first: Sequence[Row] = ()
    ) -> None:
        """Show other rows; `first` is the first page where it is known already."""
        self.beginResetModel()
        self._count, self._fetch = count, fetch
        self._pages.clear()
        if first:
            self._pages[0] = list(first)
        self.endResetModel()

    def complete(self, count: int, fetch: Callable[[int], list[Row]]) -> None:
        """Show the same rows with a count that is known by now; what is on screen stays as it is."""
        self._fetch = fetch
        before = self._count
        if count > before:
            self.beginInsertRows(QModelIndex(), before, count - 1)
            self._count = count
            self.endInsertRows()
        elif count < before:
            self.beginRemoveRows(QModelIndex(), count, before - 1)
            self._count = count
            self.endRemoveRows()

    def row(self, number: int) -> Row | None:
        """Return a row by its place; None where the ledger changed under it."""
        page, place = divmod(number, PAGE)
        rows = self.page(page)
        return rows[place] if place < len(rows) else None

    def page(self, number: int) -> list[Row]:
        """Return a page of rows by its place."""
        if number not in self._pages:
            if len(self._pages) > 32:
                self._pages.pop(next(iter(self._pages)))
            self._pages[number] = self._fetch(number)
        return self._pages[number]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (tr("Date"), tr("Payee"), tr("Category"), tr("Amount"), tr("Balance"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = (
                Qt.AlignmentFlag.AlignRight
                if section >= Column.AMOUNT
                else Qt.AlignmentFlag.AlignLeft
            )
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row(index.row()) if index.isValid() else None
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(row, index.column())
        if role == SORT_ROLE:
            name, day = row.name, date.fromordinal(row.day)
            return (day, name, row.category, row.amount, row.balance)[index.column()]
        return row if role == ROW_ROLE else None

    def text(self, row: Row, column: int) -> str:
        """Return a cell as people read it."""
        if column == Column.DATE:
            return (
                tr("Pending")
                if row.pending
                else day_text(date.fromordinal(row.day), today=self.today)
            )
        if column == Column.PAYEE:
            return row.name
        if column == Column.CATEGORY:
            return category_text(row.category)
        minor = row.amount if column == Column.AMOUNT else row.balance
        return "" if minor is None else self.amount(minor, row.currency, column)

    def amount(self, minor: int, currency: str, column: int) -> str:
        """Return minor units as the amounts or the balances are written."""
        if self.masked:
            return MASK
        return amount_text(Money(minor, currency), sign=column == Column.AMOUNT)

    def _spoken(self, row: Row, column: int) -> str:
        if column == Column.PAYEE:
            marks = ((row.noted, tr("with a note")), (row.checked, tr("checked")))
            return ", ".join([self.text(row, column), *(words for on, words in marks if on)])
        if column != Column.AMOUNT or self.masked:
            return self.text(row, column)
        state = tr("pending") if row.pending else tr("booked")
        return f"{money_text(Money(row.amount, row.currency))}, {state}"
