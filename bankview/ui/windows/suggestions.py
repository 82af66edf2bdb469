"""The dialog of what Bankview would file or pair if it were asked to: each is used or refused by the person."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from bankview.store import connections, suggestions, transfers
from bankview.ui import deeds
from bankview.ui.colours import colours
from bankview.ui.measures import S2, S3, S4, S5, Type, measures
from bankview.ui.models.transactions import MASK
from bankview.ui.pen import listen
from bankview.ui.widgets.footer import Footer, Where
from bankview.ui.widgets.problem import Problem
from bankview.ui.widgets.question import Question
from bankview.ui.widgets.text import Text
from bankview.words import money_text, suggestion_text, tr, tr_n, transfer_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bankview.store.suggestions import Suggestion
    from bankview.store.transfers import Transfer
    from bankview.sync.home import Home
    from bankview.ui.deeds import Deed
    from bankview.ui.pen import Pen
    from bankview.ui.worker import Worker

_SIZE = (560, 560)
#: Questions of a kind that are asked at once.
SHOWN = 25


class Found(NamedTuple):
    """What is suggested, and what accounts are called."""

    categories: Sequence[Suggestion]
    transfers: Sequence[Transfer]
    labels: Mapping[int, str]


class SuggestionsDialog(QDialog):
    """Categories that own choices teach, and rows that may be transfers; each answer can be taken back."""

    def __init__(
        self,
        home: Home,
        worker: Worker,
        pen: Pen,
        *,
        masked: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("suggestions-dialog")
        self.setWindowTitle(tr("Suggestions"))
        self._home, self._worker, self._pen, self._masked = home, worker, pen, masked
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.problem = Problem()
        self._footer = Footer()
        self.undo = self._footer.add_left(tr("Undo"), "suggestion-undo")
        self.undo.setEnabled(False)
        self._close = close = self._footer.add(tr("Close"), "suggestions-close", Where.RejectRole)
        close.clicked.connect(self.reject)
        self._arrange()
        self.undo.clicked.connect(pen.undo)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self, pen.undo)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Redo), self, pen.redo)
        listen(self, pen, self._read, self.undo.setEnabled, self._on_failed)
        self._read()

    def _arrange(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(S5, S5, S5, S3)
        head.setSpacing(S3)
        head.addWidget(Text(tr("Suggestions"), Type.TITLE))
        about = tr("Nothing of this is done unless you say so.")
        head.addWidget(Text(about, role="second", wrap=True))
        head.addWidget(self.problem)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._footer)
        self.resize(*map(measures(self).scaled, _SIZE))

    def _read(self) -> None:
        self._worker.run(partial(_read, self._home), self._show, self._on_failed)

    def _show(self, found: Found) -> None:
        kept = self._scroll.verticalScrollBar().value()
        had_focus = self._scroll.isAncestorOf(self.focusWidget() or self)
        page = QWidget()
        ground = page.palette()
        ground.setColor(ground.ColorRole.Window, colours(self.palette()).window)
        page.setPalette(ground)
        column = QVBoxLayout(page)
        column.setContentsMargins(S5, S2, S5, S5)
        column.setSpacing(S2)
        asked = {
            tr("Categories"): [self._category(one) for one in found.categories[:SHOWN]],
            tr("Transfers between own accounts"): [
                self._transfer(one, found.labels) for one in found.transfers[:SHOWN]
            ],
        }
        for title, questions in asked.items():
            if questions:
                column.addWidget(Text(title, Type.STRONG))
                for question in questions:
                    column.addWidget(question)
                column.addSpacing(S4)
        more = sum(max(0, len(all_) - SHOWN) for all_ in found[:2])
        if more:
            column.addWidget(
                Text(
                    tr_n("{n} more comes after these.", "{n} more come after these.", more),
                    role="second",
                )
            )
        if not any(asked.values()):
            column.addWidget(_nothing(), 1)
        column.addStretch()
        self._scroll.setWidget(page)
        # What is made last would come last.
        for one, other in pairwise([*page.findChildren(QPushButton), self.undo, self._close]):
            self.setTabOrder(one, other)
        self._scroll.verticalScrollBar().setValue(kept)
        first = page.findChild(QPushButton)
        if had_focus and first:
            first.setFocus()

    def _on_failed(self, error: Exception) -> None:
        self.problem.show_error(error)

    def _category(self, one: Suggestion) -> Question:
        return Question(
            suggestion_text(one.category, one.count, one.payee),
            "suggested",
            (tr("Use for all"), "use", lambda: self._do(deeds.accept(one))),
            (tr("No"), "refuse", lambda: self._do(deeds.refuse(one))),
        )

    def _transfer(self, one: Transfer, labels: Mapping[int, str]) -> Question:
        now, pair = self._home.now(), one.pair
        amount = MASK if self._masked else money_text(one.into.amount)
        out, into = labels.get(one.out.account_id, ""), labels.get(one.into.account_id, "")
        return Question(
            transfer_text(out, into, amount, (one.out.booked_on, one.into.booked_on)),
            "doubtful",
            (tr("A transfer"), "join", lambda: self._do(deeds.join(pair, now))),
            (tr("Not one"), "decline", lambda: self._do(deeds.decline(pair, now))),
        )

    def _do(self, deed: Deed) -> None:
        self.problem.hide()
        self._pen.do(deed, name=tr("suggestion"))


def _nothing() -> Text:
    words = tr(
        "Nothing to decide. Give a row a category, and it is offered for the payee's other rows."
    )
    made = Text(words, role="second", wrap=True)
    made.setObjectName("nothing-suggested")
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return made


def _read(home: Home) -> Found:
    with closing(home.database()) as db:
        labels = {one.id: one.label for one in connections.accounts(db)}
        return Found(suggestions.suggestions(db), transfers.suggestions(db), labels)
