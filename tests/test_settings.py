"""The two small files of a home: what they hold, and what becomes of damage."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from bankview.errors import UsageError
from bankview.settings import (
    HomeFile,
    Settings,
    load,
    read_home_file,
    save,
    write_home_file,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DAMAGED = {
    "empty": b"",
    "half": b'{"theme": "da',
    "a list": b"[]",
    "wrong type": b'{"theme": 5, "namespace": 5}',
    "another wrong type": b'{"hide_amounts": "yes", "namespace": "a", "place": "memory", "recovery_kept": 1}',
    "no such choice": b'{"theme": "blue"}',
    "not utf-8": b'{"theme": "\xff", "namespace": "\xff"}',
    "too deep": b'{"x":' + b"[" * 100_000,
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def test_no_file_gives_the_defaults_and_makes_none(path: Path) -> None:
    assert load(path) == Settings()
    assert not path.parent.exists()


def test_what_was_saved_comes_back(path: Path) -> None:
    mine = Settings(theme="dark", export_folder="/home/me/Økonomi", include_pending=True)
    save(path, mine)
    assert load(path) == mine


def test_settings_of_a_newer_bankview_are_passed_over(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"theme": "light", "from_the_future": [1, 2]}')
    assert load(path) == Settings(theme="light")


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_damaged_settings_are_the_defaults_and_stay_as_they_are(
    path: Path, content: bytes, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("settings could not be read")
    path.parent.mkdir()
    path.write_bytes(content)
    assert load(path) == Settings()
    assert path.read_bytes() == content


def test_a_folder_in_the_settings_place_is_the_defaults(
    path: Path, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("settings could not be read")
    path.mkdir(parents=True)
    assert load(path) == Settings()


def test_a_home_says_what_was_written(tmp_path: Path) -> None:
    said = HomeFile("abc", "keychain", "wrapped", recovery_kept=True)
    write_home_file(tmp_path / "home.json", said)
    assert read_home_file(tmp_path / "home.json") == said


def test_a_new_home_says_nothing(tmp_path: Path) -> None:
    assert read_home_file(tmp_path / "home.json") is None


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_home_file_is_said_and_stays_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "home.json"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="is damaged"):
        read_home_file(path)
    assert path.read_bytes() == content


def test_a_home_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "home.json").mkdir()
    with pytest.raises(UsageError, match="could not be read"):
        read_home_file(tmp_path / "home.json")


def test_what_a_killed_writer_left_is_no_hindrance(path: Path) -> None:
    path.parent.mkdir()
    path.with_suffix(".new").write_text("half")
    save(path, Settings(theme="dark"))
    assert load(path) == Settings(theme="dark")
    assert [file.name for file in path.parent.iterdir()] == ["settings.json"]


@pytest.mark.skipif(os.name != "posix", reason="Windows closes the profile's folder instead")
def test_only_the_owner_may_read_either_file_whatever_the_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        save(path, Settings())
        write_home_file(path.with_name("home.json"), HomeFile("a", "memory"))
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert (stat.S_IMODE(path.parent.stat().st_mode), modes) == (0o700, {0o600})
