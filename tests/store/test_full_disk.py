"""A disk with no room left, as a real one of one megabyte."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import pytest

from bankview.domain.connection import Connection
from bankview.errors import DiskFullError
from bankview.store import backup, connections, view
from bankview.store.database import Database, open_ledger
from bankview.store.view import Filter
from tests.store.conftest import Book

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte, where this computer lets us make one."""
    folder = tmp_path / "small"
    folder.mkdir()
    if sys.platform != "linux" or os.geteuid():
        pytest.skip("only root may mount a disk")
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this computer lets nobody mount a disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def kept(small: Path, key: bytes) -> Iterator[Database]:
    with closing(open_ledger(small / "ledger.db", key, create=True)) as db:
        connections.save_connection(db, Connection("bank", "bank", "Bank"))
        book = Book(db)
        book.publish(book.account(), *(book.row(n % 9, n) for n in range(1, 50)))
        yield db


def publish_until_full(db: Database) -> None:
    book = Book(db)
    (account,) = connections.accounts(db)
    book.publish(account, *(book.row(n % 9, -n, "x" * 900) for n in range(2000)))


def test_a_full_disk_leaves_what_was_in_view(kept: Database, small: Path, key: bytes) -> None:
    with pytest.raises(DiskFullError):
        publish_until_full(kept)
    assert view.totals(kept, Filter()).count == 49
    kept.close()
    with closing(open_ledger(small / "ledger.db", key, check=True)) as again:
        assert view.totals(again, Filter()).count == 49


def test_a_copy_that_finds_no_room_leaves_nothing_behind(kept: Database, small: Path) -> None:
    filler = small / "filler"
    room = os.statvfs(small)
    filler.write_bytes(bytes(room.f_bavail * room.f_bsize - 8192))
    with pytest.raises(DiskFullError):
        backup.back_up(kept, small / "backups", date(2026, 3, 1))
    assert not list((small / "backups").iterdir())
