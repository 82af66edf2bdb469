"""What a process holds after a hundred syncs over TLS, and after a thousand.

Usage: many_syncs.py [SYNCS].
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from bankview.sync.refresh import refresh
from tests.bench.figures import tell
from tests.bench.homes import BANK, connected
from tests.e2e.story import App, bank

if TYPE_CHECKING:
    from bankview.sync.home import Home

SYNCS = 1_000
#: MiB that a process may have grown by between a tenth of the syncs and all of them: what an allocator keeps open.
GOAL = 2.0


def resident() -> float:
    """Return the MiB that this process has in memory."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def sync(home: Home) -> None:
    """Fetch once, as a person's click does, without counting for the bank's quota."""
    report = refresh(home, BANK)
    assert report.error is None, report.error
    with closing(home.database()) as db:
        db.run("DELETE FROM call")
    gc.collect()


def main(syncs: int) -> int:
    """Measure, say it, and return 1 where the goal is missed."""
    with (
        tempfile.TemporaryDirectory() as room,
        bank(App(), Path(room) / "bank", "--still") as there,
        closing(connected(Path(room) / "home", there)) as home,
    ):
        for _ in range(syncs // 10):
            sync(home)
        before = resident()
        for _ in range(syncs - syncs // 10):
            sync(home)
        grown = resident() - before
    print(f"{before:.1f} MiB after {syncs // 10} syncs")
    return 0 if tell(f"growth until {syncs:,} syncs", grown, GOAL, "MiB") else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else SYNCS))
