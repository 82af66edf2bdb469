"""Takes a picture of every window, and writes the page that shows them all.

Usage: python -m tests.screenshots FOLDER [SCALE], on a virtual screen; with a scale, in per cent, those of that alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from bankview.keychain import vault
from tests.screenshots import connecting, dialogs, household, pages, web_page
from tests.screenshots.cut import cut_words
from tests.screenshots.looks import SCALES, looks
from tests.screenshots.scene import Scene
from tests.screenshots.stage import Stage, application

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.screenshots.looks import Look

SCENES = (*pages.SCENES, *connecting.SCENES, *dialogs.SCENES)
#: What is there before a bank is connected, and after the window was locked: each has a window of its own.
EMPTY = Scene("First run", "No bank yet", pages.transactions)
LOCKED = Scene("Lock", "Locked", pages.locked)


def plan(scale: int) -> Iterator[tuple[Scene, Look]]:
    """Return every picture of a scale."""
    for look in looks(scale):
        yield from ((scene, look) for scene in scenes(look))


def scenes(look: Look) -> Iterator[Scene]:
    """Return what is taken in a combination."""
    yield from (one for one in SCENES if one.main or not look.main_only)
    if not look.main_only:
        yield from (EMPTY, LOCKED)


def take(folder: Path, scale: int) -> None:
    """Take all pictures of a scale in this process."""
    with tempfile.TemporaryDirectory() as scratch:
        # Nobody guesses this passphrase, and a home would take half a second to open.
        vault.COST = 10
        # The pictures beside these are of a person in Norway; Qt has read its own locale by now.
        application()
        os.environ["LC_ALL"] = "nb_NO.UTF-8"
        full = household.home(Path(scratch) / "full")
        bare = household.empty(Path(scratch) / "bare")
        with closing(full), closing(bare):
            for language, wanted in groupby(looks(scale), key=lambda look: look.language):
                found = list(wanted)
                with closing(Stage(full, Path(scratch), language)) as stage:
                    _take(folder, stage, found, SCENES)
                    whole = [look for look in found if not look.main_only]
                    _take(folder, stage, whole, (LOCKED,))
                with closing(Stage(bare, Path(scratch), language)) as stage:
                    _take(folder, stage, whole, (EMPTY,))


def _take(folder: Path, stage: Stage, wanted: Iterable[Look], of: Iterable[Scene]) -> None:
    chosen = tuple(of)
    for look in wanted:
        stage.clear()
        stage.dress(look)
        for scene in chosen:
            if scene.main or not look.main_only:
                window = scene.open(stage)
                picture = stage.picture(window)
                assert picture.save(str(folder / web_page.file_name(scene, look)))
                for words in cut_words(window):
                    print(f"{scene.title}, {look.name}: no room for {words[:60]!r}")
                stage.clear()


def main(folder: Path, scale: int | None) -> int:
    """Take what is asked for, each scale in a process of its own, and write the page."""
    folder.mkdir(parents=True, exist_ok=True)
    if scale is not None:
        take(folder, scale)
        return 0
    for old in folder.glob("*.png"):
        old.unlink()
    for each in SCALES:
        # One after the other: of the windows on a screen, one has the focus.
        subprocess.run(
            [sys.executable, "-m", "tests.screenshots", str(folder), str(each)],
            env={**os.environ, "QT_SCALE_FACTOR": str(each / 100)},
            check=True,
        )
    taken = [one for each in SCALES for one in plan(each)]
    (folder / "index.html").write_text(web_page.write(taken), "utf-8")
    print(f"{len(taken)} pictures: {os.path.relpath(folder / 'index.html')}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).absolute(), int(sys.argv[2]) if len(sys.argv) > 2 else None))
