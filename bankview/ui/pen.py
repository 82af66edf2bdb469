"""Writes what a person says of rows to the ledger, one thing after the other in a worker, and takes it back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import closing
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from bankview.store import connections, links, saved, words
from bankview.words import tr

if TYPE_CHECKING:
    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database
    from bankview.store.links import Pair
    from bankview.store.saved import Saved
    from bankview.sync.home import Home
    from bankview.ui.worker import Worker

    #: What is done to the ledger; what takes it back is put on the pile, or taken from there.
    Deed = Callable[[Database, deque["Undo"]], None]

#: Takes something back.
Undo = Callable[["Database"], object]
#: What can be taken back, at most.
DEPTH = 100


class Pen(QObject):
    """Deeds are done in the order they were asked for, whatever thread is free."""

    #: The ledger holds what was asked for.
    written = Signal()
    #: There is something to take back, or nothing any more.
    undoable = Signal(bool)
    #: A sentence for the status line.
    said = Signal(str)
    failed = Signal(object)

    def __init__(self, worker: Worker, home: Home) -> None:
        super().__init__(worker)
        self._worker, self._home = worker, home
        self._deeds: deque[Deed] = deque()
        self._back: deque[Undo] = deque(maxlen=DEPTH)
        self._hand = Lock()

    def write(self, row: Transaction, **said: Any) -> None:
        """Write some of a row's words: note, tags, category, checked."""
        self._do(partial(_write, row.account_id, row.id, said))
        self.undoable.emit(True)

    def keep_search(self, search: Saved, instead: Saved | None = None) -> None:
        """Keep a search, `instead` of one of another name."""
        self._do(partial(_keep_search, search, instead))
        self.undoable.emit(True)

    def forget_search(self, search: Saved) -> None:
        """Forget a search."""
        self._do(partial(_forget_search, search))
        self.undoable.emit(True)

    def note_seen(self, account_id: int) -> None:
        """Count none of an account's rows as new any more; that is nothing to take back."""
        self._do(partial(_note_seen, account_id))

    def undo(self) -> None:
        """Take the last words, or what was done with a search, back."""
        self._do(_take_back)
        self.said.emit(tr("Taken back."))

    def same(self, row: Transaction, other: Transaction) -> None:
        """Say that a booked row and a pending one are the same."""
        self._do(partial(_accept, row.account_id, _pair(row, other), self._home))

    def not_same(self, row: Transaction, other: Transaction) -> None:
        """Say that they are not; it is not asked again."""
        self._do(partial(_decline, row.account_id, _pair(row, other), self._home))

    def take_apart(self, row: Transaction) -> None:
        """Take a booked row's link apart."""
        self._do(partial(_undo_link, row.account_id, row.id, self._home))
        self.said.emit(tr("They are two now. What you wrote while it was pending went back there."))

    def finish(self) -> None:
        """Do what is left at once; the window is closing."""
        self._drain()

    def _do(self, deed: Deed) -> None:
        self._deeds.append(deed)
        self._worker.run(self._drain, self._on_done, self.failed.emit, key="pen")

    def _drain(self) -> bool:
        """Do everything that was asked for, and return whether something can be taken back.

        Runs in a worker, and by `finish` on the window's thread.
        """
        with self._hand:
            if self._deeds:
                with closing(self._home.database()) as db:
                    while self._deeds:
                        self._deeds.popleft()(db, self._back)
            return bool(self._back)

    def _on_done(self, undoable: bool) -> None:
        if self._deeds:
            # Asked for after the worker had looked for the last time.
            self._worker.run(self._drain, self._on_done, self.failed.emit, key="pen")
        self.undoable.emit(undoable or bool(self._deeds))
        self.written.emit()


def _pair(row: Transaction, other: Transaction) -> Pair:
    pending, booked = (row, other) if row.status == "pending" else (other, row)
    return pending.id, booked.id


def _write(
    account_id: int, text_id: str, said: dict[str, Any], db: Database, back: deque[Undo]
) -> None:
    before, after = words.change(db, account_id, text_id, **said)
    if before != after:
        there = {name: getattr(before, name) for name in said}
        back.append(lambda db: words.change(db, account_id, text_id, **there))


def _keep_search(search: Saved, instead: Saved | None, db: Database, back: deque[Undo]) -> None:
    names = {one.name.casefold() for one in (search, instead) if one}
    lost = [one for one in saved.saved(db) if one.name.casefold() in names]
    saved.put(db, search, instead.name if instead else "")

    def restore(db: Database) -> None:
        saved.drop(db, search.name)
        for one in lost:
            saved.put(db, one)

    back.append(restore)


def _forget_search(search: Saved, db: Database, back: deque[Undo]) -> None:
    saved.drop(db, search.name)
    back.append(lambda db: saved.put(db, search))


def _note_seen(account_id: int, db: Database, _: deque[Undo]) -> None:
    connections.mark_read(db, account_id)


def _take_back(db: Database, back: deque[Undo]) -> None:
    if back:
        back.pop()(db)


def _accept(account_id: int, pair: Pair, home: Home, db: Database, _: deque[Undo]) -> None:
    links.accept(db, account_id, pair, home.now())


def _decline(account_id: int, pair: Pair, home: Home, db: Database, _: deque[Undo]) -> None:
    links.decline(db, account_id, pair, home.now())


def _undo_link(account_id: int, booked: str, home: Home, db: Database, _: deque[Undo]) -> None:
    links.undo(db, account_id, booked, home.now())
