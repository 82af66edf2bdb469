"""Starts the window: its frame is painted before what it shows is imported."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from bankview import language, options
from bankview.language import tr
from bankview.paths import Paths
from bankview.ui import APP_ID, hooks
from bankview.ui.instance import Instance
from bankview.ui.windows.main import MainWindow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bankview.ui.app import App
    from bankview.ui.demo import Demo


def parser() -> argparse.ArgumentParser:
    """Return the window's own flags; commands have theirs."""
    made = argparse.ArgumentParser(
        "bankview", parents=[options.shared()], description=tr("Your bank accounts in one window.")
    )
    made.add_argument(
        "--demo", action="store_true", help=tr("try it with an invented bank; nothing is kept")
    )
    return made


def main(argv: Sequence[str]) -> int:
    """Open the window and return the exit code."""
    # Nothing is said before the window stands, and a catalogue is read after that.
    language.use("en")
    app = start(parser().parse_args(list(argv)))
    if app is None:
        return 0
    app.qt.exec()
    return app.quit()


def start(arguments: argparse.Namespace) -> App | None:
    """Build the app without running its event loop; None where another window of this home was raised."""
    qt = QApplication.instance() or QApplication(["bankview"])
    assert isinstance(qt, QApplication)
    qt.setApplicationName("bankview")
    qt.setApplicationDisplayName("Bankview")
    qt.setDesktopFileName(APP_ID)
    hooks.quit_on_signals(qt)
    demo = _demo() if arguments.demo else None
    paths = Paths.of(demo.home if demo else options.home_of(arguments))
    instance = Instance(paths.data, paths.locks)
    if not instance.claim():
        return None
    window = MainWindow(QSettings(str(paths.window), QSettings.Format.IniFormat))
    window.paint()
    from bankview.ui.app import App  # noqa: PLC0415 - the frame is painted first

    place = "memory" if demo else getattr(arguments, "secrets", None)
    app = App(qt, window, paths, place, instance, demo)
    app.begin(getattr(arguments, "log_http", None))
    return app


def _demo() -> Demo:
    from bankview.ui.demo import Demo  # noqa: PLC0415 - rarely needed

    return Demo()
