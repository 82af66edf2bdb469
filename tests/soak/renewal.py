"""A minute of renewals by three processes of four threads, and two hundred kills in the middle of one.

Usage: renewal.py [SECONDS [KILLS]]. The server rotates strictly: a refresh token that comes twice ends everything.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import threading
import time
from pathlib import Path

from bankview.domain.secret import Secret
from bankview.errors import SignInNeededError
from bankview.oauth.grants import TokenAuth
from bankview.oauth.token import NONE_YET, Token
from bankview.paths import Paths
from bankview.sync.access import renew
from bankview.sync.home import Home, utc_now
from bankview.sync.kept import load_token, save_token
from tests.sync.test_renewal import POINTS, renew_and_die
from tests.sync.test_session import RotatingServer, oauth

SECONDS, KILLS = 60, 200
PROCESSES, THREADS = 3, 4
#: Seconds that a token lasts.
LIFE = 5


class QuickServer(RotatingServer):
    """Gives tokens that end soon."""

    life = LIFE


def opened(folder: str) -> Home:
    """Return the home in a folder."""
    return Home.open(Paths.of(Path(folder)), "passphrase", passphrase=lambda: "open")


def begin(home: Home, server: RotatingServer) -> None:
    """Sign in: keep a token that the server takes, and that is due at once."""
    server.valid, server.reused = "refresh-0", False
    save_token(
        home,
        "toy",
        Token(Secret("access-0"), refresh_token=Secret("refresh-0"), expires_at=utc_now()),
    )


def call_often(folder: str, url: str, ends: float) -> None:
    """What one process does until `ends`: its threads ask for a good token again and again."""
    home, client = opened(folder), oauth(url)

    def run() -> None:
        auth = TokenAuth(
            load_token(home, "toy"), lambda old: renew(home, "toy", client, old), now=utc_now
        )
        while time.time() < ends:
            assert auth.current() is not NONE_YET
            time.sleep(0.02)

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def race(folder: str, server: RotatingServer, seconds: float) -> bool:
    """Let the processes race, and tell whether no token was shown twice and none was lost."""
    fork = multiprocessing.get_context("spawn")
    ends = time.time() + seconds
    arguments = (folder, server.url, ends)
    racers = [fork.Process(target=call_often, args=arguments) for _ in range(PROCESSES)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    held = load_token(opened(folder), "toy").refresh_token.reveal()
    print(
        f"{PROCESSES} processes of {THREADS} threads, {seconds:g} s, tokens of {LIFE} s: {server.renewed} renewals,"
        f" {'a token was shown twice' if server.reused else '0 shown twice'},"
        f" {'0 lost' if held == server.valid else 'the grant was lost'}"
    )
    return server.renewed > 0 and not server.reused and held == server.valid


def kill(folder: str, server: RotatingServer, times: int) -> bool:
    """Kill a process at each point in turn, and tell whether every state it left was clean."""
    home, client = opened(folder), oauth(server.url)
    went_on = asked = 0
    for turn in range(times):
        begin(home, server)
        arguments = (folder, server.url, POINTS[turn % len(POINTS)])
        child = multiprocessing.get_context("fork").Process(target=renew_and_die, args=arguments)
        child.start()
        child.join()
        try:
            fresh = renew(home, "toy", client, load_token(home, "toy"), wait=lambda _: None)
            went_on += fresh.refresh_token.reveal() == server.valid
        except SignInNeededError as error:
            asked += error.reason == "interrupted while renewing"
        left = list(home.paths.locks.glob("*.renewing"))
        if left or went_on + asked != turn + 1:
            print(f"a kill at {arguments[2]} left something behind: {left}")
            return False
    print(f"{times} kills: {went_on} went on, {asked} asked for a new sign-in, 0 unclean")
    return True


def main(seconds: float, kills: int) -> int:
    """Race and kill; return 1 where something went wrong."""
    server = QuickServer()
    with tempfile.TemporaryDirectory() as folder:
        begin(opened(folder), server)
        fine = race(folder, server, seconds) and kill(folder, server, kills)
    server.close()
    return 0 if fine else 1


if __name__ == "__main__":
    given = [float(text) for text in sys.argv[1:]]
    sys.exit(main(given[0] if given else SECONDS, int(given[1]) if len(given) > 1 else KILLS))
