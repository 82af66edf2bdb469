"""A first sync of many rows over TLS into the file that a scrolling window shows, beside a bare fetch of the same pages.

Usage: sync_rows.py [ROWS [ROUNDS]], on a virtual screen. Sync and bare fetch take turns with the same sandbox.
"""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from bankview.sync.kept import load_token
from bankview.sync.refresh import refresh
from tests.bench.figures import median, tell
from tests.bench.homes import BANK, connected
from tests.bench.scrolling import Scrolling, tell_gaps
from tests.e2e.story import App, Bank, bank

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bankview.sync.home import Home

ROWS, ROUNDS = 100_000, 3
#: How often as long as the bare fetch a sync may take.
GOAL = 2.0


@contextmanager
def noted(urls: list[str]) -> Iterator[None]:
    """Note the address of every GET within the block."""
    send = requests.Session.send

    def noting(session: requests.Session, request: Any, **options: Any) -> requests.Response:
        if request.method == "GET":
            urls.append(request.url)
        return send(session, request, **options)

    requests.Session.send = noting  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        requests.Session.send = send  # type: ignore[method-assign]


def fetched(there: Bank, home: Home, urls: list[str]) -> float:
    """Fetch pages with requests, throw them away, and return the seconds."""
    start = time.perf_counter()
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(there.folder / "ca.pem")
        session.headers["Authorization"] = f"Bearer {load_token(home, BANK).access_token.reveal()}"
        session.headers["Accept"] = "application/vnd.sparebank1.v1+json; charset=utf-8"
        for url in urls:
            assert session.get(url, timeout=120).ok
    return time.perf_counter() - start


def measure(folder: Path, there: Bank, rows: int) -> tuple[float, float, list[float]]:
    """Return the seconds of a sync and of a bare fetch, and the gaps in the window's loop."""
    home, urls = connected(folder, there), list[str]()
    window = Scrolling(home, folder)
    with noted(urls):
        took, gaps = window.during(lambda: _sync(home, rows))
    window.close()
    bare = fetched(there, home, urls)
    home.close()
    return took, bare, gaps


def _sync(home: Home, rows: int) -> None:
    report = refresh(home, BANK)
    assert report.error is None, report.error
    assert report.new >= rows, report.new


def main(rows: int, rounds: int) -> int:
    """Measure, say it, and return 1 where the goal is missed."""
    syncs, ratios, gaps = list[float](), list[float](), list[float]()
    with tempfile.TemporaryDirectory() as room:
        flags = ("--rows", str(rows), "--still")
        with bank(App(), Path(room) / "bank", *flags) as there:
            for turn in range(rounds):
                took, bare, found = measure(Path(room) / str(turn), there, rows)
                syncs.append(took)
                ratios.append(took / bare)
                gaps += found
    print(f"A first sync of {rows:,} rows: {median(syncs):.1f} s")
    met = tell("first sync beside a bare fetch of its pages", median(ratios), GOAL)
    return 0 if met & tell_gaps("first sync", gaps) else 1


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    sys.exit(main(*given, *(ROWS, ROUNDS)[len(given) :]))
