"""The demo for a computer without a display: the main job on the real window, and a picture and a CSV of it.

Usage: demo.py FOLDER, on a virtual screen.
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QTableView, QWidget

from tests.e2e import hands, journeys
from tests.e2e.hands import click, find, leave, say, until

if TYPE_CHECKING:
    from tests.e2e.hands import Doing


def demo(folder: Path) -> Doing[None]:
    """Connect the demo bank, look at the rows, search, take a picture, and export everything."""
    picture, table = folder / "bankview.png", folder / "transactions.csv"
    yield from journeys.begin()
    yield from click("demo-bank")
    yield from journeys.keep_accounts()
    yield from journeys.updated()
    count = yield from journeys.rows()
    found = yield from journeys.search("rema")
    yield from journeys.stop_searching()
    yield from take_picture(picture)
    yield from journeys.export(str(table))
    yield from leave()
    say(f"{count} transactions arrived, {found} of them at Rema.")
    say(f"{os.path.relpath(picture)}\n{os.path.relpath(table)}")


def take_picture(path: Path) -> Doing[None]:
    """Select a transaction, so that its details are in the picture, and take it."""
    table = yield from find("transactions", QTableView)
    yield from until(lambda: table.model().index(14, 1).isValid() or None, "a row to select")
    # What explains the search goes with the focus.
    table.setFocus()
    table.selectRow(14)
    yield from hands.act(lambda: None)
    window = yield from find("main-window", QWidget)
    assert window.grab().save(str(path))


def main(folder: Path) -> int:
    """Make the demo in `folder`, with the sandbox's own visitor as the browser."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("bankview.png", "transactions.csv"):
        (folder / name).unlink(missing_ok=True)
    visitor = [sys.executable, "-m", "bankview", "sandbox", "visit", "--as", "household", "%s"]
    os.environ["BROWSER"] = shlex.join(visitor)
    return hands.run(["--demo"], demo(folder.absolute()))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
