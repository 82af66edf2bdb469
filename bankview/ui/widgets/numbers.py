"""A chart's numbers in a table that keys and screen readers walk through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from bankview.ui.charts.values import one_line
from bankview.ui.measures import figures, measures
from bankview.ui.widgets.flat_table import flatten
from bankview.ui.widgets.footer import Footer
from bankview.words import tr

if TYPE_CHECKING:
    from bankview.ui.charts.values import Numbers

#: Rows that are shown: some years of days. More are a matter for a spreadsheet.
MOST = 4000


class NumbersDialog(QDialog):
    """The table, and a button to copy all of it."""

    def __init__(self, title: str, numbers: Numbers, parent: QWidget, *, masked: bool) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.table = _table(numbers, masked=masked)
        self.table.setAccessibleName(title)
        footer = Footer()
        close = footer.add(
            tr("Close"), "close-numbers", QDialogButtonBox.ButtonRole.RejectRole, default=True
        )
        close.clicked.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table)
        column.addWidget(footer)
        self.table.setFocus()

    def sizeHint(self) -> QSize:
        found = measures(self)
        return QSize(found.scaled(520), found.scaled(480))


def _table(numbers: Numbers, *, masked: bool) -> QTableWidget:
    rows = numbers.shown(masked=masked)[-MOST:]
    table = QTableWidget(len(rows), len(numbers.head))
    titles = [numbers.head[0], *(f"{name}, {numbers.currency}" for name in numbers.head[1:])]
    for column, title in enumerate(titles):
        table.setHorizontalHeaderItem(column, _cell(title, column))
    flatten(table).setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    table.setFont(figures(table.font()))
    for number, cells in enumerate(rows):
        for column, text in enumerate(cells):
            table.setItem(number, column, _cell(one_line(text), column))
    return table


def _cell(text: str, column: int) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
    return item
