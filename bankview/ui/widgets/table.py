"""The transaction table: a QTableView that paints all its visible rows in one go."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, Qt, Signal
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
from bankview.ui.colours import Colours, colours, mixed
from bankview.ui.icons import paint_icon
from bankview.ui.measures import S1, S2, S4, Type, figures, measures
from bankview.ui.models.transactions import MASK, Column, TransactionsModel
from bankview.ui.widgets.frame import FlatHeader, SlimScrollBar

if TYPE_CHECKING:
    from bankview.store.view import Row

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class TransactionTable(QTableView):
    """Draws rows by hand; header, selection, keys and accessibility are QTableView's own.

    A call into Python for each cell would make the window and a syncing worker fight for the interpreter.
    """

    opened = Signal()

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
        header.setSortIndicator(Column.DATE, Qt.SortOrder.DescendingOrder)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(Column.PAYEE, QHeaderView.ResizeMode.Stretch)
        model.modelReset.connect(self.fit)
        self.doubleClicked.connect(lambda _: self.opened.emit())
        self.set_compact(False)

    def set_compact(self, compact: bool) -> None:
        """Choose the height of rows."""
        self.verticalHeader().setDefaultSectionSize(
            measures(self).control if compact else measures(self).row
        )

    def fit(self) -> None:
        """Make the columns as wide as their widest text among the first rows."""
        small, bold = (
            QFontMetrics(figures(self.font(), Type.SMALL)),
            QFontMetrics(figures(self.font(), Type.STRONG)),
        )
        body = QFontMetrics(figures(self.font()))
        first = [row for row in map(self.rows.row, range(min(self.rows.rowCount(), 128))) if row]

        def widest(metrics: QFontMetrics, column: Column, least: str) -> int:
            return max(
                metrics.horizontalAdvance(text)
                for text in [least, *(self.rows.text(row, column) for row in first)]
            )

        gap = 2 * S4
        self.setColumnWidth(Column.DATE, widest(small, Column.DATE, "Wed 30 Sep") + gap + S4)
        self.setColumnWidth(Column.AMOUNT, widest(bold, Column.AMOUNT, "−9 999,99") + gap)
        self.setColumnWidth(Column.BALANCE, widest(body, Column.BALANCE, "−9 999,99") + gap)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.as_text())
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def as_text(self) -> str:
        """Return the selected rows as a spreadsheet takes them: day, payee, text, amount and currency, by tabs."""
        chosen = sorted(index.row() for index in self.selectionModel().selectedRows())
        rows = [row for row in map(self.rows.row, chosen) if row]
        return "\n".join("\t".join(_plain(row, masked=self.rows.masked)) for row in rows)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        look = colours(self.palette())
        painter.fillRect(event.rect(), look.base)
        height, count = self.verticalHeader().defaultSectionSize(), self.rows.rowCount()
        scroll = self.verticalScrollBar().value()
        first, last = (
            scroll // height,
            min(count, (scroll + self.viewport().height()) // height + 1),
        )
        selected = {index.row() for index in self.selectionModel().selectedRows()}
        above = self.rows.row(first - 1) if first else None
        by_date = self.horizontalHeader().sortIndicatorSection() == Column.DATE
        for number in range(first, last):
            row = self.rows.row(number)
            if row is None:
                continue
            box = QRect(0, number * height - scroll, self.viewport().width(), height)
            if number in selected:
                painter.fillRect(box, look.selected_row)
            new_day = above is None or (
                (above.day, above.pending) != (row.day, row.pending)
                and not (above.pending and row.pending)
            )
            if by_date and new_day and number:
                painter.setPen(QPen(look.hairline, 0))
                painter.drawLine(box.topLeft(), box.topRight())
            self._row(
                painter,
                box,
                row,
                look,
                dated=new_day or number == first or not by_date,
                chosen=number in selected,
            )
            above = row
        painter.end()

    def _row(
        self, painter: QPainter, box: QRect, row: Row, look: Colours, *, dated: bool, chosen: bool
    ) -> None:
        second = look.second
        if dated and row.pending:
            cell = self._cell(box, Column.DATE)
            paint_icon(painter, "clock", second, QRectF(cell.left(), cell.center().y() - 6, 14, 14))
            painter.setFont(figures(self.font(), Type.SMALL))
            painter.setPen(second)
            painter.drawText(
                cell.adjusted(14 + S1, 0, 0, 0), _LEFT, self.rows.text(row, Column.DATE)
            )
        elif dated:
            self._text(painter, box, row, Column.DATE, figures(self.font(), Type.SMALL), second)
        self._payee(painter, self._cell(box, Column.PAYEE), row, look, chosen=chosen)
        kind = Type.BODY if row.pending else Type.STRONG
        colour = second if row.pending else look.credit if row.amount > 0 else look.text
        self._text(painter, box, row, Column.AMOUNT, figures(self.font(), kind), colour)
        self._text(painter, box, row, Column.BALANCE, figures(self.font()), second)

    def _text(
        self, painter: QPainter, box: QRect, row: Row, column: Column, font: QFont, colour: QColor
    ) -> None:
        painter.setFont(font)
        painter.setPen(colour)
        painter.drawText(
            self._cell(box, column),
            _LEFT if column is Column.DATE else _RIGHT,
            self.rows.text(row, column),
        )

    def _cell(self, box: QRect, column: Column) -> QRect:
        left, width = self.columnViewportPosition(column), self.columnWidth(column)
        return QRect(
            left + S4,
            box.top(),
            width - 2 * S4 + (S4 if column < Column.AMOUNT else 0),
            box.height(),
        )

    def _payee(
        self, painter: QPainter, cell: QRect, row: Row, look: Colours, *, chosen: bool
    ) -> None:
        face = figures(self.font())
        metrics = QFontMetrics(face)
        name = metrics.elidedText(row.payee or row.text, Qt.TextElideMode.ElideRight, cell.width())
        self._marks(painter, cell, name, look, chosen=chosen)
        painter.setFont(face)
        painter.setPen(look.second if row.pending else look.text)
        painter.drawText(cell, _LEFT, name)
        rest = cell.adjusted(metrics.horizontalAdvance(name) + S2, 0, 0, 0)
        if row.payee and row.text != row.payee and rest.width() > 60:
            small = figures(self.font(), Type.SMALL)
            painter.setFont(small)
            painter.setPen(look.second)
            painter.drawText(
                rest,
                _LEFT,
                QFontMetrics(small).elidedText(row.text, Qt.TextElideMode.ElideRight, rest.width()),
            )

    def _marks(
        self, painter: QPainter, cell: QRect, name: str, look: Colours, *, chosen: bool
    ) -> None:
        """Lay a mark behind what was searched for, where folding did not move the letters."""
        folded, metrics = fold(name), QFontMetrics(figures(self.font()))
        if len(folded) != len(name):
            return
        for word in self.words:
            at = folded.find(word)
            if at >= 0:
                left = cell.left() + metrics.horizontalAdvance(name[:at])
                width = metrics.horizontalAdvance(name[at : at + len(word)])
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(
                    look.match if not chosen else mixed(look.accent, look.selected_row, 0.2)
                )
                painter.drawRoundedRect(
                    QRect(
                        left - 1,
                        cell.center().y() - metrics.height() // 2 - 1,
                        width + 2,
                        metrics.height() + 2,
                    ),
                    2,
                    2,
                )
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _plain(row: Row, *, masked: bool) -> tuple[str, ...]:
    day = date.fromordinal(row.day).isoformat()
    texts = (" ".join(text.split()) for text in (row.payee, row.text))
    amount = MASK if masked else str(Money(row.amount, row.currency))
    return (day, *texts, amount, row.currency)
