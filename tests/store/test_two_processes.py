"""The window and the command line at once on one ledger: each reads and writes, and none ever meets an error."""

from __future__ import annotations

import multiprocessing
from contextlib import closing
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bankview.store import backup, connections, ledger, view
from bankview.store.database import open_ledger
from bankview.store.view import Filter
from tests.store.conftest import NOON, Book

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS = 30


def fetch(path: Path, key: bytes, number: int, rounds: int) -> None:
    """Do what a sync does: stage, publish, count calls, copy."""
    with closing(open_ledger(path, key)) as db:
        book = Book(db)
        account = next(one for one in connections.accounts(db) if one.number == str(number))
        for n in range(rounds):
            rows = [book.row(n % 50, number * 1000 + n + m, raw=b"{}") for m in range(3)]
            connections.record_call(db, "bank", account.id, "rows", False, NOON)
            ledger.stage(db, {account.id: rows})
            held = (book.pending(51, n, id=f"held-{number}-{n}"),)
            book.publish(account, *rows, pending=held)
            backup.back_up(db, path.parent / f"backups-{number}", date(2026, 1, 1) + timedelta(n))


def look(path: Path, key: bytes, rounds: int) -> None:
    """Do what a window does: read pages, sums and fences, rename and mark as read."""
    with closing(open_ledger(path, key)) as db:
        for n in range(rounds * 2):
            view.page(db, Filter(text="shop"))
            view.fences(db, Filter())
            connections.rename_account(db, 1 + n % 2, f"Name {n}")
            connections.mark_read(db, 1 + n % 2)


def at_once(path: Path, key: bytes, rounds: int) -> list[int | None]:
    """Return the exit codes of two syncs and a window that run at once."""
    spawn = multiprocessing.get_context("spawn")
    processes = [
        spawn.Process(target=fetch, args=(path, key, 1, rounds)),
        spawn.Process(target=fetch, args=(path, key, 2, rounds)),
        spawn.Process(target=look, args=(path, key, rounds)),
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(600)
    return [process.exitcode for process in processes]


def test_the_window_and_two_syncs_work_at_once_without_an_error(
    book: Book, path: Path, key: bytes
) -> None:
    for number in ("1", "2"):
        book.account(number)
    assert at_once(path, key, ROUNDS) == [0, 0, 0]

    assert view.totals(book.db, Filter(status="booked")).count == 2 * distinct(ROUNDS)
    assert view.totals(book.db, Filter(status="pending")).count == 2
    assert book.db.run("PRAGMA integrity_check") == [("ok",)]


def distinct(rounds: int) -> int:
    """Return how many different rows a sync of so many rounds writes."""
    return len({(n % 50, n + m) for n in range(rounds) for m in range(3)})
