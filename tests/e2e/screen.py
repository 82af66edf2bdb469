"""A window of another process, as the screen's server knows it: found, and closed by its keys."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING, TypeVar

T = TypeVar("T")

if TYPE_CHECKING:
    from collections.abc import Callable

#: The window class that the menu entry names.
WINDOW_CLASS = "bankview"
DEADLINE = 60


def until(look: Callable[[], T | None], what: str) -> T:
    """Return what `look` finds as soon as it does."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come within {DEADLINE} s")


def wait_for_window(process: subprocess.Popen[str]) -> str:
    """Return the number of the window that this process shows."""

    def look() -> str | None:
        assert process.poll() is None, process.communicate()
        return _xdotool("search", "--onlyvisible", "--class", f"^{WINDOW_CLASS}$").partition("\n")[
            0
        ]

    return until(look, "a window")


def close_window(window: str) -> None:
    """Press Ctrl+Q in a window."""
    _xdotool("windowfocus", "--sync", window)
    _xdotool("key", "--clearmodifiers", "ctrl+q")


def _xdotool(*arguments: str) -> str:
    return subprocess.run(
        ["xdotool", *arguments], capture_output=True, text=True, timeout=DEADLINE, check=False
    ).stdout
