"""What the parts of the page of charts share: a title, a legend, choices, and a chart that is read in the worker."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from bankview.ui.measures import S1, S2, S3, Type, measures
from bankview.ui.widgets.legend import Legend
from bankview.ui.widgets.text import Text

if TYPE_CHECKING:
    from datetime import date

    from bankview.domain.connection import Behind
    from bankview.store.charts import Asked
    from bankview.store.database import Database
    from bankview.ui.charts.asking import Asking
    from bankview.ui.readings import Readings
    from bankview.ui.widgets.chart import Chart


@dataclass(frozen=True, slots=True)
class Wish:
    """What all charts of the page show, and how the transactions behind it are asked for.

    `oldest` is the day of the first transaction. `behind` are banks that have no news.
    """

    asked: Asked
    asking: Asking
    today: date
    oldest: date
    behind: tuple[Behind, ...] = ()


class Panel(QWidget):
    """A panel says how to read what it shows; `show_found` shows it, again wherever only words change."""

    def __init__(self, name: str, chart: Chart, readings: Readings, *beside: QWidget) -> None:
        """`name` sets its reading apart from others; `beside` stands at the end of the title's line."""
        super().__init__()
        self._name, self._readings = name, readings
        self.chart, self.legend = chart, Legend()
        self.title = Text(chart.accessibleName(), Type.STRONG)
        self.wish: Wish | None = None
        self.found: Any = None
        self.masked = False
        self._lay(beside)

    def _lay(self, beside: tuple[QWidget, ...]) -> None:
        line = QWidget()
        line.setMinimumHeight(measures(self).control)
        head = QHBoxLayout(line)
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(S2)
        self.title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.legend.hide()
        head.addWidget(self.title)
        head.addSpacing(S1)
        head.addWidget(self.legend)
        head.addStretch(1)
        for widget in beside:
            head.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(S3)
        column.addWidget(line)
        column.addWidget(self.chart, 1)
        column.addStretch()

    def ask(self, wish: Wish) -> None:
        """Read what there is now; what was shown before stays until then."""
        self._readings.ask(self._name, partial(self.read, wish), partial(self._on_read, wish))

    def read(self, wish: Wish, db: Database) -> Any:
        """Read what is shown; runs in a worker."""
        raise NotImplementedError

    def _on_read(self, wish: Wish, found: Any) -> None:
        self.wish, self.found = wish, found
        self.show_found(wish, found)

    def set_masked(self, *, masked: bool) -> None:
        """Hide amounts, or show them."""
        self.masked = masked
        self.show_again()

    def show_again(self) -> None:
        """Show the same in other words."""
        if self.wish:
            self.show_found(self.wish, self.found)

    def show_found(self, wish: Wish, found: Any) -> None:
        """Show what was read."""
        raise NotImplementedError


def choice(name: str, spoken: str) -> QComboBox:
    """Return an empty box of choices."""
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(spoken)
    box.setMinimumHeight(measures(box).control)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return box


def offer(box: QComboBox, choices: list[tuple[str, Any]]) -> None:
    """Offer these words, each with what it stands for; what is chosen stays so, without a signal."""
    if choices == [(box.itemText(n), box.itemData(n)) for n in range(box.count())]:
        return
    chosen, model = box.currentData(), QStandardItemModel(box)
    for words, value in choices:
        item = QStandardItem(words)
        item.setData(value, Qt.ItemDataRole.UserRole)
        model.appendRow(item)
    box.blockSignals(True)
    # All at once: a box measures all its words after each that is added.
    box.setModel(model)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    box.blockSignals(False)
