"""The transaction table: a QTableView that paints all its visible rows in one go."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QRect, Qt, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from bankview.domain.money import Money
from bankview.ui.colours import colours
from bankview.ui.measures import S1, S4, measures
from bankview.ui.models.transactions import MASK, Column, TransactionsModel
from bankview.ui.painting import ring
from bankview.ui.widgets.frame import FlatHeader, SlimScrollBar
from bankview.ui.widgets.row_brush import CHIP, Brush, Faces
from bankview.words import tr

if TYPE_CHECKING:
    from bankview.store.view import Row

#: Pixels that a category has at most.
MOST_CATEGORY = 118


class TransactionTable(QTableView):
    """Draws rows by hand; header, selection, keys and accessibility are QTableView's own.

    A call into Python for each cell would make the window and a syncing worker fight for the interpreter.
    """

    opened = Signal()
    #: The person wants the selected rows checked, or no longer.
    ticked = Signal()

    def __init__(self, model: TransactionsModel) -> None:
        super().__init__()
        self.setObjectName("transactions")
        self.setAccessibleName("Transactions")
        self.rows = model
        self.words: tuple[str, ...] = ()
        self.setModel(model)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBar(SlimScrollBar())
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
        self.doubleClicked.connect(lambda _: self.opened.emit())
        self._memo = self._category = True
        self._faces: Faces | None = None
        self.fit_room(compact=False, memo=True, balance=True, category=True)

    def fit_room(self, *, compact: bool, memo: bool, balance: bool, category: bool) -> None:
        """Choose the height of rows, and leave out memo, balance and category where there is no room for them."""
        self._memo, self._category = memo, category
        self.setColumnHidden(Column.BALANCE, not balance)
        self.setColumnHidden(Column.CATEGORY, not (category and self._has_categories()))
        heights = measures(self)
        self.verticalHeader().setDefaultSectionSize(heights.control if compact else heights.row)
        self.viewport().update()

    def _has_categories(self) -> bool:
        return any(row.category for row in self._first())

    def _first(self) -> list[Row]:
        return self.rows.page(0) if self.rows.rowCount() else []

    def chosen(self) -> list[Row]:
        """Return the selected rows, from the top."""
        numbers = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [row for row in map(self.rows.row, numbers) if row]

    def choose(self, rowids: set[int]) -> None:
        """Select these rows where they lie among the first pages."""
        picked = QItemSelection()
        for number in range(min(self.rows.rowCount(), 512) if rowids else 0):
            row = self.rows.row(number)
            if row and row.rowid in rowids:
                picked.select(self.rows.index(number, 0), self.rows.index(number, len(Column) - 1))
        self.selectionModel().select(picked, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def copy(self) -> None:
        """Put the selected rows on the clipboard."""
        QGuiApplication.clipboard().setText(self.as_text())

    def fit(self) -> None:
        """Make the columns as wide as their widest text among the first rows."""
        faces = self.faces
        first = self._first()

        gap = 2 * S4
        days = {(row.day, row.pending): row for row in first}.values()
        texts = ("Wed 30 Sep", *(self.rows.text(row, Column.DATE) for row in days))
        self.setColumnWidth(Column.DATE, max(map(faces.small.width, texts)) + S1 + S4)
        texts = (tr("Category"), *{self.rows.text(row, Column.CATEGORY) for row in first})
        chip = max(map(faces.small.width, texts)) + CHIP
        self.setColumnWidth(Column.CATEGORY, min(chip, measures(self).scaled(MOST_CATEGORY)) + S4)
        self.setColumnHidden(Column.CATEGORY, not (self._category and self._has_categories()))
        for column, face in ((Column.AMOUNT, faces.strong), (Column.BALANCE, faces.body)):
            texts = ("−9 999,99", *self._widest_amounts(first, column))
            self.setColumnWidth(column, max(map(face.width, texts)) + gap)

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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() == Qt.Key.Key_Space and not event.modifiers():
            self.ticked.emit()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.opened.emit()
        else:
            super().keyPressEvent(event)

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
        selected = {index.row() for index in self.selectionModel().selectedRows()}
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
        spare = S4 if column < Column.CATEGORY else 0
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
