"""One customer's books: the history, what was booked since, and what is pending."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from bankview.domain.money import Money
from bankview.sandbox.files import replacing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from bankview.sandbox.books.history import History
    from bankview.sandbox.books.row import Account, Customer, Row

#: Rows that are written to the file in one go.
BATCH = 2000


@dataclass(frozen=True, slots=True)
class Recent:
    """What can still change: rows booked since the history ended, and pending rows; both oldest first."""

    booked: tuple[Row, ...] = ()
    pending: tuple[Row, ...] = ()


@dataclass(slots=True)
class Books:
    """A customer's accounts and rows. Readers see one state of `recent`, even while life goes on."""

    customer: Customer
    accounts: tuple[Account, ...]
    history: History
    recent: Recent = field(default_factory=Recent)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def change(self, how: Callable[[Recent], Recent]) -> None:
        """Replace what can change."""
        with self._lock:
            self.recent = how(self.recent)

    def account(self, account_id: str) -> Account:
        """Return an account by the bank's own id."""
        return next(account for account in self.accounts if account.id == account_id)

    def rows(self, account_id: str, since: date, until: date) -> Iterator[Row]:
        """Yield an account's rows between two days, both included: pending ones, then the newest first."""
        recent = self.recent
        for part in (recent.pending, recent.booked):
            for row in reversed(part):
                if row.account == account_id and since <= row.day <= until:
                    yield row
        yield from self.history.rows(account_id, since, until)

    def find(self, number: int) -> Row | None:
        """Return a row by the bank's own number."""
        recent = self.recent
        own = (row for part in (recent.pending, recent.booked) for row in part)
        return next((row for row in own if row.number == number), None) or self.history.find(number)

    def balance(self, account_id: str) -> int:
        """Return an account's booked balance in minor units."""
        since = sum(row.minor for row in self.recent.booked if row.account == account_id)
        return self.history.balance(account_id) + since

    def available(self, account_id: str) -> int:
        """Return what may still be spent: less what is pending, and with the credit of a card."""
        waiting = sum(row.minor for row in self.recent.pending if row.account == account_id)
        return self.balance(account_id) + waiting + self.account(account_id).credit

    def _oldest_first(self) -> Iterator[Row]:
        recent = self.recent
        yield from self.history.oldest_first()
        yield from recent.booked
        yield from recent.pending

    def save(self, path: Path) -> None:
        """Replace the file that shows these books to people and tests; amounts are decimal texts."""
        with replacing(path, 0o644) as out:
            accounts = json.dumps([self._account(a) for a in self.accounts], ensure_ascii=False)
            out.write(f'{{"accounts": {accounts}, "transactions": ['.encode())
            currencies = {account.id: account.currency for account in self.accounts}
            rows = self._oldest_first()
            separator = "\n"
            while batch := [_shown(row, currencies[row.account]) for row in islice(rows, BATCH)]:
                out.write((separator + ",\n".join(batch)).encode())
                separator = ",\n"
            out.write(b"\n]}\n")

    def _account(self, account: Account) -> dict[str, str]:
        return {
            "id": account.id,
            "name": account.name,
            "number": account.number,
            "currency": account.currency,
            "balance": str(Money(self.balance(account.id), account.currency)),
        }


@lru_cache(maxsize=65_536)
def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _shown(row: Row, currency: str) -> str:
    """Return a row as JSON, written out by hand: a large ledger has a million of them."""
    minor, text = row.minor, _quoted(row.text)
    # The books are kept in currencies with hundredths.
    amount = f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02d}"
    value_on = f'"{row.value_day}"' if row.value_day else "null"
    return (
        f'{{"account": "{row.account}", "status": "{"pending" if row.pending else "booked"}", '
        f'"booked_on": "{row.day}", "value_on": {value_on}, "amount": "{amount}", '
        f'"currency": "{currency}", "description": {text}}}'
    )
