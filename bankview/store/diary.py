"""What each run brought, in the ledger: a line an account, for a person to look up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bankview.store.database import Database

#: Lines that are kept: a year of four runs a day over a dozen accounts would be 17,000.
KEPT = 20_000


class Told(NamedTuple):
    """One account's part of a run; `account` is empty where the whole run failed.

    The bank `sent` rows; of them, `new` ones were added, `changed` ones said otherwise before, `settled` ones were
    pending. `said` is what went wrong, as it was said then.
    """

    connection_id: str
    bank: str
    account: str
    attended: bool
    sent: int
    new: int
    changed: int
    settled: int
    said: str


class Line(NamedTuple):
    """What was told, and when, in UTC."""

    at: datetime
    told: Told


def write(db: Database, at: datetime, told: Iterable[Told]) -> None:
    """Write down what a run brought, and let go of what is oldest."""
    with db.writing():
        db.run_many(
            "INSERT INTO diary(at, connection_id, bank, account, attended, sent, new, changed, settled, said)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(at.timestamp(), *one) for one in told],
        )
        db.run("DELETE FROM diary WHERE id <= (SELECT max(id) FROM diary) - ?", (KEPT,))


def lines(db: Database, limit: int = 1000) -> tuple[Line, ...]:
    """Return the newest lines, newest first; those of one run in its own order."""
    found = db.run(
        "SELECT at, connection_id, bank, account, attended, sent, new, changed, settled, said FROM diary"
        " ORDER BY at DESC, id LIMIT ?",
        (limit,),
    )
    return tuple(
        Line(
            datetime.fromtimestamp(at, UTC),
            Told(own, bank, account, bool(attended), *rest),
        )
        for at, own, bank, account, attended, *rest in found
    )
