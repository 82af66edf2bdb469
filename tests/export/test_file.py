"""Either the new file is there, complete, or the old one is untouched."""

from __future__ import annotations

import errno
import os
import stat
import threading
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import pytest

from bankview.errors import TargetBusyError, TargetError
from bankview.export.file import save

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def new(out: BinaryIO) -> int:
    return out.write(b"new")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "out.csv"
    path.write_bytes(b"old")
    return path


@pytest.fixture(autouse=True)
def _nothing_is_left_behind(tmp_path: Path) -> Iterator[None]:
    yield
    assert not [path for path in tmp_path.rglob("*") if path.name.endswith(".part")]


def failing(error: OSError) -> Callable[[BinaryIO], int]:
    def produce(out: BinaryIO) -> int:
        out.write(b"half")
        raise error

    return produce


def test_a_file_is_replaced(target: Path) -> None:
    assert save(target, new) == 3
    assert target.read_bytes() == b"new"


def test_a_file_is_the_persons_alone(target: Path, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        save(target, new)
        save(tmp_path / "fresh.csv", new)
    finally:
        os.umask(before)
    for path in (target, tmp_path / "fresh.csv"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_keeps_pointing_to_its_file(target: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to(target)
    save(link, new)
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "disk is full"), (errno.EDQUOT, "disk is full"), (errno.EIO, "error")],
)
def test_a_failure_half_way_leaves_the_old_file(target: Path, number: int, said: str) -> None:
    with pytest.raises(TargetError, match=said):
        save(target, failing(OSError(number, os.strerror(number))))
    assert target.read_bytes() == b"old"


def test_a_disk_that_is_full_is_said(target: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no disk that is always full")

    def produce(_: BinaryIO) -> int:
        with Path("/dev/full").open("wb") as full:
            return full.write(b"x" * 100_000)

    with pytest.raises(TargetError, match="disk is full"):
        save(target, produce)
    assert target.read_bytes() == b"old"


def test_an_error_that_is_not_the_files_goes_through(target: Path) -> None:
    def produce(_: BinaryIO) -> int:
        raise LookupError

    with pytest.raises(LookupError):
        save(target, produce)
    assert target.read_bytes() == b"old"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere/out.csv", "no such folder"),
        ("out.csv/out.csv", "no such folder"),
        ("", "this is a folder"),
        ("x" * 300, "name is too long"),
        ("a\0b", "cannot be a file's name"),
    ],
)
def test_a_place_where_no_file_can_be_is_said(target: Path, name: str, said: str) -> None:
    with pytest.raises(TargetError, match=said):
        save(target.parent / name, new)


def test_a_folder_that_is_not_ones_own_is_said(target: Path) -> None:
    def refused(_: Path, __: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    with pytest.raises(TargetError, match="you may not write there"):
        save(target, new, replace=refused)
    assert target.read_bytes() == b"old"


class Busy:
    """Moves files as Windows does while another program has one open, for so many tries."""

    def __init__(self, tries: int) -> None:
        self.tries = tries
        self.waited: list[float] = []

    def replace(self, fresh: Path, target: Path) -> None:
        if self.tries:
            self.tries -= 1
            error = PermissionError(errno.EACCES, "sharing violation")
            error.winerror = 32  # type: ignore[misc,attr-defined,unused-ignore]
            raise error
        fresh.replace(target)


def test_a_virus_scanner_is_waited_for(target: Path) -> None:
    busy = Busy(3)
    save(target, new, replace=busy.replace, wait=busy.waited.append)
    assert target.read_bytes() == b"new"
    assert len(busy.waited) == 3


def test_a_spreadsheet_that_has_it_open_is_said(target: Path) -> None:
    busy = Busy(100)
    with pytest.raises(TargetBusyError):
        save(target, new, replace=busy.replace, wait=busy.waited.append)
    assert target.read_bytes() == b"old"
    assert 2 <= sum(busy.waited) <= 3


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    save(pipe, new)
    reader.join(timeout=10)
    assert read == [b"new"]
    assert pipe.is_fifo()


def test_a_name_without_a_folder_is_one_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    save(Path("here.csv"), new)
    assert (tmp_path / "here.csv").read_bytes() == b"new"


def test_what_a_killed_save_left_goes_with_a_later_one_and_only_that(tmp_path: Path) -> None:
    names = [".out[1].csv.0a.part", ".out[1].csv.0b.part", ".other.csv.0a.part"]
    for name in names:
        (tmp_path / name).write_text("half")
    for name in (names[0], names[2]):
        os.utime(tmp_path / name, (1, 1))
    save(tmp_path / "out[1].csv", lambda out: out.write(b"whole"))
    assert sorted(file.name for file in tmp_path.iterdir()) == [names[2], names[1], "out[1].csv"]
    for name in names[1:]:
        (tmp_path / name).unlink()
