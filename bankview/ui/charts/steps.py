"""A step line as upright and level bars, whole or broken, and the area below it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Left, top, width and height, in pixels.
Bar = tuple[float, float, float, float]
Point = tuple[float, float]
#: Pixels that are drawn, and left out.
SOLID, DASHED, DOTTED = (0.0, 0.0), (5.0, 3.0), (1.5, 3.0)


def area(points: Sequence[Point], bottom: float) -> list[Bar]:
    """Return a bar from each point to the next, down to the bottom; on whole pixels, so that no seam is seen."""
    found = []
    for (left, top), (right, _) in itertools.pairwise(points):
        begin, end = round(left), round(right)
        if end > begin:
            found.append((float(begin), float(round(top)), float(end - begin), bottom - round(top)))
    return found


def steps(points: Sequence[Point], width: float, pattern: tuple[float, float]) -> list[Bar]:
    """Return the bars of a line of this width that holds its height to the next point, then goes there."""
    half, found = width / 2, []
    for (x, y), (right, to) in itertools.pairwise(points):
        low, high = min(y, to), max(y, to)
        if not pattern[1]:
            found.append((x - half, y - half, right - x + width, width))
            if high > low:
                found.append((right - half, low, width, high - low))
            continue
        found += [(a, y - half, b - a, width) for a, b in _pieces(x, right, pattern)]
        found += [(right - half, a, width, b - a) for a, b in _pieces(low, high, pattern)]
    return found


def _pieces(
    begin: float, end: float, pattern: tuple[float, float]
) -> Iterator[tuple[float, float]]:
    """Yield the parts of a stretch that are drawn; where they lie depends on the place alone, so that parts join."""
    drawn, gap = pattern
    whole = drawn + gap
    at = begin - begin % whole
    while at < end:
        left, right = max(begin, at), min(end, at + drawn)
        if right > left:
            yield left, right
        at += whole
