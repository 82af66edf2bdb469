"""Counts what is fetched while nobody is there: four times a day each (Delegated Regulation (EU) 2018/389, art. 36(5))."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bankview.sandbox.files import write
from bankview.sandbox.sparebank1_shapes import OSLO
from bankview.sandbox.stet_refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: Calls a day, each for itself: the account list, and an account's balances and transactions.
MOST = 4


class Quota:
    """The counts of one day; they outlive the process in `path`."""

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        self._path, self._now, self._lock = path, now, threading.Lock()
        self._day, self._counts = "", {}
        if path.exists():
            kept = json.loads(path.read_bytes())
            self._day, self._counts = kept["day"], kept["counts"]

    def count(self, *what: str) -> None:
        """Count a call.

        Raises:
            RefusedError: it is one too many; Retry-After leads to the next day.
        """
        now = datetime.fromtimestamp(self._now(), OSLO)
        key = " ".join(what)
        with self._lock:
            if self._day != now.date().isoformat():
                self._day, self._counts = now.date().isoformat(), {}
            if self._counts.get(key, 0) >= MOST:
                raise RefusedError(
                    429, "Daily limit reached", headers={"Retry-After": str(_until_tomorrow(now))}
                )
            self._counts[key] = self._counts.get(key, 0) + 1
            content = {"day": self._day, "counts": self._counts}
            write(self._path, json.dumps(content).encode())


def _until_tomorrow(now: datetime) -> int:
    tomorrow = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), OSLO)
    return max(1, int(tomorrow.timestamp() - now.timestamp()) + 1)
