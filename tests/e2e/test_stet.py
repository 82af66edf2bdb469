"""STET PSD2 from an empty home: certificates, a signature on every call, a consent, and its renewal with new ids."""

from __future__ import annotations

import json
import ssl
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest

from tests.e2e.story import App, Bank, connected_ids, facts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ID = "stet-household"
SECRET_WORDS = (b"PRIVATE KEY", b"stet-access", b"stet-refresh")


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


def keys(app: App) -> set[Any]:
    """Return what the bank calls the accounts now."""
    said = json.loads(app.run("api", ID, "GET", "accounts"))
    return {account["resourceId"] for account in said["accounts"]}


def test_the_whole_story(
    app: App, household: Bank, connect: Callable[[], str], tmp_path: Path
) -> None:
    assert connect() == ID
    app.run("sync")
    books = facts(household.books())
    assert app.rows(tmp_path / "first.csv") == books
    app.run("sync")
    assert app.rows(tmp_path / "second.csv") == books

    before = keys(app)
    assert connect() == ID
    assert keys(app).isdisjoint(before)
    app.run("sync")
    assert app.rows(tmp_path / "third.csv") == books
    assert len(json.loads(app.run("accounts", "--json"))) == len(before)

    assert "is disconnected" in app.run("disconnect", ID)
    app.run("api", ID, "GET", "accounts", code=3)
    assert app.rows(tmp_path / "fourth.csv") == books


def test_what_else_the_bank_says_is_in_the_explorer(app: App, connect: Callable[[], str]) -> None:
    connect()
    assert json.loads(app.run("api", ID, "GET", "end-user-identity"))["connectedPsu"]
    told = json.loads(app.run("api", ID, "GET", "accounts"))
    number = told["accounts"][0]["resourceId"]
    said = json.loads(app.run("api", ID, "GET", f"accounts/{number}/balances"))
    assert {balance["balanceType"] for balance in said["balances"]} >= {"CLBD", "VALU", "OTHR"}


def test_no_key_and_no_token_can_be_read_from_the_home(
    app: App, connect: Callable[[], str], tmp_path: Path
) -> None:
    connect()
    app.run("sync", "--log-http", str(tmp_path / "http.log"))
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name == "http.log" for path in written)
    for path in written:
        content = path.read_bytes()
        assert not any(word in content for word in SECRET_WORDS), path


def test_an_access_that_ended_is_renewed_and_the_call_sent_again(
    app: App, household: Bank, connect: Callable[[], str], tmp_path: Path
) -> None:
    connect()
    app.run("sync")
    context = ssl.create_default_context(cafile=str(household.folder / "ca.pem"))
    ask = Request(f"{household.issuer}/_sandbox/expire", method="POST")
    with urlopen(ask, context=context) as reply:
        assert reply.status == 200
    # What comes after the first access is 90 days; what is here stays.
    assert "0 new" in app.run("sync")
    books = facts(household.books())
    assert app.rows(tmp_path / "rows.csv") == books


def test_unattended_calls_are_counted_over_processes_and_the_bank_is_not_asked_a_fifth_time(
    app: App, connect: Callable[[], str]
) -> None:
    connect()
    said = [app.run("sync", "--scheduled") for _ in range(6)]
    assert "new" in said[0]
    assert not any("new" in text for text in said[1:])
    (connection,) = json.loads(app.run("connections", "--json"))
    assert connection["runs_per_day"] == 4
