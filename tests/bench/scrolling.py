"""A real window that scrolls, and the gaps in its event loop meanwhile."""

from __future__ import annotations

import gc
import itertools
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from bankview.ui import colours
from bankview.ui.poller import LOOK
from bankview.ui.style import Look
from bankview.ui.windows.main import MainWindow
from bankview.ui.windows.viewer import Viewer
from bankview.ui.worker import Worker
from tests.bench.figures import percentile, tell

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bankview.sync.home import Home

#: Milliseconds between two beats of an idle loop, and between two frames.
BEAT, FRAME = 4, 16
#: Pixels that a frame moves.
STEP = 120


def dressed() -> QApplication:
    """Return the application as the app itself dresses it."""
    qt = QApplication.instance() or QApplication([])
    assert isinstance(qt, QApplication)
    qt.setStyle(Look())
    colours.dress(qt, "light")
    return qt


class Scrolling:
    """A window on a home."""

    def __init__(self, home: Home, folder: Path) -> None:
        dressed()
        self._loop, self._version = QEventLoop(), 0
        self.worker = Worker()
        settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
        self.window = MainWindow(settings)
        self.viewer = Viewer(self.window, self.worker, lambda: datetime.now(UTC))
        self.window.resize(1200, 800)
        self.window.show()
        self.viewer.set_home(home)

    def during(self, job: Callable[[], object]) -> tuple[float, list[float]]:
        """Run a job on the worker's thread; return its seconds, and the milliseconds between beats of the loop."""
        beats: list[float] = []
        ended: list[float | Exception] = []
        beat, frame, look = QTimer(), QTimer(), QTimer()
        beat.timeout.connect(lambda: beats.append(time.perf_counter()))
        frame.timeout.connect(self._scroll)
        look.timeout.connect(self._look)
        self._settle()
        start = time.perf_counter()
        self.worker.run(job, lambda _: ended.append(time.perf_counter()), ended.append)
        beat.start(BEAT)
        frame.start(FRAME)
        look.start(LOOK)
        while not ended:
            self._loop.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        for timer in (beat, frame, look):
            timer.stop()
        if isinstance(ended[0], Exception):
            raise ended[0]
        gaps = [(b - a) * 1000 for a, b in itertools.pairwise(beats)]
        return ended[0] - start, gaps

    def _scroll(self) -> None:
        bar = self.viewer.table.verticalScrollBar()
        bar.setValue(bar.value() + STEP if bar.value() + STEP <= bar.maximum() else 0)

    def _look(self) -> None:
        """Show what was committed, as the app does."""
        version = self.viewer.data_version()
        if version != self._version:
            self._version = version
            self.viewer.reload()

    def _settle(self) -> None:
        """Let the window paint what it has, for a second."""
        QTimer.singleShot(1000, self._loop.quit)
        self._loop.exec()
        gc.freeze()

    def close(self) -> None:
        """Close the window and its threads."""
        self.viewer.close_ledger()
        self.worker.close()
        self.window.close()


def tell_gaps(what: str, gaps: list[float], goals: tuple[float, float] = (10.0, 16.0)) -> bool:
    """Print the 99th of 100 gaps and the longest, each with its goal, and return whether both are met."""
    met = tell(f"{what}: gap of the event loop, p99", percentile(gaps, 0.99), goals[0], "ms")
    return met & tell(f"{what}: gap of the event loop, longest", max(gaps), goals[1], "ms")
