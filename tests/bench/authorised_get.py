"""What an authorised GET through our client costs over a bare one on the same kept connection.

Usage: authorised_get.py [ROUNDS]. Both kinds go to the same server in turns, so that a busy machine slows both.
"""

from __future__ import annotations

import gc
import http.server
import logging
import multiprocessing
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from bankview import log
from bankview.domain.secret import Secret
from bankview.oauth.clock import ServerClock
from bankview.oauth.grants import TokenAuth
from bankview.oauth.token import Token
from bankview.web import Api, Sender, tls_context

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

ROUNDS = 2_000
#: What may be lost: a share of a bare request, or milliseconds, whichever is larger.
SHARE, MILLISECONDS = 0.10, 0.3
BODY = b'{"accounts": [{"key": "k-1", "name": "Savings", "balance": 1234.50}]}'


class _Bank(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65_536

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        pass


def _serve(told: Connection) -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Bank)
    told.send(server.server_port)
    server.serve_forever()


def _ours(url: str) -> tuple[Callable[[], object], Sender]:
    """Return a GET as a sync makes it: token, limits, confinement, JSON with exact numbers, log."""
    now = datetime.now(UTC)
    token = Token(
        Secret("a-token-of-some-length"), expires_at=now + timedelta(hours=1), obtained_at=now
    )
    clock = ServerClock(lambda: datetime.now(UTC))
    sender = Sender(context=tls_context())
    sender.session.auth = TokenAuth(token, lambda stale: stale, now=clock)
    api = Api(url, sender.send, headers={"Accept": "application/json"})
    return lambda: api.get(["accounts"]), sender


def _bare(url: str, session: requests.Session) -> Callable[[], object]:
    session.headers["Authorization"] = "Bearer a-token-of-some-length"
    return lambda: session.get(f"{url}/accounts", timeout=(5, 20)).json()


def measure(rounds: int) -> tuple[float, float]:
    """Return the median milliseconds of a bare GET and of ours."""
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{here.recv()}"
    ours, sender = _ours(url)
    with requests.Session() as session:
        bare = _bare(url, session)
        found = _in_turns(bare, ours, rounds)
    sender.session.close()
    server.terminate()
    server.join()
    return found


def _in_turns(
    bare: Callable[[], object], ours: Callable[[], object], rounds: int
) -> tuple[float, float]:
    took: dict[Any, list[float]] = {bare: [], ours: []}
    for call in (bare, ours) * 50:
        call()
    gc.disable()
    for turn in range(rounds):
        for call in (bare, ours) if turn % 2 else (ours, bare):
            start = time.perf_counter()
            call()
            took[call].append(time.perf_counter() - start)
    gc.enable()
    return statistics.median(took[bare]) * 1000, statistics.median(took[ours]) * 1000


def main(rounds: int) -> int:
    """Measure, say it, and return 1 where more is lost than may be."""
    with tempfile.TemporaryDirectory() as folder:
        log.install(Path(folder) / "bankview.log")
        bare, ours = measure(rounds)
        logging.shutdown()
    over = ours - bare
    print(
        f"bare GET {bare:.3f} ms, authorised GET {ours:.3f} ms: {over:+.3f} ms, ratio {ours / bare:.2f}"
    )
    return int(over > max(MILLISECONDS, SHARE * bare))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
