"""One connection to the ledger: encrypted SQLite, one per thread, its errors ours."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import apsw

from bankview.errors import (
    DiskFullError,
    LedgerBusyError,
    LedgerDamagedError,
    LedgerKeyError,
    LedgerNewerError,
    StoreError,
)
from bankview.store.schema import STEPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

#: Milliseconds to wait for another writer.
BUSY = 5000

_OURS: dict[type[Exception], type[StoreError]] = {
    apsw.BusyError: LedgerBusyError,
    apsw.LockedError: LedgerBusyError,
    apsw.FullError: DiskFullError,
    apsw.CorruptError: LedgerDamagedError,
    apsw.NotADBError: LedgerDamagedError,
}


def ours(error: apsw.Error) -> StoreError:
    """Return our error for one of the database's."""
    kind = _OURS.get(type(error))
    return kind() if kind else StoreError(f"the database said {type(error).__name__}")


class Database:
    """One connection; used by one thread at a time. `close` is safe to call twice."""

    def __init__(self, connection: apsw.Connection, path: Path | None) -> None:
        self.path, self._connection = path, connection

    def run(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[Any]:
        """Return all rows of a statement.

        Raises:
            StoreError: by kind.
        """
        try:
            return list(self._connection.execute(sql, values))
        except apsw.Error as error:
            raise ours(error) from error

    def each(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> Iterator[Any]:
        """Yield the rows of a statement one by one."""
        try:
            yield from self._connection.execute(sql, values)
        except apsw.Error as error:
            raise ours(error) from error

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for each row."""
        try:
            self._connection.executemany(sql, rows)
        except apsw.Error as error:
            raise ours(error) from error

    def one(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> Any:
        """Return the first column of the first row, None where there is none."""
        rows = self.run(sql, values)
        return rows[0][0] if rows else None

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

    def data_version(self) -> int:
        """Return a number that changes when another connection has committed."""
        return int(self.one("PRAGMA data_version"))

    def interrupt(self) -> None:
        """Cut the running statement short, from any thread."""
        self._connection.interrupt()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def open_ledger(path: Path, key: bytes, *, create: bool = False) -> Database:
    """Open the ledger with its raw 32-byte key, and take its schema to this version.

    Raises:
        LedgerKeyError: the key does not fit, or the file is not there and `create` is false.
        LedgerNewerError: a newer Bankview wrote it.
        LedgerDamagedError: it cannot be read although the key fits.
    """
    if not create and not path.exists():
        raise LedgerKeyError
    try:
        connection = apsw.Connection(str(path))
        connection.set_busy_timeout(BUSY)
        connection.pragma("cipher", "aegis")
        connection.pragma("hexkey", key.hex())
        list(connection.execute("SELECT count(*) FROM sqlite_schema"))
    except apsw.NotADBError:
        raise LedgerKeyError from None
    except apsw.Error as error:
        raise ours(error) from error
    return _ready(Database(connection, path), "WAL")


def open_memory(name: str) -> Database:
    """Open a ledger in memory, shared by name between the threads of this process."""
    connection = apsw.Connection(
        f"file:/{name}?vfs=memdb",
        flags=apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_URI,
    )
    connection.set_busy_timeout(BUSY)
    return _ready(Database(connection, None), "MEMORY")


def _ready(db: Database, journal: str) -> Database:
    for pragma in (
        f"journal_mode={journal}",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "trusted_schema=OFF",
        "temp_store=MEMORY",
        "secure_delete=FAST",
    ):
        db.run(f"PRAGMA {pragma}")
    version = int(db.one("PRAGMA user_version"))
    if version > len(STEPS):
        raise LedgerNewerError(version)
    if version < len(STEPS):
        with db.writing():
            for step in STEPS[int(db.one("PRAGMA user_version")) :]:
                db.run(step)
            db.run(f"PRAGMA user_version={len(STEPS)}")
    return db
