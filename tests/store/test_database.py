"""Opening the ledger: its key, its versions, its errors."""

from __future__ import annotations

import multiprocessing
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import apsw
import pytest

from bankview.errors import (
    DiskFullError,
    Interrupted,
    LedgerBusyError,
    LedgerDamagedError,
    LedgerKeyError,
    LedgerNewerError,
    StoreError,
)
from bankview.store import schema
from bankview.store.database import Database, open_ledger, open_memory

if TYPE_CHECKING:
    from pathlib import Path

SLOW = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_nothing_in_the_file_can_be_read(db: Database, path: Path) -> None:
    db.run("INSERT INTO doc VALUES(1, 'canary-canary')")
    db.close()
    said = path.read_bytes()
    assert b"canary" not in said
    assert b"SQLite" not in said
    assert b"CREATE TABLE" not in said


def test_the_file_is_closed_to_other_users(db: Database, path: Path) -> None:
    db.run("INSERT INTO doc VALUES(1, 'x')")
    modes = {oct(file.stat().st_mode & 0o777) for file in path.parent.iterdir()}
    assert modes == {"0o600"}


def test_a_missing_ledger_is_not_created_by_the_way(path: Path, key: bytes) -> None:
    with pytest.raises(LedgerKeyError):
        open_ledger(path, key)
    assert not list(path.parent.iterdir())


def test_a_wrong_key_changes_nothing(db: Database, path: Path) -> None:
    db.close()
    before = contents(path.parent)
    with pytest.raises(LedgerKeyError):
        open_ledger(path, bytes(32), create=True, check=True)
    assert contents(path.parent) == before


def test_a_wrong_key_leaves_what_a_crash_left(db: Database, path: Path, key: bytes) -> None:
    db.run("INSERT INTO doc VALUES(1, 'kept')")
    left = {name: content for name, content in contents(path.parent).items() if "-shm" not in name}
    db.close()
    for name, content in left.items():
        (path.parent / name).write_bytes(content)
    with pytest.raises(LedgerKeyError):
        open_ledger(path, bytes(32))
    with closing(open_ledger(path, key)) as again:
        assert again.one("SELECT s FROM doc") == "kept"


def test_a_newer_ledger_is_left_alone(db: Database, path: Path, key: bytes) -> None:
    db.run("PRAGMA user_version=99")
    db.close()
    before = contents(path.parent)
    with pytest.raises(LedgerNewerError, match="99"):
        open_ledger(path, key)
    assert contents(path.parent) == before


