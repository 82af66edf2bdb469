"""The main job through the tree of accessibility alone, as a screen reader does it, and a name for every control."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.story import DEADLINE, ROOT, App, exported

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.story import Bank

pytestmark = [pytest.mark.window, pytest.mark.keyring]
SEARCH = "rema"


def walk(app: App, *words: str) -> dict[str, Any]:
    """Start the window, use it from a process of the system's own Python, and return what was heard."""
    with app.process() as window:
        try:
            done = subprocess.run(
                ["/usr/bin/python3", ROOT / "tests/e2e/at_spi_walk.py", str(window.pid), *words],
                capture_output=True,
                text=True,
                timeout=2 * DEADLINE,
                check=False,
            )
        finally:
            window.terminate()
            window.communicate(timeout=DEADLINE)
    assert done.returncode == 0, done.stderr
    heard: dict[str, Any] = json.loads(done.stdout)
    return heard


def test_a_bank_is_connected_searched_and_exported_by_name_and_role_alone(
    household: Bank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.environ.get("BANKVIEW_REAL_KEYRING") != "1":
        pytest.skip("needs tests/session.sh")
    for name in ("QT_ACCESSIBILITY", "NO_AT_BRIDGE"):
        monkeypatch.delenv(name, raising=False)
    app = App.in_home(
        tmp_path / "home", QT_LINUX_ACCESSIBILITY_ALWAYS_ON="1", BROWSER=App().as_browser() + " %s"
    )
    heard = walk(app, str(household.profile()), SEARCH, str(tmp_path / "found.csv"))

    assert heard["faults"] == []
    assert [said for said in heard["announced"] if said.endswith(" new")] != []
    assert len(set(heard["charts"])) == 5
    assert heard["found"] > 1
    row = heard["row"]
    assert SEARCH in row["Payee"].lower()
    assert row["Date"]
    assert row["Amount"].partition("\N{NO-BREAK SPACE}")[0] in heard["detail"]
    assert "Brukskonto" in heard["explored"].values()
    books = [one for one in household.books() if SEARCH in one.description.lower()]
    assert sorted(exported((tmp_path / "found.csv").read_bytes())) == books
