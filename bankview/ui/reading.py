"""Reads the ledger for the window: the first page at once, counts and sums after it, never on the window's thread."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from bankview.errors import Interrupted
from bankview.ui.facts import read_first, read_rest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bankview.store.database import Database
    from bankview.sync.home import Home
    from bankview.ui.facts import Facts, Question
    from bankview.ui.worker import Worker

T = TypeVar("T")

#: Seconds after which who waits for the connection cuts its holder short once more.
NUDGE = 0.002


class Reading(QObject):
    """Answers one question at a time: a newer one cuts the older one's statement short.

    `began` carries the facts with the first page, `completed` the same with counts, sums and fences; both carry the
    question. `completed` alone comes where the rows that are on screen stay until the new ones are known.
    """

    began = Signal(object, object)
    completed = Signal(object, object)
    failed = Signal(object)

    def __init__(self, worker: Worker, home: Home, parent: QObject) -> None:
        super().__init__(parent)
        self._worker, self._home = worker, home
        self._lane = _Lane(home)

    def ask(self, question: Question, *, at_once: bool) -> None:
        """Read what a question asks for; `at_once` shows its first page before the rest is counted."""
        mine = self._lane.take()
        first = partial(self._lane.run, mine, lambda db: read_first(db, self._home.now(), question))
        if at_once:
            self._worker.run(first, lambda facts: self._go_on(mine, facts, question), self._fail)
        else:
            self._worker.run(
                lambda: self._rest(mine, first(), question),
                lambda facts: self._complete(mine, facts, question),
                self._fail,
            )

    def close(self) -> None:
        """Let go of the ledger; what is being read is cut short."""
        self._lane.close()

    def _rest(self, mine: int, facts: Facts, question: Question) -> Facts:
        return self._lane.run(mine, lambda db: read_rest(self._home, db, facts, question))

    def _go_on(self, mine: int, facts: Facts, question: Question) -> None:
        if self._lane.is_taken_by(mine):
            self.began.emit(facts, question)
            self._worker.run(
                lambda: self._rest(mine, facts, question),
                lambda whole: self._complete(mine, whole, question),
                self._fail,
            )

    def _complete(self, mine: int, facts: Facts, question: Question) -> None:
        if self._lane.is_taken_by(mine):
            self.completed.emit(facts, question)

    def _fail(self, error: Exception) -> None:
        self.failed.emit(error)


class _Lane:
    """One connection to the ledger for the jobs of one question after the other."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._db: Database | None = None
        self._taken = 0
        self._closed = False

    def take(self) -> int:
        """Return the number under which a new question runs, and cut short whatever runs for an older one."""
        self._taken += 1
        if self._db:
            self._db.interrupt()
        return self._taken

    def is_taken_by(self, number: int) -> bool:
        """Return whether no newer question was asked."""
        return self._taken == number and not self._closed

    def run(self, number: int, function: Callable[[Database], T]) -> T:
        """Return what a job reads.

        Raises:
            Interrupted: a newer question was asked.
            Whatever the job raises.
        """
        with self._alone(lambda: self.is_taken_by(number)):
            if self._db is None:
                self._db = self._home.database()
            return function(self._db)

    @contextmanager
    def _alone(self, wanted: Callable[[], bool]) -> Iterator[None]:
        """Hold the connection. Who holds it is cut short again and again: between two statements a cut goes astray."""
        while not self._lock.acquire(timeout=NUDGE):
            if wanted() and self._db:
                self._db.interrupt()
        try:
            if not wanted():
                raise Interrupted
            yield
        finally:
            self._lock.release()

    def close(self) -> None:
        """Close the connection."""
        self._closed = True
        with self._alone(lambda: True):
            if self._db:
                self._db.close()
            self._db = None
