"""What the system says of the session reaches the lock: over a bus of its own, from a stand-in for logind."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject
from PySide6.QtDBus import QDBusConnection

from bankview.ui.session_lock import SessionLock, label

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
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as bus:
        assert bus.stdout
        yield bus.stdout.readline().strip()
        bus.terminate()


@pytest.fixture
def say(address: str) -> Iterator[IO[str]]:
    """What the stand-in obeys."""
    stand_in = Path(__file__).with_name("logind.py")
    with subprocess.Popen(
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
    SessionLock(parent, bus).locked.connect(lambda: told.append("locked"))

    def is_known() -> bool:
        print(f"Lock {OWN}", file=say, flush=True)
        return bool(told)

    qtbot.waitUntil(is_known, timeout=20_000)
    yield told
    QDBusConnection.disconnectFromBus("logind")


def test_the_session_s_lock_and_the_computer_s_sleep_are_heard(
    say: IO[str], heard: list[str], qtbot: QtBot
) -> None:
    before = len(heard)
    print("PrepareForSleep true", file=say, flush=True)
    qtbot.waitUntil(lambda: len(heard) > before, timeout=20_000)


def test_another_session_and_waking_up_are_nothing_to_lock_for(
    say: IO[str], heard: list[str], qtbot: QtBot
) -> None:
    # What one sender says comes in its order: the first sleep is behind all that was said before.
    heard.clear()
    print("PrepareForSleep true", file=say, flush=True)
    qtbot.waitUntil(lambda: bool(heard), timeout=20_000)
    before = len(heard)
    for word in (f"Lock {OTHER}", "PrepareForSleep false", f"Lock {OWN}"):
        print(word, file=say, flush=True)
    qtbot.waitUntil(lambda: len(heard) > before, timeout=20_000)
    assert len(heard) == before + 1


def test_without_a_bus_nothing_is_heard_and_nothing_fails() -> None:
    parent, nowhere = QObject(), QDBusConnection("nowhere")
    assert not nowhere.isConnected()
    SessionLock(parent, nowhere)


@pytest.mark.parametrize(
    ("own", "path"), [("7", "_37"), ("12", "_312"), ("c2", "c2"), ("a-b", "a_2db"), ("", "")]
)
def test_a_session_s_path_follows_from_its_id(own: str, path: str) -> None:
    assert label(own) == path
