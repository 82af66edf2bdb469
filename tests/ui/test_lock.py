"""The lock: what is on screen and in memory while it is closed, and how it opens and closes."""

from __future__ import annotations

import os
import subprocess
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QWidget

from bankview.errors import HomeLockedError, WrongPassphraseError
from bankview.paths import Paths
from bankview.sync.home import LEDGER_KEY, Home
from bankview.ui.guard import Guard
from bankview.ui.idle import Idle
from bankview.ui.lock_setting import LockSetting
from bankview.ui.poller import Poller
from bankview.ui.session_lock import INTERFACES, SessionLock
from bankview.ui.strength import strength_text
from bankview.ui.updates import Updates
from bankview.ui.windows.locked import LockedPage
from bankview.ui.windows.recurring import Recurring
from tests.ui.conftest import NOON
from tests.ui.dialogs.conftest import look
from tests.ui.walking import focused, from_the_top, named, once_round, plain, press, usable

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from bankview.ui.windows.viewer import Viewer
    from bankview.ui.worker import Worker

__all__ = ["look"]

pytestmark = pytest.mark.window
WORD = "open"


@pytest.fixture
def guard(worker: Worker, home: Home, viewer: Viewer) -> Guard:
    return Guard(worker, home, viewer, Updates(worker, home), Poller(worker, home))


def visible() -> list[QWidget]:
    return [widget for widget in QApplication.allWidgets() if widget.isVisible()]


def texts() -> str:
    """Return every word that a person, or a screen reader, finds in what is visible."""
    found = []
    for widget in visible():
        found += [widget.windowTitle(), widget.accessibleName(), widget.accessibleDescription()]
        found += [widget.toolTip()]
        if isinstance(widget, (QLabel, QLineEdit)):
            found.append(widget.text())
    return "\n".join(found)


def closed(guard: Guard, home: Home, qtbot: QtBot) -> None:
    guard.lock_now()
    qtbot.waitUntil(lambda: home.sealed, timeout=20_000)


def enter(viewer: Viewer, passphrase: str) -> LockedPage:
    page = viewer.window.centralWidget()
    assert isinstance(page, LockedPage)
    page.field.clear()
    QTest.keyClicks(page.field, passphrase)
    QTest.keyClick(page.field, Qt.Key.Key_Return)
    return page


