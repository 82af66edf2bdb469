"""Booked rows that do not change any more: written down, or worked out whenever they are asked for."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Protocol

from bankview.sandbox.books import kinds
from bankview.sandbox.books.row import Account, Row, account_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class History(Protocol):
    """The booked past of some accounts."""

    def rows(self, account: str, since: date, until: date) -> Iterator[Row]:
        """Yield an account's rows between two days, both included, newest first."""

    def oldest_first(self) -> Iterator[Row]:
        """Yield every row in the order of booking."""

    def find(self, number: int) -> Row | None:
        """Return the row with the bank's own number."""

    def balance(self, account: str) -> int:
        """Return the sum of an account's rows in minor units."""


class Written:
    """A history that is kept in memory; fit for some thousand rows."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._by_number: dict[int, Row] = {}
        self._by_account: dict[str, list[Row]] = defaultdict(list)
        self._balance: Counter[str] = Counter()
        for row in rows:
            self._by_number[row.number] = row
            self._by_account[row.account].append(row)
            self._balance[row.account] += row.minor

    def rows(self, account: str, since: date, until: date) -> Iterator[Row]:
        """As `History.rows`; the rows came oldest first."""
        kept = self._by_account[account]
        first = bisect_left(kept, since, key=lambda row: row.day)
        last = bisect_right(kept, until, key=lambda row: row.day)
        return (kept[position] for position in range(last - 1, first - 1, -1))

    def oldest_first(self) -> Iterator[Row]:
        """As `History.oldest_first`."""
        return iter(self._by_number.values())

    def find(self, number: int) -> Row | None:
        """As `History.find`."""
        return self._by_number.get(number)

    def balance(self, account: str) -> int:
        """As `History.balance`."""
        return self._balance[account]


#: Ten years and twelve accounts, for trying out large ledgers.
MANY_DAYS = 3652
MANY_ACCOUNTS = tuple(
    Account(
        f"account-{index + 1}",
        f"Konto {index + 1}",
        f"K40{index:05d}" if index == 11 else account_number(str(9_714_000_000 + 3 * index)),
        "EUR" if index == 10 else "NOK",
        "KREDITTKORT" if index == 11 else "BRUKSKONTO",
        6_000_000 if index == 11 else 0,
    )
    for index in range(12)
)
_SHOPS = kinds.FOOD + kinds.COFFEE + kinds.CARD
_ROW_BITS, _DAY_BITS = 20, 12


class WorkedOut:
    """Any number of rows over ten years and twelve accounts, none of them kept: each day is worked out when asked for.

    A row's number says where it is found: account, day and place within the day.
    """

    def __init__(self, count: int, today: date) -> None:
        self._count, self._today = count, today
        self._first = today - timedelta(days=MANY_DAYS - 1)
        self._index = {account.id: index for index, account in enumerate(MANY_ACCOUNTS)}
        self._balances: dict[str, int] = {}

    def _on(self, account: int, day: int) -> int:
        """Return how many rows an account has on a day; over all days and accounts they add up to the whole."""
        cells = MANY_DAYS * len(MANY_ACCOUNTS)
        cell = day * len(MANY_ACCOUNTS) + account
        return (cell + 1) * self._count // cells - cell * self._count // cells

    def _day(self, account: int, day: int) -> Iterator[Row]:
        count = self._on(account, day)
        if not count:
            return
        chance = Random(account << _DAY_BITS | day)  # noqa: S311 - the same rows each time, and no secret
        name, when = MANY_ACCOUNTS[account].id, self._first + timedelta(days=day)
        stamp = f" {when:%d.%m}"
        base = (account << _DAY_BITS | day) << _ROW_BITS
        for place in range(count):
            number = base | place
            toss = chance.random()
            if toss < 0.06:
                minor, text, kind, payee = (
                    int(4_000_000 * chance.random()),
                    "Lønn",
                    kinds.SALARY,
                    "",
                )
            else:
                shop = _SHOPS[int(toss * 7919) % len(_SHOPS)]
                minor = -shop.low - int((shop.high - shop.low) * chance.random())
                text, kind, payee = shop.name + stamp, shop.kind, shop.name
            yield Row(number, name, when, when, minor, text, kind, f"{number:011d}", payee)

    def rows(self, account: str, since: date, until: date) -> Iterator[Row]:
        """As `History.rows`."""
        first = max(0, (since - self._first).days)
        last = min(MANY_DAYS - 1, (until - self._first).days)
        for day in range(last, first - 1, -1):
            yield from reversed(tuple(self._day(self._index[account], day)))

    def oldest_first(self) -> Iterator[Row]:
        """As `History.oldest_first`."""
        for day in range(MANY_DAYS):
            for account in range(len(MANY_ACCOUNTS)):
                yield from self._day(account, day)

    def find(self, number: int) -> Row | None:
        """As `History.find`."""
        account, day = divmod(number >> _ROW_BITS, 1 << _DAY_BITS)
        if not (0 <= account < len(MANY_ACCOUNTS) and day < MANY_DAYS):
            return None
        return next((row for row in self._day(account, day) if row.number == number), None)

    def balance(self, account: str) -> int:
        """As `History.balance`; added up once."""
        if account not in self._balances:
            index = self._index[account]
            days = (self._day(index, day) for day in range(MANY_DAYS))
            self._balances[account] = sum(row.minor for rows in days for row in rows)
        return self._balances[account]
