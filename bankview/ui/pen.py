"""Writes what a person does to the ledger, one deed after the other in a worker, takes it back, and does it again."""

from __future__ import annotations

from collections import deque
from contextlib import closing
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject, Signal

from bankview.store import late
from bankview.ui import deeds
from bankview.words import category_text, tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QDialog

    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database
    from bankview.store.links import Pair
    from bankview.store.saved import Saved
    from bankview.sync.home import Home
    from bankview.ui.deeds import Deed
    from bankview.ui.worker import Worker

#: What can be taken back, at most.
DEPTH = 100


class Ways(NamedTuple):
    """What can be taken back next and done again next, in words; None where nothing can."""

    undo: str | None = None
    redo: str | None = None


class Pen(QObject):
    """Deeds are done in the order they were asked for, whatever thread is free."""

    #: The ledger holds what was asked for.
    written = Signal()
    #: There is something to take back, or nothing any more.
    undoable = Signal(bool)
    #: What can be taken back and done again next.
    turned = Signal(object)
    #: A sentence for the status line.
    said = Signal(str)
    failed = Signal(object)

    def __init__(self, worker: Worker, home: Home) -> None:
        super().__init__(worker)
        self._worker, self._home = worker, home
        self._deeds: deque[tuple[str, Deed]] = deque()
        self._back: deque[tuple[str, Deed]] = deque(maxlen=DEPTH)
        self._forth: deque[tuple[str, Deed]] = deque(maxlen=DEPTH)
        self._hand = Lock()

    @property
    def is_busy(self) -> bool:
        """Whether the ledger lacks something that was asked for; `written` or `failed` comes once it does not."""
        return bool(self._deeds) or self._worker.busy("pen")

    def write(self, *rows: Transaction, **said: Any) -> None:
        """Write some of the words of one row, or the same of several: note, tags, category, checked."""
        places = [(row.account_id, row.id) for row in rows]
        self.do(deeds.write(places, said), name=_written_text(said))

    def keep_search(self, search: Saved, instead: Saved | None = None) -> None:
        """Keep a search, `instead` of one of another name."""
        name = tr("search {name}", name=search.name)
        self.do(deeds.keep_search(search, instead), name=name)

    def forget_search(self, search: Saved) -> None:
        """Forget a search."""
        self.do(deeds.forget_search(search), name=tr("search {name}", name=search.name))

    def note_seen(self, account_id: int) -> None:
        """Count none of an account's rows as new any more; that is nothing to take back."""
        self._do(deeds.note_seen(account_id))

    def do(self, deed: Deed, said: str = "", name: str = "") -> None:
        """Do something to the ledger, and say a sentence about it; `name` says what would be taken back."""
        self._do(deed, name)
        self.undoable.emit(True)
        if said:
            self.said.emit(said)

    def undo(self) -> None:
        """Take the last deed back."""
        self._do(self._take_back)
        self.said.emit(tr("Taken back."))

    def redo(self) -> None:
        """Do again what was taken back last."""
        self._do(self._do_again)
        self.said.emit(tr("Done again."))

    def same(self, row: Transaction, other: Transaction) -> None:
        """Say that a booked row and a pending one are the same."""
        deed = deeds.same(row.account_id, _pair(row, other), self._home.now())
        self.do(deed, name=tr("Same"))

    def not_same(self, row: Transaction, other: Transaction) -> None:
        """Say that they are not; it is not asked again."""
        deed = deeds.not_same(row.account_id, _pair(row, other), self._home.now())
        self.do(deed, name=tr("Not the same"))

    def take_apart(self, row: Transaction) -> None:
        """Take a booked row's link apart."""
        deed = deeds.take_apart(row.account_id, row.id, self._home.now())
        said = tr("They are two now, each with what you wrote of it.")
        self.do(deed, said, tr("Not the same"))

    def finish(self) -> None:
        """Do what is left at once; the window is closing."""
        self._drain()

    def _do(self, deed: Deed, name: str = "") -> None:
        self._deeds.append((name, deed))
        self._worker.run(self._drain, self._on_done, self.failed.emit, key="pen")

    def _drain(self) -> Ways:
        """Do everything that was asked for, and return what can be taken back and done again next.

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
                            self._forth.clear()
            return Ways(*(way[-1][0] if way else None for way in (self._back, self._forth)))

    def _take_back(self, db: Database) -> None:
        _turn(self._back, self._forth, db)

    def _do_again(self, db: Database) -> None:
        _turn(self._forth, self._back, db)

    def _on_done(self, ways: Ways) -> None:
        if self._deeds:
            # Asked for after the worker had looked for the last time.
            self._worker.run(self._drain, self._on_done, self.failed.emit, key="pen")
        self.undoable.emit(ways.undo is not None or bool(self._deeds))
        self.turned.emit(ways)
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


def _turn(back: deque[tuple[str, Deed]], forth: deque[tuple[str, Deed]], db: Database) -> None:
    """Do the last of `back`, and keep what takes that back."""
    if back:
        name, deed = back.pop()
        again = deed(db)
        if again:
            forth.append((name, again))
