"""What a balance comes to if payments that recur come again, and nothing else happens."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bankview.domain.recurring import Interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bankview.domain.recurring import Rhythm

_DAYS = {Interval.WEEKLY: 7, Interval.TWO_WEEKLY: 14}
_MONTHS = {Interval.MONTHLY: 1, Interval.QUARTERLY: 3, Interval.YEARLY: 12}


def forecast(balance: int, rhythms: Iterable[Rhythm], today: date, days: int) -> list[int]:
    """Return the balances, in minor units, at the end of so many days after `today`.

    What has ended is left out. What was due by today and has not come is expected tomorrow.
    """
    until = today + timedelta(days=days)
    moved: dict[date, int] = defaultdict(int)
    for rhythm in rhythms:
        for day in coming(rhythm, until):
            moved[max(day, today + timedelta(days=1))] += rhythm.typical
    found = []
    for number in range(1, days + 1):
        balance += moved[today + timedelta(days=number)]
        found.append(balance)
    return found


def coming(rhythm: Rhythm, until: date) -> Iterator[date]:
    """Yield the days on which a payment is due, the next one first, none after `until`; none where it has ended."""
    day, number = rhythm.next, 0
    while not rhythm.ended and day <= until:
        yield day
        number += 1
        day = _after(rhythm, number)


def _after(rhythm: Rhythm, number: int) -> date:
    if days := _DAYS.get(rhythm.interval):
        return rhythm.next + timedelta(days=days * number)
    month = rhythm.next.year * 12 + rhythm.next.month - 1 + _MONTHS[rhythm.interval] * number
    year, place = divmod(month, 12)
    return date(year, place + 1, min(_usual(rhythm), _length(month)))


def _usual(rhythm: Rhythm) -> int:
    """Return the day of the month that payments come on: one that a short month has moved up is back in the next."""
    due, last = rhythm.next, rhythm.last
    short = due.day == _length(due.year * 12 + due.month - 1)
    return max(due.day, last.day) if short else due.day


def _length(month: int) -> int:
    """Return the days of a month, counted from year 0."""
    following = month + 1
    return (date(following // 12, following % 12 + 1, 1) - timedelta(days=1)).day
