"""What the system says of the session reaches the lock: over a bus of its own, from a stand-in for logind."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject
from PySide6.QtDBus import QDBusConnection, QDBusPendingCallWatcher

from bankview.ui.session_lock import LOGIND, SessionLock, label
from tests.processes import Process

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.window
#: The path of a session of the id "7".
OWN, OTHER = "_37", "_38"


@pytest.fixture
def address() -> Iterator[str]:
    """A private bus."""
    if not shutil.which("dbus-daemon"):
        pytest.skip("needs dbus-daemon")
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address"]
    with Process(command, stdout=subprocess.PIPE, text=True) as bus:
        assert bus.stdout
        yield bus.stdout.readline().strip()
        bus.terminate()


@pytest.fixture
def say(address: str) -> Iterator[IO[str]]:
    """What the stand-in obeys."""
    stand_in = Path(__file__).with_name("logind.py")
    with Process(
        ["/usr/bin/python3", stand_in, address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as logind:
        assert logind.stdin
        assert logind.stdout
        assert logind.stdout.readline() == "ready\n"
        yield logind.stdin
        logind.stdin.close()


@pytest.fixture
def heard(address: str, say: IO[str], qtbot: QtBot) -> Iterator[list[str]]:
    """How often the lock was asked for, once the session's own path is known."""
    bus, told, parent = QDBusConnection.connectToBus(address, "logind"), [], QObject()
    lock = SessionLock(parent, bus)
    lock.locked.connect(lambda: told.append("locked"))
    qtbot.waitUntil(lambda: not lock.findChildren(QDBusPendingCallWatcher), timeout=20_000)
    # What the bus was asked before this, it has done.
    assert LOGIND in bus.interface().registeredServiceNames().value()
    yield told
    QDBusConnection.disconnectFromBus("logind")


@pytest.mark.parametrize(
    ("said", "count"),
    [
        (f"Lock {OWN}", 1),
        ("PrepareForSleep true", 1),
        (f"Lock {OTHER}", 0),
        ("PrepareForSleep false", 0),
    ],
)
def test_the_session_s_own_lock_and_the_computer_s_sleep_are_heard(
    say: IO[str], heard: list[str], qtbot: QtBot, said: str, count: int
) -> None:
    # Signals of one sender come in the order in which they were sent: the last one ends the wait.
    for word in (said, f"Lock {OWN}"):
        print(word, file=say, flush=True)
    qtbot.waitUntil(lambda: len(heard) > count, timeout=20_000)
    assert len(heard) == count + 1


def test_without_a_bus_nothing_is_heard_and_nothing_fails() -> None:
    parent, nowhere = QObject(), QDBusConnection("nowhere")
    assert not nowhere.isConnected()
    SessionLock(parent, nowhere)


@pytest.mark.parametrize(
    ("own", "path"), [("7", "_37"), ("12", "_312"), ("c2", "c2"), ("a-b", "a_2db"), ("", "")]
)
def test_a_session_s_path_follows_from_its_id(own: str, path: str) -> None:
    assert label(own) == path
