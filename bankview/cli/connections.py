"""`bankview connections`: what is connected, until when, and how much the bank still allows."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bankview.cli import terminal
from bankview.cli.home import opened
from bankview.domain.connection import State
from bankview.errors import UsageError
from bankview.store import connections
from bankview.sync import due, schedule
from bankview.words import long_day_text, next_run_text, soon_text, time_text, tr

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping
    from datetime import datetime

    from bankview.domain.connection import Connection
    from bankview.store.database import Database
    from bankview.sync.home import Home


def configure(parser: ArgumentParser) -> None:
    """Add the command's flags."""
    terminal.add_json(parser)


def run(arguments: Namespace) -> int:
    """List the connections."""
    with opened(arguments) as home, closing(home.database()) as db:
        found = connections.connections(db)
        upcoming = {item.connection_id: item for item in schedule.upcoming(home, db)}
        facts = [
            {
                **terminal.as_object(one),
                **_quota(home, db, one),
                **_next(upcoming.get(one.id), home.now()),
            }
            for one in found
        ]
        if arguments.json:
            terminal.print_objects({**fact, "next_run": _iso(fact["next_run"])} for fact in facts)
        elif found:
            rows = (_line(one, fact, home.now()) for one, fact in zip(found, facts, strict=True))
            terminal.print_table(_header(), rows)
            for one, fact in zip(found, facts, strict=True):
                if fact["next_run_words"]:
                    terminal.tell(f"{one.id}: {fact['next_run_words']}")
        else:
            terminal.tell(tr("No bank is connected yet. `bankview banks` lists what can be."))
    return 0


def _next(item: schedule.Upcoming | None, now: datetime) -> Mapping[str, Any]:
    if item is None:
        return {"next_run": None, "next_run_words": ""}
    words = next_run_text(item.why, item.at, now=now, a_day=item.a_day)
    return {"next_run": item.at, "next_run_words": words}


def _quota(home: Home, db: Database, connection: Connection) -> Mapping[str, Any]:
    """Return what the bank allows and what of it is used up: calls in the last hour, runs in the last day."""
    now = home.now()
    hour = connections.calls(db, connection.id, now - timedelta(hours=1))
    day = connections.calls(
        db, connection.id, now - due.DAY, endpoint=connections.RUN, attended=False
    )
    try:
        bank = home.bank(connection.bank_id)
        allowed: dict[str, Any] = {
            "calls_per_hour": bank.calls_per_hour,
            "runs_per_day": bank.unattended_per_day,
        }
    except UsageError:
        # Its profile is gone: what is connected is still listed.
        allowed = {"calls_per_hour": None, "runs_per_day": None}
    return {"calls_last_hour": len(hour), "runs_last_day": len(day), **allowed}


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _header() -> tuple[str, ...]:
    return (
        tr("ID"),
        tr("Bank"),
        tr("State"),
        tr("Access ends"),
        tr("Updated"),
        tr("Next"),
        tr("Updates today"),
    )


def _line(connection: Connection, fact: Mapping[str, Any], now: datetime) -> tuple[str, ...]:
    def when(instant: datetime | None) -> str:
        return time_text(instant, now=now) if instant else "–"

    return (
        connection.id,
        connection.name,
        _state(connection.state),
        long_day_text(connection.consent_ends.astimezone().date())
        if connection.consent_ends
        else "–",
        when(connection.last_success),
        soon_text(fact["next_run"], now=now) if fact["next_run"] else "–",
        tr("{used} of {all}", used=fact["runs_last_day"], all=fact["runs_per_day"] or "–"),
    )


def _state(state: State) -> str:
    return {
        State.OK: tr("connected"),
        State.SIGN_IN: tr("sign in again"),
        State.DISCONNECTED: tr("disconnected"),
        State.FILES: tr("from files"),
    }[state]
