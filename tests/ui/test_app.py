"""The app as a process: its first paint, a second start, and its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.processes import Process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Start = Callable[..., Process]

pytestmark = pytest.mark.window

ROOT = Path(__file__).parents[2]
DEADLINE = 60

#: What the first frame does without: what talks to banks, what opens the home, and what is built when it is asked for.
LATER = (
    "PySide6.QtNetwork",
    "apsw",
    "babel",
    "bankview.banks",
    "bankview.log.shapes",
    "bankview.sync.home",
    "bankview.ui.affairs",
    "bankview.ui.widgets.empty",
    "bankview.ui.windows.explorer",
    "bankview.ui.windows.viewer",
    "cryptography",
    "joserfc",
    "keyring",
    "msgspec",
    "oauthlib",
    "requests",
    "requests_oauthlib",
    "secretstorage",
    "ssl",
)

#: Builds the app, lets it paint once, says what was imported by then, and goes on as told.
FIRST_PAINT = (
    f"LATER = {LATER}"
    """
import sys
from bankview.ui import start
from bankview.ui.windows.main import MainWindow
class Eyed(MainWindow):
    def paintEvent(self, event):
        if not self._painted:
            print("painted with", sorted(set(LATER) & set(sys.modules)), flush=True)
        super().paintEvent(event)
start.MainWindow = Eyed
sys.exit(start.main(sys.argv[1:]))
"""
)


@pytest.fixture
def start() -> Iterator[Start]:
    """Return a function that starts the app; what a test leaves behind is ended."""
    with ExitStack() as started:

        def start(*arguments: str, code: str = "", **environment: str) -> Process:
            command = ["-c", code] if code else ["-m", "bankview"]
            process = Process(
                [sys.executable, *command, *arguments],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                cwd=ROOT,
                env={**os.environ, "BANKVIEW_PASSPHRASE": "open sesame", **environment},
            )
            return started.enter_context(process)

        yield start


def first_line(process: Process) -> str:
    assert process.stdout
    return process.stdout.readline()


def end(process: Process) -> int:
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=DEADLINE)
    assert "Traceback" not in out + err, out + err
    return process.returncode


def flags(home: Path) -> tuple[str, ...]:
    return ("--home", str(home), "--secrets", "passphrase")


def test_the_frame_is_painted_before_anything_heavy_is_imported(
    start: Start, tmp_path: Path
) -> None:
    process = start(*flags(tmp_path), code=FIRST_PAINT)
    assert first_line(process) == "painted with []\n"
    assert end(process) == 0


def test_a_second_start_leaves_the_home_to_the_first(start: Start, tmp_path: Path) -> None:
    first = start(*flags(tmp_path), code=FIRST_PAINT)
    assert first_line(first)
    second = start(*flags(tmp_path))
    second.communicate(timeout=DEADLINE)
    assert second.returncode == 0
    assert first.poll() is None
    assert end(first) == 0


def test_a_first_process_that_was_killed_does_not_stop_the_next(
    start: Start, tmp_path: Path
) -> None:
    first = start(*flags(tmp_path), code=FIRST_PAINT)
    assert first_line(first)
    first.kill()
    first.communicate()
    second = start(*flags(tmp_path), code=FIRST_PAINT)
    assert first_line(second)
    assert end(second) == 0


def test_the_demo_leaves_nothing_behind(start: Start, tmp_path: Path) -> None:
    os_temp = tmp_path / "temp"
    os_temp.mkdir()
    process = start("--demo", code=FIRST_PAINT, TMPDIR=str(os_temp))
    assert first_line(process)
    assert end(process) == 0
    assert not [path for path in os_temp.iterdir() if path.name.startswith("bankview-demo")]
    commands = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not [command for command in commands if os.fsencode(os_temp) in command]
