"""The transactions of a view: pages in, roles out. It decides nothing and formats with `words` alone."""

from __future__ import annotations

from datetime import date
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from bankview.domain.money import Money
from bankview.store.view import PAGE, More, Order, Row
from bankview.ui.plain import hint
from bankview.words import amount_text, category_text, day_text, money_text, seen, tr

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
    ACCOUNT = 5
    VALUE_DATE = 6
    NOTE = 7
    TAGS = 8
    TEXT = 9
    COUNTERPARTY = 10
    REFERENCE = 11
    ORIGINAL = 12


#: What a table shows of itself; the other columns are there for who wants them.
USUAL = (Column.DATE, Column.PAYEE, Column.CATEGORY, Column.AMOUNT, Column.BALANCE)
#: Columns of what a page's rows do not hold themselves.
BESIDE = frozenset(Column) - {*USUAL, Column.ACCOUNT, Column.TEXT}
#: Columns of figures, which stand at the right.
FIGURES = frozenset({Column.AMOUNT, Column.BALANCE, Column.ORIGINAL})
#: Columns of what the person says, by its name in `Words`.
WRITTEN = {Column.CATEGORY: "category", Column.NOTE: "note", Column.TAGS: "tags"}


def title(column: int) -> str:
    """Return a column's name."""
    return {
        Column.DATE: tr("Date"),
        Column.PAYEE: tr("Payee"),
        Column.CATEGORY: tr("Category"),
        Column.AMOUNT: tr("Amount"),
        Column.BALANCE: tr("Balance"),
        Column.ACCOUNT: tr("Account"),
        Column.VALUE_DATE: tr("Value date"),
        Column.NOTE: tr("Note"),
        Column.TAGS: tr("Tags"),
        Column.TEXT: tr("Text"),
        Column.COUNTERPARTY: tr("Other account"),
        Column.REFERENCE: tr("Reference"),
        Column.ORIGINAL: tr("Original amount"),
    }[Column(column)]


ORDERS = {
    Column.DATE: Order.DATE,
    Column.PAYEE: Order.PAYEE,
    Column.CATEGORY: Order.CATEGORY,
    Column.AMOUNT: Order.AMOUNT,
    Column.BALANCE: Order.BALANCE,
    Column.ACCOUNT: Order.ACCOUNT,
}


class TransactionsModel(QAbstractTableModel):
    """Shows `count` rows that `fetch(page number)` brings, 128 at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self._fetch: Callable[[int], list[Row]] = lambda _: []
        self._pages: dict[int, list[Row]] = {}
        self._more: dict[int, More | None] = {}
        self._ask_more: Callable[[list[int]], dict[int, More]] = lambda _: {}
        #: Whether columns are shown of what lies beside the rows.
        self.wants_more = False
        #: The accounts' names, by their ids.
        self.accounts: dict[int, str] = {}
        self.masked = False
        self.today = date.min

    def show(
        self,
        count: int,
        fetch: Callable[[int], list[Row]],
        first: Sequence[Row] = (),
        more: Callable[[list[int]], dict[int, More]] | None = None,
    ) -> None:
        """Show other rows; `first` is the first page where it is known already, `more` tells what lies beside rows."""
        self.beginResetModel()
        self._count, self._fetch = count, fetch
        self._pages.clear()
        self._more.clear()
        self._ask_more = more or self._ask_more
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

    def holds(self, number: int) -> bool:
        """Return whether a row is there without being read."""
        return number // PAGE in self._pages

    def page(self, number: int) -> list[Row]:
        """Return a page of rows by its place."""
        if number not in self._pages:
            if len(self._pages) > 32:
                for row in self._pages.pop(next(iter(self._pages))):
                    self._more.pop(row.rowid, None)
            self._pages[number] = self._fetch(number)
        return self._pages[number]

    def more(self, row: Row) -> More | None:
        """Return what lies beside a row, read for all rows of its page; None where the ledger changed under it."""
        if row.rowid not in self._more:
            pages = (found for found in self._pages.values() if row in found)
            ids = [one.rowid for one in next(pages, [row])] if self.wants_more else [row.rowid]
            self._more |= dict.fromkeys(ids) | self._ask_more(ids)
        return self._more.get(row.rowid)

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
            return title(section)
        if role == Qt.ItemDataRole.ToolTipRole and section == Column.BALANCE:
            return tr(
                "The account's balance after each row: the bank's own where it says one, else worked out back from"
                " today's. It stays the same however rows are sorted and filtered."
            )
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in FIGURES else Qt.AlignmentFlag.AlignLeft
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
            return self._raw(row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._hint(row, index.column())
        return row if role == ROW_ROLE else None

    def _raw(self, row: Row, column: int) -> Any:
        name, day = row.name, date.fromordinal(row.day)
        usual = (day, name, row.category, row.amount, row.balance)
        return usual[column] if column < len(usual) else self.text(row, column)

    def _hint(self, row: Row, column: int) -> str | None:
        """Return where a balance comes from, or all of a long text."""
        if column != Column.BALANCE:
            return hint(self.text(row, column)) or None
        more = None if row.balance is None else self.more(row)
        if more is None:
            return None
        return (
            tr("As the bank said it")
            if more.by_bank
            else tr("Worked out back from today's balance")
        )

    def text(self, row: Row, column: int) -> str:
        """Return a cell as people read it."""
        if column == Column.DATE:
            return (
                tr("Pending")
                if row.pending
                else day_text(date.fromordinal(row.day), today=self.today)
            )
        if column == Column.PAYEE:
            return seen(row.name)
        if column == Column.CATEGORY:
            return category_text(row.filed)
        if column > Column.BALANCE:
            return self._beside(row, column)
        minor = row.amount if column == Column.AMOUNT else row.balance
        return "" if minor is None else self.amount(minor, row.currency, column)

    def amount(self, minor: int, currency: str, column: int) -> str:
        """Return minor units as the amounts or the balances are written."""
        if self.masked:
            return MASK
        return amount_text(Money(minor, currency), sign=column == Column.AMOUNT)

    def _beside(self, row: Row, column: int) -> str:
        if column == Column.ACCOUNT:
            return self.accounts.get(row.account_id, "")
        if column == Column.TEXT:
            return seen(row.text)
        more = self.more(row)
        if more is None:
            return ""
        if column == Column.ORIGINAL:
            return MASK if self.masked and more.original is not None else _original(more)
        day = more.value_on and date.fromordinal(more.value_on)
        said = {
            Column.VALUE_DATE: day_text(day, today=self.today) if day else "",
            Column.NOTE: more.note,
            Column.TAGS: ", ".join(more.tags),
            Column.COUNTERPARTY: more.counterparty,
            Column.REFERENCE: more.reference,
        }
        return seen(" ".join(said[Column(column)].split()))

    def _spoken(self, row: Row, column: int) -> str:
        if column == Column.PAYEE:
            said = ((row.new, tr("new")), (row.noted, tr("with a note")))
            marks = (*said, (row.checked, tr("checked")))
            return ", ".join([self.text(row, column), *(words for on, words in marks if on)])
        if column != Column.AMOUNT or self.masked:
            return self.text(row, column)
        state = tr("pending") if row.pending else tr("booked")
        return f"{money_text(Money(row.amount, row.currency))}, {state}"


def _original(more: More) -> str:
    if more.original is None or not more.original_currency:
        return ""
    return money_text(Money(more.original, more.original_currency))
