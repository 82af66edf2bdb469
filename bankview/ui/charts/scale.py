"""Where a value lies on the screen, which round values have a line, and which of many points are seen."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Gaps between two lines of a grid, times a power of ten.
_STEPS = (10, 15, 20, 25, 30, 40, 50, 60, 80)
#: At most so many gaps, so that three or four values are written.
_GAPS = 3


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from `low` to `high` over the pixels from `start` to `end`, which may run down."""

    low: int
    high: int
    start: float
    end: float

    def at(self, value: int) -> float:
        """Return a value's pixel; the middle where there is one value only."""
        if self.high == self.low:
            return (self.start + self.end) / 2
        return self.start + (self.end - self.start) * ((value - self.low) / (self.high - self.low))

    def nearest(self, pixel: float) -> int:
        """Return the value that lies nearest to a pixel, within the scale; meant for small whole numbers."""
        if self.high == self.low or self.end == self.start:
            return self.low
        share = (pixel - self.start) / (self.end - self.start)
        return min(self.high, max(self.low, self.low + round(share * (self.high - self.low))))


def grid(low: int, high: int) -> tuple[int, ...]:
    """Return three or four round values, evenly apart, that hold `low` and `high` between them."""
    if low == high:
        # A balance that never moves lies in the middle of a tenth of itself, of two units at least.
        room = max(100, abs(low) // 20)
        low, high = low - room, high + room
    for step in _round_steps():
        first, last = low // step, -(-high // step)
        if last - first <= _GAPS:
            last = max(last, first + 2)
            return tuple(number * step for number in range(first, last + 1))
    raise AssertionError("there is always a larger step")


def _round_steps() -> Iterator[int]:
    for power in itertools.count():
        yield from (step * 10**power // 10 for step in _STEPS if power or not step % 10)


def thinned(values: Sequence[int], columns: int) -> list[int]:
    """Return the places of each column's first, lowest, highest and last value, in order."""
    count = len(values)
    if count <= 4 * columns:
        return list(range(count))
    found: set[int] = set()
    for column in range(columns):
        begin, end = column * count // columns, (column + 1) * count // columns
        here = values[begin:end]
        found.update((begin, begin + here.index(min(here)), begin + here.index(max(here)), end - 1))
    return sorted(found)
