"""Reads the ledger for the window: the first page at once, counts and sums after it, never on the window's thread."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from bankview.errors import BankviewError, Interrupted
from bankview.ui.facts import read_first, read_page, read_rest, read_totals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bankview.store.database import Database
    from bankview.sync.home import Home
    from bankview.ui.facts import Facts, Question
    from bankview.ui.worker import Worker

T = TypeVar("T")

#: Seconds that the window's thread reads for; what takes longer is the worker's.
BUDGET = 0.004
#: Milliseconds from the first page to counting: the page is painted, and who types has struck the next key.
PAUSE = 20
#: Kibibytes of the ledger that are kept for counting.
CACHE = 2000
#: Seconds after which who waits for the connection cuts its holder short once more.
NUDGE = 0.002


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, its number, and what other connections had committed by then (`Database.data_version`)."""

    number: int
    question: Question
    version: int | None

    def is_about_what(self, known: _Asked) -> bool:
        """Return whether all but the rows is known from an earlier question."""
        same = self.question.filter.account_ids == known.question.filter.account_ids
        return same and self.version == known.version


class Reading(QObject):
    """Answers one question at a time: a newer one cuts the older one's statement short.

    `began` carries the facts with the first page, `counted` the same with count and sums, `completed` with fences too;
    all carry the question. `completed` alone comes where the rows that are on screen stay until the new ones are known.
    """

    began = Signal(object, object)
    counted = Signal(object, object)
    completed = Signal(object, object)
    failed = Signal(object)
    _paged = Signal(object, object)

    def __init__(self, worker: Worker, home: Home, db: Database, parent: QObject) -> None:
        """`db` is the window's own connection, on which a first page is read that takes no time."""
        super().__init__(parent)
        self._worker, self._home, self._db = worker, home, db
        self._lane = Lane(home)
        self._known: tuple[_Asked, Facts] | None = None
        # Whoever asked goes on before the answer comes, as with one from the worker.
        self._paged.connect(self._begin, Qt.ConnectionType.QueuedConnection)
        self._painted = QTimer(self)
        self._painted.setSingleShot(True)
        self._painted.setInterval(PAUSE)
        self._painted.timeout.connect(self._go_on)

    def ask(self, question: Question, *, at_once: bool) -> None:
        """Read what a question asks for; `at_once` shows its first page before the rest is counted."""
        self._painted.stop()
        asked, facts = self._begun(self._lane.take(), question, at_once=at_once)
        if facts:
            self._paged.emit(asked, facts)
            return
        first = partial(
            self._lane.run, asked.number, lambda db: read_first(db, self._home.now(), question)
        )
        if at_once:
            self._worker.run(first, partial(self._begin, asked), self._fail)
        else:
            self._worker.run(
                lambda: self._rest(asked, first()), partial(self._complete, asked), self._fail
            )

    def _begun(
        self, number: int, question: Question, *, at_once: bool
    ) -> tuple[_Asked, Facts | None]:
        """Return the question as it is asked, and the facts with its first page where that takes no time."""
        asked = _Asked(number, question, None)
        try:
            with self._db.within(BUDGET):
                asked = replace(asked, version=self._db.data_version())
                return asked, self._page(asked) if at_once else None
        except BankviewError:
            # Whatever it is, the worker meets it again and says it.
            return asked, None

    def _page(self, asked: _Asked) -> Facts | None:
        if self._known is None:
            return None
        before, known = self._known
        if asked.is_about_what(before):
            return read_page(self._db, known, asked.question)
        facts = read_first(self._db, self._home.now(), asked.question)
        offered = known.offered and asked.version == before.version
        return replace(facts, offered=offered, funds=known.funds, details=known.details)

    def _totals(self, asked: _Asked, facts: Facts) -> Facts:
        return self._lane.run(asked.number, lambda db: read_totals(db, facts, asked.question))

    def _rest(self, asked: _Asked, facts: Facts) -> Facts:
        return self._lane.run(
            asked.number, lambda db: read_rest(self._home, db, facts, asked.question)
        )

    def _begin(self, asked: _Asked, facts: Facts) -> None:
        if not self._lane.is_taken_by(asked.number):
            return
        self._known = asked, facts
        self.began.emit(facts, asked.question)
        if self._lane.is_taken_by(asked.number):
            self._painted.start()

    def _go_on(self) -> None:
        assert self._known
        asked, facts = self._known
        self._worker.run(
            lambda: self._totals(asked, facts), partial(self._count, asked), self._fail
        )

    def _count(self, asked: _Asked, facts: Facts) -> None:
        if self._lane.is_taken_by(asked.number):
            self.counted.emit(facts, asked.question)
            self._worker.run(
                lambda: self._rest(asked, facts), partial(self._complete, asked), self._fail
            )

    def _complete(self, asked: _Asked, facts: Facts) -> None:
        if self._lane.is_taken_by(asked.number):
            self._known = asked, facts
            self.completed.emit(facts, asked.question)

    def _fail(self, error: Exception) -> None:
        self.failed.emit(error)

    def close(self) -> None:
        """Let go of the ledger; what is being read is cut short."""
        self._painted.stop()
        self._lane.close()


class Lane:
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
                # Counting goes through the ledger once; what it keeps of it is only memory.
                self._db.run(f"PRAGMA cache_size=-{CACHE}")
            while True:
                try:
                    return function(self._db)
                except Interrupted:
                    # What was to cut the one before short may come late, and hit the newest.
                    if not self.is_taken_by(number):
                        raise

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
