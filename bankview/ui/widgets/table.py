"""The transaction table: a QTableView that paints all its visible rows in one go."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from bankview.domain.money import Money
from bankview.store.index import fold
from bankview.ui.colours import Colours, category_colour, colours, mixed
from bankview.ui.icons import paint_icon
from bankview.ui.measures import S1, S2, S4, Type, figures, measures
from bankview.ui.models.transactions import MASK, Column, TransactionsModel
from bankview.ui.painting import ring
from bankview.ui.widgets.frame import FlatHeader, SlimScrollBar
from bankview.words import tr

if TYPE_CHECKING:
    from bankview.store.view import Row

#: Pixels of a chip beside its words: its ends, its dot and the gap between; and of a category at most.
DOT = 8
CHIP = 2 * S2 + DOT + S1 + 2
MOST_CATEGORY = 118
#: A note's or checkmark's side.
SIGN = 14
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Face:
    """A font with its metrics, and the widths that were asked for lately."""

    def __init__(self, font: QFont) -> None:
        self.font, self.metrics = font, QFontMetrics(font)
        self._widths: dict[str, int] = {}

    def width(self, text: str) -> int:
        """Return how wide a text is in this font."""
        if text not in self._widths:
            if len(self._widths) > 4096:
                self._widths.clear()
            self._widths[text] = self.metrics.horizontalAdvance(text)
        return self._widths[text]

    def fitted(self, text: str, room: int) -> str:
        """Return a text, elided where it is wider than its room."""
        if self.width(text) <= room:
            return text
        return self.metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)


class Faces:
    """The fonts of a table's rows, made once for a base font."""

    def __init__(self, base: QFont) -> None:
        self.base = base
        self.small, self.body = Face(figures(base, Type.SMALL)), Face(figures(base))
        self.strong = Face(figures(base, Type.STRONG))


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
        numbers = range(min(self.rows.rowCount(), 128))
        return [row for row in map(self.rows.row, numbers) if row]

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

        def widest(face: Face, column: Column, least: str) -> int:
            # Figures are equally wide: of texts of one length, one will do, but for words.
            texts = {self.rows.text(row, column) for row in first}
            if column in {Column.AMOUNT, Column.BALANCE}:
                texts = set({len(text): text for text in texts}.values())
            return max(map(face.width, (least, *texts)))

        gap = 2 * S4
        self.setColumnWidth(Column.DATE, widest(faces.small, Column.DATE, "Wed 30 Sep") + S1 + S4)
        chip = widest(faces.small, Column.CATEGORY, tr("Category")) + CHIP
        self.setColumnWidth(Column.CATEGORY, min(chip, measures(self).scaled(MOST_CATEGORY)) + S4)
        self.setColumnHidden(Column.CATEGORY, not (self._category and self._has_categories()))
        self.setColumnWidth(Column.AMOUNT, widest(faces.strong, Column.AMOUNT, "−9 999,99") + gap)
        self.setColumnWidth(Column.BALANCE, widest(faces.body, Column.BALANCE, "−9 999,99") + gap)

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
        brush = _Brush(painter, self, colours(self.palette()))
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
            brush.row(box, row, dated=dated, chosen=number in selected)
            above = row
        by_keys = self.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
        if self.hasFocus() and self.currentIndex().isValid() and by_keys:
            number = self.currentIndex().row()
            look = brush.look.chosen() if number in selected else brush.look
            place = QRect(2, number * height - scroll + 1, self.viewport().width() - 4, height - 2)
            ring(painter, place, look)
        painter.end()

    def cell(self, box: QRect, column: Column) -> QRect:
        """Return where a column's text stands in a row."""
        left, width = self.columnViewportPosition(column), self.columnWidth(column)
        spare = S4 if column < Column.CATEGORY else 0
        return QRect(left + S4, box.top(), width - 2 * S4 + spare, box.height())

    @property
    def shows_memo(self) -> bool:
        """Whether the bank's text stands after the payee."""
        return self._memo


