"""bunq from an empty home: a key pair made and installed, sessions opened and renewed by themselves, every answer signed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.e2e.story import App, Bank, connected_ids, facts

if TYPE_CHECKING:
    from pathlib import Path

ID = "bunq-household"


@pytest.fixture
def secret(household: Bank) -> str:
    line = household.profile(ID).with_suffix(".env").read_text("ascii")
    return line.strip().removeprefix("BANKVIEW_CLIENT_SECRET=")


@pytest.fixture
def app(tmp_path: Path, secret: str) -> App:
    return App.in_home(tmp_path / "T", BANKVIEW_CLIENT_SECRET=secret)


def test_the_whole_story(app: App, household: Bank, secret: str, tmp_path: Path) -> None:
    assert connected_ids(app.run("connect", "--profile", str(household.profile(ID))))[-1] == ID
    app.run("sync", "--log-http", str(tmp_path / "http.log"))
    books = facts(household.books())
    assert app.rows(tmp_path / "first.csv") == books
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert "session-server" not in (tmp_path / "http.log").read_text("utf-8")
    assert secret.encode() not in written
    assert b"PRIVATE KEY" not in written

    # A session that has ended is nobody's business but ours.
    household.expire()
    app.run("sync", "--log-http", str(tmp_path / "again.log"))
    log = (tmp_path / "again.log").read_text("utf-8")
    assert "session-server" in log
    assert "installation" not in log
    assert app.rows(tmp_path / "second.csv") == books

    assert "is disconnected" in app.run("disconnect", ID)
    app.run("api", ID, "GET", "user/42/monetary-account", code=3)


def test_a_wrong_key_is_said_with_what_helps(household: Bank, tmp_path: Path) -> None:
    app = App.in_home(tmp_path / "T", BANKVIEW_CLIENT_SECRET="0" * 64)
    with app.process("connect", "--profile", str(household.profile(ID))) as process:
        _, said = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "does not accept your key" in said
    assert "allow all IP addresses" in said
    assert json.loads(app.run("connections", "--json")) == []
