"""How figures are taken and told: in turns, as ratios of one run, one line each with its goal."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long some work took."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1e3


def median(figures: Sequence[float]) -> float:
    """Return the middle figure."""
    return statistics.median(figures)


def percentile(figures: Sequence[float], share: float) -> float:
    """Return the figure that this share of all does not exceed."""
    return sorted(figures)[min(len(figures) - 1, int(len(figures) * share))]


def tell(what: str, figure: float, goal: float, unit: str = "×", note: str = "") -> bool:
    """Print one line, `met` or `MISSED`, and return which; smaller figures are better."""
    met = figure <= goal
    print(
        f"{'met   ' if met else 'MISSED'} {what:<58} {figure:>9.3f} {unit:<2} goal ≤ {goal:g} {note}",
        flush=True,
    )
    return met
