"""A bank after the Berlin Group from an empty home: a certificate, a consent allowed on the bank's page, rows by pages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.e2e.story import App, Bank, connected_ids, facts

if TYPE_CHECKING:
    from pathlib import Path

ID = "berlin-household"


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App.in_home(tmp_path / "T")


def test_the_whole_story(app: App, household: Bank, tmp_path: Path) -> None:
    profile = str(household.profile(ID))
    command = ("connect", "--profile", profile, "--browser", app.as_browser())
    assert connected_ids(app.run(*command))[-1] == ID
    app.run("sync", "--log-http", str(tmp_path / "http.log"))
    first = app.rows(tmp_path / "first.csv")
    books = facts(household.books())
    assert first == [row for row in books if row[0] >= first[0][0]]
    assert len(first) > 200
    assert "pageIndex=1" in (tmp_path / "http.log").read_text("utf-8")

    before = len(json.loads(app.run("accounts", "--json")))
    household.expire()
    app.run("sync", code=3)
    assert [one["state"] for one in json.loads(app.run("connections", "--json"))] == ["sign_in"]
    assert connected_ids(app.run(*command))[-1] == ID
    app.run("sync")
    assert app.rows(tmp_path / "second.csv") == first
    assert len(json.loads(app.run("accounts", "--json"))) == before
    assert "is disconnected" in app.run("disconnect", ID)


def test_who_declines_is_told_so(app: App, household: Bank) -> None:
    denied = f"{app.as_browser()} --deny"
    profile = str(household.profile(ID))
    with app.process("connect", "--profile", profile, "--browser", denied) as process:
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "did not give access" in said
