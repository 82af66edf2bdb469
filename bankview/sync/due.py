"""When a connection is fetched next: a pure decision over facts, in UTC instants."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

#: How long a failure rests before it is tried again by itself.
REST_AFTER_FAILURE = timedelta(minutes=30)
DAY = timedelta(days=1)


class Why(StrEnum):
    """What decides the instant."""

    SIGN_IN = "sign_in"
    BANK_ASKED = "bank_asked"
    QUOTA = "quota"
    FAILED = "failed"
    SCHEDULE = "schedule"
    FIRST = "first"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the ledger knows of a connection, in aware instants; they are counted in UTC.

    `not_before` is the end of a Retry-After; `unattended` the instants of its unattended runs within the last 24
    hours, `a_day` how many of them the bank allows.
    """

    now: datetime
    needs_sign_in: bool = False
    last_attempt: datetime | None = None
    last_success: datetime | None = None
    not_before: datetime | None = None
    unattended: tuple[datetime, ...] = ()
    a_day: int = 4


@dataclass(frozen=True, slots=True)
class Due:
    """The next unattended run: `at`, never in the past of what is allowed; None = not before the person acts."""

    at: datetime | None
    why: Why


def next_run(facts: Facts) -> Due:
    """Return when an unattended run may and should come next.

    Runs are spread evenly over the day that the bank allows; several that were missed (asleep, offline) become one.
    A wall clock that was set back never postpones a run by more than one interval.
    """
    facts = _in_utc(facts)
    if facts.needs_sign_in:
        return Due(None, Why.SIGN_IN)
    candidates = [_regular(facts)]
    if facts.not_before and facts.not_before > facts.now:
        candidates.append(Due(facts.not_before, Why.BANK_ASKED))
    recent = sorted(run for run in facts.unattended if facts.now - DAY < run <= facts.now)
    if len(recent) >= facts.a_day:
        candidates.append(Due(recent[-facts.a_day] + DAY, Why.QUOTA))
    return max(candidates, key=lambda due: due.at or facts.now)


def _in_utc(facts: Facts) -> Facts:
    """Arithmetic within one zone is by its wall clock, which jumps twice a year."""

    def utc(instant: datetime | None) -> datetime | None:
        return instant and instant.astimezone(UTC)

    return replace(
        facts,
        now=facts.now.astimezone(UTC),
        last_attempt=utc(facts.last_attempt),
        last_success=utc(facts.last_success),
        not_before=utc(facts.not_before),
        unattended=tuple(run.astimezone(UTC) for run in facts.unattended),
    )


def _regular(facts: Facts) -> Due:
    interval = DAY / facts.a_day
    if facts.last_success is None and facts.last_attempt is None:
        return Due(facts.now, Why.FIRST)
    failed = facts.last_attempt and (
        facts.last_success is None or facts.last_attempt > facts.last_success
    )
    if failed and facts.last_attempt:
        return Due(
            min(facts.last_attempt, facts.now) + min(REST_AFTER_FAILURE, interval), Why.FAILED
        )
    last = facts.last_success or facts.now
    return Due(min(last, facts.now) + interval, Why.SCHEDULE)
