"""The next run of every connection, from the facts in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING

from bankview.domain.connection import State
from bankview.errors import OfflineError, UsageError
from bankview.store import connections
from bankview.sync import due

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.domain.connection import Connection
    from bankview.store.database import Database
    from bankview.sync.home import Home

#: Runs a day at a bank that sets no limit; more would show nothing new.
UNLIMITED = 24


@dataclass(frozen=True, slots=True)
class Upcoming:
    """When a connection is fetched next by itself; `at` is None where a person must act first."""

    connection_id: str
    bank_name: str
    at: datetime | None
    why: due.Why
    #: Unattended runs a day that the bank allows; 0 where it sets no limit.
    a_day: int = 0


def chance(seed: str) -> float:
    """Return a number from 0 to 1: the same whenever it is asked, another for each instant at which a run failed."""
    return Random(seed).random()  # noqa: S311 - it spreads, and hides nothing


def upcoming(
    home: Home, db: Database, jitter: Callable[[str], float] = chance
) -> tuple[Upcoming, ...]:
    """Return the next run of every connection, disconnected ones left out; `jitter` gives 0 to 1 for a failure."""
    return tuple(
        _upcoming(home, db, connection, jitter)
        for connection in connections.connections(db)
        if connection.is_fetched
    )


def _upcoming(
    home: Home, db: Database, connection: Connection, jitter: Callable[[str], float]
) -> Upcoming:
    now = home.now()
    try:
        bank = home.bank(connection.bank_id)
    except UsageError:
        # Its profile is gone: nothing can be fetched until the person brings it back.
        return Upcoming(connection.id, connection.name, None, due.Why.SIGN_IN)
    if not bank.dialect.has_accounts:
        return Upcoming(connection.id, connection.name, None, due.Why.NOTHING)
    facts = due.Facts(
        now,
        connection.state is State.SIGN_IN,
        connection.last_attempt,
        connection.last_success,
        connection.not_before,
        connections.calls(
            db, connection.id, now - due.DAY, endpoint=connections.RUN, attended=False
        ),
        bank.unattended_per_day or UNLIMITED,
        _failures(db, connection),
        connection.problem == OfflineError.__name__,
        jitter(f"{connection.id} {connection.last_attempt}"),
    )
    decided = due.next_run(facts)
    return Upcoming(
        connection.id, connection.name, decided.at, decided.why, bank.unattended_per_day
    )


def _failures(db: Database, connection: Connection) -> int:
    """Return how many runs there were since the last success: those without a network are not counted as runs."""
    since = connection.last_success or datetime.fromtimestamp(0, UTC)
    runs = connections.calls(db, connection.id, since, endpoint=connections.RUN)
    return sum(run > since for run in runs)
