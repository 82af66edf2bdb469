"""Which days stand below a chart, and their words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from bankview.words import short_month_text, tr

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Days, then months, that may lie between two marks.
_DAYS = (1, 2, 7, 14)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000)
#: Below so many days single days are told apart.
_SHORT = 46


def marks(first: date, last: date, most: int) -> list[tuple[date, str]]:
    """Return at most so many days, evenly apart, with their words; a year is said where it begins.

    `most` below 1 counts as 1.
    """
    if (last - first).days < _SHORT:
        return [(day, _day_words(day)) for day in _days(first, last, max(1, most))]
    return _months(first, last, max(1, most))


def _days(first: date, last: date, most: int) -> list[date]:
    for step in _DAYS:
        count = (last - first).days // step + 1
        if count <= most:
            return [first + timedelta(days=step * n) for n in range(count)]
    return [first]


def _day_words(day: date) -> str:
    return tr("{day} {month}", day=day.day, month=short_month_text(day))


def _months(first: date, last: date, most: int) -> list[tuple[date, str]]:
    for step in _MONTHS:
        found = list(_every(first, last, step))
        if len(found) <= most:
            break
    else:
        found = found[:1]
    said, year = [], first.year
    for day in found:
        if step % 12 == 0:
            said.append((day, str(day.year)))
        else:
            said.append((day, short_month_text(day) if day.year == year else _with_year(day)))
        year = day.year
    return said


def _with_year(day: date) -> str:
    return tr("{month} {year}", month=short_month_text(day), year=day.year)


def _every(first: date, last: date, step: int) -> Iterator[date]:
    """Yield the first days of every `step`-th month, counted from year 0."""
    month = first.year * 12 + first.month - 1 + (first.day > 1)
    end = last.year * 12 + last.month - 1
    for number in range(-(-month // step) * step, end + 1, step):
        yield date(number // 12, number % 12 + 1, 1)
