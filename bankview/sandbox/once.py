"""Names that count once: the `jti` of what a client signed (RFC 7523 §3, RFC 9449 §11.1)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Once:
    """Remembers names as long as they could be used again; asked from many threads."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}

    def take(self, name: str, until: float) -> bool:
        """Use a name up until an instant in epoch seconds; tell whether it was free."""
        with self._lock:
            now = self._now()
            self._until = {old: ends for old, ends in self._until.items() if ends > now}
            if name in self._until:
                return False
            self._until[name] = until
            return True
