"""The row that is chosen: shown beside the table, asked about at its bank, and written on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from bankview.errors import BankviewError
from bankview.store import payee, view
from bankview.store.story import story
from bankview.store.transfers import Transfer
from bankview.ui import deeds
from bankview.ui.facts import read_offers, read_suggestion, read_year
from bankview.ui.pen import Pen
from bankview.ui.reading import BUDGET
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database
    from bankview.store.story import Across
    from bankview.store.suggestions import Suggestion
    from bankview.sync.home import Home
    from bankview.ui.facts import Facts
    from bankview.ui.widgets.detail import Detail
    from bankview.ui.widgets.table import TransactionTable
    from bankview.ui.worker import Worker


class Aside(QObject):
    """Ties the details to a home; made once the home is there, so that the first frame does without it."""

    #: The ledger holds what was written.
    changed = Signal()
    undoable = Signal(bool)
    said = Signal(str)
    #: The bank has answered, and nothing is left to be said of it.
    answered = Signal()
    failed = Signal(object)
    #: The categories and the tags that are in use.
    offered = Signal(object, object)
    #: A rule, by its id, and rows, in the search language, that the person wants to see.
    rule_asked = Signal(int)
    rows_asked = Signal(str)

    def __init__(
        self, worker: Worker, home: Home, db: Database, table: TransactionTable, detail: Detail
    ) -> None:
        super().__init__(table)
        self._worker, self._home, self._db = worker, home, db
        self._table, self._detail = table, detail
        self.pen = pen = Pen(worker, home)
        self._filed: tuple[Transaction, str] | None = None
        detail.written.connect(self._write)
        detail.accepted.connect(self._accept)
        detail.refused.connect(self._refuse)
        detail.no_transfer.connect(self._part)
        detail.rule_asked.connect(self.rule_asked)
        detail.other_asked.connect(self._show_other)
        for asked, deed in ((detail.same, pen.same), (detail.not_same, pen.not_same)):
            asked.connect(deed)
        detail.apart.connect(pen.take_apart)
        detail.more_asked.connect(self._ask_more)
        table.ticked.connect(self._tick)
        table.written.connect(self._write_in_cell)
        pen.written.connect(self._on_written)
        pen.undoable.connect(self.undoable)
        pen.said.connect(self.said)
        pen.failed.connect(self.failed)
        self.offered.connect(detail.offer)
        self.offered.connect(table.offer)
        self._offer_words()

    def show(self, rows: Sequence[view.Row], facts: Facts, *, masked: bool) -> None:
        """Show the row that is chosen; several leave what is shown as it is.

        What was written of the row that is shown already is not taken from it before the ledger has it.
        """
        if len(rows) == 1:
            account = facts.account(rows[0].account_id)
            found = view.transaction(self._db, rows[0].rowid)
            shown = self._detail.row
            if self.pen.is_busy and found and shown and found.id == shown.id:
                return
            can_ask = account is not None and account.connection_id in facts.details
            label = account.label if account else ""
            known = story(self._db, found) if found else None
            by_hand = bool(account and account.opened and found and not found.raw)
            asks = {"can_ask": can_ask, "by_hand": by_hand}
            self._detail.show_row(found, label, masked=masked, **asks, story=known)
            if found and found.payee:
                self._look_back(found)
        elif not rows:
            self._detail.show_row(None, "", masked=masked)

    def _look_back(self, row: Transaction) -> None:
        """Show what the payee came to: at once where that takes no time, else when a worker has it."""
        today = self._home.now().astimezone().date()
        try:
            with self._db.within(BUDGET):
                self._detail.show_year(row, payee.year(self._db, row, today))
        except BankviewError:
            self._worker.run(
                partial(read_year, self._home, row, today),
                partial(self._detail.show_year, row),
                self.failed.emit,
            )

    def reopen(self, db: Database) -> None:
        """Go on with another connection to the same ledger."""
        self._db = db

    def undo(self) -> None:
        """Take back what was written last."""
        self.pen.undo()

    def redo(self) -> None:
        """Do again what was taken back last."""
        self.pen.redo()

    def finish(self) -> None:
        """Keep what was typed last."""
        self._detail.flush()
        self.pen.finish()

    def _write(self, row: Transaction, name: str, value: Any) -> None:
        self.pen.write(row, **{name: value})
        if name == "category":
            self._filed = (row, value)
            self._detail.ask(row, None)

    def _accept(self, suggestion: Suggestion) -> None:
        said = tr("There is a rule for {payee} now.", payee=suggestion.payee)
        self.pen.do(deeds.accept(suggestion), said, tr("suggestion"))
        self._answered()

    def _refuse(self, suggestion: Suggestion) -> None:
        self.pen.do(deeds.refuse(suggestion), tr("This is not offered again."), tr("suggestion"))
        self._answered()

    def _answered(self) -> None:
        if self._detail.row:
            self._detail.ask(self._detail.row, None)

    def _part(self, row: Transaction, across: Across) -> None:
        out, into = (row, across.row) if row.amount.minor < 0 else (across.row, row)
        deed = deeds.decline(Transfer(out, into).pair, self._home.now())
        said = tr("They are no transfer any more, and count as income and spending.")
        self.pen.do(deed, said, tr("transfer"))

    def _show_other(self, across: Across) -> None:
        day = across.row.booked_on.isoformat()
        self.rows_asked.emit(f'account:"{across.account}" date:{day}')

    def _on_written(self) -> None:
        self._suggest()
        self.changed.emit()
        self._offer_words()

    def _suggest(self) -> None:
        """Offer the category that was given last for the payee's other rows."""
        if self._filed:
            (row, category), self._filed = self._filed, None
            self._worker.run(
                partial(read_suggestion, self._home, row.payee, category),
                partial(self._detail.ask, row),
                self.failed.emit,
            )

    def _offer_words(self) -> None:
        """Complete from the categories and tags that are in use."""
        self._worker.run(
            partial(read_offers, self._home),
            lambda found: self.offered.emit(*found),
            self.failed.emit,
            key="offers",
        )

    def _tick(self) -> None:
        """Check the selected rows, or no longer where all of them are."""
        rows = self._table.chosen()
        on = not all(row.checked for row in rows)
        found = filter(None, (view.transaction(self._db, row.rowid) for row in rows))
        self.pen.write(*found, checked=on)

    def _write_in_cell(self, row: view.Row, name: str, value: object) -> None:
        """Write what was said of a row in its own cell."""
        found = view.transaction(self._db, row.rowid)
        if found:
            self._write(found, name, value)

    def _ask_more(self) -> None:
        """Ask the bank what its own details say of the row that is shown."""
        from bankview.sync.ask import about_row  # noqa: PLC0415 - it loads all of HTTP

        rows, shown = self._table.chosen(), self._detail.row
        if len(rows) == 1 and shown:
            self.said.emit(tr("Asking the bank…"))
            self._worker.run(
                partial(about_row, self._home, rows[0].rowid),
                partial(self._on_more, shown),
                self.failed.emit,
                key="details",
            )

    def _on_more(self, shown: Transaction, told: tuple[tuple[str, str], ...]) -> None:
        self.answered.emit()
        self._detail.show_more(shown, told)
