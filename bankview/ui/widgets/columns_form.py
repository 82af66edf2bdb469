"""What the columns of a file mean: a choice for each thing that is needed, as it was guessed until the person says otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from bankview.files.columns import ENCODINGS, FIELDS
from bankview.ui.measures import S2, S3
from bankview.ui.widgets.text import Text
from bankview.words import decimal_mark_text, order_text, seen, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bankview.files.columns import Columns

_SIGNS = {",": "comma", ".": "point"}


def _choices() -> tuple[tuple[str, str], ...]:
    """Return what can be chosen: columns, and beside the days and the amounts how they are written."""
    return (
        ("date", tr("Date")),
        ("order", tr("Order of days")),
        ("amount", tr("Amount")),
        ("decimal", tr("Decimals")),
        ("out", tr("Money out")),
        ("in", tr("Money in")),
        ("direction", tr("Out or in")),
        ("balance", tr("Balance")),
        ("payee", tr("Payee")),
        ("description", tr("Description")),
        ("reference", tr("Reference")),
        ("bank_id", tr("Bank's id")),
        ("encoding", tr("Characters")),
    )


class ColumnsForm(QWidget):
    """`corrected` carries what the person chose, as `NAME=VALUE` texts, one choice after the other."""

    corrected = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("columns")
        self._boxes: dict[str, QComboBox] = {}
        self._labels: list[Text] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(S3)
        self._grid.setVerticalSpacing(S2)
        for number, (name, text) in enumerate(_choices()):
            self._add(name, text, number)
        self.hide()

    def _add(self, name: str, text: str, number: int) -> None:
        box = QComboBox()
        box.setObjectName(f"column-{name}")
        box.setAccessibleName(text)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(12)
        box.activated.connect(lambda _: self.corrected.emit(f"{name}={box.currentData()}"))
        label = Text(text, role="second")
        label.setBuddy(box)
        row, beside = divmod(number, 2)
        self._grid.addWidget(label, row, 2 * beside)
        self._grid.addWidget(box, row, 2 * beside + 1)
        self._grid.setColumnStretch(2 * beside + 1, 1)
        self._boxes[name] = box
        self._labels.append(label)

    def align(self, label: Text) -> None:
        """Give the label of a field above as much room as those of the first column take."""
        label.setMinimumWidth(max(one.sizeHint().width() for one in self._labels[::2]))

    def show_columns(self, columns: Columns | None) -> None:
        """Show how a file is read; nothing where there is nothing to choose."""
        self.setVisible(columns is not None)
        if columns is None:
            return
        width = 1 + max((max(one) for one in columns.places.values()), default=-1)
        names = [*columns.header, *map(str, range(len(columns.header) + 1, width + 1))]
        names = names if columns.delimiter else []
        for name in self._boxes.keys() & FIELDS:
            self._boxes[name].setEnabled(bool(columns.delimiter))
            place = columns.places.get(name, (-1,))[0]
            choices = [("", tr("none")), *((str(n + 1), one) for n, one in enumerate(names))]
            self._fill(name, choices, str(place + 1) if place >= 0 else "")
        orders = [(one, order_text(one)) for one in ("dmy", "mdy", "ymd")]
        self._fill("order", orders, columns.order)
        marks = [(word, decimal_mark_text(sign)) for sign, word in _SIGNS.items()]
        self._fill("decimal", marks, _SIGNS.get(columns.decimal, ""))
        characters = list(ENCODINGS.items())
        own = next((one for one in ENCODINGS if columns.encoding.startswith(one)), "")
        self._fill("encoding", characters, own)

    def _fill(self, name: str, choices: Sequence[tuple[str, str]], chosen: str) -> None:
        box = self._boxes[name]
        box.clear()
        for value, text in choices:
            box.addItem(seen(text), value)
        # What is open shows no choice, so that any choice is one.
        box.setCurrentIndex(box.findData(chosen))
