"""A window over a home, as the app puts it together, without the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings

from bankview.ui.windows.main import MainWindow
from bankview.ui.windows.viewer import Viewer

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from bankview.sync.home import Home
    from bankview.ui.worker import Worker


def viewer_over(
    home: Home,
    worker: Worker,
    folder: Path,
    now: Callable[[], datetime],
    begin: Callable[[Viewer], object] = lambda _: None,
) -> Viewer:
    """Return what a visible window shows of a home; the window's layout is kept in `folder`."""
    window = MainWindow(QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat))
    made = Viewer(window, worker, now)
    begin(made)
    window.show()
    made.set_home(home)
    return made
