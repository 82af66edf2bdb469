"""The rows of the page of recurring payments, for a table."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from bankview.domain.money import Money
from bankview.ui.models.transactions import MASK
from bankview.ui.plain import hint
from bankview.words import amount_text, interval_text, money_text, seen, short_day_text, tr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bankview.store.recurring import Recurring

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Column(IntEnum):
    """What a row says, from the left."""

    PAYEE = 0
    INTERVAL = 1
    LAST = 2
    NEXT = 3
    RANGE = 4
    AMOUNT = 5


class RecurringModel(QAbstractTableModel):
    """One payee a row."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[Recurring, ...] = ()
        self.masked = False
        self._today: date | None = None

    def show(self, rows: Sequence[Recurring], today: date, *, masked: bool) -> None:
        """Show these and no others."""
        if (tuple(rows), today, masked) == (self._rows, self._today, self.masked):
            return
        self.beginResetModel()
        self._rows, self._today, self.masked = tuple(rows), today, masked
        self.endResetModel()

    def at(self, row: int) -> Recurring:
        """Return what a row shows."""
        return self._rows[row]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return how many there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return the number of columns."""
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole
    ) -> Any:
        """Return a column's name."""
        if orientation is Qt.Orientation.Vertical or section >= len(Column):
            return None
        names = (tr("Payee"), tr("How often"), tr("Last"), tr("Next"), tr("Range"), tr("Usually"))
        if role == _Role.TextAlignmentRole:
            return RIGHT if section >= Column.RANGE else _LEFT
        return names[section] if role == _Role.DisplayRole else None

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        """Return what a cell says."""
        if not index.isValid():
            return None
        if role in {_Role.DisplayRole, _Role.ToolTipRole}:
            text = self._text(self._rows[index.row()], Column(index.column()))
            return text if role == _Role.DisplayRole else hint(text)
        if role == _Role.TextAlignmentRole:
            return RIGHT if index.column() >= Column.RANGE else _LEFT
        return None

    def _text(self, row: Recurring, column: Column) -> str:
        said, today = row.rhythm, self._today
        assert today
        ends = tr("Ended") if said.ended else short_day_text(said.next, today=today)
        return {
            Column.PAYEE: seen(row.name),
            Column.INTERVAL: interval_text(said.interval),
            Column.LAST: short_day_text(said.last, today=today),
            Column.NEXT: ends,
            Column.RANGE: MASK if self.masked else _range(row),
            Column.AMOUNT: MASK if self.masked else _usual(row),
        }[column]


def _usual(row: Recurring) -> str:
    return money_text(Money(row.rhythm.typical, row.currency), sign=True)


def _range(row: Recurring) -> str:
    ends = (row.rhythm.lowest, row.rhythm.highest)
    low, high = (amount_text(Money(n, row.currency)) for n in ends)
    return "" if low == high else tr("{low} to {high}", low=low, high=high)
