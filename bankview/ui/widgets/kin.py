"""What else is known of a row: its other half, what it was while pending, what it may be the same as."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from bankview.domain.transaction import Status
from bankview.ui.measures import S2, Type
from bankview.ui.models.transactions import MASK
from bankview.ui.widgets.question import Question
from bankview.ui.widgets.text import Link, Picture, Text
from bankview.words import amount_text, long_day_text, tr, tr_n

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.domain.money import Money
    from bankview.domain.transaction import Transaction
    from bankview.store.story import Across, Filed, Story


class Kin(QWidget):
    """Empty where nothing is known. `same` and `not_same` carry the other row."""

    same = Signal(object)
    not_same = Signal(object)
    apart = Signal()
    #: The person wants to see the other half; or there is none.
    other = Signal(object)
    no_transfer = Signal()

    def __init__(self, row: Transaction, story: Story, *, masked: bool) -> None:
        super().__init__()
        self.setObjectName("kin")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(S2)
        if story.across:
            column.addWidget(self._across(row, story.across))
        if story.was:
            column.addWidget(self._was(row, story.was.row, masked=masked))
        if story.filed:
            undo = _link(tr("Not the same? Undo"), "take-apart", self.apart)
            column.addWidget(_told("file", filed_text(story.filed), "filed", undo))
        for other in story.others:
            column.addWidget(self._question(other, masked=masked))

    def _was(self, row: Transaction, was: Transaction, *, masked: bool) -> QWidget:
        undo = _link(tr("Not the same? Undo"), "take-apart", self.apart)
        return _told("clock", was_text(row, was, masked=masked), "was-pending", undo)

    def _across(self, row: Transaction, across: Across) -> QWidget:
        show = _link(tr("Show the other row"), "show-other", lambda: self.other.emit(across))
        undo = _link(tr("Not a transfer? Undo"), "no-transfer", self.no_transfer)
        return _told("twins", across_text(row, across), "transfer", show, undo)

    def _question(self, other: Transaction, *, masked: bool) -> QWidget:
        return Question(
            question_text(other, masked=masked),
            "probably-the-same",
            (tr("Same"), "same", lambda: self.same.emit(other)),
            (tr("Not the same"), "not-same", lambda: self.not_same.emit(other)),
        )


def _link(words: str, name: str, slot: SignalInstance | Callable[[], object]) -> Link:
    made = Link(words)
    made.setObjectName(name)
    made.clicked.connect(lambda: slot.emit() if isinstance(slot, SignalInstance) else slot())
    return made


def _told(picture: str, words: str, name: str, *links: Link) -> QWidget:
    """Return a sentence with its picture, and what can be done about it below."""
    made = QWidget()
    said = Text(words, Type.SMALL, "second", wrap=True)
    said.setObjectName(name)
    top = QHBoxLayout()
    top.setSpacing(S2)
    top.addWidget(Picture(picture), 0, Qt.AlignmentFlag.AlignTop)
    top.addWidget(said, 1)
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addLayout(top)
    below = QVBoxLayout()
    below.setContentsMargins(16 + S2, 0, 0, 0)
    below.setSpacing(0)
    for link in links:
        below.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
    column.addLayout(below)
    return made


def across_text(row: Transaction, across: Across) -> str:
    """Return where the other half of a transfer lies: 'Transfer to Sparekonto, 3 November 2026'."""
    said = (
        tr("Transfer to {account}", account=across.account)
        if row.amount.minor < 0
        else tr("Transfer from {account}", account=across.account)
    )
    day = across.row.booked_on
    return said if day == row.booked_on else f"{said}, {long_day_text(day)}"


def was_text(row: Transaction, was: Transaction, *, masked: bool) -> str:
    """Return what a booked row was while it was pending: 'Was pending 2 days as −612,00, “Circle K”'."""
    days = max(0, (row.booked_on - was.booked_on).days)
    long = tr_n("Was pending 1 day", "Was pending {n} days", days)
    said = long if days else tr("Was pending")
    if was.amount != row.amount:
        said = tr("{said} as {amount}", said=said, amount=_amount(was.amount, masked=masked))
    name = was.payee or was.description
    if name not in {row.payee, row.description}:
        said = tr("{said}, “{name}”", said=said, name=name)
    return said


def filed_text(filed: Filed) -> str:
    """Return which row of a file was taken for one: 'The same as “Circle K”, 3 November 2026, in rows.csv'."""
    return tr(
        "The same as “{name}”, {day}, in {file}",
        name=filed.row.payee or filed.row.description,
        day=long_day_text(filed.row.booked_on),
        file=filed.file,
    )


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
