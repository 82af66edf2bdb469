"""How far a first history has been staged, so that a fetch that was cut short goes on where it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from bankview.store.schema import DAY, PENDING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bankview.store.database import Database

#: The day of a staged row.
_DAY = f"json_extract(facts, '$[0]') % {PENDING} / {DAY}"


@dataclass(frozen=True, slots=True)
class Progress:
    """What is staged of an account: everything from `reached` on, as of `at`; or the pages before `cursor`."""

    at: datetime
    reached: date | None = None
    cursor: str = ""


def progress(db: Database, account_id: int) -> Progress | None:
    """Return how far an account's first history is staged; None where nothing is."""
    rows = db.run("SELECT at, reached, cursor FROM progress WHERE account_id = ?", (account_id,))
    if not rows:
        return None
    at, reached, cursor = rows[0]
    day = None if reached is None else date.fromordinal(reached)
    return Progress(datetime.fromtimestamp(at, UTC), day, cursor)


def reach(db: Database, found: Mapping[int, Progress]) -> None:
    """Remember how far accounts are, by their ids, and that all that is staged now belongs to it."""
    with db.writing():
        db.run_many(
            "INSERT OR REPLACE INTO progress(account_id, at, reached, cursor, seq)"
            " VALUES(:own, :at, :reached, :cursor, (SELECT coalesce(max(seq), 0) FROM staging WHERE account_id = :own))",
            [
                {
                    "own": account_id,
                    "at": one.at.timestamp(),
                    "reached": one.reached and one.reached.toordinal(),
                    "cursor": one.cursor,
                }
                for account_id, one in found.items()
            ],
        )


def drop_unfinished(db: Database, account_id: int) -> None:
    """Take back to where it stood what was staged after the last `reach`: a window or page that was cut short."""
    with db.writing():
        db.run(
            "DELETE FROM staging WHERE account_id = :own AND seq >"
            " coalesce((SELECT seq FROM progress WHERE account_id = :own), 0)",
            {"own": account_id},
        )


def drop_days(db: Database, account_id: int, first: date, last: date | None) -> None:
    """Drop what is staged of some days, which are about to be fetched again."""
    until = date.max.toordinal() if last is None else last.toordinal()
    with db.writing():
        db.run(
            f"DELETE FROM staging WHERE account_id = ? AND {_DAY} BETWEEN ? AND ?",
            (account_id, first.toordinal(), until),
        )


def forget(db: Database, account_id: int) -> None:
    """Drop all that is staged of an account, and how far it was."""
    with db.writing():
        for table in ("staging", "progress"):
            db.run(f"DELETE FROM {table} WHERE account_id = ?", (account_id,))
