"""The server's clock, as its own Date headers tell it, and a clock that a suspended computer does not stop."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

LOG = logging.getLogger(__name__)

#: Exchanges that the median is taken of.
REMEMBERED = 5
#: Seconds that are no difference: a Date header counts whole seconds, and the way takes its time.
SAME = 2.0
#: Seconds of difference above which somebody should look at the computer's clock.
TOLERATED = 120.0
#: Seconds of difference above which a Date header says nothing about our clock.
ABSURD = 86_400.0


class ServerClock:
    """This computer's clock put right by one server's, for what that server judges: ends, proofs and assertions.

    Called, it returns the server's instant in UTC. What `told` is given, once it changed, is the difference in seconds,
    positive where the server is ahead; `skew` is where it starts from. Asked from many threads.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        skew: float = 0.0,
        told: Callable[[float], None] = lambda _: None,
    ) -> None:
        self._now, self._told = now, told
        self._skew, self._warned = skew, False
        self._seen: deque[float] = deque(maxlen=REMEMBERED)
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        """Return the instant that it is at the server, as far as it is known (UTC)."""
        return self._now() + timedelta(seconds=self._skew)

    @property
    def skew(self) -> float:
        """How many seconds the server's clock is ahead of this computer's; 0 within SAME."""
        return self._skew

    def learn(self, sent_at: datetime | None, seconds: float) -> None:
        """Look at an answer that has just come: the server's Date header (UTC), and the seconds the exchange took.

        The header was written about half the exchange ago, and counts whole seconds (RFC 9110 §6.6.1).
        """
        if sent_at is None:
            return
        written = self._now() - timedelta(seconds=max(0.0, seconds) / 2)
        difference = (sent_at - written).total_seconds() + 0.5
        if abs(difference) > ABSURD:
            return
        with self._lock:
            self._seen.append(difference)
            from statistics import median  # noqa: PLC0415 - an exchange is made late, the clock early

            middle = median(self._seen)
            before, self._skew = self._skew, middle if abs(middle) > SAME else 0.0
        self._tell(before)

    def _tell(self, before: float) -> None:
        if abs(self._skew) > TOLERATED and not self._warned:
            self._warned = True
            LOG.warning(
                "this computer's clock and the server's are %.0f seconds apart", abs(self._skew)
            )
        if abs(self._skew - before) > SAME:
            self._told(self._skew)


class Lasting:
    """A clock that never falls behind the time that has really passed since `start`.

    The wall clock can be set back, and the monotonic one stands still while some systems sleep: whichever is further
    counts, so that a token that has ended is never taken for a good one.
    """

    def __init__(
        self, now: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._now, self._monotonic = now, monotonic
        self.start()

    def start(self) -> None:
        """Count from now on."""
        self._began, self._mark = self._now(), self._monotonic()

    def __call__(self) -> datetime:
        """Return the later of the two instants (UTC)."""
        passed = timedelta(seconds=self._monotonic() - self._mark)
        return max(self._now(), self._began + passed)
