"""Opening a home from the window, and what helps where something is in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget

from bankview.errors import (
    KeychainLockedError,
    KeychainMissingError,
    LedgerKeyError,
    WrongPassphraseError,
)
from bankview.paths import Paths
from bankview.sync.home import Home
from bankview.ui.door import Door
from bankview.ui.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.window
WORD = "open sesame"


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths.of(tmp_path / "home")


class Seen:
    """A door with a window behind it, and what came of it."""

    def __init__(self, paths: Paths, qtbot: QtBot) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.show()
        self.worker = Worker()
        self.door = Door(self.worker, paths, "passphrase", self.window)
        self.homes: list[Home] = []
        self.errors: list[Any] = []
        self.door.opened.connect(self.homes.append)
        self.door.shut.connect(self.errors.append)


@pytest.fixture
def seen(paths: Paths, qtbot: QtBot) -> Iterator[Seen]:
    made = Seen(paths, qtbot)
    yield made
    assert made.worker.close()
    for home in made.homes:
        home.close()


def test_an_open_home_is_handed_over(seen: Seen, qtbot: QtBot) -> None:
    seen.door._passphrase = WORD
    seen.door.open()
    qtbot.waitUntil(lambda: bool(seen.homes), timeout=20_000)
    assert not seen.errors


def test_without_a_passphrase_one_is_asked_for_and_opens_the_home(
    seen: Seen, paths: Paths, qtbot: QtBot
) -> None:
    Home.open(paths, "passphrase", passphrase=lambda: WORD).close()
    seen.door.open()
    field = shown("passphrase", QLineEdit, qtbot)
    assert isinstance(seen.errors[0], WrongPassphraseError)
    QTest.keyClicks(field, "wrong")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not seen.worker.busy("home"), timeout=20_000)
    assert not seen.homes
    field.clear()
    QTest.keyClicks(field, WORD)
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(seen.homes), timeout=20_000)


def test_a_lost_key_is_made_good_by_the_recovery_key(
    seen: Seen, paths: Paths, qtbot: QtBot
) -> None:
    home = Home.open(paths, "passphrase", passphrase=lambda: WORD)
    key = home.fresh_recovery_key
    home.recovery_key_kept()
    home.close()
    paths.vault.unlink()
    seen.door._passphrase = WORD
    seen.door.open()
    field = shown("recovery-key", QLineEdit, qtbot)
    assert isinstance(seen.errors[0], LedgerKeyError)
    QTest.keyClicks(field, key.lower())
    QTest.mouseClick(shown("use", QPushButton, qtbot), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(seen.homes), timeout=20_000)
    assert paths.vault.exists()


def test_without_a_keychain_the_person_chooses_another_place(seen: Seen, qtbot: QtBot) -> None:
    seen.door.help(KeychainMissingError("none was found"))
    QTest.mouseClick(shown("use-memory", QPushButton, qtbot), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(seen.homes), timeout=20_000)
    assert seen.homes[0].secrets.place == "memory"


def test_a_locked_keychain_is_tried_again_when_asked(seen: Seen, qtbot: QtBot) -> None:
    seen.door._passphrase = WORD
    seen.door.help(KeychainLockedError())
    qtbot.waitUntil(lambda: bool(seen.homes), timeout=20_000)


def shown(name: str, kind: type[Any], qtbot: QtBot) -> Any:
    """Return the visible widget of this name as soon as it is there."""

    def find() -> Any:
        return next(
            (
                w
                for w in QApplication.allWidgets()
                if w.objectName() == name and isinstance(w, kind) and w.isVisible()
            ),
            None,
        )

    qtbot.waitUntil(lambda: find() is not None, timeout=20_000)
    return find()
