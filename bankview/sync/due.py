"""When a connection is fetched next: a pure decision over facts, in UTC instants."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

#: Within how long a first failure is tried again by itself; each further one doubles it, up to the last.
FIRST_REST, LONGEST_REST = timedelta(minutes=5), timedelta(hours=1)
#: How long any failure rests at least, and one for want of a network: asking for it costs no bank anything.
LEAST_REST = timedelta(minutes=1)
DAY = timedelta(days=1)


class Why(StrEnum):
    """What decides the instant."""

    SIGN_IN = "sign_in"
    BANK_ASKED = "bank_asked"
    QUOTA = "quota"
    FAILED = "failed"
    OFFLINE = "offline"
    SCHEDULE = "schedule"
    FIRST = "first"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the ledger knows of a connection, in aware instants; they are counted in UTC.

    `not_before` is the end of a Retry-After; `unattended` the instants of its unattended runs within the last 24
    hours, `a_day` how many of them the bank allows. `failures` is how many runs in a row the bank failed, `offline`
    that the last one found no network; `jitter` from 0 to 1 says where in its range a rest ends, so that not all
    computers come back at once.
    """

    now: datetime
    needs_sign_in: bool = False
    last_attempt: datetime | None = None
    last_success: datetime | None = None
    not_before: datetime | None = None
    unattended: tuple[datetime, ...] = ()
    a_day: int = 4
    failures: int = 1
    offline: bool = False
    jitter: float = 1.0


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
    recent = _recent(facts)
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
        why = Why.OFFLINE if facts.offline else Why.FAILED
        return Due(min(facts.last_attempt, facts.now) + min(_rest(facts), interval), why)
    last = facts.last_success or facts.now
    return Due(min(last, facts.now) + interval, Why.SCHEDULE)


def _rest(facts: Facts) -> timedelta:
    """Return how long a failure rests: exponential, with full jitter."""
    if facts.offline:
        return LEAST_REST
    if len(_recent(facts)) >= facts.a_day - 1:
        # The day's last run is kept for when the bank is likely to be back.
        return DAY / facts.a_day
    doublings = min(max(facts.failures, 1) - 1, 10)
    ceiling = min(LONGEST_REST, FIRST_REST * (1 << doublings))
    return max(LEAST_REST, ceiling * facts.jitter)


def _recent(facts: Facts) -> list[datetime]:
    return sorted(run for run in facts.unattended if facts.now - DAY < run <= facts.now)
