"""The keychain's own thread: one errand after another, and nobody waits for ever for one that hangs."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from bankview.errors import KeychainSilentError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

#: Threads that may hang in a call before no further one is started beside them.
_MOST_LOST = 3


class _GivenUpError(Exception):
    """Nobody waits for this errand any more: it makes no further call."""


class Errand(Generic[T]):
    """One piece of work under way, made of single calls to the backend."""

    def __init__(self, work: Callable[[Errand[T]], T]) -> None:
        self._work = work
        self._changed = threading.Condition()
        self._beat = time.monotonic()
        self._over = self._given_up = False
        self._outcome: list[T] = []
        self._error: BaseException | None = None
        #: Whether the call under way changes something, so that nothing may overtake it.
        self.writing = False

    def step(self, call: Callable[..., Any], *arguments: str, writes: bool = False) -> Any:
        """Make one call to the backend and return its answer."""
        self._mark(writes)
        answer = call(*arguments)
        self._mark(writes=False)
        return answer

    def _mark(self, writes: bool) -> None:
        with self._changed:
            if self._given_up:
                raise _GivenUpError
            self._beat, self.writing = time.monotonic(), writes

    def carry_out(self) -> None:
        """Do the work and keep what comes of it; runs in the keychain's thread."""
        try:
            self._outcome = [self._work(self)]
        except BaseException as error:  # noqa: BLE001 - it is raised again where somebody waits
            self._error = error
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def wait(self, limit: float) -> T:
        """Return what came of it.

        Raises:
            KeychainSilentError: the backend gave no answer for `limit` seconds; no further call is made.
        """
        with self._changed:
            try:
                while not self._over:
                    left = self._beat + limit - time.monotonic()
                    if left <= 0:
                        raise KeychainSilentError(limit)
                    self._changed.wait(left)
            finally:
                self._given_up = not self._over
        if self._error:
            # Its traceback would keep the backend's connections open for as long as the errand lives.
            error, self._error = self._error, None
            raise error
        return self._outcome[0]


class Lane:
    """Carries out one errand at a time, in a daemon thread that holds up nobody's quitting.

    A read that hangs (a prompt that nobody answers) is left behind, and the next errand starts beside it. A write that
    hangs keeps the lane, since it may still take effect and must not overwrite what came later; until it ends, others
    wait no longer than the limit.
    """

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self._turn = threading.Lock()
        self._guard = threading.Lock()
        self._current: Errand[Any] | None = None
        self._lost: set[Errand[Any]] = set()

    def run(self, work: Callable[[Errand[T]], T]) -> T:
        """Return what `work` returns, or raise what it raises.

        Raises:
            KeychainSilentError: the backend gave no answer within the limit.
        """
        if not self._turn.acquire(timeout=self.limit):
            raise KeychainSilentError(self.limit)
        errand = Errand(work)
        self._current = errand
        threading.Thread(target=self._carry, args=(errand,), name="keychain", daemon=True).start()
        try:
            return errand.wait(self.limit)
        except BaseException:
            self._leave_behind(errand)
            raise

    def _carry(self, errand: Errand[Any]) -> None:
        errand.carry_out()
        with self._guard:
            self._lost.discard(errand)
            self._free(errand)

    def _leave_behind(self, errand: Errand[Any]) -> None:
        with self._guard:
            if self._current is errand and not errand.writing and len(self._lost) < _MOST_LOST:
                self._lost.add(errand)
                self._free(errand)

    def _free(self, errand: Errand[Any]) -> None:
        if self._current is errand:
            self._current = None
            self._turn.release()
