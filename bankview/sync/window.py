"""The windows of days in which a first history is fetched: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

#: Calls that a first history may cost, a year by months among them; longer ones take several months a window.
MOST = 13


@dataclass(frozen=True, slots=True)
class Window:
    """Days from `first` to `last`, both included; without `last`, to whatever is still to come."""

    first: date
    last: date | None = None

    def holds(self, day: date) -> bool:
        """Return whether a day lies in it."""
        return self.first <= day and (self.last is None or day <= self.last)


def windows(since: date, today: date, most: int = MOST) -> tuple[Window, ...]:
    """Return whole calendar months from `since` to `today`, newest first; a window has several where there are many."""
    months = (today.year - since.year) * 12 + today.month - since.month + 1
    step = -(-months // most)
    starts = [_month(today, -n) for n in range(step - 1, months - 1, step)]
    firsts = [*(start for start in starts if start > since), since]
    lasts = [None, *(first - timedelta(days=1) for first in firsts)]
    return tuple(Window(first, last) for first, last in zip(firsts, lasts, strict=False))


def _month(day: date, by: int) -> date:
    count = day.year * 12 + day.month - 1 + by
    return date(count // 12, count % 12 + 1, 1)


def left(
    whole: tuple[Window, ...], reached: date | None, began: date, overlap: int
) -> tuple[Window, ...]:
    """Return which windows are still to be fetched.

    Args:
        whole: all of them.
        reached: the first day from which on everything was fetched; None where nothing was.
        began: the day of that fetch; what was booked since then, or `overlap` days before it, is fetched again.
        overlap: how many days late the bank books.
    """
    if reached is None:
        return whole
    settled = began - timedelta(days=overlap)
    return tuple(
        window
        for window in whole
        if window.first < reached or window.last is None or window.last >= settled
    )
