"""Where everything lies: one folder when asked for, the platform's own else."""

from __future__ import annotations

import dataclasses
import os
import stat
from pathlib import Path

import platformdirs
import pytest

from bankview.paths import Paths, resource

NAMES = ["ledger", "backups", "vault", "home_file", "banks", "settings", "window", "log", "locks"]


@pytest.mark.parametrize("name", NAMES)
def test_all_state_lies_under_the_home_that_was_asked_for(tmp_path: Path, name: str) -> None:
    assert getattr(Paths.of(tmp_path), name).is_relative_to(tmp_path)


def test_no_two_things_share_a_place(tmp_path: Path) -> None:
    paths = Paths.of(tmp_path)
    assert len({getattr(paths, name) for name in NAMES}) == len(NAMES)


@pytest.mark.parametrize("home", [None, ""])
def test_without_a_home_the_platforms_own_folders_are_used(home: str | None) -> None:
    paths = Paths.of(home)
    assert paths.ledger.parent == Path(platformdirs.user_data_dir("bankview", appauthor=False))
    assert paths.settings.parent == Path(platformdirs.user_config_dir("bankview", appauthor=False))
    assert paths.log.parent == Path(platformdirs.user_state_dir("bankview", appauthor=False))


def test_a_home_may_be_relative_or_start_at_the_persons_own() -> None:
    assert Paths.of("a/b").data == Path.cwd() / "a" / "b"
    assert Paths.of("~/b").data == Path.home() / "b"


def test_nothing_is_made_before_it_is_asked_for(tmp_path: Path) -> None:
    paths = Paths.of(tmp_path / "home")
    for name in NAMES:
        getattr(paths, name)
    assert not paths.data.exists()


@pytest.mark.skipif(os.name != "posix", reason="Windows closes the profile's folder instead")
def test_the_folders_are_closed_to_others_whatever_the_umask(tmp_path: Path) -> None:
    paths = Paths.of(tmp_path / "deep" / "home")
    before = os.umask(0)
    try:
        paths.create()
        paths.create()
    finally:
        os.umask(before)
    for folder in (paths.data, paths.banks, paths.backups, paths.locks):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_paths_are_a_frozen_value(tmp_path: Path) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Paths.of(tmp_path).data = tmp_path  # type: ignore[misc]


def test_what_ships_with_the_app_is_found() -> None:
    assert resource("banks").parent.is_dir()


def test_what_ships_with_a_frozen_app_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys._MEIPASS", str(tmp_path), raising=False)
    assert resource("icons") == tmp_path / "bankview" / "_resources" / "icons"
