"""Daily copies, and a damaged ledger that is moved aside and replaced by the newest sound one."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bankview.errors import LedgerDamagedError, LedgerKeyError
from bankview.store import backup, database, view
from bankview.store.database import open_ledger
from bankview.store.view import Filter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bankview.store.database import Database
    from tests.store.conftest import Book

NOW = datetime(2026, 3, 2, 3, 4, 5, tzinfo=UTC)
TODAY = date(2026, 3, 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def filled(book: Book, db: Database, folder: Path) -> Database:
    rows = [book.row(n % 60, n, f"Shop {n} {'x' * (n % 90)}") for n in range(1, 400)]
    book.publish(book.account(), *rows)
    return db


def zero_page(content: bytes) -> bytes:
    return bytes(4096) + content[4096:]


def flipped(at: float) -> Callable[[bytes], bytes]:
    def flip(content: bytes) -> bytes:
        place = int(at * len(content)) if at < 1 else int(at)
        return content[:place] + bytes([content[place] ^ 0x40]) + content[place + 1 :]

    return flip


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "a byte of the page size": flipped(17),
    "a byte of the first page": flipped(300),
    "a byte in the middle": flipped(0.5),
    "a byte near the end": flipped(0.97),
    "cut in half": lambda content: content[: len(content) // 2],
    "cut within a page": lambda content: content[: len(content) // 2 + 1000],
    "empty": lambda content: b"",
    "all zeros": lambda content: bytes(len(content)),
    "first page zeros": zero_page,
}


@pytest.mark.parametrize("how", DAMAGE)
def test_damage_is_seen_at_the_start(filled: Database, path: Path, key: bytes, how: str) -> None:
    filled.close()
    path.write_bytes(DAMAGE[how](path.read_bytes()))
    with pytest.raises(LedgerDamagedError):
        open_ledger(path, key, check=True)


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_ledger_is_moved_aside_and_its_copy_restored(
    filled: Database, path: Path, key: bytes, folder: Path, how: str
) -> None:
    backup.back_up(filled, folder, TODAY)
    filled.close()
    damaged = DAMAGE[how](path.read_bytes())
    path.write_bytes(damaged)
    said = backup.recover(path, key, folder, NOW)
    assert said.aside
    assert said.aside.read_bytes() == damaged
    assert said.restored
    with closing(open_ledger(path, key, check=True)) as again:
        assert view.totals(again, Filter()).count == 399


def test_the_companions_of_a_damaged_ledger_go_with_it(
    path: Path, key: bytes, folder: Path
) -> None:
    for name in ("ledger.db", "ledger.db-wal", "ledger.db-shm"):
        (path.parent / name).write_text(name)
    said = backup.recover(path, key, folder, NOW)
    names = {file.name: file.read_text() for file in path.parent.iterdir()}
    assert names == {
        "ledger-damaged-20260302-030405.db": "ledger.db",
        "ledger-damaged-20260302-030405.db-wal": "ledger.db-wal",
        "ledger-damaged-20260302-030405.db-shm": "ledger.db-shm",
    }
    assert said.restored is None


def test_two_damaged_ledgers_of_one_second_are_both_kept(
    path: Path, key: bytes, folder: Path
) -> None:
    for content in ("first", "second"):
        path.write_text(content)
        backup.recover(path, key, folder, NOW)
    assert {file.read_text() for file in path.parent.iterdir()} == {"first", "second"}


def test_a_damaged_copy_is_passed_over_for_an_older_sound_one(
    filled: Database, path: Path, key: bytes, folder: Path
) -> None:
    backup.back_up(filled, folder, TODAY - timedelta(days=1))
    newest = backup.back_up(filled, folder, TODAY)
    filled.close()
    assert newest
    newest.write_bytes(flipped(0.5)(newest.read_bytes()))
    path.write_bytes(b"")
    backup.recover(path, key, folder, NOW)
    with closing(open_ledger(path, key, check=True)) as again:
        assert view.totals(again, Filter()).count == 399
    assert newest.exists()


def test_a_ledger_whose_log_was_deleted_opens_as_of_its_last_checkpoint(
    filled: Database, path: Path, key: bytes
) -> None:
    filled.run("PRAGMA wal_checkpoint(TRUNCATE)")
    filled.run("UPDATE tx SET payee = 'later'")
    torn = path.read_bytes()
    filled.close()
    path.write_bytes(torn)
    with closing(open_ledger(path, key, check=True)) as again:
        assert again.one("SELECT count(*) FROM tx WHERE payee <> 'later'") == 399


def test_a_copy_can_be_read_with_the_key_and_not_without(
    filled: Database, key: bytes, folder: Path
) -> None:
    copy = backup.back_up(filled, folder, TODAY)
    assert copy
    assert b"Shop" not in copy.read_bytes()
    assert oct(copy.stat().st_mode & 0o777) == "0o600"
    with pytest.raises(LedgerKeyError):
        open_ledger(copy, bytes(32))
    with closing(open_ledger(copy, key, check=True)) as again:
        assert view.totals(again, Filter()) == view.totals(filled, Filter())


def test_a_copy_that_was_written_badly_is_none(filled: Database, folder: Path) -> None:
    copy = backup.back_up(filled, folder, TODAY)
    assert copy
    copy.write_bytes(flipped(0.5)(copy.read_bytes()))
    with pytest.raises(LedgerDamagedError):
        database._verify(filled, copy)


def test_one_copy_a_day_is_enough(filled: Database, folder: Path) -> None:
    assert backup.back_up(filled, folder, TODAY)
    assert backup.back_up(filled, folder, TODAY) is None


def test_seven_copies_are_kept(filled: Database, folder: Path) -> None:
    for n in range(9):
        backup.back_up(filled, folder, TODAY + timedelta(days=n))
    kept = sorted(file.name for file in folder.iterdir())
    assert kept == [f"ledger-2026-03-{n:02}.db" for n in range(4, 11)]


def test_a_damaged_ledger_leaves_no_copy_and_removes_none(
    filled: Database, path: Path, key: bytes, folder: Path
) -> None:
    backup.back_up(filled, folder, TODAY)
    filled.close()
    path.write_bytes(flipped(0.5)(path.read_bytes()))
    with closing(open_ledger(path, key)) as db, pytest.raises(LedgerDamagedError):
        backup.back_up(db, folder, TODAY + timedelta(days=1))
    assert [file.name for file in folder.iterdir()] == ["ledger-2026-03-02.db"]
