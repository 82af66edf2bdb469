"""The real window over the invented household, without the app around it, and the wait until it stands still."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QSettings, Qt
from PySide6.QtGui import QCursor, QFont
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from bankview import language as language_of_app
from bankview.ui import colours, tongue
from bankview.ui.affairs import Affairs
from bankview.ui.bars import bank_bars
from bankview.ui.style import Look as Style
from bankview.ui.windows.main import MainWindow
from bankview.ui.windows.viewer import Viewer
from bankview.ui.worker import Worker
from tests.screenshots.household import NOW
from tests.ui.wearing import wear

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtGui import QPixmap

    from bankview.sync.home import Home
    from tests.screenshots.looks import Look

#: Milliseconds without a job after which nothing more is expected, and seconds after which something never comes.
QUIET, DEADLINE = 40, 60
#: Rounds of the event loop in which nothing more came.
ROUNDS = 12
#: Debian's own name of the letters that every system of ours has (packaging/linux/system.sh).
LETTERS = "DejaVu Sans"


def application() -> QApplication:
    """Return the application with letters of 13 px, no blinking cursor and no motion."""
    qt = QApplication.instance() or QApplication(["bankview"])
    assert isinstance(qt, QApplication)
    qt.setCursorFlashTime(0)
    letters = QFont(LETTERS)
    letters.setPointSizeF(9.75)
    qt.setFont(letters)
    still = Style()
    still.still = True
    wear(qt, still)
    return qt


def _is_counting(viewer: Viewer) -> bool:
    """Whether rows are on screen whose sums are not known yet."""
    facts = viewer._facts
    return facts is not None and not facts.whole


class Stage:
    """What a window is opened from: `viewer` over `home`, in one language."""

    def __init__(self, home: Home, folder: Path, language: str = "en") -> None:
        self.qt = application()
        right = Qt.LayoutDirection.RightToLeft
        self.home, self.worker, self.language = home, Worker(), language
        tongue.speak(self.qt, language)
        self.qt.setLayoutDirection(
            right if language_of_app.is_right_to_left() else Qt.LayoutDirection.LeftToRight
        )
        settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
        self.window = MainWindow(settings)
        self.viewer = Viewer(self.window, self.worker, lambda: NOW)
        self.affairs = Affairs(self.worker, home, self.viewer)
        # What lies under the pointer is drawn otherwise.
        QCursor.setPos(self.qt.primaryScreen().geometry().bottomRight())
        self.window.show()
        self.viewer.set_home(home)
        self.settle()

    def dress(self, look: Look) -> None:
        """Put the window into a combination."""
        self.qt.setPalette(colours.palette(look.scheme))
        self.window.resize(*look.size)
        if self.viewer.masked != look.masked:
            self.viewer.act["hide"].trigger()
        self.settle()

    def warn(self) -> None:
        """Say what needs the person, as the app does."""
        self.viewer.attend(bank_bars(self.viewer.connections, (), NOW))

    def settle(self) -> None:
        """Wait until nothing is read, moved or put off any more."""
        quiet, rounds = time.monotonic(), 0
        end = quiet + DEADLINE
        # A busy computer may let time pass in which nothing is laid out: rounds count, too.
        while time.monotonic() - quiet < QUIET / 1000 or rounds < ROUNDS:
            self.qt.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
            rounds += 1
            if not self.worker.idle or _is_counting(self.viewer):
                quiet, rounds = time.monotonic(), 0
            assert time.monotonic() < end, "the window does not come to rest"

    def until(self, see: Callable[[], object]) -> None:
        """Wait until something can be seen."""
        end = time.monotonic() + DEADLINE
        while not see():
            self.qt.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
            assert time.monotonic() < end, "it does not come"
        self.settle()

    def opened(self, kind: type[QWidget] = QDialog) -> QWidget:
        """Return the dialog or menu that was opened last."""
        self.settle()
        found = [
            one
            for one in QApplication.topLevelWidgets()
            if one.isVisible() and isinstance(one, kind)
        ]
        assert found, f"no {kind.__name__} is open"
        return found[-1]

    def picture(self, widget: QWidget) -> QPixmap:
        """Return a widget as it is on screen."""
        self.settle()
        return widget.grab()

    def clear(self) -> None:
        """Close what was opened, and go back to where the window begins."""
        for widget in QApplication.topLevelWidgets():
            if widget is self.window or not widget.isVisible():
                continue
            if isinstance(widget, QDialog):
                widget.reject()
            else:
                widget.close()
        if self.viewer.connections:
            self.viewer.attend(())
            self.viewer.filters.clear()
            self.viewer.sidebar.choose(("all", None))
            self.viewer.table.clearSelection()
            self.viewer.room.wants_detail = True
            self.viewer.room.arrange()
            if self.viewer.drawer.is_over:
                self.viewer.drawer.close_(at_once=True)
            self.viewer.sidebar.tree.setFocus()
        self.settle()

    def close(self) -> None:
        """Close the window and its threads."""
        self.clear()
        self.viewer.close_ledger()
        self.worker.close()
        self.window.close()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
