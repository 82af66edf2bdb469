"""`make install` puts an app into a person's own folders that starts from its menu entry and leaves without a trace."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.e2e.screen import WINDOW_CLASS, close_window, wait_for_window
from tests.e2e.story import ROOT
from tests.processes import Process

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.window, pytest.mark.install]
ID = "io.github.bankview.Bankview"


class Person:
    """Somebody whose name and folders have a space in them, as folders do."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.entry = home / ".local/share/applications" / f"{ID}.desktop"
        self.environment = {
            **{name: value for name, value in os.environ.items() if "XDG_" not in name},
            "HOME": str(home),
            "XDG_RUNTIME_DIR": os.environ.get("XDG_RUNTIME_DIR", str(home)),
        }

    def make(self, target: str) -> None:
        subprocess.run(
            ["make", "--no-print-directory", target],
            cwd=ROOT,
            env=self.environment,
            check=True,
            timeout=600,
        )

    def files(self) -> set[str]:
        return {
            str(path.relative_to(self.home))
            for path in (self.home / ".local").rglob("*")
            if not path.is_dir()
        }

    def menu(self) -> configparser.SectionProxy:
        """Return the menu entry as a file manager reads it."""
        entry = configparser.RawConfigParser(strict=True)
        entry.optionxform = str  # type: ignore[assignment,method-assign]
        entry.read(self.entry, "utf-8")
        return entry["Desktop Entry"]


def words(line: str) -> list[str]:
    """Split an Exec line as the desktop entry specification has it: double quotes, backslashes, %%."""
    found, word, quoted, rest = [], "", False, iter(line)
    for letter in rest:
        if letter == '"':
            quoted = not quoted
        elif letter == "\\" and quoted:
            word += next(rest)
        elif letter == "%":
            word += "%" if next(rest) == "%" else ""
        elif letter == " " and not quoted:
            found.append(word)
            word = ""
        else:
            word += letter
    return [*found, word]


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory) -> Person:
    if "BANKVIEW_SESSION" not in os.environ:
        pytest.skip("needs tests/session.sh")
    person = Person(tmp_path_factory.mktemp("kari 100% nordmann"))
    person.make("install")
    return person


def test_the_menu_entry_opens_the_window(person: Person) -> None:
    entry = person.menu()
    assert entry["StartupWMClass"] == WINDOW_CLASS
    with Process(
        words(entry["Exec"]),
        cwd="/",
        env={**person.environment, "PATH": "/usr/bin:/bin"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        close_window(wait_for_window(process))
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "", "")


def test_the_icon_of_the_menu_entry_is_there(person: Person) -> None:
    icons = person.home / ".local/share/icons/hicolor"
    assert (icons / "scalable/apps" / f"{person.menu()['Icon']}.svg").is_file()


def test_the_launcher_is_the_installed_app_and_not_the_checkout(person: Person) -> None:
    launcher = person.home / ".local/bin/bankview"
    said = subprocess.run(
        [launcher, "banks"], cwd="/", env=person.environment, check=True, capture_output=True
    )
    assert b"sparebank1" in said.stdout.lower()
    assert str(ROOT) not in launcher.resolve().read_text("utf-8")


def test_uninstalling_leaves_what_the_person_made_and_nothing_else(
    tmp_path: Path, person: Person
) -> None:
    shutil.copytree(
        person.home / ".local",
        tmp_path / ".local",
        symlinks=True,
        ignore=shutil.ignore_patterns("site-packages", "state"),
    )
    mover = Person(tmp_path)
    kept = mover.home / ".local/share/bankview/ledger.db"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.touch()
    mover.make("uninstall")
    assert {path for path in mover.files() if "share/bankview/" not in path} == set()
    assert kept.exists()
