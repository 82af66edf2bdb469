"""One connection to the ledger: encrypted SQLite, one per thread, its errors ours."""

from __future__ import annotations

import errno
import hashlib
import os
import time
from contextlib import contextmanager, suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

import apsw

from bankview.errors import (
    BankviewError,
    DiskFullError,
    Interrupted,
    LedgerBusyError,
    LedgerDamagedError,
    LedgerKeyError,
    LedgerNewerError,
    LedgerReadOnlyError,
    StoreError,
)
from bankview.store.schema import STEPS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

#: Milliseconds to wait for another writer.
BUSY = 5000
#: Steps of SQLite's machine, a tenth of a millisecond or so, between two looks at the time.
LOOK = 2000
#: Bytes up to which the whole file is checked when the program starts; larger ones are read whole by the daily copy.
CHECKED = 32 << 20
#: Bytes of a file's start that name its key.
MARK = 16
#: Bytes of a page.
PAGE_SIZE = 4096

_OURS: dict[type[Exception], type[BankviewError]] = {
    apsw.BusyError: LedgerBusyError,
    apsw.LockedError: LedgerBusyError,
    apsw.FullError: DiskFullError,
    apsw.CorruptError: LedgerDamagedError,
    apsw.NotADBError: LedgerDamagedError,
    apsw.InterruptError: Interrupted,
    apsw.ReadOnlyError: LedgerReadOnlyError,
    apsw.CantOpenError: LedgerReadOnlyError,
    apsw.PermissionsError: LedgerReadOnlyError,
}
#: Rows that are read in one go.
AT_A_TIME = 256
#: KiB of pages that a connection keeps, and one that writes at length.
CACHE, LARGE = 16_000, 64_000
#: Pages after which the file follows what was committed: SQLite's own choice.
FOLLOW = 1000
_PRAGMAS = (
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "temp_store=MEMORY",
    "secure_delete=FAST",
    f"cache_size=-{CACHE}",
)


#: What lies beside a ledger in which damage was met: the next start looks through the whole of it.
_SUSPECT = ".suspect"


def ours(error: apsw.Error) -> BankviewError:
    """Return our error for one of the database's; its text may hold data and stays behind."""
    for kind in type(error).__mro__:
        if kind in _OURS:
            return _OURS[kind]()
    return StoreError(f"the database said {type(error).__name__}")


