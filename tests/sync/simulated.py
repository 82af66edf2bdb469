"""A bank that lives through months, with everything that banks do to rows; what it is told comes from outside."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from bankview.banks import Bank, Dialect, Partial
from bankview.domain.account import Account
from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.errors import BankUnavailableError
from bankview.oauth.registration import Client
from bankview.oauth.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

START = date(2026, 1, 5)
OPENING = 10_000_00
#: What a ledger and the bank are compared by: pending or not, day, amount, text.
Facts = tuple[bool, date, int, str]


@dataclass(frozen=True)
class Row:
    """A row of the bank's own books; `number` is its alone, twins are of one `family`."""

    number: int
    family: int
    bought: date
    day: date
    minor: int
    text: str
    pending: bool = False
    bank_id: str = ""
    says_bought: bool = False
    original: Money | None = None

    @property
    def facts(self) -> Facts:
        return self.pending, self.day, self.minor, self.text


@dataclass
class Books:
    """One account."""

    name: str
    rows: list[Row] = field(default_factory=list)

    @property
    def pending(self) -> list[Row]:
        return [row for row in self.rows if row.pending]

    @property
    def booked(self) -> list[Row]:
        return [row for row in self.rows if not row.pending]

    @property
    def balance(self) -> int:
        return OPENING + sum(row.minor for row in self.booked)

    @property
    def facts(self) -> Counter[Facts]:
        return Counter(row.facts for row in self.rows)

    def swap(self, old: Row, new: Row) -> None:
        self.rows[self.rows.index(old)] = new


@dataclass
class World:
    """The bank, and its mood: whether it answers, leaves something out, or turns the order round."""

    today: date = START
    books: tuple[Books, ...] = field(default_factory=lambda: (Books("Bruk"), Books("Spare")))
    session: int = 0
    ids: str = "stable"
    newest_first: bool = False
    down: bool = False
    left_out: frozenset[int] = frozenset()
    _numbers: int = 0
    _families: dict[tuple[str, date, int, str], int] = field(default_factory=dict)

    @property
    def rows(self) -> list[Row]:
        return [row for books in self.books for row in books.rows]

    def number(self) -> int:
        self._numbers += 1
        return self._numbers

    def buy(self, books: Books, minor: int, text: str, **more: Any) -> Row:
        """Add a row; it is pending unless said otherwise. What looks the same from its first day on is a twin."""
        number = self.number()
        family = self._families.setdefault((books.name, self.today, minor, text), number)
        made = Row(number, family, self.today, self.today, minor, text)
        made = replace(made, **{"pending": True, "bank_id": self._id(number, pending=True), **more})
        books.rows.append(made)
        return made

    def book(self, books: Books, row: Row, day: date, minor: int, text: str) -> None:
        """Let a pending row become a booked one, under another id."""
        number = self.number()
        bank_id = self._id(number, pending=False)
        booked = replace(row, day=day, minor=minor, text=text, pending=False, bank_id=bank_id)
        books.rows.remove(row)
        books.rows.append(booked)

    def _id(self, number: int, *, pending: bool) -> str:
        if self.ids == "none" or (pending and self.ids != "stable"):
            return "000" if self.ids == "zeros" else " "
        return f"{self.session}-{number}"

    def let_go(self) -> None:
        """Give back what was held for a month."""
        for books in self.books:
            books.rows = [
                row
                for row in books.rows
                if not row.pending or row.day >= self.today - timedelta(days=30)
            ]

    def consent_again(self) -> None:
        """Begin another session: other names for accounts, and other ids where they are a session's own."""
        self.session += 1
        if self.ids != "session":
            return
        for books in self.books:
            for row in books.booked:
                _, _, own = row.bank_id.partition("-")
                if own:
                    books.swap(row, replace(row, bank_id=f"{self.session}-{own}"))

    def bank(self) -> Bank:
        """Return the bank as Bankview sees it; it needs no sign-in."""
        dialect = Dialect("simulated", self._accounts, self._transactions)
        server = Server(issuer="https://bank.example", token_endpoint="https://bank.example/token")
        client = Client("bankview", grant="none")
        return Bank(
            "simulated", "Bank", "NO", dialect, "https://bank.example/api", server, client,
            "Europe/Oslo", 365, 90, 0, 0,
        )  # fmt: skip

    def _accounts(self, _: Any) -> Iterator[Account | Partial]:
        if self.down:
            raise BankUnavailableError("bank.example", "is down")
        for place, books in enumerate(self.books):
            balance = Money(books.balance, "NOK")
            yield Account(
                f"{self.session}-{place}", books.name, "NOK", f"1234{place}", balance=balance
            )

    def _transactions(
        self, _: Any, account: Account, since: date, **__: Any
    ) -> Iterator[Transaction | Partial]:
        books = self.books[int(account.key.partition("-")[2])]
        found = sorted((row for row in books.rows if row.day >= since), key=lambda row: row.day)
        if self.newest_first:
            found.reverse()
        for row in found:
            if row.number in self.left_out:
                yield Partial("SOME_LEFT_OUT")
            else:
                yield _said(account, row)


def _said(account: Account, row: Row) -> Transaction:
    return Transaction(
        account.key,
        Status.PENDING if row.pending else Status.BOOKED,
        row.day,
        Money(row.minor, "NOK"),
        row.text,
        transacted_on=row.bought if row.says_bought else None,
        payee=row.text,
        original=row.original,
        bank_id=row.bank_id,
        raw=json.dumps({"n": row.number}).encode(),
    )


def later(day: date, days: int, today: date) -> date:
    """Return a day some days later, not after today."""
    return min(day + timedelta(days=days), today)
