"""Monzo from an empty home: allowed in the app, the whole history at once, renewed by tokens that are good once, and ended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.story import App, Bank, connected_ids, facts

if TYPE_CHECKING:
    from collections.abc import Callable

ID = "monzo-household"
#: How a client's secret begins.
SECRET = b"mnzconf."


@pytest.fixture
def app(tmp_path: Path, household: Bank) -> App:
    given = household.profile(ID).with_suffix(".env").read_text("utf-8").strip()
    name, _, value = given.partition("=")
    return App.in_home(tmp_path / "T", **{name: value})


@pytest.fixture
def connect(app: App, household: Bank) -> Callable[[], str]:
    def sign_in() -> str:
        profile = str(household.profile(ID))
        return app.run("connect", "--profile", profile, "--browser", app.as_browser())

    return sign_in


def test_the_whole_story(
    app: App, household: Bank, connect: Callable[[], str], tmp_path: Path
) -> None:
    assert connected_ids(connect())[-1] == ID
    # Nothing was fetched but by connecting.
    books = facts(household.books())
    assert app.rows(tmp_path / "first.csv") == books
    accounts = json.loads(app.run("accounts", "--json"))
    assert "Hytta" in {one["name"] for one in accounts}

    household.expire()
    app.run("sync", "--log-http", str(tmp_path / "http.log"))
    assert app.rows(tmp_path / "second.csv") == books
    said = (tmp_path / "http.log").read_text()
    assert "/monzo/oauth2/token" in said
    for path in filter(Path.is_file, tmp_path.rglob("*")):
        assert SECRET not in path.read_bytes(), path

    assert connected_ids(connect())[-1] == ID
    assert app.rows(tmp_path / "third.csv") == books
    assert len(json.loads(app.run("accounts", "--json"))) == len(accounts)

    assert "is disconnected" in app.run("disconnect", ID)
    app.run("api", ID, "GET", "accounts", code=3)
    assert app.rows(tmp_path / "fourth.csv") == books
