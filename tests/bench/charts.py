"""What charts cost: to repaint from prepared series, and to read, with many rows.

Usage: charts.py [ROWS], on a virtual screen.
"""

from __future__ import annotations

import random
import sys
import time
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop

from bankview.store import charts, view
from bankview.ui.charts.periods import Period, begin
from bankview.ui.charts.values import Bars, Group, Kind, Line, Rank, Ranks
from bankview.ui.facts import Question, read_first
from bankview.ui.widgets.balance_chart import BalanceChart
from bankview.ui.widgets.bars_chart import BarsChart
from bankview.ui.widgets.ranked_bars import RankedBars
from bankview.ui.windows.charts import Charts
from bankview.ui.worker import Worker
from tests.bench import homes
from tests.bench.figures import median, milliseconds, percentile, tell
from tests.bench.scrolling import dressed

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication

    from bankview.sync.home import Home
    from bankview.ui.widgets.chart import Chart

FRAMES = 200
#: One frame of the screen, in milliseconds.
FRAME = 16.0
#: What the first frame of a new size may take: of what a page shows, and of a hundred years of days.
FIRST, FIRST_LONG = 2 * FRAME, 16 * FRAME
#: Seconds until a reading is there, and milliseconds until the page is.
READ, PAGE = 1.0, 100.0
#: Days of a century.
LONG = 36_524


def _line(days: int) -> BalanceChart:
    chance, balance, found = random.Random(7), 5_000_000, []
    for _ in range(days):
        balance += chance.randrange(-90_000, 91_000)
        found.append(balance)
    chart = BalanceChart()
    ahead = [balance + 1000 * n for n in range(92)]
    chart.show_line(Line("NOK", date(1990, 1, 1), found, ahead, date(2000, 1, 1)))
    return chart


def _bars(months: int) -> BarsChart:
    chance, chart = random.Random(7), BarsChart("In and out by month")
    kinds = (Kind("In", "credit"), Kind("Out", "quiet", out=True))
    groups = tuple(
        Group(f"M{n}", f"Month {n}", (chance.randrange(9**6), chance.randrange(9**6)), ("", ""))
        for n in range(months)
    )
    chart.show_bars(Bars("NOK", kinds, groups))
    return chart


def _ranks(count: int) -> RankedBars:
    chance, chart = random.Random(7), RankedBars("Spending by category")
    rows = tuple(
        Rank(f"{n}", f"Category {n}", chance.randrange(9**6), chance.randrange(9**6), f"{n}")
        for n in range(count)
    )
    chart.show_ranks(Ranks("NOK", rows, sum(row.size for row in rows), "Period before"))
    return chart


def _repaints(qt: QApplication) -> bool:
    met = True
    for name, chart in (
        ("a year of days", _line(365)),
        ("a century of days", _line(LONG)),
        ("12 months", _bars(12)),
        ("120 months", _bars(120)),
        ("40 categories", _ranks(40)),
    ):
        chart.resize(1600, 1000)
        chart.show()
        while not (chart.windowHandle() and chart.windowHandle().isExposed()):
            qt.processEvents()
        first, frames = _frames(chart)
        goal = FIRST_LONG if chart.count() > 3 * 366 else FIRST
        met &= tell(f"{name}: first frame of a new size", first, goal, "ms")
        met &= tell(
            f"{name}: repaint with a mark that moves, p95", percentile(frames, 0.95), FRAME, "ms"
        )
        chart.hide()
    return met


def _frames(chart: Chart) -> tuple[float, list[float]]:
    """Return the usual frame after a change of size, and those of a mark that walks over all places."""
    sizes, frames = [], []
    for number in range(20):
        chart.resize(1600 - 8 * number, 1000)
        sizes.append(_seconds(chart.repaint) * 1e3)
    for number in range(FRAMES):
        chart.mark(number * chart.count() // FRAMES)
        frames.append(_seconds(chart.repaint) * 1e3)
    return median(sizes), frames


def _readings(home: Home) -> bool:
    today, met = home.now().date(), True
    with closing(home.database()) as db:
        oldest = charts.first_day(db)
        assert oldest is not None
        for period in (Period.MONTHS_12, Period.ALL):
            asked = charts.Asked("NOK", begin(period, today, oldest), today)
            other = today.replace(day=1) - timedelta(days=1)
            for name, read in (
                ("balances and what is expected", partial(charts.balances, db, asked, today, 92)),
                ("months", partial(charts.months, db, asked)),
                ("month against month", partial(charts.compared, db, asked, today, other)),
                ("categories", partial(charts.by_category, db, asked)),
                ("payees", partial(charts.by_payee, db, asked)),
            ):
                taken = median([_seconds(read) for _ in range(3)])
                met &= tell(f"{period.name.lower()}: {name}, read", taken, READ, "s")
    return met


def _seconds(work: Callable[[], object]) -> float:
    """Return the processor's time: other processes do not count."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _page(qt: QApplication, home: Home) -> bool:
    """Measure from the choice of the page to its first frame, and how long answers keep the window's thread."""
    worker = Worker()
    with closing(home.database()) as db:
        asked = Question(view.Filter(), view.Order.DATE, down=True)
        facts = read_first(db, home.now(), asked)
    page = Charts(worker, home)
    page.resize(1024, 750)

    def switch() -> None:
        page.refresh(facts, masked=False)
        page.show()
        page.repaint()

    met = tell("the page: made, asked and painted", milliseconds(switch), PAGE, "ms")
    longest = 0.0
    while worker._waiting:
        turn = partial(qt.processEvents, QEventLoop.ProcessEventsFlag.AllEvents)
        longest = max(longest, milliseconds(turn))
        time.sleep(0.001)
    met &= tell("the page: longest that an answer keeps the window", longest, 2 * FRAME, "ms")
    worker.close()
    return met


def main(rows: int) -> int:
    """Measure, print a line a figure, and return 0 if all goals are met."""
    qt = dressed()
    met = _repaints(qt)
    with closing(homes.opened(homes.filled(rows))) as home:
        print(f"Charts over {rows:,} rows")
        met &= _readings(home)
        met &= _page(qt, home)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
