"""The window's clock: what is due is fetched, what other processes committed is shown."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from bankview.sync.home import Home
    from bankview.sync.schedule import Upcoming
    from bankview.ui.worker import Worker

#: Milliseconds between two looks at the ledger, and between two looks at the schedule.
LOOK = 2_000
SCHEDULE = 60_000


def _read(home: Home) -> tuple[Upcoming, ...]:
    from bankview.sync.schedule import upcoming  # noqa: PLC0415 - the window is painted first

    with closing(home.database()) as db:
        return upcoming(home, db)


class Poller(QObject):
    """Emits ids alone; it never opens a browser and never asks a keychain."""

    due = Signal(str)
    scheduled = Signal(object)
    look = Signal()

    def __init__(self, worker: Worker, home: Home) -> None:
        super().__init__(worker)
        self._worker, self._home = worker, home
        self._timers = [QTimer(self), QTimer(self)]
        ticks = ((LOOK, self.look.emit), (SCHEDULE, self.tick))
        for timer, (interval, slot) in zip(self._timers, ticks, strict=True):
            timer.setInterval(interval)
            timer.timeout.connect(slot)
            timer.start()

    def pause(self) -> None:
        """Look at nothing until `go_on`."""
        for timer in self._timers:
            timer.stop()

    def go_on(self) -> None:
        """Look again, at what is due now first."""
        for timer in self._timers:
            timer.start()
        self.tick()

    def tick(self) -> None:
        """Ask the schedule, in the worker, what is due now; a wall clock that jumped is seen here too."""
        self._worker.run(lambda: _read(self._home), self._on_read, key="schedule")

    def _on_read(self, runs: tuple[Upcoming, ...]) -> None:
        self.scheduled.emit(runs)
        now = self._home.now()
        for run in runs:
            if run.at is not None and run.at <= now:
                self.due.emit(run.connection_id)
