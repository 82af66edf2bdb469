"""The periods that charts are drawn for, by name."""

from __future__ import annotations

from datetime import date, timedelta
from enum import IntEnum

from bankview.words import tr


class Period(IntEnum):
    """As the filters of the transactions name them."""

    ALL = 0
    DAYS_30 = 1
    DAYS_90 = 2
    MONTHS_12 = 3
    MONTH = 4
    YEAR = 5
    RANGE = 6


_DAYS = {Period.DAYS_30: 30, Period.DAYS_90: 90, Period.MONTHS_12: 365}


def names() -> dict[Period, str]:
    """Return the periods with their names; that of a range is chosen day by day."""
    return {
        Period.DAYS_30: tr("Last 30 days"),
        Period.DAYS_90: tr("Last 90 days"),
        Period.MONTHS_12: tr("Last 12 months"),
        Period.MONTH: tr("This month"),
        Period.YEAR: tr("This year"),
        Period.ALL: tr("All time"),
        Period.RANGE: tr("From … to …"),
    }


def begin(period: Period, today: date, oldest: date) -> date:
    """Return the first day of a period that ends `today`; `oldest` is that of the first transaction."""
    if period is Period.ALL:
        return min(oldest, today)
    if period is Period.MONTH:
        return today.replace(day=1)
    if period is Period.YEAR:
        return today.replace(month=1, day=1)
    return today - timedelta(days=_DAYS[period] - 1)


def months(first: date, last: date) -> list[date]:
    """Return the first day of each month from one day to another, the newest first."""
    begun, ended = (day.year * 12 + day.month - 1 for day in (first, last))
    return [date(n // 12, n % 12 + 1, 1) for n in range(ended, begun - 1, -1)]
