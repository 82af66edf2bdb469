"""What a call to SpareBank 1's API asks for, and how it is refused."""

from __future__ import annotations

import itertools
import json
import secrets
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bankview.sandbox.messages import Answer
from bankview.sandbox.session import account_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.books.row import Account, Row
    from bankview.sandbox.grants import Grant
    from bankview.sandbox.session import RowIds

#: Without dates a call gives the last month; rows older than that are HISTORIC.
RECENT_DAYS = 30
#: Rows that are turned into text before they are sent.
BATCH = 500

ROW_PARAMETERS = frozenset(
    {
        "accountKey",
        "fromDate",
        "toDate",
        "rowLimit",
        "source",
        "Transaction source",
        "enrichWithPaymentDetails",
    }
)
SOURCES = frozenset({"RECENT", "HISTORIC", "ALL"})


class RefusedError(Exception):
    """A call is refused with a status and an error of the bank's envelope."""

    def __init__(self, status: int, code: str, message: str, resource: str = "") -> None:
        self.status, self.code, self.message, self.resource = status, code, message, resource
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a customer who is signed in: path parts below the root, query, and who asks."""

    parts: tuple[str, ...]
    arguments: Sequence[tuple[str, str]]
    grant: Grant
    books: Books
    ids: RowIds

    def key(self, account: Account) -> str:
        """Return an account's key in this consent."""
        return account_key(self.grant.consent, account.id)

    def account(self, key: str) -> Account:
        """Return the account that a key of this consent names.

        Raises:
            RefusedError: there is none.
        """
        for account in self.books.accounts:
            if self.key(account) == key:
                return account
        raise RefusedError(404, "account.not.found", "Account was not found", "accountKey")

    def values(self, name: str) -> list[str]:
        """Return every value of a query parameter."""
        return [value for key, value in self.arguments if key == name]

    def only(self, names: Iterable[str]) -> None:
        """Insist that no other parameters came, and each but accountKey and accountNumber once.

        Raises:
            RefusedError: one is not known, or comes twice.
        """
        known, seen = set(names), set()
        for name, _ in self.arguments:
            if name not in known:
                raise RefusedError(400, "parameter.unknown", "Unknown parameter", name)
            if name in seen and name not in {"accountKey", "accountNumber"}:
                raise RefusedError(400, "parameter.repeated", "Parameter comes twice", name)
            seen.add(name)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows a call asks for; rows booked on or after `recent` are RECENT."""

    since: date
    until: date
    source: str
    limit: int | None
    recent: date

    def source_of(self, row: Row) -> str:
        """Return whether the bank counts a row among the recent ones."""
        return "RECENT" if row.pending or row.day >= self.recent else "HISTORIC"

    def takes(self, row: Row) -> bool:
        """Tell whether the row's source is asked for."""
        return self.source in {"ALL", self.source_of(row)}

    def without_recent(self) -> Wanted:
        """Return the same without what is recent."""
        return Wanted(self.since, self.until, "HISTORIC", self.limit, self.recent)


def read_wanted(call: Call, today: date) -> Wanted:
    """Return which rows a call asks for.

    Raises:
        RefusedError: a parameter is wrong.
    """
    recent = date.fromordinal(today.toordinal() - RECENT_DAYS)
    since, until = _day(call, "fromDate") or recent, _day(call, "toDate") or date.max
    if since > until:
        raise RefusedError(400, "date.invalid", "fromDate is after toDate", "fromDate")
    (source, *_) = [*call.values("source"), *call.values("Transaction source"), "ALL"]
    if source not in SOURCES:
        raise RefusedError(400, "parameter.invalid", "source is not known", "source")
    (limit, *_) = [*call.values("rowLimit"), ""]
    if limit and not (limit.isdecimal() and limit.isascii() and 0 < int(limit[:19]) < 2**63):
        raise RefusedError(400, "parameter.invalid", "rowLimit is no number", "rowLimit")
    return Wanted(since, until, source, int(limit) if limit else None, recent)


def _day(call: Call, name: str) -> date | None:
    for text in call.values(name):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = None
        if day is None or day.isoformat() != text:
            raise RefusedError(400, "date.invalid", f"{name} is not a yyyy-MM-dd", name)
        return day
    return None


def envelope(texts: Iterator[str], limit: int | None, errors: list[str]) -> Iterator[bytes]:
    """Yield an answer with rows, piece by piece."""
    batch: list[str] = []
    yield b'{"transactions":['
    for position, text in enumerate(itertools.islice(texts, limit)):
        batch.append(f",{text}" if position else text)
        if len(batch) == BATCH:
            yield "".join(batch).encode()
            batch = []
    yield f'{"".join(batch)}],"errors":{json.dumps(errors)}}}'.encode()


def refusal(error: RefusedError) -> Answer:
    """Return an error in the bank's envelope."""
    inner = {
        "code": error.code,
        "message": error.message,
        "httpCode": error.status,
        "traceId": secrets.token_hex(8),
    }
    if error.resource:
        inner["resource"] = error.resource
    headers = {"Content-Type": "application/json;charset=utf-8", "Cache-Control": "no-store"}
    return Answer(error.status, headers, json.dumps({"errors": [inner]}).encode())
