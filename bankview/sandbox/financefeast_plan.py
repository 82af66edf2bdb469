"""What a customer's plan allows at Financefeast, and what was used of it."""

from __future__ import annotations

import threading
from collections import Counter, deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

#: Calls a minute; no person gets there by hand.
PER_MINUTE = 600
MINUTE = 60


class Plan:
    """Counts the calls of each token."""

    def __init__(self, now: Callable[[], float], per_minute: int = PER_MINUTE) -> None:
        self.per_minute = per_minute
        self._now = now
        self._lock = threading.Lock()
        self._recent: dict[str, deque[float]] = {}
        self._used: Counter[tuple[str, str, str]] = Counter()

    def use(self, token: str, path: str) -> dict[str, str] | None:
        """Count a call and return what is left, as the headers say it; None where nothing was left."""
        now = self._now()
        with self._lock:
            recent = self._recent.setdefault(token, deque())
            while recent and recent[0] <= now - MINUTE:
                recent.popleft()
            if len(recent) >= self.per_minute:
                return None
            recent.append(now)
            self._used[token, path, datetime.fromtimestamp(now, UTC).date().isoformat()] += 1
            return self._headers(recent)

    def refused(self, token: str) -> dict[str, str]:
        """Return the headers of a call that came too soon."""
        with self._lock:
            headers = self._headers(self._recent[token])
        return {**headers, "Retry-After": headers["x-ratelimit-reset"]}

    def _headers(self, recent: deque[float]) -> dict[str, str]:
        return {
            "x-ratelimit-limit": str(self.per_minute),
            "x-ratelimit-remaining": str(self.per_minute - len(recent)),
            "x-ratelimit-reset": str(max(1, round(recent[0] + MINUTE - self._now()))),
        }

    def usage(self, token: str, since: str, until: str) -> dict[str, Any]:
        """Return how often a token called what, by day; both days are ISO dates and belong to it."""
        with self._lock:
            used = [
                (path, day, count)
                for (whose, path, day), count in sorted(self._used.items())
                if whose == token and since <= day <= until
            ]
        paths = sorted({path for path, _, _ in used})
        total = sum(count for _, _, count in used)
        return {
            "path": [_counted("path", path, [u for u in used if u[0] == path]) for path in paths],
            "token": [{"token": "1", "count": total, "days": []}],
        }


def _counted(name: str, value: str, used: list[tuple[str, str, int]]) -> dict[str, Any]:
    days = [{"date": f"{day}T00:00:00.000Z", "count": count} for _, day, count in used]
    return {name: value, "count": sum(count for _, _, count in used), "days": days}
