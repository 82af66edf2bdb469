"""A profile that is taken into a home needs its first file no more."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from bankview.banks import adopt_profile, all_banks, read_profile
from bankview.errors import ProfileError

if TYPE_CHECKING:
    from pathlib import Path

PROFILE = """\
id = "my-bank"
name = "Bank \\"Ømme\\" 🏦 \\u007f"
dialect = "sparebank1"
api = "https://bank.example/api"
headers = { "X-Key" = "$KEY" }

[oauth]
issuer = "https://bank.example"
parameters.authorization = { "fin Inst" = "smn" }

[tls]
ca = "../certificates/root.pem"
"""


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A profile whose certificate lies elsewhere."""
    (tmp_path / "certificates").mkdir()
    (tmp_path / "certificates" / "root.pem").write_text("certificate")
    path = tmp_path / "mine" / "profile.toml"
    path.parent.mkdir()
    path.write_text(PROFILE.replace(" \\u007f", ""), "utf-8")
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home" / "banks"


def test_the_copy_says_what_the_original_says(profile: Path, home: Path) -> None:
    mine, theirs = read_profile(profile), adopt_profile(profile, home)
    for name in ("id", "name", "api", "headers", "server", "client", "asks", "zone"):
        assert getattr(mine, name) == getattr(theirs, name), name


def test_the_copy_needs_the_original_no_more(profile: Path, home: Path) -> None:
    bank = adopt_profile(profile, home)
    profile.unlink()
    assert bank.ca
    assert bank.ca.parent == home
    assert bank.ca.read_text() == "certificate"
    assert read_profile(home / "my-bank.toml") == bank
    assert all_banks(home)[-1] == bank


def test_the_copy_is_the_persons_alone(profile: Path, home: Path) -> None:
    adopt_profile(profile, home)
    assert stat.S_IMODE((home / "my-bank.toml").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_taking_it_again_is_no_trouble(profile: Path, home: Path) -> None:
    adopt_profile(profile, home)
    profile.write_text(profile.read_text("utf-8").replace("🏦", "new name"), "utf-8")
    assert "new name" in adopt_profile(profile, home).name
    assert "new name" in adopt_profile(home / "my-bank.toml", home).name
    assert sorted(path.name for path in home.iterdir()) == ["my-bank-ca.pem", "my-bank.toml"]


def test_an_id_that_is_connected_moves_to_no_other_server(profile: Path, home: Path) -> None:
    adopt_profile(profile, home)
    before = (home / "my-bank.toml").read_bytes()
    profile.write_text(profile.read_text("utf-8").replace("bank.example", "evil.example"), "utf-8")
    with pytest.raises(ProfileError, match="Choose another id") as raised:
        adopt_profile(profile, home)
    assert raised.value.line == 1
    assert (home / "my-bank.toml").read_bytes() == before


def test_an_id_that_nobody_uses_may_move(profile: Path, home: Path) -> None:
    adopt_profile(profile, home)
    profile.write_text(profile.read_text("utf-8").replace("bank.example", "new.example"), "utf-8")
    moved = adopt_profile(profile, home, in_use=lambda _: False)
    assert moved.server.issuer == "https://new.example"


def test_a_home_that_cannot_be_written_is_said(profile: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProfileError, match="cannot be copied"):
        adopt_profile(profile, tmp_path / "file" / "banks")
