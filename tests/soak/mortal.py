"""Does what the program does, in a process that is killed at a named point: nothing in the program knows of it.

As a process it reads one order a line, forks a child that carries it out, and answers how the child ended. An order
is `{"folder", "day", "what", "point", "count", "after"}`: at the `count`-th arrival at `point` the child gets SIGKILL;
`after` is a number of seconds after which it gets it anyway.
"""

from __future__ import annotations

import functools
import json
import os
import select
import shutil
import signal
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from babel import Locale

from bankview.export import file, presets
from bankview.store import backup, connections, database, index, ledger, placing, progress, view
from bankview.store.view import Filter
from bankview.sync import fetching, refresh
from tests.soak import world

#: Where a process may die, by name: the function, before or after which it happens.
POINTS: dict[str, tuple[Any, str]] = {
    "call counted": (connections, "record_call"),
    "account saved": (refresh, "save_accounts"),
    "unfinished dropped": (progress, "drop_unfinished"),
    "forgotten": (progress, "forget"),
    "staged": (ledger, "stage"),
    "unreadable kept": (ledger, "keep_unreadable"),
    "pending replaced": (placing, "replace_pending"),
    "updated": (placing, "update"),
    "inserted": (placing, "insert"),
    "indexed": (index, "add"),
    "balanced": (placing, "balance"),
    "settled": (ledger, "_settle"),
    "published": (ledger, "publish"),
    "connection saved": (connections, "save_connection"),
    "copied": (database, "copy"),
    "verified": (database, "_verify"),
    "on the disk": (database, "to_disk"),
    "moved": (Path, "replace"),
    "removed": (Path, "unlink"),
    "backed up": (backup, "back_up"),
    "migrated": (database, "_migrate"),
    "sound copy found": (backup, "_newest_sound"),
    "moved aside": (backup, "_move_aside"),
    "exported": (presets, "write"),
    "file moved": (file, "_move"),
    "folder synced": (file, "_sync_folder"),
    "statement": (database.Database, "run"),
    "statements": (database.Database, "run_many"),
}


def arm(point: str, count: int) -> None:
    """Kill this process at the `count`-th time that it comes to a point: "before NAME" or "after NAME"."""
    when, _, name = point.partition(" ")
    owner, attribute = POINTS[name]
    function, left = getattr(owner, attribute), [count]

    @functools.wraps(function)
    def mortal(*args: Any, **kwargs: Any) -> Any:
        left[0] -= 1
        if when == "before" and not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        result = function(*args, **kwargs)
        if when == "after" and not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("bankview"):
            for known, value in list(vars(module).items()):
                if value is function:
                    setattr(module, known, mortal)
    setattr(owner, attribute, mortal)


def sync(folder: Path, day: int) -> None:
    """Start, fetch everything, and make the day's copy."""
    home = world.WorldHome.on(folder, day)
    report = refresh.refresh(home, "world")
    assert report.error is None, report.error
    assert not [account.error for account in report.accounts if account.error]
    home.close()


def export(folder: Path, day: int) -> None:
    """Write a file of all rows over the one that is there."""
    home = world.WorldHome.on(folder, day)
    with closing(home.database()) as db:
        names = {one.id: one.name for one in connections.connections(db)}
        accounts = {one.id: one for one in connections.accounts(db)}
        banks = {own: names[one.connection_id] for own, one in accounts.items()}
        rows = view.entries(db, Filter(status="all"))
        place = Locale("en", "GB")
        file.save(
            folder / "out.csv",
            lambda out: presets.write("standard", rows, accounts, banks, out, place),
        )
    home.close()


def start(folder: Path, day: int) -> None:
    """Start and end: what has to be migrated or repaired is."""
    world.WorldHome.on(folder, day).close()


WHAT = {"sync": sync, "export": export, "start": start}


def obey(order: dict[str, Any]) -> int:
    """Carry an order out in a child and return how it ended: 0, or minus the signal."""
    child = os.fork()
    if not child:
        code = 1
        try:
            fetching.BATCH = 7
            if order.get("point"):
                arm(order["point"], order.get("count", 1))
            WHAT[order["what"]](Path(order["folder"]), order["day"])
            code = 0
        finally:
            os._exit(code)
    if order.get("after") is not None:
        # A pidfd tells of the child's end at once, so that no number is ever somebody else's.
        ended = os.pidfd_open(child)
        select.select([ended], [], [], order["after"])
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(ended, signal.SIGKILL)
        os.close(ended)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class Mortals:
    """Processes that can be told where to die."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.soak.mortal"]
        root = Path(__file__).parents[2]
        pipe = subprocess.PIPE
        self._server = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=root)

    def do(self, folder: Path, day: int, what: str, point: str = "", **more: Any) -> int:
        """Have something done and return how the process that did it ended."""
        assert self._server.stdin
        assert self._server.stdout
        order = {"folder": str(folder), "day": day, "what": what, "point": point, **more}
        self._server.stdin.write(json.dumps(order) + "\n")
        self._server.stdin.flush()
        return int(self._server.stdout.readline())

    def close(self) -> None:
        """End the process that forks."""
        self._server.communicate()


def replaced(folder: Path, by: Path) -> Path:
    """Return a folder made anew as a copy of another."""
    shutil.rmtree(folder, ignore_errors=True)
    return Path(shutil.copytree(by, folder))


def main() -> None:
    """Obey one order a line."""
    for line in sys.stdin:
        print(obey(json.loads(line)), flush=True)


if __name__ == "__main__":
    main()
