"""Every way in which a disk loses bytes: no row is lost that the backup had, and always a sentence is said."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing, suppress
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from bankview.errors import (
    DiskFullError,
    LedgerDamagedError,
    LedgerKeyError,
    LedgerReadOnlyError,
    StoreError,
)
from bankview.sentences import say
from bankview.store import backup, view
from bankview.store.database import PAGE_SIZE, open_ledger
from bankview.store.view import Filter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bankview.store.database import Database
    from tests.store.conftest import Book

NOW = datetime(2026, 3, 2, 3, 4, 5, tzinfo=UTC)
TODAY = date(2026, 3, 2)
ROWS = 300


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def copied(book: Book, db: Database, folder: Path) -> Database:
    """A ledger with rows, held ones, searches and a backup of all of it."""
    rows = [book.row(n % 60, n, f"Shop {n} {'x' * (n % 90)}", raw=b"{}") for n in range(1, ROWS)]
    book.publish(book.account(), *rows, pending=(book.pending(61, 5),))
    backup.back_up(db, folder, TODAY)
    return db


def open_or_restore(path: Path, key: bytes, folder: Path) -> LedgerDamagedError | None:
    """Do what the program does at its start."""
    with suppress(LedgerDamagedError):
        if path.exists():
            open_ledger(path, key, check=True).close()
            return None
    return backup.recover(path, key, folder, NOW)


def rows(path: Path, key: bytes) -> int:
    with closing(open_ledger(path, key, check=True)) as db:
        assert view.totals(db, Filter(text="shop")).count >= ROWS - 1
        return view.totals(db, Filter()).count


def kinds_of_pages(db: Database) -> dict[str, int]:
    """Return one page of each table, index and search segment."""
    found = db.run("SELECT name, pagetype, max(pageno) FROM dbstat GROUP BY name, pagetype")
    return {f"{name} {kind}": number for name, kind, number in found}


def test_a_flipped_bit_in_any_kind_of_page_is_found_and_mended(
    copied: Database, path: Path, key: bytes, folder: Path
) -> None:
    pages = {number: kind for kind, number in kinds_of_pages(copied).items()}
    copied.close()
    whole = path.read_bytes()
    assert len(pages) > 10
    for number, kind in pages.items():
        for place in (20, PAGE_SIZE // 2, PAGE_SIZE - 1):
            at = (number - 1) * PAGE_SIZE + place
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            said = open_or_restore(path, key, folder)
            assert said, f"a bit of {kind} at {place}"
            assert said.restored
            assert "restored" in str(say(said))
            assert rows(path, key) == ROWS


@pytest.mark.parametrize("part", [0, 1, 15, 16, 4095, 4096, 0.3, 0.9, -1])
def test_a_ledger_cut_anywhere_comes_back(
    copied: Database, path: Path, key: bytes, folder: Path, part: float
) -> None:
    copied.close()
    whole = path.read_bytes()
    end = int(part * len(whole)) if isinstance(part, float) else part
    path.write_bytes(whole[:end])
    assert open_or_restore(path, key, folder)
    assert rows(path, key) == ROWS


def test_a_lost_ledger_comes_back(copied: Database, path: Path, key: bytes, folder: Path) -> None:
    copied.close()
    path.unlink()
    said = open_or_restore(path, key, folder)
    assert said
    assert said.aside is None
    assert "gone" in str(say(said))
    assert rows(path, key) == ROWS


def test_a_deleted_log_takes_nothing_that_the_backup_had(
    book: Book, copied: Database, path: Path, key: bytes, folder: Path
) -> None:
    torn = path.read_bytes()
    copied.run("UPDATE tx SET payee = 'later'")
    copied.close()
    path.write_bytes(torn)
    open_or_restore(path, key, folder)
    assert rows(path, key) == ROWS


@pytest.mark.parametrize("place", [0, 8, 40, 60, 4000, 9000, -1])
def test_a_flipped_bit_in_the_log_takes_nothing_that_the_backup_had(
    copied: Database, path: Path, key: bytes, folder: Path, place: int
) -> None:
    log = path.with_name(f"{path.name}-wal")
    copied.run("UPDATE tx SET payee = 'later'")
    left = {file: file.read_bytes() for file in (path, log)}
    copied.close()
    for file, content in left.items():
        file.write_bytes(content)
    damaged = bytearray(left[log])
    damaged[place] ^= 1
    log.write_bytes(damaged)
    open_or_restore(path, key, folder)
    assert rows(path, key) == ROWS


def test_a_damaged_log_beside_a_lost_ledger_is_not_taken_for_the_copys(
    copied: Database, path: Path, key: bytes, folder: Path
) -> None:
    log = path.with_name(f"{path.name}-wal")
    copied.run("DELETE FROM tx")
    left = log.read_bytes()
    copied.close()
    path.unlink()
    log.write_bytes(left)
    said = open_or_restore(path, key, folder)
    assert said
    assert said.aside
    assert said.aside.with_name(f"{said.aside.name}-wal").read_bytes() == left
    assert rows(path, key) == ROWS


def test_damage_met_while_reading_is_said_and_mended_at_the_next_start_however_large(
    copied: Database, path: Path, key: bytes, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bankview.store.database.CHECKED", 0)
    page = kinds_of_pages(copied)["doc leaf"]
    copied.close()
    whole = bytearray(path.read_bytes())
    whole[page * PAGE_SIZE - 99] ^= 1
    path.write_bytes(whole)
    with closing(open_ledger(path, key, check=True)) as db:
        with pytest.raises(LedgerDamagedError) as met:
            db.run("SELECT sum(length(s)) FROM doc")
        assert "open it again" in str(say(met.value))
    assert open_or_restore(path, key, folder)
    assert rows(path, key) == ROWS
    assert sorted(file.name for file in path.parent.iterdir()) == [
        "backups",
        "ledger-damaged-20260302-030405.db",
        "ledger.db",
    ]


def test_a_wrong_key_is_no_damage_and_moves_nothing(
    copied: Database, path: Path, folder: Path
) -> None:
    copied.close()
    before = path.read_bytes()
    with pytest.raises(LedgerKeyError) as wrong:
        open_or_restore(path, bytes(32), folder)
    assert path.read_bytes() == before
    assert "key" in str(say(wrong.value))


def test_a_restore_that_finds_no_room_moves_nothing_and_works_later(
    copied: Database, path: Path, key: bytes, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied.close()
    path.write_bytes(bytes(9999))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("shutil.copyfile", full)
        with pytest.raises(DiskFullError):
            open_or_restore(path, key, folder)
    assert path.read_bytes() == bytes(9999)
    assert open_or_restore(path, key, folder)
    assert rows(path, key) == ROWS


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_repair_that_was_cut_short_is_finished_by_the_next_start(
    copied: Database,
    path: Path,
    key: bytes,
    folder: Path,
    cut: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from pathlib import Path as AnyPath

    copied.close()
    path.write_bytes(bytes(9999))
    path.with_name(f"{path.name}-wal").write_bytes(b"x")
    moves, move = [0], AnyPath.replace

    def counted(self: Path, target: Path) -> Path:
        moves[0] += 1
        if moves[0] == cut:
            raise KeyboardInterrupt
        return move(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(AnyPath, "replace", counted)
        with pytest.raises(KeyboardInterrupt):
            open_or_restore(path, key, folder)
    assert open_or_restore(path, key, folder)
    assert rows(path, key) == ROWS
    assert not list(path.parent.glob("*.new*"))


@pytest.fixture
def write_protected(copied: Database, tmp_path: Path) -> Iterator[Callable[[Path], None]]:
    """Return a function that protects a file or folder, root being nobody special."""
    copied.close()
    made: list[Path] = []

    def protect(what: Path) -> None:
        made.append(what)
        if os.geteuid():
            what.chmod(0o500 if what.is_dir() else 0o400)
            return
        for command in (
            ["mount", "--bind", str(what), str(what)],
            ["mount", "-o", "remount,bind,ro", str(what)],
        ):
            if subprocess.run(command, check=False, capture_output=True).returncode:
                pytest.skip("this computer lets nobody write-protect a place")

    if sys.platform != "linux":
        pytest.skip("write protection is made with Linux mounts")
    yield protect
    for what in made:
        if os.geteuid():
            what.chmod(0o700)
        else:
            subprocess.run(["umount", "--lazy", str(what)], check=False)


@pytest.mark.parametrize("which", ["ledger.db", "."])
def test_a_write_protected_ledger_is_said_and_changes_nothing(
    path: Path, key: bytes, write_protected: Callable[[Path], None], which: str
) -> None:
    before = path.read_bytes()
    write_protected((path.parent / which).resolve())
    with (
        pytest.raises(LedgerReadOnlyError) as refused,
        closing(open_ledger(path, key, check=True)) as db,
        db.writing(),
    ):
        db.run("UPDATE tx SET payee = 'x'")
    assert "write-protected" in str(say(refused.value))
    assert path.read_bytes() == before


LIMITED = """
import resource, sys
from pathlib import Path
from bankview.errors import StoreError
from bankview.store.database import open_ledger
path, key = Path(sys.argv[1]), bytes.fromhex(sys.argv[2])
db = open_ledger(path, key)
resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 4096,) * 2)
try:
    with db.writing():
        db.run_many("INSERT INTO doc(s) VALUES(?)", (("x" * 4000,) for _ in range(2000)))
