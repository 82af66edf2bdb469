"""Where a person is in a table of transactions, so that they are still there when rows came or went."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bankview.store.view import Row
    from bankview.ui.widgets.table import TransactionTable

#: Rows around an old place among which a row is looked for, beside those by which the table grew or shrank.
AROUND = 64
#: Selected rows that stay selected, and rows that are looked through for one row, at most.
MOST = 512
#: Pages that are read for them at most, beside those that are there: a few milliseconds of the window's thread.
PAGES = 8


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The rows that are selected and the one that keys go on from, each by its id and place.

    `held` is the row that stays where it is on the screen, `top` its distance from the upper edge; nothing is held where
    the person is at the very top, where they see what is new.
    """

    count: int
    chosen: dict[int, int]
    current: tuple[int, int] | None
    held: tuple[int, int] | None
    top: int

    @classmethod
    def of(cls, table: TransactionTable) -> Whereabouts:
        """Return where the person is now."""
        places = chain.from_iterable(range(a, b + 1) for a, b in table.ranges())
        chosen = dict(_rows(table, places, MOST))
        current = dict(_rows(table, [table.currentIndex().row()], 1))
        first = table.rowAt(0)
        held = {}
        if table.verticalScrollBar().value() > 0:
            height = table.viewport().height()
            seen = {
                own: n for own, n in current.items() if 0 <= table.rowViewportPosition(n) < height
            }
            held = seen or dict(_rows(table, [first], 1))
        one = next(iter(held.items()), None)
        top = table.rowViewportPosition(one[1]) if one else 0
        return cls(table.rows.rowCount(), chosen, next(iter(current.items()), None), one, top)

    def choose(self, table: TransactionTable, rows: Sequence[Row]) -> None:
        """Select what is among the first rows of another question too."""
        _select(table, [n for n, row in enumerate(rows) if row.rowid in self.chosen])

    def restore(self, table: TransactionTable) -> None:
        """Be there again, among rows of the same question."""
        _select(table, self._found(table, self.chosen))
        flags = QItemSelectionModel.SelectionFlag
        for number in self._found(table, dict([self.current] if self.current else [])):
            index = table.rows.index(number, 0)
            table.selectionModel().setCurrentIndex(index, flags.NoUpdate)
        for number in self._found(table, dict([self.held] if self.held else [])):
            table.doItemsLayout()
            bar = table.verticalScrollBar()
            bar.setValue(bar.value() + table.rowViewportPosition(number) - self.top)

    def _found(self, table: TransactionTable, wanted: dict[int, int]) -> Iterator[int]:
        """Yield where these rows are now, each looked for around the place that it had."""
        if not wanted:
            return
        count = table.rows.rowCount()
        grown = count - self.count
        low = min(wanted.values()) + min(0, grown) - AROUND
        high = max(wanted.values()) + max(0, grown) + AROUND
        near = range(max(0, low), min(count, high + 1))
        # What came lies above or below: of many rows, both ends are worth a look.
        places = near if len(near) <= 2 * MOST else chain(near[:MOST], near[-MOST:])
        for own, number in _rows(table, places, 2 * MOST):
            if own in wanted:
                yield number


def _select(table: TransactionTable, places: Iterable[int]) -> None:
    picked, last = QItemSelection(), table.rows.columnCount() - 1
    for number in places:
        picked.select(table.rows.index(number, 0), table.rows.index(number, last))
    table.selectionModel().select(picked, QItemSelectionModel.SelectionFlag.ClearAndSelect)


def _rows(table: TransactionTable, places: Iterable[int], most: int) -> Iterator[tuple[int, int]]:
    """Yield the ids of the rows at these places, with the places."""
    rows, left = table.rows, PAGES
    for done, number in enumerate(places):
        if done >= most:
            return
        there = rows.holds(number)
        left -= not there
        row = rows.row(number) if (there or left >= 0) and 0 <= number < rows.rowCount() else None
        if row:
            yield row.rowid, number
