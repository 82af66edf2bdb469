"""What a frame, a key, a sort and an account cost in the window with many rows.

Usage: window.py [ROWS], on a virtual screen. Frames are held against a stock QTableView over the same model.
"""

from __future__ import annotations

import gc
import random
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractEventDispatcher,
    QEvent,
    QEventLoop,
    QObject,
    QSettings,
    Qt,
    QTimer,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTableView, QWidget

from bankview.ui.models.transactions import ORDERS
from bankview.ui.windows.main import MainWindow
from bankview.ui.windows.pages import rows as rows_of_pages
from bankview.ui.windows.viewer import Viewer
from bankview.ui.worker import Worker
from tests.bench import homes
from tests.bench.figures import median, milliseconds, percentile, tell
from tests.bench.scrolling import dressed

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.sync.home import Home

FRAMES = 200
#: One frame of the screen, in milliseconds: what the window's thread may be kept for.
FRAME = 16.0
#: Seconds after which a reaction counts as none.
PATIENCE = 60.0
TYPED = ("order", "green", "kontor", "1234", "12345", "zzq", "husleie 9", "kiwi", "q", "rema 10")


class _Paints(QObject):
    """Notes when a widget is painted; the turn of the loop that does so ends with the picture on the screen."""

    def __init__(self, painted: Callable[[], None]) -> None:
        super().__init__()
        self._painted = painted

    def eventFilter(self, _: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            self._painted()
        return False


class _Painted(QObject):
    """Waits for a paint inside of a page, once that page is the one that is shown."""

    def __init__(self, viewer: Viewer, choice: tuple[str, object]) -> None:
        super().__init__()
        self._viewer, self._name = viewer, str(choice[1]) if choice[0] == "page" else ""
        self.seen = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint and isinstance(watched, QWidget):
            viewer = self._viewer
            page = viewer.pages._made.get(self._name) if self._name else viewer.transactions
            if page is viewer.stack.currentWidget() and page and page.isAncestorOf(watched):
                self.seen = True
        return False


class Bench:
    """The real window over one home, and a stock table beside it."""

    def __init__(self, qt: QApplication, home: Home, settings: QSettings) -> None:
        self.qt, self.home, self.worker = qt, home, Worker()
        self.window = MainWindow(settings)
        self.viewer = Viewer(self.window, self.worker, lambda: datetime.now(UTC))
        self.window.resize(1280, 800)
        self.window.show()
        self.resets, self._woke, self._longest = 0, 0.0, 0.0
        self._painted, self._look = False, _Paints(self._paint)
        self.viewer.table.viewport().installEventFilter(self._look)
        loop = QAbstractEventDispatcher.instance()
        loop.awake.connect(self._wakes)
        loop.aboutToBlock.connect(self._waits)
        # A loop that waits is woken to look at the time.
        self._ticks = QTimer()
        self._ticks.start(100)
        self.viewer.transactions.model.modelReset.connect(self._count)

    def _count(self) -> None:
        self.resets, self._painted = self.resets + 1, False

    def _paint(self) -> None:
        self._painted = True

    def until(self, done: Callable[[], object]) -> float:
        """Let the event loop run until `done`; return the longest that it was kept from waiting, in milliseconds."""
        end, self._longest = time.monotonic() + PATIENCE, 0.0
        self._woke = time.perf_counter()
        while not done():
            assert time.monotonic() < end, "nothing happens"
            self.qt.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            # A turn that did something ends without a wait.
            self._waits()
            self._wakes()
        return self._longest

    def _wakes(self) -> None:
        self._woke = time.perf_counter()

    def _waits(self) -> None:
        self._longest = max(self._longest, (time.perf_counter() - self._woke) * 1e3)

    @property
    def seen(self) -> bool:
        """Whether the rows of the last answer are on screen, or a word that there are none."""
        return self._painted or not self.viewer.table.isVisible()

    @property
    def whole(self) -> bool:
        """Whether counts and sums of the question are exact."""
        return self.viewer._facts is not None and self.viewer._facts.whole

    @property
    def fenced(self) -> bool:
        """Whether a page at any height is found by its fence."""
        return self.viewer._facts is not None and bool(self.viewer._facts.fences.keys)

    def begin(self) -> None:
        """Open the home and wait for everything that follows."""
        self.viewer.set_home(self.home)
        self.until(lambda: self.resets and self.whole and self.fenced)
        self.rest()

    def rest(self) -> None:
        """Let what was begun end: a hundred empty turns."""
        for _ in range(100):
            self.qt.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 2)

    def measured(self, *, jump: bool) -> tuple[list[float], list[float]]:
        """Return the frames of our table and of a stock one, taken in turns of the same places."""
        ours, stock = self.viewer.table, QTableView()
        stock.setModel(self.viewer.transactions.model)
        stock.resize(ours.size())
        stock.verticalHeader().setDefaultSectionSize(ours.verticalHeader().defaultSectionSize())
        for column in range(self.viewer.transactions.model.columnCount()):
            stock.setColumnWidth(column, max(ours.columnWidth(column), 80))
        stock.show()
        self.until(lambda: stock.windowHandle() and stock.windowHandle().isExposed())
        self.rest()
        pairs = [
            (self._frame(ours, place), self._frame(stock, place))
            for place in self._places(jump=jump)
        ]
        stock.hide()
        stock.setModel(None)
        return [pair[0] for pair in pairs], [pair[1] for pair in pairs]

    def _places(self, *, jump: bool) -> list[float]:
        chance = random.Random(7)
        return [chance.random() if jump else 0.5 + number * 1e-5 for number in range(FRAMES)]

    def _frame(self, table: QTableView, place: float) -> float:
        bar = table.verticalScrollBar()

        def frame() -> None:
            bar.setValue(int(bar.maximum() * place))
            table.viewport().repaint()

        return milliseconds(frame)

    def keys(self, word: str) -> list[tuple[float, float]]:
        """Type a word; return of each key the time to its first screen and the longest turn of the loop."""
        field = self.viewer.filters.search
        field.clear()
        self.rest()
        self.until(lambda: self.whole)
        return [self.first_screen(partial(QTest.keyClick, field, letter)) for letter in word]

    def exact(self) -> float:
        """Return the milliseconds until counts and sums are exact."""
        begun = time.perf_counter()
        self.until(lambda: self.whole)
        return (time.perf_counter() - begun) * 1e3

    def first_screen(self, ask: Callable[[], object]) -> tuple[float, float]:
        """Return the milliseconds from a wish to its first screen, and the longest turn of the loop meanwhile."""
        before, begun = self.resets, time.perf_counter()
        blocked = milliseconds(ask)
        blocked = max(blocked, self.until(lambda: self.resets > before and self.seen))
        return (time.perf_counter() - begun) * 1e3, blocked

    def sorted_by(self, column: int) -> tuple[float, float]:
        """Sort by a column, as a click on its head does, once the last answer is whole."""
        self.until(lambda: self.whole)
        self.rest()
        down = Qt.SortOrder.DescendingOrder
        return self.first_screen(lambda: self.viewer.table.sortByColumn(column, down))

    def page(self, choice: tuple[str, object]) -> tuple[float, float]:
        """Switch to a page, with what it showed before; return as `first_screen` does."""
        painted = _Painted(self.viewer, choice)
        self.qt.installEventFilter(painted)
        begun = time.perf_counter()
        blocked = milliseconds(partial(self.viewer.sidebar.choose, choice))
        blocked = max(blocked, self.until(lambda: painted.seen))
        taken = (time.perf_counter() - begun) * 1e3
        self.qt.removeEventFilter(painted)
        # What is read anew arrives while the page is shown.
        blocked = max(blocked, self.until(lambda: self.worker.idle))
        return taken, blocked

    def end(self) -> None:
        """Close what was opened."""
        self.viewer.close_ledger()
        self.worker.close()
        self.home.close()


