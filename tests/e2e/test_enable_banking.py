"""Enable Banking from an empty home: signed calls, a consent as long as the bank gives, and accounts named anew by each."""

from __future__ import annotations

import json
import os
import shlex
import ssl
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest

from bankview.sandbox.visitor import answer
from tests.e2e.story import ROOT, App, Bank, connected_ids, exported

if TYPE_CHECKING:
    from collections.abc import Callable

ID = "enable-household"
#: How a key in PEM begins, and a token that it signed.
#: How a key begins, and a token, whichever of its members comes first.
SECRET = (b"PRIVATE KEY", b"eyJhbGci", b"eyJ0eXAi", b"eyJraWQi")


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


def expire(household: Bank) -> None:
    context = ssl.create_default_context(cafile=str(household.folder / "ca.pem"))
    url = f"{household.issuer}/_sandbox/expire"
    with urlopen(Request(url, data=b"", method="POST"), context=context):
        pass


def test_the_whole_story(
    app: App, household: Bank, connect: Callable[[], str], tmp_path: Path
) -> None:
    assert connect() == ID
    app.run("sync", "--log-http", str(tmp_path / "http.log"))
    books = sorted((row.booked_on, row.amount, row.currency) for row in household.books())
    assert rows(app, tmp_path / "first.csv") == books
    app.run("sync")
    assert rows(app, tmp_path / "second.csv") == books
    assert (tmp_path / "http.log").is_file()
    for path in filter(Path.is_file, tmp_path.rglob("*")):
        assert not any(word in path.read_bytes() for word in SECRET), path

    before = len(json.loads(app.run("accounts", "--json")))
    expire(household)
    app.run("sync", code=3)
    assert [one["state"] for one in json.loads(app.run("connections", "--json"))] == ["sign_in"]
    assert connect() == ID
    app.run("sync")
    assert rows(app, tmp_path / "third.csv") == books
    assert len(json.loads(app.run("accounts", "--json"))) == before

    assert "is disconnected" in app.run("disconnect", ID)
    app.run("api", ID, "GET", "application", code=3)
    assert rows(app, tmp_path / "fourth.csv") == books


def test_an_answer_on_a_page_that_nobody_serves_is_pasted(app: App, household: Bank) -> None:
    command = [*app.command, "connect", "--profile", str(household.profile(f"{ID}-paste"))]
    browser = ["--browser", shlex.join([sys.executable, "-c", ""])]
    with subprocess.Popen(
        [*command, *browser, *app.flags],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **app.environment},
    ) as process:
        assert process.stdout
        lines = iter(process.stdout.readline, "")
        url = next(line.strip() for line in lines if line.startswith("http"))
        out, err = process.communicate(f"{answer(url)}\n", timeout=60)
    assert process.returncode == 0, err
    assert connected_ids(out)[-1] == f"{ID}-paste"
    named = json.loads(app.run("connections", "--json"))
    assert [one["name"] for one in named] == ["Fjordbanken"]
