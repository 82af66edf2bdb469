"""The command line's whole job: sign in, fetch, take away, come back, leave."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.story import App, Bank, connected_ids, exported

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def app(tmp_path: Path) -> App:
    """The app with a home of its own and a passphrase vault."""
    return App.in_home(tmp_path / "T")


@pytest.fixture
def connect(app: App, household: Bank) -> Callable[[], str]:
    """Return a function that signs in as the household does, and gives the connection's ID."""

    def sign_in() -> str:
        said = app.run(
            "connect", "--profile", str(household.profile()), "--browser", app.as_browser()
        )
        return connected_ids(said)[-1]

    return sign_in


def export(app: App, path: Path) -> bytes:
    app.run("export", "--preset", "standard", "-o", str(path))
    return path.read_bytes()


def test_the_whole_story(
    app: App, household: Bank, connect: Callable[[], str], tmp_path: Path
) -> None:
    assert connect() == "sparebank1-household"
    app.run("sync")
    first = export(app, tmp_path / "out.csv")
    rows = exported(first)
    assert sorted(rows) == household.books()
    assert [row.booked_on for row in rows] == sorted(row.booked_on for row in rows)

    app.run("sync")
    assert export(app, tmp_path / "again.csv") == first


def test_signing_in_again_renews_in_place_and_adds_nothing(
    app: App, connect: Callable[[], str], tmp_path: Path
) -> None:
    name = connect()
    app.run("sync")
    before = export(app, tmp_path / "before.csv")
    assert connect() == name
    app.run("sync")
    assert export(app, tmp_path / "after.csv") == before
    assert len(json.loads(app.run("connections", "--json"))) == 1


def test_disconnecting_keeps_the_rows_and_forgetting_takes_them(
    app: App, connect: Callable[[], str], tmp_path: Path
) -> None:
    name = connect()
    app.run("sync")
    rows = export(app, tmp_path / "rows.csv")
    app.run("disconnect", name)
    assert export(app, tmp_path / "kept.csv") == rows
    app.run("sync", name, code=3)
    app.run("disconnect", name, "--forget")
    assert json.loads(app.run("transactions", "--json", "--status", "all")) == []
    assert json.loads(app.run("accounts", "--json")) == []


def test_consent_that_is_denied_leaves_nothing_behind(app: App, household: Bank) -> None:
    app.run(
        "connect",
        "--profile",
        str(household.profile()),
        "--browser",
        f"{app.as_browser()} --deny",
        code=1,
    )
    assert json.loads(app.run("connections", "--json")) == []


def test_another_passphrase_opens_nothing(app: App, connect: Callable[[], str]) -> None:
    connect()
    stranger = App(app.command, app.flags, {"BANKVIEW_PASSPHRASE": "guessed"})
    stranger.run("accounts", code=1)


def test_the_installed_command_is_the_module() -> None:
    command = shutil.which("bankview", path=str(Path(sys.executable).parent))
    assert command
    assert App((command,)).run("banks") == App().run("banks")