except StoreError as error:
    print(type(error).__name__, db.one("SELECT count(*) FROM tx"))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits are Unix's")
def test_a_limit_on_what_may_be_written_leaves_what_was_in_view(
    copied: Database, path: Path, key: bytes
) -> None:
    copied.close()
    command = [sys.executable, "-c", LIMITED, str(path), key.hex()]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.split()[1] == str(ROWS)
    assert rows(path, key) == ROWS


def test_a_copy_dated_in_the_future_never_costs_todays(copied: Database, folder: Path) -> None:
    for n in range(9):
        (folder / f"ledger-2099-01-0{n}.db").write_bytes(b"x")
    made = backup.back_up(copied, folder, date(2026, 3, 3))
    assert made
    assert made.exists()
    assert len(list(folder.glob("ledger-*.db"))) == backup.KEPT


def test_what_a_killed_copy_left_goes_with_the_next(copied: Database, folder: Path) -> None:
    half = folder / "ledger-2026-03-03.db.4711.new"
    half.write_bytes(b"half")
    backup.back_up(copied, folder, date(2026, 3, 3))
    assert not half.exists()


def test_errors_of_the_system_never_leave(tmp_path: Path, key: bytes) -> None:
    with pytest.raises(StoreError), suppress(LedgerDamagedError):
        open_ledger(tmp_path / "no" / "folder" / "ledger.db", key, create=True)