def _frames(bench: Bench) -> bool:
    met = True
    for name, jump in (("scroll", False), ("jump", True)):
        ours, stock = bench.measured(jump=jump)
        met &= tell(f"{name}: one frame, p95", percentile(ours, 0.95), 8.0, "ms")
        met &= tell(
            f"{name}: one frame beside a stock QTableView", median(ours) / median(stock), 0.5
        )
    return met


def _keys(bench: Bench) -> bool:
    later, blocked, exact = [], [], []
    for word in TYPED:
        keys = bench.keys(word)
        later += [first for first, _ in keys[2:]]
        blocked += [longest for _, longest in keys]
        exact.append(bench.exact())
    met = tell("key to first screen from 3 letters on, p95", percentile(later, 0.95), FRAME, "ms")
    met &= tell("longest that any key keeps the window", max(blocked), FRAME, "ms")
    return met & tell("exact count and sums, longest", max(exact) / 1e3, 1.0, "s")


def _sorts(bench: Bench) -> bool:
    bench.viewer.filters.search.clear()
    bench.rest()
    bench.until(lambda: bench.whole)
    met, blocked = True, []
    for column in reversed(ORDERS):
        first, longest = bench.sorted_by(column)
        blocked.append(longest)
        met &= tell(f"sort by {column.name.lower()}: first screen", first, 100.0, "ms")
    return met & tell("longest that a sort keeps the window", max(blocked), FRAME, "ms")


def _accounts(bench: Bench) -> bool:
    facts = bench.viewer._facts
    assert facts is not None
    taken, blocked = [], []
    for account in facts.accounts:
        bench.until(lambda: bench.whole)
        bench.rest()
        wish = partial(bench.viewer.sidebar.choose, ("account", account.id))
        first, longest = bench.first_screen(wish)
        taken.append(first)
        blocked.append(longest)
    met = tell("open an account: first screen, longest", max(taken), 100.0, "ms")
    return met & tell("longest that an account keeps the window", max(blocked), FRAME, "ms")


def _switches(bench: Bench) -> bool:
    """A page is painted with what it had, or with nothing at its first visit; what is read anew follows."""
    pages: list[tuple[str, str | None]] = [("page", row.name) for row in rows_of_pages()]
    choices = [*pages, ("all", None)]
    first = {name: bench.page((kind, name))[0] for kind, name in choices}
    met, blocked = True, []
    for number, (kind, name) in enumerate(choices):
        taken = []
        for _ in range(3):
            if bench.viewer.sidebar.choice() != choices[number - 1]:
                bench.page(choices[number - 1])
                bench.rest()
            later, longest = bench.page((kind, name))
            bench.rest()
            taken.append(later)
            blocked.append(longest)
        said = f"switch to {name or 'transactions'}: painted with its data"
        met &= tell(said, median(taken), 100.0, "ms", f"(first visit {first[name]:.0f})")
    return met & tell("longest that a switch keeps the window", max(blocked), FRAME, "ms")


def main(rows: int) -> int:
    """Measure, print a line a figure, and return 0 if all goals are met."""
    qt = dressed()
    folder = Path(tempfile.mkdtemp())
    with closing(homes.opened(homes.filled(rows))) as home:
        settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
        bench = Bench(qt, home, settings)
        gc.freeze()
        bench.begin()
        print(f"The window over {rows:,} rows")
        met = [part(bench) for part in (_frames, _keys, _sorts, _accounts, _switches)]
        bench.end()
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
