"""GoCardless from an empty home: tokens for secrets, a requisition linked on the bank's page, accounts named anew by each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.story import App, Bank, connected_ids, facts

if TYPE_CHECKING:
    from collections.abc import Callable

ID = "gocardless-household"


@pytest.fixture
def secret(household: Bank) -> str:
    line = household.profile(ID).with_suffix(".env").read_text("ascii")
    return line.strip().removeprefix("BANKVIEW_CLIENT_SECRET=")


@pytest.fixture
def app(tmp_path: Path, secret: str) -> App:
    return App.in_home(tmp_path / "T", BANKVIEW_CLIENT_SECRET=secret)


@pytest.fixture
def connect(app: App, household: Bank) -> Callable[[], str]:
    def sign_in() -> str:
        profile = str(household.profile(ID))
        said = app.run("connect", "--profile", profile, "--browser", app.as_browser())
        return connected_ids(said)[-1]

    return sign_in


def test_the_whole_story(
    app: App, household: Bank, secret: str, connect: Callable[[], str], tmp_path: Path
) -> None:
    assert connect() == ID
    app.run("sync", "--log-http", str(tmp_path / "http.log"))
    since = min(row[0] for row in app.rows(tmp_path / "first.csv"))
    books = facts(household.books())
    books = [row for row in books if row[0] >= since]
    assert len(books) > 500
    assert app.rows(tmp_path / "first.csv") == books
    for path in filter(Path.is_file, tmp_path.rglob("*")):
        assert secret.encode() not in path.read_bytes(), path

    before = len(json.loads(app.run("accounts", "--json")))
    household.expire()
    app.run("sync", code=3)
    assert [one["state"] for one in json.loads(app.run("connections", "--json"))] == ["sign_in"]
    assert connect() == ID
    app.run("sync")
    assert app.rows(tmp_path / "second.csv") == books
    assert len(json.loads(app.run("accounts", "--json"))) == before
    named = json.loads(app.run("connections", "--json"))
    assert [one["name"] for one in named] == ["Fjordbanken"]

    assert "is disconnected" in app.run("disconnect", ID)
    app.run("api", ID, "GET", "requisitions/", code=3)
    assert app.rows(tmp_path / "third.csv") == books


def test_who_says_no_at_the_bank_is_told_so(app: App, household: Bank) -> None:
    denied = f"{app.as_browser()} --deny"
    profile = str(household.profile(ID))
    with app.process("connect", "--profile", profile, "--browser", denied) as process:
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "did not give access" in said
