"""The prices of the one company that Financefeast's sandbox knows, the same for everybody on the same day."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME, EXCHANGE, SYMBOL = "Abc Limited", "nzx", "abc.nz"
UUID4 = "0d8f3b8e-0f2c-4a49-9f0e-2d5d0b8a1c11"
#: Days of history, and hours of a trading day.
HISTORY, HOURS = 730, range(10, 17)
_FIRST = date(2020, 1, 1)


def trading_days(since: date, until: date) -> Iterator[date]:
    """Yield the days on which prices are made, both ends included."""
    for number in range(since.toordinal(), until.toordinal() + 1):
        day = date.fromordinal(number)
        if day.weekday() < 5:
            yield day


def _chance(*seed: object) -> random.Random:
    return random.Random(" ".join(map(str, seed)))  # noqa: S311 - prices are no secret


def _around(day: date) -> int:
    """Return a day's price in thousandths of a dollar; it wanders with the years."""
    return 1500 + (day - _FIRST).days // 8 + _chance("day", day).randint(-40, 40)


def bar(moment: datetime, open_: int, close: int, chance: random.Random) -> dict[str, Any]:
    """Return one row of prices; instants have no zone, as the service writes them."""
    high, low = max(open_, close) + chance.randint(0, 20), min(open_, close) - chance.randint(0, 20)
    prices = {"open": open_, "high": high, "low": low, "close": close}
    return {
        "timestamp": moment.isoformat(),
        **{name: price / 1000 for name, price in prices.items()},
        "volume": chance.randint(20, 400) * 1000,
    }


def daily(since: date, until: date) -> list[dict[str, Any]]:
    """Return a row for each trading day."""
    return [
        bar(
            datetime.combine(day, time()),
            _around(day - timedelta(1)),
            _around(day),
            _chance("d", day),
        )
        for day in trading_days(since, until)
    ]


def hourly(since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Return a row for each trading hour."""
    moments = (
        datetime.combine(day, time(hour))
        for day in trading_days(since.date(), until.date())
        for hour in HOURS
    )
    rows = []
    for moment in moments:
        if since <= moment <= until:
            chance = _chance("h", moment)
            price = _around(moment.date()) + chance.randint(-10, 10)
            rows.append(bar(moment, price, price + chance.randint(-8, 8), chance))
    return rows


def last(until: date) -> dict[str, Any]:
    """Return the newest price as a row in which nothing moves."""
    day = list(trading_days(until - timedelta(7), until))[-1]
    price = _around(day) / 1000
    moment = datetime.combine(day, time(HOURS[0])).isoformat()
    return {
        "timestamp": moment,
        **dict.fromkeys(("open", "high", "low", "close"), price),
        "volume": 0,
    }


def book(until: date) -> dict[str, Any]:
    """Return the order book: what is wanted and offered by price, as text."""
    day = list(trading_days(until - timedelta(7), until))[-1]
    chance, price = _chance("book", day), _around(day)
    moment = datetime.combine(day, time(16, 30), None).isoformat()
    return {
        "buy": _side(price, -5, chance),
        "sell": _side(price, 5, chance),
        "timestamp": f"{moment}.100000",
    }


def _side(price: int, step: int, chance: random.Random) -> dict[str, int]:
    prices = (price + step * number for number in range(1, 6))
    return {
        f"{each // 1000}.{each % 1000:03}".rstrip("0"): chance.randint(5, 90) * 100
        for each in prices
    }


def orders(side: dict[str, int], letter: str) -> list[dict[str, Any]]:
    """Return one side of the book order by order; quantities are padded text."""
    return [
        {
            "security_code": "ABC",
            "order_identifier": f"{letter}{number:08}",
            "order_priority": number,
            "buy_sell": letter,
            "firm_id": "0001",
            "price": float(price),
            "yield": 0.0,
            "quantity": f"{quantity:012}",
            "hidden": "N",
            "type": "L",
            "order_status": "O",
        }
        for number, (price, quantity) in enumerate(side.items(), 1)
    ]
