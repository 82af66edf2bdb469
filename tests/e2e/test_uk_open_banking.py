"""A bank after UK Open Banking from an empty home: a consent asked for first, then allowed; rows by windows and pages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.e2e.story import App, Bank, connected_ids, facts

if TYPE_CHECKING:
    from pathlib import Path

#: One by a signature of ours and a plain answer, one by the certificate and an answer that the bank signs.
IDS = ("uk-3-1-household", "uk-4-0-household")


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App.in_home(tmp_path / "T")


def states(household: Bank) -> set[str]:
    """Return where the consents at the bank stand."""
    kept = json.loads((household.folder / "state" / "uk-consents.json").read_bytes())
    return {one["status"] for one in kept}


@pytest.mark.parametrize("id_", IDS)
def test_the_whole_story(id_: str, app: App, household: Bank, tmp_path: Path) -> None:
    command = ("connect", "--profile", str(household.profile(id_)), "--browser", app.as_browser())
    # The whole history comes with the sign-in.
    assert connected_ids(app.run(*command, "--log-http", str(tmp_path / "http.log")))[-1] == id_
    first = app.rows(tmp_path / "first.csv")
    books = facts(household.books())
    assert first == [row for row in books if row[0] >= first[0][0]]
    assert len(first) > 200
    said = (tmp_path / "http.log").read_text("utf-8")
    assert "page=2" in said
    assert "toBookingDateTime" in said

    before = len(json.loads(app.run("accounts", "--json")))
    household.expire()
    app.run("sync", code=3)
    assert [one["state"] for one in json.loads(app.run("connections", "--json"))] == ["sign_in"]
    assert connected_ids(app.run(*command))[-1] == id_
    app.run("sync")
    assert app.rows(tmp_path / "second.csv") == first
    assert len(json.loads(app.run("accounts", "--json"))) == before
    assert "AUTH" in states(household)
    assert "is disconnected" in app.run("disconnect", id_)
    assert "AUTH" not in states(household)


def test_who_declines_is_told_so(app: App, household: Bank) -> None:
    denied = f"{app.as_browser()} --deny"
    profile = str(household.profile(IDS[1]))
    with app.process("connect", "--profile", profile, "--browser", denied) as process:
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "did not give access" in said
    # What nobody will use is withdrawn.
    assert not states(household) & {"AWAU", "RJCT"}
