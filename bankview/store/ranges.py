"""Half-open ranges of row ids: where the rows of periods lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.store.schema import DAY, PENDING

if TYPE_CHECKING:
    from datetime import date

#: In ascending order.
Ranges = tuple[tuple[int, int], ...]
EVERYTHING: Ranges = ((0, 2 * PENDING),)
BOOKED: Ranges = ((0, PENDING),)
HELD: Ranges = ((PENDING, 2 * PENDING),)


def of_period(since: date | None, until: date | None) -> Ranges:
    """Return where the rows of a period lie, booked and pending."""
    low = since.toordinal() * DAY if since else 0
    high = (until.toordinal() + 1) * DAY if until else PENDING
    return (low, high), (PENDING + low, PENDING + high)


def within(some: Ranges, others: Ranges) -> Ranges:
    """Return what lies in both."""
    both = ((max(a, c), min(b, d)) for a, b in some for c, d in others)
    return tuple(sorted((low, high) for low, high in both if low < high))


def outside(ranges: Ranges) -> Ranges:
    """Return what lies in none of them."""
    ends = [0, *(end for pair in ranges for end in pair), 2 * PENDING]
    parts = zip(ends[::2], ends[1::2], strict=True)
    return tuple((low, high) for low, high in parts if low < high)
