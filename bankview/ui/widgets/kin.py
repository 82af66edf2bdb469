"""What a row was while it was pending, and what it may be the same as: sentences with their buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from bankview.domain.transaction import Status
from bankview.ui.colours import colours
from bankview.ui.measures import RADIUS, S2, S3, Type
from bankview.ui.models.transactions import MASK
from bankview.ui.painting import frame
from bankview.ui.widgets.text import Link, Picture, Text
from bankview.words import amount_text, long_day_text, tr

if TYPE_CHECKING:
    from bankview.domain.money import Money
    from bankview.domain.transaction import Transaction
    from bankview.store.story import Story


class Kin(QWidget):
    """Empty where nothing is known. `same` and `not_same` carry the other row."""

    same = Signal(object)
    not_same = Signal(object)
    apart = Signal()

    def __init__(self, row: Transaction, story: Story, *, masked: bool) -> None:
        super().__init__()
        self.setObjectName("kin")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(S2)
        if story.was:
            column.addWidget(self._was(row, story.was.row, masked=masked))
        for other in story.others:
            column.addWidget(self._question(other, masked=masked))

    def _was(self, row: Transaction, was: Transaction, *, masked: bool) -> QWidget:
        made = QWidget()
        words = Text(was_text(row, was, masked=masked), Type.SMALL, "second", wrap=True)
        words.setObjectName("was-pending")
        undo = Link(tr("Not the same? Undo"))
        undo.setObjectName("take-apart")
        undo.clicked.connect(self.apart)
        top = QHBoxLayout()
        top.setSpacing(S2)
        top.addWidget(Picture("clock"), 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(words, 1)
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        below = QHBoxLayout()
        below.setContentsMargins(S2, 0, 0, 0)
        below.addWidget(undo)
        below.addStretch()
        column.addLayout(below)
        return made

    def _question(self, other: Transaction, *, masked: bool) -> QWidget:
        box = _Box()
        words = Text(question_text(other, masked=masked), Type.SMALL, wrap=True)
        words.setObjectName("probably-the-same")
        buttons = QHBoxLayout()
        buttons.setSpacing(S2)
        for text, name, signal in (
            (tr("Same"), "same", self.same),
            (tr("Not the same"), "not-same", self.not_same),
        ):
            button = QPushButton(text)
            button.setObjectName(name)
            button.setAutoDefault(False)
            button.setAccessibleDescription(words.text())
            button.clicked.connect(lambda _=False, signal=signal: signal.emit(other))
            buttons.addWidget(button)
        buttons.addStretch()
        column = QVBoxLayout(box)
        column.setContentsMargins(S3, S2, S3, S3)
        column.setSpacing(S2)
        column.addWidget(words)
        column.addLayout(buttons)
        return box


class _Box(QFrame):
    """A quiet fill around a question."""

    def paintEvent(self, _: QPaintEvent) -> None:
        found, painter = colours(QApplication.palette()), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame(painter, self.rect(), found.notice_fill, found.notice_edge, RADIUS)
        painter.end()


def was_text(row: Transaction, was: Transaction, *, masked: bool) -> str:
    """Return what a booked row was while it was pending: 'Was pending 2 days as −612,00, “Circle K”'."""
    days = max(0, (row.booked_on - was.booked_on).days)
    long = tr("Was pending 1 day") if days == 1 else tr("Was pending {n} days", n=days)
    said = long if days else tr("Was pending")
    if was.amount != row.amount:
        said = tr("{said} as {amount}", said=said, amount=_amount(was.amount, masked=masked))
    name = was.payee or was.description
    if name not in {row.payee, row.description}:
        said = tr("{said}, “{name}”", said=said, name=name)
    return said


def question_text(other: Transaction, *, masked: bool) -> str:
    """Return the question about a row that may be the same."""
    state = tr("pending") if other.status is Status.PENDING else tr("booked")
    return tr(
        "Probably the same as {amount} “{name}”, {state} {day}",
        amount=_amount(other.amount, masked=masked),
        name=other.payee or other.description,
        state=state,
        day=long_day_text(other.booked_on),
    )


def _amount(money: Money, *, masked: bool) -> str:
    return MASK if masked else amount_text(money)
