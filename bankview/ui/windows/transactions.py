"""The page of transactions: header, filters, sums, and the table or a word on why it is empty."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from bankview.domain.search import Key
from bankview.store import view
from bankview.store.index import fold
from bankview.ui.facts import Question
from bankview.ui.models.transactions import ORDERS, Column, TransactionsModel
from bankview.ui.widgets.filters import Filters
from bankview.ui.widgets.header import Header
from bankview.ui.widgets.strip import ResultStrip
from bankview.ui.widgets.table import TransactionTable
from bankview.ui.widgets.whereabouts import Whereabouts
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from bankview.domain.search import Query
    from bankview.store.database import Database
    from bankview.ui.facts import Facts, Telling

AccountIds = tuple[int, ...] | None


class Transactions(QWidget):
    """Shows the rows that are asked for; whoever holds it reads them."""

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__()
        self._today = today
        self.model = TransactionsModel()
        self.model.today = today()
        self.table = TransactionTable(self.model)
        self.header = Header()
        self.filters = Filters(today)
        self.strip = ResultStrip()
        self.nothing = QLabel()
        self.nothing.setObjectName("nothing")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setWordWrap(True)
        #: The table, or the word in its place.
        self.body = QStackedWidget()
        self.body.addWidget(self.table)
        self.body.addWidget(self.nothing)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.header, self.filters, self.strip, self.body):
            layout.addWidget(widget)
        self.filters.hide()
        self.strip.hide()
        self.strip.cleared.connect(self.filters.clear)
        self.filters.search.returnPressed.connect(self.table.setFocus)

    def question(self, account_ids: AccountIds) -> Question:
        """Return which rows of these accounts are asked for, in which order."""
        header = self.table.horizontalHeader()
        down = header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
        order = ORDERS[Column(header.sortIndicatorSection())]
        return Question(self.filters.filter(account_ids), order, down)

    def asked(self, title: str) -> str:
        """Return in words what is asked for of what `title` names."""
        words = [title]
        if self.filters.period.currentIndex():
            words.append(self.filters.period.currentText().lower())
        if self.filters.search.text().strip():
            words.append(f"“{self.filters.search.text().strip()}”")
        return ", ".join(words)

    def show_texts(
        self, facts: Facts, telling: Telling, choice: tuple[str, object], account_ids: AccountIds
    ) -> None:
        """Say what is chosen, and what all rows come to once they are counted."""
        self.model.today = self._today()
        self.table.columns.set_kind(choice[0])
        self.header.show_head(telling.head(facts, choice))
        self.filters.currency = _currency(facts, account_ids)
        self.filters.show()
        narrowed = self.filters.active
        self.strip.setVisible(narrowed)
        if facts.whole and narrowed:
            self.strip.show_totals(facts.fences, facts.everything, masked=telling.masked)

    def show_rows(
        self, db: Database | None, facts: Facts, question: Question, *, masked: bool, keep: bool
    ) -> None:
        """Show a question's rows; `keep` stays where the person is, with the same rows selected."""
        there = Whereabouts.of(self.table)
        self.table.words = _marked(question.filter.query)
        self.model.masked = masked
        self.model.accounts = {account.id: account.label for account in facts.accounts}
        more = partial(view.more, db) if db else None
        self.model.show(facts.fences.count, _pages(db, facts, question), facts.first, more)
        there.restore(self.table) if keep else there.choose(self.table, facts.first)
        self.body.setCurrentIndex(0 if facts.fences.count else 1)
        self.nothing.setText(self._why_none(facts))

    def complete(self, db: Database | None, facts: Facts, question: Question) -> None:
        """Reach the rows far below too, now that they are counted."""
        self.model.complete(facts.fences.count, _pages(db, facts, question))

    def begin_search(self) -> None:
        """Let the person type what to search for."""
        self.filters.search.setFocus()
        self.filters.search.selectAll()

    def widen(self) -> None:
        """Take back the search; where there is none the filters, and then leave the field."""
        if self.filters.search.text():
            self.filters.search.clear()
        elif self.filters.active:
            self.filters.clear()
        else:
            self.table.setFocus()

    def _why_none(self, facts: Facts) -> str:
        if self.filters.search.text().strip():
            return tr("No row matches “{words}”.", words=self.filters.search.text().strip())
        if self.filters.active:
            return tr("No transactions in this selection.")
        if not any(account.last_success for account in facts.accounts):
            return tr("Not fetched yet.")
        return tr("No transactions.")


def _currency(facts: Facts, account_ids: AccountIds) -> str:
    found = [a.currency for a in facts.accounts if account_ids is None or a.id in account_ids]
    return max(set(found), key=found.count) if found else "NOK"


def _marked(query: Query) -> tuple[str, ...]:
    """Return what is marked in payees: the words that were searched for, and those of payees."""
    terms = (*query.of(Key.WORD), *query.of(Key.PAYEE))
    return tuple(filter(None, (fold(term.value) for term in terms if not term.negated)))


def _pages(
    db: Database | None, facts: Facts, question: Question
) -> Callable[[int], list[view.Row]]:
    """Return what fetches a page: by its fence once the facts are whole, else by counting from the top."""
    keys = facts.fences.keys
    filter_, order, down = question.filter, question.order, question.down

    def page(number: int) -> list[view.Row]:
        if db is None:
            return []
        if not keys:
            return view.page(db, filter_, order, down, offset=number * view.PAGE)
        first = keys[number]
        after = view.page(db, filter_, order, down, after=first, limit=view.PAGE - 1)
        return [first, *after]

    return page
