"""What the import dialog asks of the worker: how a file is read, its first rows, what would come, and bringing it in."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from bankview.domain.transaction import Transaction
from bankview.errors import FileError, FileUnclearError, Interrupted
from bankview.files import reading
from bankview.files.source import Source
from bankview.store import connections
from bankview.sync import imports
from bankview.sync.decisions import SHOWN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bankview.domain.account import Account
    from bankview.files.columns import Columns
    from bankview.store.database import Database
    from bankview.sync.home import Home
    from bankview.sync.imports import Plan
    from bankview.sync.targets import Chosen
    from bankview.ui.deeds import Deed


@dataclass(frozen=True, slots=True)
class Wish:
    """A file, where its rows go, and how its columns are corrected."""

    path: Path
    chosen: Chosen
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """What a wish comes to: `plan` where it can be done, else the `error` that says why not; the first rows as read."""

    wish: Wish
    accounts: tuple[Account, ...] = ()
    columns: Columns | None = None
    rows: tuple[Transaction, ...] = ()
    plan: Plan | None = None
    error: FileError | None = None


@dataclass(slots=True)
class Halt:
    """Says to a job that nobody waits for it any more."""

    asked: bool = field(default=False)

    def __call__(self) -> bool:
        """Return whether it was asked to stop."""
        return self.asked


def look(home: Home, wish: Wish, tell: Callable[[int, int], object], stop: Halt) -> Look:
    """Return what a file is and would bring; what cannot be imported is in the answer, not raised."""
    with closing(home.database()) as db:
        accounts = connections.accounts(db)
    columns, rows = None, tuple[Transaction, ...]()
    try:
        source = Source(wish.path, stop=stop)
        with closing(home.database()) as db:
            found = imports.look(db, source, wish.said)
        columns = found.columns
        rows = _first(source, found, wish, accounts)
        plan = imports.prepare(home, wish.path, wish.chosen, wish.said, tell=tell, stop=stop)
    except FileError as error:
        return Look(wish, accounts, columns, rows, None, error)
    return Look(wish, accounts, columns, rows, plan)


def _first(
    source: Source, found: reading.Look, wish: Wish, accounts: tuple[Account, ...]
) -> tuple[Transaction, ...]:
    """Return the first rows, as far as they can be read yet; a currency that is not known yet counts for nothing."""
    own = next((one.currency for one in accounts if one.id == wish.chosen.account_id), "XXX")
    try:
        items = reading.read(source, found, lambda _: own)
        return tuple(islice((one for one in items if isinstance(one, Transaction)), SHOWN))
    except FileUnclearError:
        return ()


def bring(home: Home, look: Look, stop: Halt) -> Plan:
    """Bring in what was looked at, and return what came."""
    assert look.plan
    try:
        return imports.commit(home, look.plan, stop=stop)
    except Interrupted:
        imports.discard(home, look.plan)
        raise


def drop(home: Home, look: Look) -> None:
    """Forget what was read."""
    if look.plan:
        imports.discard(home, look.plan)


def noted(home: Home, wish: Wish, plan: Plan) -> Deed:
    """Return a deed that is done already: it only says how it is taken back."""
    return lambda _: _back(home, wish, plan)


def _back(home: Home, wish: Wish, plan: Plan) -> Deed:
    def back(_: Database) -> Deed:
        imports.undo(home, plan.id)
        return again

    def again(_: Database) -> Deed:
        prepared = imports.prepare(home, wish.path, wish.chosen, wish.said)
        return _back(home, wish, imports.commit(home, prepared))

    return back
