"""The HTTP exchanges of this run as a table, oldest first, no more than the log keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from bankview.log.http import KEPT
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bankview.log.http import Exchange

TIME, METHOD, URL, STATUS, TOOK, SIZE, NAME = range(7)
_RIGHT = frozenset({TOOK, SIZE})

Index = QModelIndex | QPersistentModelIndex


class Exchanges(QAbstractTableModel):
    """Rows are added and never change; the first go where there are too many."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Exchange] = []
        self._cells: list[tuple[str, ...]] = []

    def add(self, new: Sequence[Exchange]) -> None:
        """Add the newest rows."""
        new = new[-KEPT:]
        over = len(self._rows) + len(new) - KEPT
        if over > 0:
            self.beginRemoveRows(QModelIndex(), 0, over - 1)
            del self._rows[:over], self._cells[:over]
            self.endRemoveRows()
        if new:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(new) - 1)
            self._rows += new
            self._cells += [exchange.cells for exchange in new]
            self.endInsertRows()

    def exchange(self, row: int) -> Exchange:
        """Return a row's exchange."""
        return self._rows[row]

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else NAME + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        text = self._cells[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            # The day is the same for most of a run; copies and files have all of it.
            return text[11:23] if index.column() == TIME else text
        if role == Qt.ItemDataRole.ToolTipRole:
            return text
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in _RIGHT:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section in _RIGHT:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            tr("Time (UTC)"),
            tr("Method"),
            tr("Address"),
            tr("Status"),
            tr("ms"),
            tr("Bytes"),
            tr("Request ID"),
        )[section]
