"""A wait that can be cut short from another thread."""

from __future__ import annotations

import threading

from bankview.errors import Interrupted


class Pause:
    """Waits a while, unless somebody stops it."""

    def __init__(self) -> None:
        self._stopped = threading.Event()

    def __call__(self, seconds: float) -> None:
        """Wait.

        Raises:
            Interrupted: `stop` was called, before or meanwhile.
        """
        if self._stopped.wait(seconds):
            raise Interrupted

    def stop(self) -> None:
        """End the wait, and every later one, at once; from any thread."""
        self._stopped.set()
