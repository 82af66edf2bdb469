"""When a connection is fetched next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bankview.sync.due import DAY, Due, Facts, Why, next_run

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_new_connection_runs_at_once() -> None:
    assert next_run(Facts(NOON)) == Due(NOON, Why.FIRST)


def test_runs_are_spread_over_the_day() -> None:
    facts = Facts(NOON, last_attempt=NOON, last_success=NOON, a_day=4)
    assert next_run(facts) == Due(NOON + 6 * HOUR, Why.SCHEDULE)


def test_a_connection_that_needs_its_person_waits_for_them() -> None:
    assert next_run(Facts(NOON, needs_sign_in=True)) == Due(None, Why.SIGN_IN)


def failed(failures: int, jitter: float = 1.0, **more: object) -> timedelta:
    """Return how long a failure rests at a bank without limits."""
    facts = Facts(NOON, last_attempt=NOON, last_success=NOON - DAY, a_day=24)
    facts = replace(facts, failures=failures, jitter=jitter, **more)  # type: ignore[arg-type]
    found = next_run(facts)
    assert found.at
    return found.at - NOON


def test_each_failure_rests_twice_as_long_as_the_last_up_to_an_hour() -> None:
    rests = [failed(n) / timedelta(minutes=1) for n in (1, 2, 3, 4, 5, 6, 99, 10**9)]
    assert rests == [5, 10, 20, 40, 60, 60, 60, 60]


@given(st.integers(1, 50), st.floats(0, 1))
def test_chance_says_when_within_the_rest_a_failure_is_tried_again(n: int, jitter: float) -> None:
    assert timedelta(minutes=1) <= failed(n, jitter) <= failed(n)
    assert failed(n, jitter) == max(timedelta(minutes=1), failed(n) * jitter)


def test_a_failure_never_spends_the_days_last_run_early() -> None:
    runs = tuple(NOON - n * HOUR for n in (0, 5, 9))
    facts = Facts(NOON, last_attempt=NOON, last_success=NOON - DAY, unattended=runs, a_day=4)
    assert next_run(facts) == Due(NOON + 6 * HOUR, Why.FAILED)


def test_without_a_network_it_is_tried_again_soon_however_often_it_failed() -> None:
    assert failed(40, offline=True) == timedelta(minutes=1)
    facts = Facts(NOON, last_attempt=NOON, last_success=NOON - DAY, offline=True)
    assert next_run(facts).why is Why.OFFLINE


def test_a_night_without_a_network_costs_no_run_and_ends_with_one() -> None:
    facts = Facts(NOON, last_attempt=NOON, last_success=NOON - 8 * HOUR, offline=True, a_day=4)
    now, tries, runs = NOON, 0, list[datetime]()
    while now < NOON + 8 * HOUR:
        now += timedelta(minutes=1)
        due = next_run(replace(facts, now=now, unattended=tuple(runs)))
        assert due.at
        if due.at <= now:
            tries += 1
            facts = replace(facts, last_attempt=now)
    assert tries == 8 * 60
    runs.append(now)
    facts = replace(facts, last_attempt=now, last_success=now, offline=False)
    assert next_run(replace(facts, now=now, unattended=tuple(runs))).at == now + 6 * HOUR


@pytest.mark.parametrize("zone", ["Europe/Oslo", "America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize(
    "day", ["2026-03-28", "2026-03-07", "2026-10-24", "2026-10-31", "2026-04-04"]
)
def test_days_of_23_and_25_hours_and_a_journey_have_no_more_runs_than_others(
    zone: str, day: str
) -> None:
    now, runs = datetime.fromisoformat(f"{day}T00:00:00+00:00"), list[datetime]()
    facts, zones = Facts(now, a_day=4), [ZoneInfo(zone), ZoneInfo("Pacific/Kiritimati"), UTC]
    for n in range(4 * 24 * 3):
        now += timedelta(minutes=15)
        here = now.astimezone(zones[n // 60 % 3])
        due = next_run(replace(facts, now=here, unattended=tuple(runs)))
        if due.at is not None and due.at <= now:
            runs.append(here)
            facts = replace(facts, last_attempt=here, last_success=here)
    gaps = {later.astimezone(UTC) - earlier.astimezone(UTC) for earlier, later in pairwise(runs)}
    assert gaps == {6 * HOUR}


def test_a_banks_wish_to_wait_is_obeyed() -> None:
    facts = Facts(NOON, last_attempt=NOON, last_success=NOON - DAY, not_before=NOON + 9 * HOUR)
    assert next_run(facts) == Due(NOON + 9 * HOUR, Why.BANK_ASKED)


def test_a_wish_that_has_passed_counts_no_more() -> None:
    facts = Facts(NOON, last_attempt=NOON, last_success=NOON, not_before=NOON - HOUR)
    assert next_run(facts).why is Why.SCHEDULE


def test_the_days_quota_ends_with_its_oldest_run() -> None:
    runs = tuple(NOON - n * HOUR for n in (1, 2, 3, 4))
    facts = Facts(NOON, last_attempt=NOON, last_success=NOON - DAY, unattended=runs, a_day=4)
    assert next_run(facts) == Due(NOON - 4 * HOUR + DAY, Why.QUOTA)


def test_three_days_asleep_give_one_run_and_it_is_due_now() -> None:
    facts = Facts(NOON, last_attempt=NOON - 3 * DAY, last_success=NOON - 3 * DAY)
    due = next_run(facts)
    assert due.at is not None
    assert due.at <= NOON
    after = replace(facts, last_attempt=NOON, last_success=NOON, unattended=(NOON,))
    assert next_run(after).at == NOON + 6 * HOUR


def test_a_clock_that_was_set_back_postpones_by_one_interval_at_most() -> None:
    facts = Facts(NOON, last_attempt=NOON + 40 * DAY, last_success=NOON + 40 * DAY, a_day=4)
    assert next_run(facts).at == NOON + 6 * HOUR


@pytest.mark.parametrize(
    "zone",
    [UTC, timezone(timedelta(hours=14)), ZoneInfo("Europe/Oslo"), ZoneInfo("Pacific/Auckland")],
)
def test_the_decision_is_the_same_in_every_zone_and_across_its_clock_changes(
    zone: ZoneInfo,
) -> None:
    last = datetime(2026, 10, 24, 22, tzinfo=UTC).astimezone(zone)
    facts = Facts(last + 3 * HOUR, last_attempt=last, last_success=last, a_day=4)
    assert next_run(facts).at == last.astimezone(UTC) + 6 * HOUR


@given(
    st.lists(st.integers(1, 300), min_size=1, max_size=60),
    st.integers(1, 6),
    st.lists(st.booleans(), min_size=60, max_size=60),
)
def test_no_day_ever_has_more_unattended_runs_than_allowed(
    waits: list[int], a_day: int, fails: list[bool]
) -> None:
    now, runs = NOON, list[datetime]()
    facts = Facts(now, a_day=a_day)
    for wait, failed in zip(waits, fails, strict=False):
        now += timedelta(minutes=wait)
        due = next_run(replace(facts, now=now, unattended=tuple(runs)))
        if due.at is not None and due.at <= now:
            runs.append(now)
            success = facts.last_success if failed else now
            facts = replace(facts, last_attempt=now, last_success=success)
    for run in runs:
        assert sum(run - DAY < other <= run for other in runs) <= a_day
