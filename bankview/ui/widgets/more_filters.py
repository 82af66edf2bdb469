"""The button "Amount, status…" with the popup behind it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QToolButton,
    QVBoxLayout,
)

from bankview.domain.money import Money
from bankview.domain.search import Key, Term, parse
from bankview.ui.colours import colours
from bankview.ui.icons import icon
from bankview.ui.measures import RADIUS_FRAME, S2, S3, S4, Type, measures
from bankview.ui.painting import frame
from bankview.ui.widgets.text import Link, Text
from bankview.words import category_text, category_texts, tr

if TYPE_CHECKING:
    from collections.abc import Iterable

Status = Literal["all", "booked", "pending"]
STATUSES: tuple[Status, ...] = ("all", "booked", "pending")
#: Milliseconds after the last key before an amount counts.
PAUSE = 300
#: What `restore` takes to ask for everything.
NOTHING = ("", "", 0, "")
_NUMBER = re.compile(r"\d{1,15}(?:[.,]\d{1,4})?")


def read_amount(text: str) -> Decimal | None:
    """Return a size that a person typed, with a comma or a dot and any spaces; None where it is none."""
    plain = re.sub(r"[\s\u00a0\u202f'+\u2212-]", "", text)
    return Decimal(plain.replace(",", ".")) if _NUMBER.fullmatch(plain) else None


class MoreFilters(QToolButton):
    """Amounts from and to, whatever their sign, category, and booked or pending; `changed` after each change."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("more-filters")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.low, self.high = (
            _field("amount-from", tr("Amount from")),
            _field("amount-to", tr("to")),
        )
        self._group = QButtonGroup(self)
        texts = (tr("Booked and pending"), tr("Booked"), tr("Pending"))
        self.choices = [QRadioButton(text) for text in texts]
        for place, choice in enumerate(self.choices):
            choice.setObjectName(f"status-{STATUSES[place]}")
            self._group.addButton(choice, place)
        self.choices[0].setChecked(True)
        self.category = QComboBox()
        self.category.setObjectName("category")
        self.category.setAccessibleName(tr("Category"))
        self.category.addItem(tr("All categories"), "")
        self._own: tuple[str, ...] = ()
        self.category.currentIndexChanged.connect(self._on_change)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(self._on_change)
        for edit in (self.low, self.high):
            edit.textChanged.connect(self._timer.start)
        self._group.idToggled.connect(lambda _, on: self._on_change() if on else None)
        self.popup = _Popup(self)
        self._fill()
        self.clicked.connect(self.open)
        self._short = False
        self._say()

    def _fill(self) -> None:
        column = QVBoxLayout(self.popup)
        column.setContentsMargins(S4, S3, S4, S3)
        column.setSpacing(S2)
        column.addWidget(Text(tr("Amount"), Type.SMALL, "second"))
        row = QHBoxLayout()
        row.setSpacing(S2)
        for widget in (self.low, Text("–", role="second"), self.high):
            row.addWidget(widget)
        column.addLayout(row)
        column.addSpacing(S2)
        column.addWidget(Text(tr("Category"), Type.SMALL, "second"))
        column.addWidget(self.category)
        column.addSpacing(S2)
        column.addWidget(Text(tr("Status"), Type.SMALL, "second"))
        for choice in self.choices:
            column.addWidget(choice)
        clear = Link(tr("Clear"))
        clear.setObjectName("clear-more")
        clear.clicked.connect(self.clear)
        column.addWidget(clear, 0, Qt.AlignmentFlag.AlignRight)

    def open(self) -> None:
        """Show the popup below the button."""
        self._offer()
        self.popup.adjustSize()
        right = self.window().width() - self.popup.width() - S2
        at = self.mapTo(self.window(), QPoint(0, self.height() + 4))
        self.popup.move(self.window().mapToGlobal(QPoint(max(0, min(at.x(), right)), at.y())))
        self.popup.show()
        self.low.setFocus()

    def offer(self, categories: Iterable[str]) -> None:
        """Offer these besides the categories of the tree, from the next opening on."""
        self._own = tuple(text for text in categories if text not in category_texts())

    def _offer(self) -> None:
        chosen = self.term
        terms = [("", tr("All categories")), ("category:none", tr("No category"))]
        for id_, text in category_texts().items():
            terms.append((f"category:{id_}", "   " * ("." in id_) + text))
        terms += [(str(Term(Key.CATEGORY, text, exact=True)), text) for text in self._own]
        self.category.blockSignals(True)
        self.category.clear()
        for term, text in terms:
            self.category.addItem(text, term)
        self._choose(chosen)
        self.category.blockSignals(False)

    def _choose(self, term: str) -> None:
        if self.category.findData(term) < 0:
            self.category.addItem(category_text(parse(term).terms[0].value), term)
        self.category.setCurrentIndex(self.category.findData(term))

    @property
    def term(self) -> str:
        """What is asked for of categories, in the search language."""
        return self.category.currentData() or ""

    @property
    def status(self) -> Status:
        """Which rows: all, booked or pending."""
        return STATUSES[self._group.checkedId()]

    def minor(self, edit: QLineEdit, currency: str) -> int | None:
        """Return what a field says in minor units of a currency; None where it says nothing yet."""
        found = read_amount(edit.text())
        try:
            return None if found is None else Money.of(found, currency).minor
        except ValueError:
            return None

    @property
    def is_active(self) -> bool:
        """Whether anything is filtered here."""
        amounts = (read_amount(edit.text()) for edit in (self.low, self.high))
        return (
            self.status != "all" or bool(self.term) or any(amount is not None for amount in amounts)
        )

    def state(self) -> tuple[str, str, int, str]:
        """Return what is set, for `restore`."""
        return self.low.text(), self.high.text(), self._group.checkedId(), self.term

    def restore(self, state: tuple[str, str, int, str]) -> None:
        """Set what `state` returned."""
        self.low.setText(state[0])
        self.high.setText(state[1])
        self.choices[state[2]].setChecked(True)
        self._choose(state[3])
        self._timer.stop()
        self._on_change()

    def clear(self) -> None:
        """Ask for everything."""
        self.restore(NOTHING)

    def set_short(self, *, short: bool) -> None:
        """Show only the icon where words have no room."""
        if short is not self._short:
            self._short = short
            self._say()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "popup"):
            self._say()
        super().changeEvent(event)

    def _on_change(self) -> None:
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        words = self._words()
        self.setText("" if self._short else words)
        self.setAccessibleName(words)
        self.setToolTip(words)
        found = colours(self.palette())
        self.setIcon(icon("filter", self.palette(), found.link if self.is_active else None))
        self.setMinimumHeight(measures(self).control)

    def _words(self) -> str:
        if not self.is_active:
            return tr("Amount, status…")
        low, high = (edit.text().strip() for edit in (self.low, self.high))
        said = []
        if low and high:
            said.append(f"{low}–{high}")
        elif low or high:
            said.append(tr("from {n}", n=low) if low else tr("up to {n}", n=high))
        if self.term:
            said.append(self.category.currentText().strip())
        if self.status != "all":
            said.append(self.choices[self._group.checkedId()].text().lower())
        return ", ".join(said)


def _field(name: str, spoken: str) -> QLineEdit:
    edit = QLineEdit()
    edit.setObjectName(name)
    edit.setAccessibleName(spoken)
    edit.setPlaceholderText(spoken)
    edit.setAlignment(Qt.AlignmentFlag.AlignRight)
    edit.setMinimumWidth(112)
    return edit


class _Popup(QFrame):
    """Closes with Escape, Return, or a click beside it."""

    def __init__(self, parent: QToolButton) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("more-popup")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.close()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw ground and edge."""
        found = colours(self.palette())
        painter = QPainter(self)
        painter.fillRect(self.rect(), found.window)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame(painter, self.rect(), found.base, found.control, RADIUS_FRAME)
        painter.end()
