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
from typing import TYPE_CHECKING

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


def _bare(url: str, session: requests.Session, *, plain: bool) -> Callable[[], object]:
    """Return a GET as requests makes it; `plain` does not even look for proxies and a netrc."""
    session.headers["Authorization"] = "Bearer a-token-of-some-length"
    session.trust_env = not plain
    return lambda: session.get(f"{url}/accounts", timeout=(5, 20)).json()


def measure(rounds: int) -> tuple[float, float, float]:
    """Return the median milliseconds of a bare GET, of one that looks for nothing, and of ours."""
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{here.recv()}"
    ours, sender = _ours(url)
    with requests.Session() as one, requests.Session() as other:
        calls = (_bare(url, one, plain=False), _bare(url, other, plain=True), ours)
        bare, plain, authorised = _in_turns(calls, rounds)
    sender.session.close()
    server.terminate()
    server.join()
    return bare, plain, authorised


def _in_turns(calls: tuple[Callable[[], object], ...], rounds: int) -> list[float]:
    took: list[list[float]] = [[] for _ in calls]
    for call in calls * 50:
        call()
    gc.disable()
    for turn in range(rounds):
        for place in range(len(calls)):
            which = (turn + place) % len(calls)
            start = time.perf_counter()
            calls[which]()
            took[which].append(time.perf_counter() - start)
    gc.enable()
    return [statistics.median(one) * 1000 for one in took]


def main(rounds: int) -> int:
    """Measure, say it, and return 1 where more is lost than may be, beside a bare GET as requests makes it."""
    with tempfile.TemporaryDirectory() as folder:
        log.install(Path(folder) / "bankview.log")
        bare, plain, ours = measure(rounds)
        logging.shutdown()
    print(f"authorised GET {ours:.3f} ms")
    for name, other in (("a bare GET", bare), ("one that looks for no proxy", plain)):
        print(f"  {name} {other:.3f} ms: {ours - other:+.3f} ms, ratio {ours / other:.2f}")
    return int(ours - bare > max(MILLISECONDS, SHARE * bare))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
