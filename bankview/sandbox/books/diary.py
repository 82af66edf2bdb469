"""Writes the books of an invented life, day by day, and keeps the balances while doing so."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from bankview.domain.money import Money
from bankview.sandbox.books.kinds import TRANSFER, Shop, Trip
from bankview.sandbox.books.row import Account, Kind, Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Where the bank's own row numbers and references begin.
FIRST_NUMBER, FIRST_REFERENCE = 4_100_000, 70_400_118_205


class Note(NamedTuple):
    """What stands on a transfer between own accounts; no text names the other account."""

    kind: Kind
    text: str = ""


OWN = Note(TRANSFER)


class Diary:
    """A life between two days. What is bought shortly before `today` is not booked yet, and pending."""

    def __init__(self, seed: str, today: date, days: int) -> None:
        self.chance = Random(seed)  # noqa: S311 - the same life each time, and no secret
        self.today = today
        self.first = today - timedelta(days=days)
        self.balance: Counter[str] = Counter()
        self._rows: list[Row] = []
        self._shared = 0

    def days(self) -> Iterator[date]:
        """Yield every day of the life."""
        for step in range((self.today - self.first).days + 1):
            yield self.first + timedelta(days=step)

    def amount(self, low: int, high: int) -> int:
        """Return an amount that leans to the lower end and is sometimes round."""
        minor = low + int((high - low) * self.chance.random() ** 2)
        return minor // 1000 * 1000 if self.chance.random() < 0.15 else minor

    def happens(self, chance: float) -> bool:
        """Toss a coin that falls on its head with this chance."""
        return self.chance.random() < chance

    def book(self, account: str, day: date, minor: int, text: str, kind: Kind, **more: str) -> None:
        """Write a row that is booked on the next business day; `more` are fields of `Row`."""
        self._write(account, day, working_day(day), minor, text, kind, **more)

    def _write(
        self, account: str, day: date, booked: date, minor: int, text: str, kind: Kind, **more: object
    ) -> None:  # fmt: skip
        if booked > self.today:
            row = Row(0, account, day, None, minor, text, kind, **more)  # type: ignore[arg-type]
            self._rows.append(row._replace(reference="", counterparty="", message=""))
            return
        self.balance[account] += minor
        self._rows.append(Row(0, account, booked, day, minor, text, kind, **more))  # type: ignore[arg-type]

    def visit(self, account: str, day: date, shops: Sequence[Shop]) -> Row:
        """Buy something in one of these shops; a card's purchases are booked days later."""
        shop = self.chance.choices(shops, [shop.weight for shop in shops])[0]
        return self.buy(account, day, shop, self.amount(shop.low, shop.high))

    def buy(self, account: str, day: date, shop: Shop, cost: int) -> Row:
        """Buy for a cost in minor units of the account's currency."""
        text = f"{shop.name} {day:%d.%m}"
        booked = working_day(day + timedelta(days=self.chance.choice((0, 1, 1, 2))))
        self._write(account, day, booked, -cost, text, shop.kind, payee=shop.name.title())
        return self._rows[-1]

    def await_booking(self, account: str, shop: Shop, cost: int) -> None:
        """Buy something today that is booked tomorrow or later."""
        tomorrow = self.today + timedelta(days=1)
        text = f"{shop.name} {self.today:%d.%m}"
        self._write(account, self.today, tomorrow, -cost, text, shop.kind, payee=shop.name.title())

    def buy_abroad(self, account: str, day: date, trip: Trip) -> None:
        """Buy in another currency, at a rate that moves."""
        shop = self.chance.choices(trip.shops, [shop.weight for shop in trip.shops])[0]
        price = Money(self.amount(shop.low, shop.high), trip.currency)
        rate = trip.rate * 100 + self.chance.randint(-150, 150)
        cost = int(price.amount * rate) // 100 + 1
        text = (
            f"*4021 {day:%d.%m} {trip.currency} {price} {shop.name} "
            f"Kurs: {rate // 10000}.{rate % 10000:04d}"
        )
        booked = working_day(day + timedelta(days=self.chance.choice((1, 2, 3))))
        self._write(
            account, day, booked, -cost, text, shop.kind, payee=shop.name.title(), original=-price
        )

    def transfer(
        self, day: date, out: tuple[Account, int], into: tuple[Account, int], note: Note = OWN
    ) -> None:
        """Move money between own accounts: this much of one becomes this much of the other; both rows carry one reference."""
        self._shared += 1
        mark = f"pair {self._shared}"
        (source, cost), (target, gain) = out, into
        self.book(
            source.id, day, -cost, note.text or f"Overføring til {target.name}", note.kind,
            reference=mark, payee=target.name, counterparty=target.number,
        )  # fmt: skip
        self.book(
            target.id, day, gain, f"Overføring fra {source.name}", note.kind,
            reference=mark, payee=source.name, counterparty=source.number,
        )  # fmt: skip

    def rows(self) -> tuple[Row, ...]:
        """Return the rows, oldest first, with numbers and references; pending ones are last."""
        self._rows.sort(key=lambda row: (row.pending, row.day))
        references: dict[str, str] = {}
        finished = []
        for position, row in enumerate(self._rows):
            own = f"{FIRST_REFERENCE + position * 13:011d}"
            reference = references.setdefault(row.reference, own) if row.reference else own
            if row.pending:
                reference = "0" * 9
            finished.append(row._replace(number=FIRST_NUMBER + position, reference=reference))
        return tuple(finished)


def working_day(day: date) -> date:
    """Return the day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def last_working_day(day: date) -> date:
    """Return the day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))
