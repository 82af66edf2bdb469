"""A statement brought in by hand: the real window and the command, one after the other, over the same home."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.story import DEADLINE, ROOT, App

if TYPE_CHECKING:
    from pathlib import Path

STATEMENT = ROOT / "tests/files/statements/no-camt02.xml"


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App.in_home(tmp_path / "T")


def journey(app: App, name: str) -> Any:
    """Make a journey with the statement in a process of its own, and return what was seen."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.journeys", name, str(STATEMENT), "--", *app.flags],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **app.environment},
        capture_output=True,
        text=True,
        timeout=3 * DEADLINE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.window
def test_window_and_command_know_what_the_other_brought_in(app: App) -> None:
    seen = journey(app, "brought-in")
    assert seen["rows"] == [1, 1]
    assert seen["counts"].startswith("1 row: 1 new, 0 known, 0 uncertain.")
    assert "1 row is not booked yet" in seen["counts"]
    assert "Strøm AS" in seen["lines"][0]
    (done,) = json.loads(app.run("import", "--list", "--json"))
    assert (done["file"], done["new"]) == (STATEMENT.name, 1)
    again = app.run("import", str(STATEMENT))
    assert "1 row: 0 new, 1 known, 0 uncertain" in again
    assert journey(app, "chosen")["counts"].startswith("1 row: 0 new, 1 known, 0 uncertain.")
    assert len(json.loads(app.run("transactions", "--json"))) == 1
    app.run("import", "--undo", str(done["id"]))
    assert json.loads(app.run("transactions", "--json")) == []
    assert json.loads(app.run("accounts", "--json")) == []
