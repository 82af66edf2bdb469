"""The next run of every connection, from the facts in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bankview.domain.connection import State
from bankview.errors import UsageError
from bankview.store import connections
from bankview.sync import due

if TYPE_CHECKING:
    from datetime import datetime

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


def upcoming(home: Home, db: Database) -> tuple[Upcoming, ...]:
    """Return the next run of every connection, disconnected ones left out."""
    return tuple(
        _upcoming(home, db, connection)
        for connection in connections.connections(db)
        if connection.state is not State.DISCONNECTED
    )


def _upcoming(home: Home, db: Database, connection: Connection) -> Upcoming:
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
    )
    decided = due.next_run(facts)
    return Upcoming(connection.id, connection.name, decided.at, decided.why)
