"""Systems without accounts, from an empty home: connected, called with the known answer, renewed, disconnected."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.story import App, Bank, connected_ids

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: Each way to sign in: what is asked, and what is known of the answer.
KNOWN: dict[str, tuple[tuple[str, ...], Callable[[Any], bool]]] = {
    "open-energy-household": (("json",), lambda said: {"postcode", "meters"} <= said[0].keys()),
    "financefeast-household": (
        ("data/last", "ticker=abc.nz"),
        lambda said: said["ticker"] == "abc.nz" and len(said["data"]) == 1,
    ),
    "financefeast-household-token": (
        ("data/eod", "ticker=abc.nz"),
        lambda said: {"open", "close", "volume"} <= said["data"][0].keys(),
    ),
    "json-household": (("/",), lambda said: [row["id"] for row in said] == [1, 2, 3]),
    "json-household-none": (("/",), lambda said: [row["id"] for row in said] == [1, 2, 3]),
}


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App.in_home(tmp_path / "T")


def connect(app: App, bank: Bank, name: str) -> str:
    """Sign in with what the sandbox wrote beside the profile."""
    secrets = bank.profile(name).with_suffix(".env")
    lines = secrets.read_text().splitlines() if secrets.exists() else []
    given = dict(line.split("=", 1) for line in lines)
    known = replace(app, environment={**app.environment, **given})
    said = known.run("connect", "--profile", str(bank.profile(name)), "--browser", app.as_browser())
    return connected_ids(said)[-1]


@pytest.mark.parametrize("name", KNOWN)
def test_connected_called_renewed_and_disconnected(app: App, household: Bank, name: str) -> None:
    assert connect(app, household, name) == name
    asked, is_known = KNOWN[name]
    assert is_known(json.loads(app.run("api", name, "GET", *asked)))
    assert app.run("accounts", "--json").strip() == "[]"
    assert "no accounts" in app.run("sync", name)
    assert connect(app, household, name) == name
    assert is_known(json.loads(app.run("api", name, "GET", *asked)))
    assert len(json.loads(app.run("connections", "--json"))) == 1
    app.run("disconnect", name, "--forget")
    app.run("api", name, "GET", *asked, code=2)
    assert json.loads(app.run("connections", "--json")) == []


def test_open_energys_file_is_csv(app: App, household: Bank) -> None:
    connect(app, household, "open-energy-household")
    rows = list(csv.DictReader(io.StringIO(app.run("api", "open-energy-household", "GET", "/"))))
    assert len(rows) > 1
    assert "postcode" in {name.lower() for name in rows[0]}


def test_a_tickers_mistake_is_answered_as_the_bank_answers(app: App, household: Bank) -> None:
    connect(app, household, "financefeast-household-token")
    said = app.run("api", "financefeast-household-token", "GET", "data/last", "ticker=zzz", code=1)
    assert "zzz" in said or "not found" in said.lower()


def test_access_ends_when_the_server_says(app: App, household: Bank) -> None:
    connect(app, household, "financefeast-household")
    (connection,) = json.loads(app.run("connections", "--json"))

    ends = datetime.fromisoformat(connection["consent_ends"])
    assert timedelta(days=9) < ends - datetime.now(UTC) <= timedelta(days=10)
