"""Payments that come again and again: how often, how much, when next, and whether they have ended."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from statistics import median_low
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Interval(StrEnum):
    """How often a payment comes."""

    WEEKLY = "weekly"
    TWO_WEEKLY = "two_weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


class Payment(NamedTuple):
    """One of a payee's payments: the day's ordinal, and minor units."""

    day: int
    minor: int


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How payments follow each other. Amounts are minor units with their sign; `typical` is the median."""

    interval: Interval
    count: int
    typical: int
    lowest: int
    highest: int
    last: date
    next: date
    ended: bool

    @property
    def monthly(self) -> int:
        """What the typical amount comes to in a month, in minor units."""
        times, months = _A_MONTH[self.interval]
        return round(Fraction(self.typical * times, months))


#: How many payments come in how many months.
_A_MONTH = {
    Interval.WEEKLY: (52, 12),
    Interval.TWO_WEEKLY: (26, 12),
    Interval.MONTHLY: (1, 1),
    Interval.QUARTERLY: (1, 3),
    Interval.YEARLY: (1, 12),
}


class _Step(NamedTuple):
    """The days that may lie between two payments, with weekends and holidays; how many payments it takes to be sure."""

    days: int
    months: int
    shortest: int
    longest: int
    least: int


_STEPS = {
    Interval.WEEKLY: _Step(7, 0, 5, 9, 4),
    Interval.TWO_WEEKLY: _Step(14, 0, 11, 17, 4),
    Interval.MONTHLY: _Step(30, 1, 24, 37, 3),
    Interval.QUARTERLY: _Step(91, 3, 81, 102, 3),
    Interval.YEARLY: _Step(365, 12, 345, 386, 2),
}
#: Of ten gaps between payments, so many must fit, and so many amounts be near the typical one; half of it is near.
_FITTING, _ALIKE = 8, 7


def rhythm(payments: Sequence[Payment], today: date) -> Rhythm | None:
    """Return the rhythm of one payee's payments in one direction and currency; None where there is none.

    Payments of one day count as one. One that is missed now and then does no harm; one whose next is overdue by more
    than the interval may vary has ended.
    """
    days: dict[int, int] = {}
    for day, minor in payments:
        days[day] = days.get(day, 0) + minor
    order = sorted(days)
    for interval, step in _STEPS.items():
        if len(order) >= step.least and _follows(order, step) and _alike(list(days.values())):
            return _rhythm(interval, step, days, today)
    return None


def _follows(order: Sequence[int], step: _Step) -> bool:
    gaps = [b - a for a, b in itertools.pairwise(order)]
    fitting = sum(step.shortest <= gap <= step.longest for gap in gaps)
    return fitting >= step.least - 1 and fitting * 10 >= len(gaps) * _FITTING


def _alike(amounts: Sequence[int]) -> bool:
    typical = median_low(amounts)
    near = sum(abs(minor - typical) * 2 <= abs(typical) for minor in amounts)
    return near * 10 >= len(amounts) * _ALIKE


def _rhythm(interval: Interval, step: _Step, days: dict[int, int], today: date) -> Rhythm:
    order, amounts = sorted(days), list(days.values())
    last = date.fromordinal(order[-1])
    due = _next(order, step)
    late = timedelta(days=step.longest - step.days)
    return Rhythm(
        interval,
        len(order),
        median_low(amounts),
        min(amounts, key=abs),
        max(amounts, key=abs),
        last,
        due,
        due + late < today,
    )


def _next(order: Sequence[int], step: _Step) -> date:
    """Return when the next payment is due; where months are counted on its usual day, which a weekend may have moved."""
    last = date.fromordinal(order[-1])
    if not step.months:
        return last + timedelta(days=step.days)
    # Days are counted from the month that a payment belongs to, so that the 31st and the 1st are neighbours.
    usual = median_low([_from(last, date.fromordinal(day)) for day in order])
    month = last.year * 12 + last.month - 1 + step.months
    return _on(month, last.day + usual)


def _from(last: date, day: date) -> int:
    """Return by how many days of the month a day lies before or after the last one's."""
    return (day.day - last.day + 15) % 30 - 15


def _on(month: int, day: int) -> date:
    """Return a day of a month, counted from year 0: one before its first is of the month before, by thirty days a month.

    A month that has no such day ends instead.
    """
    if day < 1:
        month, day = month - 1, day + 30
    following = date((month + 1) // 12, (month + 1) % 12 + 1, 1)
    end = following - timedelta(days=1)
    return end.replace(day=min(day, end.day))
