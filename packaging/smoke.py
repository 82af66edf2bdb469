"""Tries the app that was built: its banks, a real keychain, a sign-in, an export and the window.

Usage: smoke.py APP, inside a session that is thrown away.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.e2e.screen import close_window, wait_for_window
from tests.e2e.story import App, Bank, bank, connected_ids, exported


def main(command: str) -> int:
    """Tell the story from the first command to the window and say what was found."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        app = App((str(Path(command).absolute()),), ("--home", str(home)))
        banks = [one["id"] for one in json.loads(app.run("banks", "--json"))]
        assert "sparebank1" in banks
        print("banks:", ", ".join(banks))
        with bank(app, Path(folder, "sandbox"), "--still") as household:
            print(
                "keychain and first light:", _first_light(app, household, Path(folder, "out.csv"))
            )
        with app.process() as window:
            close_window(wait_for_window(window))
            assert window.wait(timeout=60) == 0, window.stderr and window.stderr.read()
            print("window: opened and closed")
    return 0


def _first_light(app: App, household: Bank, path: Path) -> str:
    profile = household.profile()
    name = connected_ids(
        app.run("connect", "--profile", str(profile), "--browser", app.as_browser())
    )[-1]
    app.run("sync", name)
    app.run("export", "--preset", "standard", "-o", str(path))
    rows = exported(path.read_bytes())
    assert sorted(rows) == household.books(), "the export is not what stands in the bank's books"
    app.run("disconnect", name, "--forget")
    return f"{len(rows)} rows as in the bank's books"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