def test_a_locked_window_shows_nothing_of_what_the_person_has(
    guard: Guard, viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    viewer.table.selectRow(0)
    viewer.tell("30 rows saved")
    assert "Current" in texts()
    dialog = QDialog(viewer.window)
    dialog.open()
    closed(guard, home, qtbot)
    viewer.tell("said too late")
    found = texts()
    assert "Bankview is locked" in found
    for word in ("Current", "DNB", "Rema", "5,000", "30 rows", "late"):
        assert word not in found
    assert not dialog.isVisible()
    assert viewer.transactions.model.rowCount() == 0
    assert viewer.window.windowTitle() == "Bankview"
    assert not [name for name, one in viewer.act.items() if one.isEnabled() and name != "quit"]


def test_while_it_is_locked_nothing_reads_the_ledger(
    guard: Guard, viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    closed(guard, home, qtbot)
    viewer.reload()
    assert viewer.data_version() == 0
    with pytest.raises(HomeLockedError):
        home.database()


def test_the_passphrase_opens_it_at_the_same_page(
    guard: Guard, viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    viewer.sidebar.choose(("page", "recurring"))
    qtbot.waitUntil(lambda: isinstance(viewer.stack.currentWidget(), Recurring), timeout=20_000)
    shown = viewer.stack.currentWidget()
    enabled = {name for name, one in viewer.act.items() if one.isEnabled()}
    closed(guard, home, qtbot)
    enter(viewer, WORD)
    qtbot.waitUntil(lambda: not guard.lock.is_closed, timeout=20_000)
    qtbot.waitUntil(lambda: viewer.stack.currentWidget() is shown, timeout=20_000)
    assert {name for name, one in viewer.act.items() if one.isEnabled()} == enabled
    viewer.sidebar.choose(("all", None))
    qtbot.waitUntil(lambda: viewer.transactions.model.rowCount() == 30, timeout=20_000)
    viewer.table.selectRow(0)
    assert viewer.detail.row
    assert not guard._updates.paused


def test_a_wrong_passphrase_is_said_and_opens_nothing(
    guard: Guard, viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    closed(guard, home, qtbot)
    page = enter(viewer, "wrong")
    qtbot.waitUntil(lambda: bool(page.problem.said), timeout=20_000)
    assert "does not fit" in page.problem.said
    assert home.sealed
    assert page.field.isEnabled()


def test_after_several_wrong_ones_it_takes_none_for_a_while(qtbot: QtBot) -> None:
    page = LockedPage()
    qtbot.addWidget(page)
    waits = []
    for _ in range(12):
        page.fail(WrongPassphraseError())
        waits.append(page.wait)
    assert waits == [0, 0, 0, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    page.field.setText("the right one")
    assert not page.button.isEnabled()


def test_what_runs_ends_before_the_keys_go(
    guard: Guard, worker: Worker, home: Home, qtbot: QtBot
) -> None:
    ended = threading.Event()
    worker.run(lambda: ended.wait(20))
    guard.lock_now()
    assert guard._updates.paused
    qtbot.waitUntil(lambda: guard.lock._looks > 2, timeout=20_000)
    assert not home.sealed
    ended.set()
    qtbot.waitUntil(lambda: home.sealed, timeout=20_000)


def test_nothing_is_fetched_while_it_is_locked(
    guard: Guard, worker: Worker, home: Home, qtbot: QtBot
) -> None:
    closed(guard, home, qtbot)
    guard._updates.one("dnb")
    assert not worker.busy("dnb")


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)


def test_it_is_over_when_nobody_touches_a_window_for_so_long(qtbot: QtBot) -> None:
    window, clock, over = QWidget(), Clock(), []
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWindow() is not None, timeout=20_000)
    idle = Idle(clock, window)
    idle.over.connect(lambda: over.append(True))
    idle.watch(5)
    clock.pass_(4)
    handle = window.windowHandle()
    QTest.keyClick(handle, Qt.Key.Key_A)
    clock.pass_(4)
    idle.look()
    assert not over
    clock.pass_(1)
    idle.look()
    assert over
    idle.watch(0)
    clock.pass_(1000)
    idle.look()
    assert len(over) == 1


def test_the_lock_is_turned_on_and_off(worker: Worker, tmp_path: Path, qtbot: QtBot) -> None:
    if os.environ.get("BANKVIEW_REAL_KEYRING") != "1":
        pytest.skip("needs the session that tests/session.sh makes")
    home = Home.open(Paths.of(tmp_path / "other"), "keychain")
    window = QWidget()
    heard: list[bool] = []
    qtbot.addWidget(window)
    setting = LockSetting(worker, home, window)
    setting.changed.connect(heard.append)
    setting.turn_on(window)
    dialog = cast("QDialog", window.findChild(QDialog, "passphrase-dialog"))
    fields = [
        cast("QLineEdit", dialog.findChild(QLineEdit, name))
        for name in ("passphrase", "passphrase-again")
    ]
    for field in fields:
        QTest.keyClicks(field, "correct horse battery")
    QTest.keyClick(fields[-1], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(heard) and not dialog.isVisible(), timeout=20_000)
    assert home.secrets.place == "passphrase"
    heard.clear()
    setting.turn_off()
    qtbot.waitUntil(lambda: bool(heard), timeout=20_000)
    assert home.open_place("keychain").read(LEDGER_KEY)
    assert not home.paths.vault.exists()
    home.close()


@pytest.mark.parametrize(
    ("passphrase", "said"),
    [
        ("", ""),
        ("password", "Easy to guess."),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", "Easy to guess."),
        ("abcdefghijklmnop", "Easy to guess."),
        ("correct horse battery", "Could be longer."),
        ("correct horse battery staple", "Hard to guess."),
    ],
)
def test_a_new_passphrase_is_judged_in_words(passphrase: str, said: str) -> None:
    assert strength_text(passphrase) == said


@pytest.mark.parametrize("interface", INTERFACES)
def test_it_is_heard_that_the_session_was_locked(
    interface: str, qapp: QApplication, qtbot: QtBot
) -> None:
    if os.environ.get("BANKVIEW_REAL_KEYRING") != "1":
        pytest.skip("needs the bus of the session that tests/session.sh makes")
    parent, heard = QObject(), []
    session = SessionLock(parent)
    session.locked.connect(lambda: heard.append(True))
    path, name = f"/{interface.replace('.', '/')}", f"{interface}.ActiveChanged"
    for active in ("false", "true"):
        command = ["dbus-send", "--session", "--type=signal", path, name, f"boolean:{active}"]
        subprocess.run(command, check=True)
    qtbot.waitUntil(lambda: bool(heard), timeout=20_000)
    assert len(heard) == 1


def test_the_session_s_lock_locks_the_window(guard: Guard) -> None:
    session = guard.findChild(SessionLock)
    assert session
    session.on_locked()
    assert guard.lock.is_closed


@pytest.mark.parametrize("typed", ["", "a passphrase"])
def test_the_locked_window_is_walked_through_by_keys(
    guard: Guard, viewer: Viewer, home: Home, look: QApplication, typed: str, qtbot: QtBot
) -> None:
    viewer.window.activateWindow()
    qtbot.waitUntil(viewer.window.isActiveWindow, timeout=20_000)
    closed(guard, home, qtbot)
    page = viewer.window.centralWidget()
    assert isinstance(page, LockedPage)
    assert focused() is page.field
    QTest.keyClicks(page.field, typed)
    press(viewer.window, Qt.Key.Key_F8, Qt.KeyboardModifier.AltModifier)
    assert page.field.echoMode() is QLineEdit.EchoMode.Normal
    press(viewer.window, Qt.Key.Key_F8, Qt.KeyboardModifier.AltModifier)
    assert page.field.echoMode() is QLineEdit.EchoMode.Password
    order = from_the_top(once_round(viewer.window))
    assert [named(one) for one in usable(viewer.window) if one not in order] == []
    assert order == [page.field, page.button][: 1 + bool(typed)]
    assert plain(viewer.window) == []


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_the_button_opens_it_by_the_keys_that_press_buttons(
    guard: Guard, viewer: Viewer, home: Home, key: Qt.Key, qtbot: QtBot
) -> None:
    viewer.window.activateWindow()
    qtbot.waitUntil(viewer.window.isActiveWindow, timeout=20_000)
    viewer.table.setFocus()
    closed(guard, home, qtbot)
    QTest.keyClicks(focused(), WORD)
    press(viewer.window, Qt.Key.Key_Tab)
    press(viewer.window, key)
    qtbot.waitUntil(lambda: not guard.lock.is_closed, timeout=20_000)
    assert focused() is viewer.table