class _Brush:
    """Paints rows with fonts that are made once for all of them."""

    def __init__(self, painter: QPainter, table: TransactionTable, look: Colours) -> None:
        self._painter, self._table, self.look = painter, table, look
        faces = table.faces
        self._small, self._body, self._strong = faces.small, faces.body, faces.strong

    def row(self, box: QRect, row: Row, *, dated: bool, chosen: bool) -> None:
        """Paint one row; the day stands where `dated`."""
        look = self.look.chosen() if chosen else self.look
        second = look.second
        date_cell = self._table.cell(box, Column.DATE)
        if dated and row.pending:
            place = QRectF(date_cell.left(), date_cell.center().y() - 6, 14, 14)
            paint_icon(self._painter, "clock", second, place)
            date_cell.setLeft(date_cell.left() + 14 + S1)
        if dated:
            self._write(date_cell, _LEFT, row, Column.DATE, self._small, second)
        self._payee(self._table.cell(box, Column.PAYEE), row, look, chosen=chosen)
        if row.category and not self._table.isColumnHidden(Column.CATEGORY):
            self._chip(self._table.cell(box, Column.CATEGORY), row.category, look)
        colour = second if row.pending else look.credit if row.amount > 0 else look.debit
        face = self._body if row.pending else self._strong
        amount = self._table.cell(box, Column.AMOUNT)
        self._write(amount, _RIGHT, row, Column.AMOUNT, face, colour)
        if not self._table.isColumnHidden(Column.BALANCE):
            balance = self._table.cell(box, Column.BALANCE)
            self._write(balance, _RIGHT, row, Column.BALANCE, self._body, second)

    def _write(
        self,
        cell: QRect,
        side: Qt.AlignmentFlag,
        row: Row,
        column: Column,
        face: Face,
        ink: QColor,
    ) -> None:
        self._painter.setFont(face.font)
        self._painter.setPen(ink)
        self._painter.drawText(cell, int(side), self._table.rows.text(row, column))

    def _chip(self, cell: QRect, category: str, look: Colours) -> None:
        """Paint a category: a dot in its colour, and its name."""
        painter, high = self._painter, self._small.metrics.height() + S1
        words = self._small.fitted(category, cell.width() + S4 - CHIP)
        wide = self._small.width(words) + CHIP
        place = QRect(cell.left(), cell.center().y() - high // 2 + 1, wide, high)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.text, 1) if look.contrast else Qt.PenStyle.NoPen)
        painter.setBrush(Qt.BrushStyle.NoBrush if look.contrast else look.chip)
        painter.drawRoundedRect(QRectF(place), high / 2, high / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(category_colour(category, look))
        painter.drawEllipse(place.left() + S2, place.center().y() - DOT // 2 + 1, DOT, DOT)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setFont(self._small.font)
        painter.setPen(look.text)
        painter.drawText(place.adjusted(S2 + DOT + S1, 0, 0, 0), int(_LEFT), words)

    def _signs(self, cell: QRect, row: Row, look: Colours) -> QRect:
        """Paint the marks of a note and a checkmark at the cell's end; return what is left of it."""
        for picture in [name for on, name in ((row.noted, "note"), (row.checked, "check")) if on]:
            left, top = cell.right() - SIGN + 1, cell.center().y() - SIGN // 2
            paint_icon(self._painter, picture, look.second, QRectF(left, top, SIGN, SIGN))
            cell = cell.adjusted(0, 0, -SIGN - S1, 0)
        return cell

    def _payee(self, cell: QRect, row: Row, look: Colours, *, chosen: bool) -> None:
        cell = self._signs(cell, row, look)
        painter = self._painter
        name = self._body.fitted(row.payee or row.text, cell.width())
        self._marks(cell, name, chosen=chosen)
        painter.setFont(self._body.font)
        painter.setPen(look.second if row.pending else look.text)
        painter.drawText(cell, int(_LEFT), name)
        rest = cell.adjusted(self._body.width(name) + S2, 0, 0, 0)
        if self._table.shows_memo and row.payee and row.text != row.payee and rest.width() > 60:
            memo = self._small.fitted(row.text, rest.width())
            painter.setFont(self._small.font)
            painter.setPen(look.second)
            painter.drawText(rest, int(_LEFT), memo)

    def _marks(self, cell: QRect, name: str, *, chosen: bool) -> None:
        """Lay a mark behind what was searched for, where folding did not move the letters."""
        if not self._table.words:
            return
        folded, width, painter, look = fold(name), self._body.metrics, self._painter, self.look
        if len(folded) != len(name):
            return
        top = cell.center().y() - width.height() // 2 - 1
        for word in self._table.words:
            at = folded.find(word)
            if at < 0:
                continue
            left = cell.left() + width.horizontalAdvance(name[:at]) - 1
            wide = width.horizontalAdvance(name[at : at + len(word)]) + 2
            if look.contrast:
                painter.setPen(QPen(look.on_selected if chosen else look.text, 2))
                low = top + width.height() + 1
                painter.drawLine(left, low, left + wide, low)
                continue
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mixed(look.accent, look.selected_row, 0.2) if chosen else look.match)
            painter.drawRoundedRect(QRect(left, top, wide, width.height() + 2), 2, 2)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def _plain(row: Row, *, masked: bool) -> tuple[str, ...]:
    day = date.fromordinal(row.day).isoformat()
    texts = (" ".join(text.split()) for text in (row.payee, row.text))
    amount = MASK if masked else str(Money(row.amount, row.currency))
    return (day, *texts, amount, row.currency)
