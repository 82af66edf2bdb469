"""Writes what a person says of rows to the ledger, one thing after the other in a worker, and takes it back."""

from __future__ import annotations

from collections import deque
from contextlib import closing
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from bankview.store import connections, late, links, saved, words
from bankview.words import category_text, tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QDialog

    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database
    from bankview.store.links import Pair
    from bankview.store.saved import Saved
    from bankview.sync.home import Home
    from bankview.ui.worker import Worker

    #: What takes a deed back.
    Undo = Callable[[Database], object]
    #: What is done to the ledger; it returns what takes it back, None where that is not asked for.
    Deed = Callable[[Database], Undo | None]

#: What can be taken back, at most.
DEPTH = 100


class Pen(QObject):
    """Deeds are done in the order they were asked for, whatever thread is free."""

    #: The ledger holds what was asked for.
    written = Signal()
    #: There is something to take back, or nothing any more.
    undoable = Signal(bool)
    #: What would be taken back next, in words; "" where nothing is named.
    next_undo = Signal(str)
    #: A sentence for the status line.
    said = Signal(str)
    failed = Signal(object)

    def __init__(self, worker: Worker, home: Home) -> None:
        super().__init__(worker)
        self._worker, self._home = worker, home
        self._deeds: deque[tuple[str, Deed]] = deque()
        self._back: deque[tuple[str, Undo]] = deque(maxlen=DEPTH)
        self._hand = Lock()

    def write(self, row: Transaction, **said: Any) -> None:
        """Write some of a row's words: note, tags, category, checked."""
        self._do(partial(_write, row.account_id, row.id, said), _written_text(said))
        self.undoable.emit(True)

    def keep_search(self, search: Saved, instead: Saved | None = None) -> None:
        """Keep a search, `instead` of one of another name."""
        self._do(partial(_keep_search, search, instead), tr("search {name}", name=search.name))
        self.undoable.emit(True)

    def forget_search(self, search: Saved) -> None:
        """Forget a search."""
        self._do(partial(_forget_search, search), tr("search {name}", name=search.name))
        self.undoable.emit(True)

    def note_seen(self, account_id: int) -> None:
        """Count none of an account's rows as new any more; that is nothing to take back."""
        self._do(partial(_note_seen, account_id))

    def do(self, deed: Deed, said: str = "", name: str = "") -> None:
        """Do something to the ledger, and say a sentence about it; `name` says what would be taken back."""
        self._do(deed, name)
        if said:
            self.said.emit(said)

    def undo(self) -> None:
        """Take the last deed back."""
        self._do(self._take_back)
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

    def _do(self, deed: Deed, name: str = "") -> None:
        self._deeds.append((name, deed))
        self._worker.run(self._drain, self._on_done, self.failed.emit, key="pen")

    def _drain(self) -> str | None:
        """Do everything that was asked for, and return what can be taken back next; None where nothing can be.

        Runs in a worker, and by `finish` on the window's thread.
        """
        with self._hand:
            if self._deeds:
                with closing(self._home.database()) as db:
                    while self._deeds:
                        name, deed = self._deeds.popleft()
                        undo = deed(db)
                        if undo:
                            self._back.append((name, undo))
            return self._back[-1][0] if self._back else None

    def _take_back(self, db: Database) -> None:
        if self._back:
            _, undo = self._back.pop()
            undo(db)

    def _on_done(self, name: str | None) -> None:
        if self._deeds:
            # Asked for after the worker had looked for the last time.
            self._worker.run(self._drain, self._on_done, self.failed.emit, key="pen")
        self.undoable.emit(name is not None or bool(self._deeds))
        self.next_undo.emit(name or "")
        self.written.emit()
        self._worker.run(self._catch_up, self._on_caught_up, self.failed.emit, key="pen late")

    def _catch_up(self) -> bool:
        """Let the search follow what was done to many rows."""
        with closing(self._home.database()) as db:
            return late.catch_up(db)

    def _on_caught_up(self, found: bool) -> None:
        if found:
            self.written.emit()


def listen(
    dialog: QDialog,
    pen: Pen,
    written: Callable[[], object],
    undoable: Callable[[bool], object],
    failed: Callable[[Exception], object],
) -> None:
    """Tell a dialog of what the pen does for as long as it is open."""
    pairs = ((pen.written, written), (pen.undoable, undoable), (pen.failed, failed))
    links = [signal.connect(slot) for signal, slot in pairs]
    dialog.finished.connect(lambda _: [QObject.disconnect(link) for link in links])


def _written_text(said: dict[str, Any]) -> str:
    """Return what is written of a row, in words."""
    (word, value), *_ = said.items()
    if word == "category":
        return tr("category {name}", name=category_text(value)) if value else tr("category")
    return {"note": tr("note"), "tags": tr("tags"), "checked": tr("checkmark")}[word]


def _pair(row: Transaction, other: Transaction) -> Pair:
    pending, booked = (row, other) if row.status == "pending" else (other, row)
    return pending.id, booked.id


def _write(account_id: int, text_id: str, said: dict[str, Any], db: Database) -> Undo | None:
    before, after = words.change(db, account_id, text_id, **said)
    if before == after:
        return None
    return partial(_rewrite, account_id, text_id, {name: getattr(before, name) for name in said})


def _rewrite(account_id: int, text_id: str, before: dict[str, Any], db: Database) -> None:
    words.change(db, account_id, text_id, **before)


def _keep_search(search: Saved, instead: Saved | None, db: Database) -> Undo:
    names = {one.name.casefold() for one in (search, instead) if one}
    lost = [one for one in saved.saved(db) if one.name.casefold() in names]
    saved.put(db, search, instead.name if instead else "")

    def restore(db: Database) -> None:
        saved.drop(db, search.name)
        for one in lost:
            saved.put(db, one)

    return restore


def _forget_search(search: Saved, db: Database) -> Undo:
    saved.drop(db, search.name)
    return lambda db: saved.put(db, search)


def _note_seen(account_id: int, db: Database) -> None:
    connections.mark_read(db, account_id)


def _accept(account_id: int, pair: Pair, home: Home, db: Database) -> None:
    links.accept(db, account_id, pair, home.now())


def _decline(account_id: int, pair: Pair, home: Home, db: Database) -> None:
    links.decline(db, account_id, pair, home.now())


def _undo_link(account_id: int, booked: str, home: Home, db: Database) -> None:
    links.undo(db, account_id, booked, home.now())