def test_a_step_is_taken_after_a_copy(
    db: Database, path: Path, key: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.run("INSERT INTO doc VALUES(1, 'old')")
    db.close()
    steps = (*schema.STEPS, "ALTER TABLE call ADD COLUMN more TEXT")
    monkeypatch.setattr("bankview.store.database.STEPS", steps)
    with closing(open_ledger(path, key)) as again:
        assert again.one("PRAGMA user_version") == len(steps)
        assert again.one("SELECT s FROM doc") == "old"
    monkeypatch.undo()
    copy = path.parent / "backups" / f"before-step-{len(steps)}.db"
    with closing(open_ledger(copy, key)) as before:
        assert before.one("PRAGMA user_version") == len(steps) - 1


def test_a_step_that_fails_leaves_the_ledger_as_it_was(
    db: Database, path: Path, key: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.close()
    steps = (*schema.STEPS, "CREATE TABLE half(a); SELECT nonsense")
    monkeypatch.setattr("bankview.store.database.STEPS", steps)
    with pytest.raises(StoreError, match="SQLError"):
        open_ledger(path, key)
    monkeypatch.undo()
    with closing(open_ledger(path, key)) as again:
        assert again.one("PRAGMA user_version") == len(schema.STEPS)
        assert not again.run("SELECT * FROM sqlite_schema WHERE name = 'half'")


def test_a_long_query_can_be_interrupted_from_another_thread(db: Database) -> None:
    raised: list[BaseException] = []

    def work() -> None:
        try:
            db.run(SLOW)
        except Interrupted as stop:
            raised.append(stop)

    thread = threading.Thread(target=work)
    thread.start()
    while thread.is_alive():
        db.interrupt()
        thread.join(0.01)
    assert raised


def test_interrupting_a_closed_ledger_is_harmless(db: Database) -> None:
    db.close()
    db.interrupt()


def test_a_full_disk_has_its_own_error_and_loses_nothing(db: Database) -> None:
    db.run("INSERT INTO doc VALUES(1, 'before')")
    db.run("PRAGMA max_page_count = 1")
    with pytest.raises(DiskFullError), db.writing():
        db.run_many("INSERT INTO doc(s) VALUES(?)", (("x" * 4000,) for _ in range(2000)))
    assert db.run("SELECT s FROM doc") == [("before",)]


def test_another_writer_that_never_ends_has_its_own_error(
    db: Database, path: Path, key: bytes
) -> None:
    with closing(open_ledger(path, key)) as other, db.writing():
        other.run("PRAGMA busy_timeout=1")
        with pytest.raises(LedgerBusyError), other.writing():
            pass


def test_a_failed_transaction_is_rolled_back(db: Database) -> None:
    with pytest.raises(StoreError), db.writing():
        db.run_many("INSERT INTO doc VALUES(?, 'x')", [(1,), (1,)])
    assert db.one("SELECT count(*) FROM doc") == 0


def test_a_commit_of_another_connection_is_noticed(db: Database, path: Path, key: bytes) -> None:
    before = db.data_version()
    with closing(open_ledger(path, key)) as other:
        other.run("INSERT INTO doc VALUES(1, 'x')")
    assert db.data_version() != before


def _write(path: Path, key: bytes, first: int) -> None:
    with closing(open_ledger(path, key)) as db:
        for n in range(200):
            with db.writing():
                db.run("INSERT INTO doc VALUES(?, 'x')", (first + n,))


def test_two_processes_write_at_once_without_an_error(db: Database, path: Path, key: bytes) -> None:
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_write, args=(path, key, n)) for n in (0, 1000)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert db.one("SELECT count(*) FROM doc") == 400


def test_memory_is_shared_by_name_and_gone_with_its_last_connection() -> None:
    first = open_memory("one")
    with closing(open_memory("one")) as second, closing(open_memory("two")) as other:
        first.run("INSERT INTO doc VALUES(1, 'x')")
        assert second.one("SELECT count(*) FROM doc") == 1
        assert other.one("SELECT count(*) FROM doc") == 0
    first.close()
    with closing(open_memory("one")) as again:
        assert again.one("SELECT count(*) FROM doc") == 0


def test_threads_write_to_memory_at_once_without_an_error() -> None:
    errors: list[BaseException] = []

    def work(first: int) -> None:
        try:
            with closing(open_memory("busy")) as mine:
                for n in range(50):
                    with mine.writing():
                        mine.run("INSERT INTO doc VALUES(?, 'x')", (first + n,))
        except BaseException as error:  # noqa: BLE001 - what a thread raises has to be seen
            errors.append(error)

    with closing(open_memory("busy")) as db:
        threads = [threading.Thread(target=work, args=(n * 100,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not errors
        assert db.one("SELECT count(*) FROM doc") == 200


@pytest.mark.parametrize("size", [0, 1, 9])
def test_a_ledger_cut_to_nothing_is_damaged(
    db: Database, path: Path, key: bytes, size: int
) -> None:
    db.close()
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(LedgerDamagedError):
        open_ledger(path, key)
    assert path.stat().st_size == size


def test_foreign_errors_never_leave(db: Database) -> None:
    with pytest.raises(StoreError, match="SQLError") as caught:
        db.run("SELECT nonsense")
    assert not isinstance(caught.value, apsw.Error)