class Database:
    """One connection; used by one thread at a time. `close` is safe to call twice."""

    def __init__(self, connection: apsw.Connection, path: Path | None) -> None:
        self.path, self._connection = path, connection

    def run(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[Any]:
        """Return all rows of a statement.

        Raises:
            StoreError: by kind.
            Interrupted: `interrupt` was called meanwhile.
        """
        try:
            return list(self._connection.execute(sql, values))
        except apsw.Error as error:
            raise self._ours(error) from error

    def each(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> Iterator[Any]:
        """Yield the rows of a statement, read a few at a time.

        SQLite lets go of the interpreter for each row. Between rows that somebody works on, that is too short for
        another thread to take it, and long enough to begin its waiting anew.
        """
        try:
            found = self._connection.execute(sql, values)
            while rows := list(islice(found, AT_A_TIME)):
                yield from rows
        except apsw.Error as error:
            raise self._ours(error) from error

    def run_many(self, sql: str, rows: Iterable[Sequence[Any] | Mapping[str, Any]]) -> None:
        """Run a statement for each row; all rows are made before, for the reason that `each` says."""
        made = list(rows)
        try:
            self._connection.executemany(sql, made)
        except apsw.Error as error:
            raise self._ours(error) from error

    def _ours(self, error: apsw.Error) -> BankviewError:
        known = ours(error)
        if self.path and isinstance(known, LedgerDamagedError):
            suspect(self.path)
        return known

    def one(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> Any:
        """Return the first column of the first row, None where there is none."""
        rows = self.run(sql, values)
        return rows[0][0] if rows else None

    def know(self, name: str, function: Callable[..., str]) -> None:
        """Let statements call a function of one text, which returns the same for the same."""
        self._connection.create_scalar_function(name, function, 1, deterministic=True)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One write transaction, taken at once, so that two writers queue instead of failing half-way."""
        self.run("BEGIN IMMEDIATE")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    @contextmanager
    def at_length(self) -> Iterator[None]:
        """Let what is written touch most of the file: in more memory, and without the file following at its end."""
        self.run(f"PRAGMA cache_size=-{LARGE}")
        self.run("PRAGMA wal_autocheckpoint=0")
        try:
            yield
        finally:
            self.run(f"PRAGMA cache_size=-{CACHE}")
            self.run(f"PRAGMA wal_autocheckpoint={FOLLOW}")

    def data_version(self) -> int:
        """Return a number that changes when another connection has committed."""
        return int(self.one("PRAGMA data_version"))

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Cut the statements of a block short once they took so long together; no other writer is waited for.

        Raises:
            Interrupted: they took longer.
            LedgerBusyError: another writer is in the way.
        """
        connection, end = self._connection, time.monotonic() + seconds
        connection.set_busy_timeout(0)
        connection.set_progress_handler(lambda: time.monotonic() > end, LOOK)
        try:
            yield
        finally:
            connection.set_progress_handler(None)
            connection.set_busy_timeout(BUSY)

    def interrupt(self) -> None:
        """Cut the running statement short, from any thread; it raises Interrupted where it runs."""
        # A connection that its own thread has closed has nothing to cut short.
        with suppress(apsw.ConnectionClosedError):
            self._connection.interrupt()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def open_ledger(path: Path, key: bytes, *, create: bool = False, check: bool = False) -> Database:
    """Open the ledger with its raw 32-byte key, and take its schema to this version.

    Args:
        path: the file.
        key: 32 random bytes; no key derivation, so that opening takes no time.
        create: make the file where there is none.
        check: look through the whole file where it is small enough to take no time (at the program's start), or where
            damage was met in it before.

    Raises:
        LedgerKeyError: the key does not fit, or there is no file and `create` is false; nothing was created.
        LedgerNewerError: a newer Bankview wrote it; nothing was changed.
        LedgerDamagedError: it cannot be read although the key fits.
        LedgerReadOnlyError: its file or folder may not be written.
        StoreError: it cannot be opened.
    """
    if create and not path.exists():
        _touch(path)
    elif not path.exists():
        raise LedgerKeyError
    elif not create or path.stat().st_size:
        _check_start(path, key)
    db = _connect(path, key)
    try:
        _ready(db, "WAL")
        if check and (path.stat().st_size <= CHECKED or _suspected(path).exists()):
            quick_check(db)
            trust(path)
    except BaseException:
        db.close()
        raise
    return db


def quick_check(db: Database) -> None:
    """Look through the whole file; one damaged byte is enough.

    Raises:
        LedgerDamagedError: it is damaged.
    """
    if db.run("PRAGMA quick_check(1)") != [("ok",)]:
        raise LedgerDamagedError


def _suspected(path: Path) -> Path:
    return path.with_name(path.name + _SUSPECT)


def suspect(path: Path) -> None:
    """Remember that damage was met in a ledger, so that it is looked through when it is opened next."""
    with suppress(OSError):
        _suspected(path).touch(0o600)


def trust(path: Path) -> None:
    """Forget that damage was met: the file is another one now."""
    _suspected(path).unlink(missing_ok=True)


def open_memory(name: str) -> Database:
    """Open a ledger in memory, shared by name between the threads of this process; it is gone with the last one."""
    connection = apsw.Connection(
        f"file:/{name}?vfs=memdb",
        flags=apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_URI,
    )
    connection.set_busy_timeout(BUSY)
    return _ready(Database(connection, None), "MEMORY")


def refused(error: OSError, what: str) -> StoreError:
    """Return our error for what the system said of a file."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFullError()
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return LedgerReadOnlyError()
    return StoreError(f"{what}: {error.strerror}")


def _touch(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return  # another process was first
    except OSError as error:
        raise refused(error, "the ledger cannot be created") from error


def _mark(key: bytes) -> bytes:
    """Return what a ledger of this key begins with: it looks random and tells a wrong key from damage."""
    return hashlib.sha256(b"bankview ledger" + key).digest()[:MARK]


def _check_start(path: Path, key: bytes) -> None:
    """Raise unless the file was written with this key, though some of its first bytes may be damaged."""
    start = _start(path)
    if len(start) < MARK or not any(start):
        raise LedgerDamagedError
    if sum(a == b for a, b in zip(start, _mark(key), strict=True)) < MARK // 2:
        raise LedgerKeyError


def _start(path: Path) -> bytes:
    # Through the database's own file layer: closing the file in any other way would drop the locks that other
    # connections of this process hold on it (https://sqlite.org/howtocorrupt.html §2.2).
    system = "win32" if os.name == "nt" else "unix"
    flags = [apsw.SQLITE_OPEN_MAIN_DB | apsw.SQLITE_OPEN_READONLY, 0]
    try:
        file = apsw.VFSFile(system, str(path.absolute()), flags)
    except apsw.Error as error:
        raise ours(error) from error
    try:
        return file.xRead(min(MARK, file.xFileSize()), 0)
    finally:
        file.xClose()


def _connect(path: Path, key: bytes) -> Database:
    try:
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        connection.set_busy_timeout(BUSY)
        connection.pragma("cipher", "aegis")
        connection.pragma("key", f"raw:{key.hex()}{_mark(key).hex()}")
        list(connection.execute("SELECT count(*) FROM sqlite_schema"))
    except apsw.Error as error:
        raise ours(error) from error
    return Database(connection, path)


def _ready(db: Database, journal: str) -> Database:
    version = int(db.one("PRAGMA user_version"))
    if version > len(STEPS):
        raise LedgerNewerError(version)
    for pragma in (f"journal_mode={journal}", *_PRAGMAS):
        db.run(f"PRAGMA {pragma}")
    if version < len(STEPS):
        _migrate(db, version)
    return db


def _migrate(db: Database, version: int) -> None:
    """Take all missing steps in one transaction, after a copy of what was there; another process may be first."""
    if version and db.path:
        folder = db.path.with_name("backups")
        ready_folder(folder, "before-step-")
        copy(db, folder / f"before-step-{version + 1}.db")
    with db.writing():
        for step in STEPS[int(db.one("PRAGMA user_version")) :]:
            db.run(step)
        db.run(f"PRAGMA user_version={len(STEPS)}")


def ready_folder(folder: Path, kind: str) -> None:
    """Make the folder of the copies, and remove what a process that was killed left of one that begins with `kind`."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for half in folder.glob(f"{kind}*.new*"):
            half.unlink(missing_ok=True)
    except OSError as error:
        raise refused(error, "a copy of the ledger cannot be kept") from error


def copy(db: Database, target: Path) -> None:
    """Write a copy under the same key, closed to other users; an older one is replaced when the new one is whole.

    Raises:
        LedgerDamagedError: what was written is not whole.
        DiskFullError, StoreError: it could not be written.
    """
    fresh = target.with_name(f"{target.name}.{os.getpid()}.new")
    try:
        fresh.unlink(missing_ok=True)
        _touch(fresh)
        db.run("VACUUM INTO ?", (str(fresh),))
        _verify(db, fresh)
        to_disk(fresh)
        fresh.replace(target)
    except OSError as error:
        raise refused(error, "a copy of the ledger cannot be kept") from error
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def _verify(db: Database, fresh: Path) -> None:
    """Read the copy from end to end with the ledger's own key."""
    db.run("ATTACH ? AS fresh", (str(fresh),))
    try:
        version = db.one("PRAGMA fresh.user_version"), db.one("PRAGMA user_version")
        if db.run("PRAGMA fresh.quick_check(1)") != [("ok",)] or version[0] != version[1]:
            raise LedgerDamagedError
    finally:
        db.run("DETACH fresh")


def to_disk(path: Path) -> None:
    """Return when a file's content is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
