from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QDialog, QLineEdit, QPushButton

from bankview.errors import WrongPassphraseError
from bankview.keychain import new_recovery_key
from bankview.ui.windows.keys import NoKeychain, Passphrase
from bankview.ui.windows.recovery import EnterRecoveryKey, RecoveryKey
from tests.ui.dialogs.conftest import child

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

pytestmark = [
    pytest.mark.window,
    pytest.mark.usefixtures("look"),
    # What the platform without a screen says of itself.
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]


@pytest.fixture
def recovery_key(look: QApplication) -> str:
    return new_recovery_key()


def show(dialog: QDialog, qtbot: QtBot) -> None:
    qtbot.addWidget(dialog)
    dialog.show()


def field(dialog: QDialog, name: str) -> QLineEdit:
    return child(dialog, QLineEdit, name)


def button(dialog: QDialog, name: str) -> QPushButton:
    return child(dialog, QPushButton, name)


def press(dialog: QDialog, name: str, qtbot: QtBot) -> None:
    QTest.mouseClick(button(dialog, name), Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    ("name", "place"),
    [("use-passphrase", "passphrase"), ("use-memory", "memory"), ("try-again", "")],
)
def test_without_a_keychain_there_are_two_places_and_another_try(
    qtbot: QtBot, name: str, place: str
) -> None:
    dialog = NoKeychain()
    show(dialog, qtbot)
    with qtbot.waitSignal(dialog.chosen) as heard:
        press(dialog, name, qtbot)
    assert heard.args == [place]


def test_a_new_passphrase_is_typed_twice(qtbot: QtBot) -> None:
    dialog = Passphrase(new=True)
    show(dialog, qtbot)
    QTest.keyClicks(field(dialog, "passphrase"), "four green herons")
    assert not button(dialog, "use").isEnabled()
    QTest.keyClicks(field(dialog, "passphrase-again"), "four green herons")
    with qtbot.waitSignal(dialog.entered) as heard:
        QTest.keyClick(field(dialog, "passphrase-again"), Qt.Key.Key_Return)
    assert heard.args == ["four green herons"]


def test_a_short_new_passphrase_is_refused(qtbot: QtBot) -> None:
    dialog = Passphrase(new=True)
    show(dialog, qtbot)
    for name in ("passphrase", "passphrase-again"):
        QTest.keyClicks(field(dialog, name), "short")
    assert not button(dialog, "use").isEnabled()


def test_a_wrong_passphrase_can_be_typed_again(qtbot: QtBot) -> None:
    dialog = Passphrase(new=False)
    show(dialog, qtbot)
    QTest.keyClicks(field(dialog, "passphrase"), "wrong")
    press(dialog, "use", qtbot)
    dialog.fail(WrongPassphraseError())
    assert dialog.problem.said
    assert button(dialog, "use").isEnabled()


def test_a_passphrase_does_not_stay_in_its_field(qtbot: QtBot) -> None:
    dialog = Passphrase(new=False)
    show(dialog, qtbot)
    QTest.keyClicks(field(dialog, "passphrase"), "secret words")
    dialog.accept()
    assert field(dialog, "passphrase").text() == ""


def test_the_recovery_key_is_kept_only_when_the_person_says_so(
    qtbot: QtBot, recovery_key: str
) -> None:
    dialog = RecoveryKey(recovery_key)
    show(dialog, qtbot)
    assert not button(dialog, "done").isEnabled()
    sure = child(dialog, QCheckBox, "recovery-kept")
    sure.click()
    with qtbot.waitSignal(dialog.kept):
        press(dialog, "done", qtbot)


def test_the_recovery_key_can_be_copied(qtbot: QtBot, recovery_key: str) -> None:
    dialog = RecoveryKey(recovery_key)
    show(dialog, qtbot)
    press(dialog, "copy-key", qtbot)
    assert QGuiApplication.clipboard().text() == recovery_key


def test_the_recovery_key_can_be_saved_for_the_person_alone(
    qtbot: QtBot, recovery_key: str, tmp_path: Path
) -> None:
    dialog = RecoveryKey(recovery_key)
    show(dialog, qtbot)
    dialog.save_to(tmp_path / "key.txt")
    assert recovery_key in (tmp_path / "key.txt").read_text("utf-8")
    assert (tmp_path / "key.txt").stat().st_mode & 0o777 == 0o600


def test_a_recovery_key_may_be_typed_carelessly(qtbot: QtBot, recovery_key: str) -> None:
    dialog = EnterRecoveryKey()
    show(dialog, qtbot)
    QTest.keyClicks(field(dialog, "recovery-key"), recovery_key.lower().replace("-", " "))
    with qtbot.waitSignal(dialog.entered):
        QTest.keyClick(field(dialog, "recovery-key"), Qt.Key.Key_Return)


def test_a_typing_error_in_the_recovery_key_is_seen_before_it_is_tried(
    qtbot: QtBot, recovery_key: str
) -> None:
    dialog = EnterRecoveryKey()
    show(dialog, qtbot)
    wrong = ("0" if recovery_key[0] != "0" else "1") + recovery_key[1:]
    QTest.keyClicks(field(dialog, "recovery-key"), wrong)
    assert not button(dialog, "use").isEnabled()
