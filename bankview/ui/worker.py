"""The one place where the window's threads are started: jobs in, results out by signal."""

from __future__ import annotations

import itertools
import logging
import sys
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from bankview.errors import BankviewError, Interrupted
from bankview.ui.collector import Collector

if TYPE_CHECKING:
    from collections.abc import Callable

LOG = logging.getLogger(__name__)

#: Seconds that a thread keeps the interpreter while the window's thread waits for it. Each call into Qt lets go of it, so
#: that a frame waits some 25 times: with Python's own 5 ms it would take a tenth of a second.
TURN = 0.000_05
#: Milliseconds that jobs get to end when the app quits; then the process ends without them.
PATIENCE = 4000


class _Job(QRunnable):
    """Runs one function; holds nothing but it and the worker's bound signal."""

    def __init__(
        self, number: int, function: Callable[[], Any], ended: Callable[[int, Any, Any], None]
    ) -> None:
        super().__init__()
        self._number, self._function, self._ended = number, function, ended

    def run(self) -> None:
        result: Any = None
        error: Exception | None = None
        try:
            result = self._function()
        except BankviewError as problem:
            error = problem
        except Exception as problem:
            LOG.exception("a job failed unexpectedly")
            error = problem
        try:
            self._ended(self._number, result, error)
        except RuntimeError:
            LOG.debug("a job ended after its window")


class Worker(QObject):
    """Owns the pool and the signal that all jobs end with; callbacks run on the window's thread."""

    ended = Signal(int, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # From the first thread on.
        Collector(self)
        sys.setswitchinterval(TURN)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(8)
        self._numbers = itertools.count()
        self._waiting: dict[
            int, tuple[str, Callable[[Any], None], Callable[[Exception], None]]
        ] = {}
        self.stopping = False
        self.ended.connect(self._on_ended)

    def run(
        self,
        function: Callable[[], Any],
        done: Callable[[Any], None] = lambda _: None,
        failed: Callable[[Exception], None] = lambda _: None,
        key: str = "",
    ) -> bool:
        """Run a function on a thread of the pool, then `done(result)` or `failed(error)` on this one.

        With a `key`, nothing is started while a job of that key runs, and False is returned.
        """
        if self.stopping or (key and self.busy(key)):
            return False
        number = next(self._numbers)
        self._waiting[number] = (key, done, failed)
        self._pool.start(_Job(number, function, self.ended.emit))
        return True

    def busy(self, key: str) -> bool:
        """Return whether a job of this key runs."""
        return any(running == key for running, _, __ in self._waiting.values())

    @property
    def idle(self) -> bool:
        """Whether no job runs."""
        return not self._waiting

    def _on_ended(self, number: int, result: Any, error: Exception | None) -> None:
        _, done, failed = self._waiting.pop(number)
        if self.stopping or isinstance(error, Interrupted):
            return
        if error is None:
            done(result)
        else:
            failed(error)

    def close(self) -> bool:
        """Start nothing more and wait for what runs; False where something still hangs."""
        self.stopping = True
        self._pool.clear()
        return self._pool.waitForDone(PATIENCE)
