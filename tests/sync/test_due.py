"""When a connection is fetched next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
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


def test_a_failure_rests_half_an_hour_and_never_blocks_the_next_try() -> None:
    facts = Facts(NOON, last_attempt=NOON, last_success=NOON - DAY)
    assert next_run(facts) == Due(NOON + HOUR / 2, Why.FAILED)


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
