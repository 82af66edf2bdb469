"""How often a keychain that stays locked is asked again without a person asking."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

#: Seconds after the first, the second, and every further refusal.
WAITS = (30.0, 120.0, 600.0)


class BackOff:
    """Counts refusals in a row. `now` gives seconds that only grow."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._refusals = 0
        self._until = 0.0

    @property
    def waiting(self) -> bool:
        """Whether it is too early to ask again."""
        return self._refusals > 0 and self._now() < self._until

    def refused(self) -> None:
        """Wait longer before the next question."""
        if not self.waiting:
            self._until = self._now() + WAITS[min(self._refusals, len(WAITS) - 1)]
            self._refusals += 1

    def reset(self) -> None:
        """Ask at once the next time."""
        self._refusals = 0
