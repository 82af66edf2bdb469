"""The main job, done as a person does it: the real window, a real browser, a real bank over TLS, a real keychain."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.e2e.story import DEADLINE, ROOT, App, Bank, exported

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = [pytest.mark.window, pytest.mark.browser, pytest.mark.keyring]
SEARCH = "rema"


def journey(home: Path, name: str, *words: str) -> Mapping[str, int]:
    """Make a journey in a process of its own, with Chromium as the browser, and return what was seen."""
    browser = shlex.join([sys.executable, str(ROOT / "tests/e2e/chromium.py"), "%s"])
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.journeys", name, *words, "--", "--home", str(home)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "BROWSER": browser},
        capture_output=True,
        text=True,
        timeout=3 * DEADLINE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout, done.stderr
    seen: dict[str, int] = json.loads(done.stdout)
    return seen


def kept_secrets() -> set[str]:
    """Return the names of everything of Bankview in the person's keychain."""
    import secretstorage

    bus = secretstorage.dbus_init()
    try:
        items = secretstorage.get_default_collection(bus).get_all_items()
        names = {str(item.get_attributes().get("service", "")) for item in items}
    finally:
        bus.close()
    return {name for name in names if name.startswith("bankview")}


@pytest.fixture
def app(tmp_path: Path) -> App:
    if os.environ.get("BANKVIEW_REAL_KEYRING") != "1":
        pytest.skip("needs tests/session.sh")
    return App(flags=("--home", str(tmp_path / "home")))


def test_first_light(app: App, household: Bank, tmp_path: Path) -> None:
    home, books = tmp_path / "home", household.books()
    before = kept_secrets()
    found = journey(
        home, "first-light", str(household.profile()), SEARCH, str(tmp_path / "found.csv")
    )
    assert found["accounts"] == 4
    assert found["all"] >= len(books) > found["found"]
    matching = [row for row in books if SEARCH in row.description.lower()]
    assert sorted(exported((tmp_path / "found.csv").read_bytes())) == matching

    again = journey(home, "come-back", str(tmp_path / "all.csv"))
    assert again["all"] == found["all"]
    assert sorted(exported((tmp_path / "all.csv").read_bytes())) == books
    (connection,) = json.loads(app.run("connections", "--json"))
    assert connection["state"] == "ok"

    assert any(connection["id"] in name for name in kept_secrets() - before)
    assert journey(home, "part-ways") == {"confirmed": True}
    assert not any(connection["id"] in name for name in kept_secrets() - before)
    assert json.loads(app.run("transactions", "--json", "--status", "all")) == []
    assert json.loads(app.run("accounts", "--json")) == []
