"""The transaction table: a QTableView that paints all its visible rows in one go."""

from __future__ import annotations

from datetime import date
from itertools import chain, islice
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QModelIndex,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView

from bankview.domain.money import Money
from bankview.ui.colours import colours
from bankview.ui.measures import S1, S2, S4, measures
from bankview.ui.models.transactions import (
    FIGURES,
    MASK,
    ORDERS,
    USUAL,
    WRITTEN,
    Column,
    TransactionsModel,
    title,
)
from bankview.ui.painting import ring
from bankview.ui.widgets.columns import Columns
from bankview.ui.widgets.frame import FlatHeader
from bankview.ui.widgets.row_brush import CHIP, Brush, Faces
from bankview.words import category_text, tr

if TYPE_CHECKING:
    from bankview.store.view import Row
    from bankview.ui.widgets.cell_editor import CellEditor

#: Pixels that a category has at most, and its part of a wide table.
MOST_CATEGORY, PART_CATEGORY = 118, 0.2
#: Pixels that a column which the person added has at most.
MOST_BESIDE = 160
#: Pixels that who writes in a column has at least.
LEAST_WRITTEN = 80
#: Rows that such a column is made wide enough for.
FITTED = 40


class TransactionTable(QTableView):
    """Draws rows by hand; header, selection, keys and accessibility are QTableView's own.

    A call into Python for each cell would make the window and a syncing worker fight for the interpreter.
    """

    opened = Signal()
    #: The person wrote something of a row: which, what (as `Words` names it), and its value.
    written = Signal(object, str, object)
    #: Rows are wanted in another order.
    sorted = Signal()
    #: The person wants the selected rows checked, or no longer.
    ticked = Signal()

    def __init__(self, model: TransactionsModel) -> None:
        super().__init__()
        self.setObjectName("transactions")
        self.setAccessibleName(tr("Transactions"))
        self.rows = model
        self.words: tuple[str, ...] = ()
        self.setModel(model)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = FlatHeader(self)
        self.setHorizontalHeader(header)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(Column.DATE, Qt.SortOrder.DescendingOrder)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(Column.PAYEE, QHeaderView.ResizeMode.Stretch)
        model.modelReset.connect(self.fit)
        self.doubleClicked.connect(self._on_double_click)
        model.modelAboutToBeReset.connect(self._end_writing)
        self.verticalScrollBar().valueChanged.connect(lambda _: self._end_writing())
        self._editor: CellEditor | None = None
        self._offers: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        self._memo = True
        self._lacking: set[Column] = set()
        self._faces: Faces | None = None
        self.columns = Columns(self, model)
        self.columns.changed.connect(self.fit)
        self._sorted = (int(Column.DATE), Qt.SortOrder.DescendingOrder)
        header.sortIndicatorChanged.connect(self._on_sort)
        self.fit_room(compact=False, memo=True, balance=True, category=True)

    def fit_room(self, *, compact: bool, memo: bool, balance: bool, category: bool) -> None:
        """Choose the height of rows, and leave out memo, balance and category where there is no room for them."""
        self._memo = memo
        room = ((Column.BALANCE, balance), (Column.CATEGORY, category))
        self._lacking = {column for column, fits in room if not fits}
        self._leave_out()
        heights = measures(self)
        height = heights.control if compact else heights.row
        if self.verticalHeader().defaultSectionSize() != height:
            self.verticalHeader().setDefaultSectionSize(height)
        self.viewport().update()

    def _leave_out(self) -> None:
        empty = set() if self._has_categories() else {Column.CATEGORY}
        self.columns.leave_out(self._lacking | empty)

    def _on_sort(self, column: int, order: Qt.SortOrder) -> None:
        """Sort by what the ledger sorts by; a click on another head changes nothing."""
        if column not in ORDERS:
            self.horizontalHeader().setSortIndicator(*self._sorted)
        elif (column, order) != self._sorted:
            self._sorted = (column, order)
            self.sorted.emit()

    def _has_categories(self) -> bool:
        return any(row.filed for row in self._first())

    def _first(self) -> list[Row]:
        return self.rows.page(0) if self.rows.rowCount() else []

    def ranges(self) -> list[tuple[int, int]]:
        """Return the first and the last place of each run of selected rows, from the top."""
        picked, runs = self.selectionModel().selection(), list[tuple[int, int]]()
        parts = (picked.at(number) for number in range(picked.count()))
        for first, last in sorted({(one.top(), one.bottom()) for one in parts}):
            # Columns that were moved are selected apart.
            if runs and first <= runs[-1][1]:
                runs[-1] = (runs[-1][0], max(last, runs[-1][1]))
            else:
                runs.append((first, last))
        return runs

    def chosen(self, most: int | None = None) -> list[Row]:
        """Return the selected rows, or the `most` uppermost of them, from the top."""
        runs = (range(first, last + 1) for first, last in self.ranges())
        numbers = islice(chain.from_iterable(runs), most)
        return [row for row in map(self.rows.row, numbers) if row]

    def copy(self) -> None:
        """Put the selected rows on the clipboard."""
        QGuiApplication.clipboard().setText(self.as_text())

    def fit(self) -> None:
        """Make the columns as wide as their widest text among the first rows."""
        faces = self.faces
        first = self._first()

        self._fit_category()
        gap = 2 * S4
        days = {(row.day, row.pending): row for row in first}.values()
        texts = ("Wed 30 Sep", *(self.rows.text(row, Column.DATE) for row in days))
        self.columns.widen(Column.DATE, max(map(faces.small.width, texts)) + S1 + S4)
        for column, face in ((Column.AMOUNT, faces.strong), (Column.BALANCE, faces.body)):
            texts = ("−9 999,99", *self._widest_amounts(first, column))
            self.columns.widen(column, max(map(face.width, texts)) + gap)
        for column in self.columns.chosen:
            if column not in USUAL:
                texts = (title(column), *(self.rows.text(row, column) for row in first[:FITTED]))
                least = LEAST_WRITTEN if column in WRITTEN else 0
                widest = min(max(least, *map(faces.small.width, texts)), MOST_BESIDE)
                self.columns.widen(column, measures(self).scaled(widest) + gap)
        self._leave_out()

    def _fit_category(self) -> None:
        """Let categories have the part of the width that they need, and no more than theirs."""
        texts = (tr("Category"), *map(category_text, {row.filed for row in self._first()}))
        chip = max(map(self.faces.small.width, texts)) + CHIP
        most = max(measures(self).scaled(MOST_CATEGORY), int(self.width() * PART_CATEGORY))
        self.columns.widen(Column.CATEGORY, min(chip, most) + S4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give categories their part of another width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit_category()

    def _widest_amounts(self, rows: list[Row], column: Column) -> list[str]:
        """Return the amounts furthest from nothing, of each currency: figures are equally wide."""
        found: dict[str, list[int]] = {}
        for row in rows:
            minor = row.amount if column is Column.AMOUNT else row.balance
            if minor is not None:
                found.setdefault(row.currency, []).append(minor)
        ends = ((end(minors), code) for code, minors in found.items() for end in (min, max))
        return [self.rows.amount(*one, column) for one in ends]

    @property
    def faces(self) -> Faces:
        """The fonts that rows are written in."""
        if self._faces is None or self._faces.base != self.font():
            self._faces = Faces(self.font())
        return self._faces

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with rows, and the columns, which the header's own menu offers to the mouse alone."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Copy"), self.copy)
        columns = self.columns.menu()
        columns.setTitle(tr("Columns"))
        menu.addMenu(columns)
        menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() == Qt.Key.Key_Space and not event.modifiers():
            self.ticked.emit()
        elif event.key() == Qt.Key.Key_F2 and not event.modifiers():
            self._write_current()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def offer(self, categories: tuple[str, ...], tags: tuple[str, ...]) -> None:
        """Complete categories and tags from these."""
        self._offers = (categories, tags)

    def write_cell(self, index: QModelIndex) -> None:
        """Let the person write in a cell; notes of several lines, and what has no cell, are written in the details."""
        row, column = self.rows.row(index.row()), Column(index.column())
        if row is None:
            return
        more = self.rows.more(row) if column is not Column.CATEGORY else None
        hidden = column not in WRITTEN or self.isColumnHidden(column)
        if hidden or (column is Column.NOTE and more and "\n" in more.note):
            self.opened.emit()
            return
        from bankview.ui.widgets.cell_editor import CellEditor  # noqa: PLC0415 - rarely needed

        self._end_writing()
        self._editor = CellEditor(
            self.viewport(), self.visualRect(index).adjusted(S2, 2, -S1, -2), row, column, more
        )
        self._editor.offer(*self._offers)
        self._editor.written.connect(self.written)
        self._editor.destroyed.connect(self._forget_editor)

    def _forget_editor(self) -> None:
        self._editor = None

    def _end_writing(self) -> None:
        if self._editor:
            self._editor.finish()

    def _on_double_click(self, index: QModelIndex) -> None:
        if index.column() in WRITTEN:
            self.write_cell(index)
        else:
            self.opened.emit()

    def _write_current(self) -> None:
        """Write in the current cell, or in the first of the row that can be written in."""
        index = self.currentIndex()
        if not index.isValid():
            return
        shown = [column for column in self.columns.chosen if not self.isColumnHidden(column)]
        ways = [column for column in shown if column in WRITTEN]
        column = index.column() if index.column() in ways else next(iter(ways), index.column())
        self.write_cell(index.siblingAtColumn(column))

    def as_text(self) -> str:
        """Return the selected rows as a spreadsheet takes them: day, payee, text, amount and currency, by tabs."""
        return "\n".join("\t".join(_plain(row, masked=self.rows.masked)) for row in self.chosen())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        brush = Brush(painter, self, colours(self.palette()))
        painter.fillRect(event.rect(), brush.look.base)
        height, count = self.verticalHeader().defaultSectionSize(), self.rows.rowCount()
        scroll = self.verticalScrollBar().value()
        first = scroll // height
        last = min(count, (scroll + self.viewport().height()) // height + 1)
        runs = self.ranges()
        selected = {n for n in range(first, last) if any(a <= n <= b for a, b in runs)}
        above = self.rows.row(first - 1) if first else None
        by_date = self.horizontalHeader().sortIndicatorSection() == Column.DATE
        for number in range(first, last):
            row = self.rows.row(number)
            if row is None:
                continue
            box = QRect(0, number * height - scroll, self.viewport().width(), height)
            if number in selected:
                painter.fillRect(box, brush.look.selected_row)
            new_day = above is None or (
                (above.day, above.pending) != (row.day, row.pending)
                and not (above.pending and row.pending)
            )
            if by_date and new_day and number:
                painter.setPen(QPen(brush.look.hairline, 0))
                painter.drawLine(box.topLeft(), box.topRight())
            dated = new_day or number == first or not by_date
            brush.row(box.top(), height, row, dated=dated, chosen=number in selected)
            above = row
        brush.write()
        by_keys = self.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
        if self.hasFocus() and self.currentIndex().isValid() and by_keys:
            number = self.currentIndex().row()
            look = brush.look.chosen() if number in selected else brush.look
            place = QRect(2, number * height - scroll + 1, self.viewport().width() - 4, height - 2)
            ring(painter, place, look)
        painter.end()

    def cell(self, column: Column) -> tuple[int, int]:
        """Return where a column's text begins, and how wide it may be."""
        spare = S4 if column < Column.CATEGORY else S2 if column not in FIGURES else 0
        left, width = self.columnViewportPosition(column), self.columnWidth(column)
        return left + S4, width - 2 * S4 + spare

    @property
    def shows_memo(self) -> bool:
        """Whether the bank's text stands after the payee."""
        return self._memo


def _plain(row: Row, *, masked: bool) -> tuple[str, ...]:
    day = date.fromordinal(row.day).isoformat()
    texts = (" ".join(text.split()) for text in (row.named or row.payee, row.text))
    amount = MASK if masked else str(Money(row.amount, row.currency))
    return (day, *texts, amount, row.currency)
