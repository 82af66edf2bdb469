"""Life goes on: something is bought, and what was bought before is booked, with another text and perhaps amount."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from bankview.sandbox.books import kinds
from bankview.sandbox.books.ledger import Recent
from bankview.sandbox.books.row import Row

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from bankview.sandbox.books.ledger import Books

#: Rows that life adds are numbered from here on; histories stay below.
FIRST_NUMBER = 1 << 60
#: With this many purchases under way, the oldest is booked next.
MOST_PENDING = 4


class Life:
    """Takes one step in one customer's books whenever it is told to."""

    def __init__(self, books: Books, today: Callable[[], date]) -> None:
        self._books, self._today = books, today
        self._chance = Random(f"life of {books.customer.id}")  # noqa: S311 - no secret
        known = (*books.recent.booked, *books.recent.pending)
        self._number = max([FIRST_NUMBER, *(row.number for row in known)])

    def step(self) -> None:
        """Book the oldest pending row, or buy something."""
        waiting = len(self._books.recent.pending)
        book = waiting >= MOST_PENDING or (waiting and self._chance.random() < 0.5)
        self._books.change(self._settle if book else self._buy)

    def _settle(self, recent: Recent) -> Recent:
        first, *rest = recent.pending
        self._number += 1
        booked = first._replace(
            number=self._number,
            day=max(first.day, self._today()),
            value_day=first.day,
            minor=self._final(first),
            text=f"*4021 {first.text}",
            reference=f"{80_000_000_000 + self._number - FIRST_NUMBER:011d}",
        )
        return Recent((*recent.booked, booked), tuple(rest))

    def _final(self, row: Row) -> int:
        """Return what a purchase costs in the end: a pump reserves more than is filled up."""
        return row.minor * 4 // 5 if row.kind == kinds.FUEL else row.minor

    def _buy(self, recent: Recent) -> Recent:
        accounts = [account for account in self._books.accounts if account.currency == "NOK"]
        account = self._chance.choice(accounts)
        shops = kinds.CARD if account.is_card else kinds.FOOD + kinds.COFFEE
        shop = self._chance.choice(shops)
        today = self._today()
        self._number += 1
        cost = shop.low + int((shop.high - shop.low) * self._chance.random() ** 2)
        row = Row(
            self._number, account.id, today, None, -cost, f"{shop.name} {today:%d.%m}", shop.kind,
            "0" * 9, shop.name.title(),
        )  # fmt: skip
        return replace(recent, pending=(*recent.pending, row))
