"""What a rule would change: how many rows, and the newest of them as they are now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from bankview.ui.measures import S2, Type, figures, measures
from bankview.ui.models.transactions import MASK
from bankview.ui.widgets.box import Box
from bankview.ui.widgets.flat_table import flatten
from bankview.ui.widgets.text import Text
from bankview.words import category_text, day_text, money_text, seen, tr, tr_n

if TYPE_CHECKING:
    from datetime import date

    from bankview.domain.transaction import Transaction
    from bankview.store.rules import Preview

#: Pixels of a column at least.
SECTION = 112
#: The column of amounts.
AMOUNT = 3
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RulePreview(QWidget):
    """A sentence, and below it the rows."""

    def __init__(self, today: date, *, masked: bool) -> None:
        super().__init__()
        self._today, self._masked = today, masked
        self.sentence = Text("", Type.STRONG, wrap=True)
        self.sentence.setObjectName("rule-changes")
        self.rows = QTableWidget(0, 4)
        self.rows.setObjectName("rule-rows")
        self.rows.setAccessibleName(tr("Rows that would change"))
        names = (tr("Date"), tr("Payee"), tr("Category now"), tr("Amount"))
        for place, name in enumerate(names):
            title = QTableWidgetItem(name)
            if place == AMOUNT:
                title.setTextAlignment(_RIGHT)
            self.rows.setHorizontalHeaderItem(place, title)
        header = flatten(self.rows)
        header.setMinimumSectionSize(measures(QApplication.font()).scaled(SECTION))
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(S2)
        column.addWidget(self.sentence)
        self._box = Box(self.rows)
        column.addWidget(self._box, 1)
        column.addStretch()

    def say(self, sentence: str) -> None:
        """Say something instead of rows."""
        self.sentence.setText(sentence)
        self.rows.setRowCount(0)
        self._box.hide()

    def show_preview(self, found: Preview) -> None:
        """Show what would change."""
        self.say(changes_text(found))
        self.rows.setRowCount(len(found.rows))
        self._box.setVisible(bool(found.rows))
        for n, row in enumerate(found.rows):
            for place, text in enumerate(self._texts(row)):
                item = QTableWidgetItem(text)
                if place == AMOUNT:
                    item.setTextAlignment(_RIGHT)
                    item.setFont(figures(self.font()))
                self.rows.setItem(n, place, item)

    def _texts(self, row: Transaction) -> tuple[str, ...]:
        return (
            day_text(row.booked_on, today=self._today),
            seen(row.ruled.payee or row.payee or row.description),
            category_text(row.own_category),
            MASK if self._masked else money_text(row.amount, sign=True),
        )


def changes_text(found: Preview) -> str:
    """Return how many rows would change: 'Would change 37 rows; the newest 20 are:'."""
    if not found.count:
        return tr("No row would change.")
    if found.count == 1:
        return tr_n("Would change 1 row:", "Would change {n} rows:", 1)
    if found.count > len(found.rows):
        return tr(
            "Would change {n} rows, the newest {shown} of them:",
            n=found.count,
            shown=len(found.rows),
        )
    return tr_n("Would change 1 row:", "Would change {n} rows:", found.count)
