"""Quitting in the middle of something ends the process with 0, and soon."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.processes import Process

pytestmark = pytest.mark.window

ROOT = Path(__file__).parents[2]
#: Seconds from the wish to quit to the end of the process.
SOON = 6

#: Starts the app, gives its worker something long to do, and quits while that goes on.
SCRIPT = """
import socket, sys, threading, time
from PySide6.QtCore import QTimer
from bankview.ui import start

def hang(home):
    threading.Event().wait(600)

def slow_body(home):
    from bankview.web import Sender
    server = socket.create_server(("127.0.0.1", 0))
    sender = Sender()
    home.watch(sender)
    sender.send("GET", "http://127.0.0.1:%d/" % server.getsockname()[1])

def browser(home):
    from bankview.banks import all_banks
    from bankview.sync.front import Front
    from bankview.sync.sign_in import connect
    bank = next(bank for bank in all_banks() if bank.id == "sparebank1")
    connect(home, bank, Front(lambda ask: "x", lambda show: None, lambda url: True))

def write(home):
    db = home.database()
    with db.writing():
        db.run("CREATE TABLE half(x)")
        threading.Event().wait(600)

what = {"hang": hang, "slow-body": slow_body, "browser": browser, "write": write}[sys.argv[1]]
app = start.start(start.parser().parse_args(sys.argv[2:]))

def begin():
    if app.home is None:
        return
    timer.stop()
    app.worker.run(lambda: what(app.home))
    QTimer.singleShot(300, quit_)

def quit_():
    print("quitting", flush=True)
    app.window.close()

timer = QTimer()
timer.timeout.connect(begin)
timer.start(20)
app.qt.exec()
sys.exit(app.quit())
"""


@pytest.mark.parametrize("what", ["hang", "slow-body", "browser", "write"])
def test_quitting_ends_whatever_goes_on(what: str, tmp_path: Path) -> None:
    with Process(
        [sys.executable, "-c", SCRIPT, what, "--home", str(tmp_path), "--secrets", "passphrase"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "BANKVIEW_PASSPHRASE": "open sesame"},
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "quitting\n"
        _, err = process.communicate(timeout=SOON)
    assert process.returncode == 0, err
    assert "Traceback" not in err


def test_what_was_half_written_is_not_there_afterwards(tmp_path: Path) -> None:
    from bankview.paths import Paths
    from bankview.sync.home import Home

    test_quitting_ends_whatever_goes_on("write", tmp_path)
    home = Home.open(Paths.of(tmp_path), "passphrase", passphrase=lambda: "open sesame")
    with closing(home.database()) as db:
        assert db.one("SELECT count(*) FROM sqlite_schema WHERE name = 'half'") == 0
    home.close()
