"""Import a statement file: it is read out of sight, held against the ledger, shown, and then comes in as a whole or not."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from bankview.domain.money import Money
from bankview.errors import UsageError
from bankview.files import columns as layouts
from bankview.files import guess, reading
from bankview.files.source import Source
from bankview.files.values import RAW, Unread
from bankview.store import by_hand, connections, diary, imports, placing
from bankview.sync.bringing import Bringing, minor
from bankview.sync.gathering import Reader
from bankview.sync.targets import FILES, NOBODY, currency_of, feed
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bankview.files.reading import Look
    from bankview.store.database import Database
    from bankview.store.imports import Row
    from bankview.sync.decisions import Part
    from bankview.sync.home import Home
    from bankview.sync.targets import Chosen


@dataclass(frozen=True, slots=True)
class Plan:
    """What importing a file would do.

    `unread` names the first pieces that cannot be read, `skipped` counts them all. `pending` counts rows that are not
    booked yet: they are left to the bank.
    """

    id: int
    file: str
    look: Look
    parts: tuple[Part, ...]
    unread: tuple[Unread, ...]
    skipped: int
    pending: int
    corrected: bool

    @property
    def rows(self) -> int:
        """How many rows were read."""
        return self.new + self.known + self.uncertain

    @property
    def new(self) -> int:
        """How many are new."""
        return sum(one.new for one in self.parts)

    @property
    def known(self) -> int:
        """How many are here already; they stay as they are."""
        return sum(one.known for one in self.parts)

    @property
    def shown(self) -> list[Row]:
        """The first rows of each kind, in the order of the file."""
        return sorted((row for one in self.parts for row in one.shown), key=lambda row: row.seq)

    @property
    def uncertain(self) -> int:
        """How many may be here already; they come in, and the person is asked."""
        return sum(one.uncertain for one in self.parts)


def prepare(
    home: Home,
    path: Path,
    chosen: Chosen = NOBODY,
    said: Sequence[str] = (),
    *,
    tell: Callable[[int, int], object] = lambda _, __: None,
    stop: Callable[[], bool] = lambda: False,
) -> Plan:
    """Read a file out of sight, and return what importing it would do.

    Args:
        home: the open home.
        path: the file.
        chosen: into which account.
        said: corrections of how its columns are read, as `Columns.corrected` takes them.
        tell: called with the bytes read and the bytes there are.
        stop: asked now and then; when true, all that was read is dropped.

    Raises:
        FileError: it cannot be imported, by kind.
        UsageError: an account or a column is not there.
        Interrupted: `stop` said so.
    """
    source = Source(path, tell, stop)
    with closing(home.database()) as db:
        found = look(db, source, said)
        own = imports.begin(db, source.name, home.now())
        try:
            reader = Reader(db, own, chosen, source)
            reader.stage(
                reading.read(
                    source,
                    found,
                    partial(currency_of, source.name, connections.accounts(db), chosen),
                )
            )
            parts = tuple(part.foreseen(db, own, stop) for part in reader.parts())
        except BaseException:
            imports.drop(db, own)
            raise
    unread = tuple(reader.unread)
    return Plan(own, source.name, found, parts, unread, reader.skipped, reader.pending, bool(said))


def look(db: Database, source: Source, said: Sequence[str]) -> Look:
    """Return how the file is read: as the person corrects it, else as they did last time, else as it looks."""
    found = reading.look(source)
    if found.columns is None:
        if said:
            raise UsageError(tr("Only CSV and QIF files have columns to be explained."))
        return found
    kept = imports.layout(db, found.columns.fingerprint)
    told = found.columns.kept(layouts.decode(kept)) if kept else found.columns
    told = told.corrected(said)
    return replace(found, columns=guess.ordered(source, told) if found.kind == "csv" else told)


def commit(home: Home, plan: Plan, *, stop: Callable[[], bool] = lambda: False) -> Plan:
    """Bring what was prepared into the ledger, in one transaction, and return what came.

    It is decided anew what is new: the bank may have sent rows meanwhile.

    Raises:
        Interrupted: `stop` said so; nothing was changed.
        StoreError: the ledger cannot be written; nothing was changed.
    """
    now = home.now()
    with closing(home.database()) as db:
        with db.at_length(), db.writing():
            parts = [_made(db, part, home) for part in plan.parts]
            befores = [(one.account.id, minor(one.account)) for one in parts]
            openings = _openings(db)
            done = [Bringing(db, plan.id, part, home, stop).bring() for part in parts]
            after = {one.id: minor(one) for one in connections.accounts(db)}
            made = [
                one.account.id
                for one, asked in zip(parts, plan.parts, strict=True)
                if not asked.account.id
            ]
            balances = [(own, was, after[own]) for own, was in befores]
            brought = replace(plan, parts=tuple(done))
            counts = (brought.new, brought.known, brought.uncertain)
            shifts = [(own, (held - openings[own]).minor) for own, held in _openings(db).items()]
            before = {"balances": balances, "made": made, "shifts": shifts}
            imports.finish(db, plan.id, counts, before)
            if plan.corrected and plan.look.columns:
                columns = plan.look.columns
                imports.keep_layout(db, columns.fingerprint, layouts.encode(columns))
        diary.write(db, now, [_told(one, plan.file) for one in done])
    return brought


def discard(home: Home, plan: Plan) -> None:
    """Forget a file that was read and is not imported."""
    with closing(home.database()) as db:
        imports.drop(db, plan.id)


def _told(part: Part, file: str) -> diary.Told:
    came = part.new + part.uncertain
    return diary.Told(
        part.account.connection_id, file, part.account.label, True, part.rows, came, 0, 0, ""
    )


def _made(db: Database, part: Part, home: Home) -> Part:
    """Return a part with its account in the ledger, made where there was none."""
    if part.account.id:
        return part
    feed(db, home.now())
    return replace(part, account=connections.put_account(db, part.account))


def undo(home: Home, import_id: int) -> int:
    """Take a whole import back, and return how many rows went; what the bank sent since stays.

    Raises:
        UsageError: there is no such import.
    """
    with closing(home.database()) as db, db.writing():
        before = imports.before(db, import_id)
        if before is None:
            raise UsageError(
                tr("There is no import {id}. `bankview import --list` lists them.", id=import_id)
            )
        shifts = dict(before.get("shifts", ()))
        openings = {
            own: held - Money(shifts.get(own, 0), held.currency)
            for own, held in _openings(db).items()
        }
        gone = list(imports.take_back(db, import_id, RAW))
        was = {own: (balance, then) for own, balance, then in before["balances"]}
        for own, lowest, _ in gone:
            _put_back(db, own, lowest, was.get(own), openings.get(own))
        imports.forget_empty(db, before["made"], FILES)
    return sum(count for _, __, count in gone)


def _openings(db: Database) -> dict[int, Money]:
    """Return what each account that is kept by hand held when it was opened, as it looks now."""
    return {one.id: by_hand.opening(db, one) for one in connections.accounts(db) if one.opened}


def _put_back(
    db: Database,
    own: int,
    lowest: int,
    was: tuple[int | None, int | None] | None,
    opening: Money | None,
) -> None:
    account = next((one for one in connections.accounts(db) if one.id == own), None)
    if account is None:
        return
    if opening:
        account = by_hand.hold(db, account, opening)
    elif was and account.connection_id == FILES and minor(account) == was[1]:
        account = imports.set_balance(db, own, was[0])
    placing.balance(db, account, lowest)
