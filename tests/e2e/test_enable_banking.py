"""Enable Banking from an empty home: signed calls, a consent as long as the bank gives, and accounts named anew by each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.story import App, Bank, connected_ids, exported

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ID = "enable-household"


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App.in_home(tmp_path / "T")


@pytest.fixture
def connect(app: App, household: Bank) -> Callable[[], str]:
    def sign_in() -> str:
        profile = str(household.profile(ID))
        said = app.run("connect", "--profile", profile, "--browser", app.as_browser())
        return connected_ids(said)[-1]

    return sign_in


def rows(app: App, path: Path) -> list[tuple[str, Any, str]]:
    app.run("export", "--preset", "standard", "-o", str(path))
    found = exported(path.read_bytes())
    return sorted((row.booked_on, row.amount, row.currency) for row in found)


def test_the_whole_story(
    app: App, household: Bank, connect: Callable[[], str], tmp_path: Path
) -> None:
    assert connect() == ID
    app.run("sync")
    books = sorted((row.booked_on, row.amount, row.currency) for row in household.books())
    assert rows(app, tmp_path / "first.csv") == books
    app.run("sync")
    assert rows(app, tmp_path / "second.csv") == books

    before = len(json.loads(app.run("accounts", "--json")))
    assert connect() == ID
    app.run("sync")
    assert rows(app, tmp_path / "third.csv") == books
    assert len(json.loads(app.run("accounts", "--json"))) == before

    assert "is disconnected" in app.run("disconnect", ID)
    app.run("api", ID, "GET", "application", code=3)
    assert rows(app, tmp_path / "fourth.csv") == books
