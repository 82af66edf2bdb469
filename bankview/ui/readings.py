"""What a page reads in the worker: each reading by its name, the newest question of each last."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.store.database import Database
    from bankview.sync.home import Home
    from bankview.ui.worker import Worker

    Read = Callable[[Database], Any]
    Done = Callable[[Any], None]


class Readings:
    """Runs one reading of a name at a time; of those that are asked for meanwhile the last follows, and alone is told."""

    def __init__(
        self, worker: Worker, home: Home, page: str, failed: Callable[[Exception], None]
    ) -> None:
        """`page` sets the names apart from other pages'."""
        self._worker, self._home, self._page, self._failed = worker, home, page, failed
        self._next: dict[str, tuple[Read, Done]] = {}

    def ask(self, name: str, read: Read, done: Done) -> None:
        """Read in the worker, then tell `done` what was read."""
        begun = self._worker.run(
            partial(self._read, read),
            partial(self._on_done, name, done),
            partial(self._on_failed, name),
            key=f"{self._page} {name}",
        )
        if not begun:
            self._next[name] = (read, done)

    def _read(self, read: Read) -> Any:
        with closing(self._home.database()) as db:
            return read(db)

    def _on_done(self, name: str, done: Done, found: Any) -> None:
        if not self._follow(name):
            done(found)

    def _on_failed(self, name: str, error: Exception) -> None:
        if not self._follow(name):
            self._failed(error)

    def _follow(self, name: str) -> bool:
        waiting = self._next.pop(name, None)
        if waiting:
            self.ask(name, *waiting)
        return waiting is not None
