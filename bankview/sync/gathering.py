"""Puts a file's rows out of sight, each under the place of its account, and keeps count of what is no row."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from bankview.domain.account import Account
from bankview.domain.transaction import Status, Transaction
from bankview.files.values import Closing, Unread, line_of
from bankview.store import connections, imports
from bankview.sync.decisions import Part
from bankview.sync.signs import FILED
from bankview.sync.targets import Chosen, target
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bankview.files.source import Source
    from bankview.store.database import Database

#: Unread pieces of a file that are named.
NAMED = 20
_BATCH = 1000


@dataclass(slots=True)
class Reader:
    """Takes what a file says, once."""

    db: Database
    own: int
    chosen: Chosen
    source: Source
    unread: list[Unread] = field(default_factory=list)
    skipped: int = 0
    pending: int = 0
    _places: dict[str, int] = field(default_factory=dict)
    _accounts: list[Account] = field(default_factory=list)
    _closings: dict[str, Closing] = field(default_factory=dict)

    def stage(self, items: Iterator[object]) -> None:
        """Take all that the file says."""
        rows = self._rows(items)
        while batch := list(islice(rows, _BATCH)):
            imports.stage(self.db, self.own, batch)

    def parts(self) -> Iterator[Part]:
        """Yield the accounts of which the file has rows, each with ours."""
        for key, place in self._places.items():
            if imports.days(self.db, self.own, place):
                yield Part(place, self._accounts[place], self._closings.get(key))

    def _rows(self, items: Iterator[object]) -> Iterator[tuple[int, Transaction]]:
        for item in items:
            if isinstance(item, Account):
                self._account(item)
            elif isinstance(item, Closing):
                self._close(item)
            elif isinstance(item, Unread):
                self._leave(item)
            elif isinstance(item, Transaction):
                place = self._places[item.account_key]
                if item.status is Status.PENDING:
                    self.pending += 1
                elif item.amount.currency != self._accounts[place].currency:
                    # A statement need not say its account's own currency.
                    self._leave(Unread(line_of(item.raw), tr("it is in another currency")))
                else:
                    yield place, _as_filed(item)

    def _leave(self, item: Unread) -> None:
        self.skipped += 1
        if self.skipped <= NAMED:
            self.unread.append(item)

    def _account(self, found: Account) -> None:
        if found.key not in self._places:
            self._places[found.key] = len(self._accounts)
            known = connections.accounts(self.db)
            self._accounts.append(target(self.source.name, found, known, self.chosen))

    def _close(self, item: Closing) -> None:
        before = self._closings.get(item.account_key)
        if before is None or before.day <= item.day:
            self._closings[item.account_key] = item


def _as_filed(row: Transaction) -> Transaction:
    """Return a row with its id marked as one of a file, unless the file is our own and says what we knew."""
    if row.id or not row.bank_id:
        return row
    return row.but(bank_id=FILED + row.bank_id)
