"""The server's clock, and time that no suspend and no setting back can hide."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bankview.oauth.clock import ABSURD, SAME, Lasting, ServerClock
from tests.oauth.conftest import NOON, Clock

if TYPE_CHECKING:
    from collections.abc import Callable


def hear(clock: ServerClock, ahead: float, seconds: float = 0.0) -> None:
    """Let an answer come whose Date header is `ahead` seconds ahead of this computer; it counts whole seconds."""
    clock.learn(NOON + timedelta(seconds=ahead - seconds / 2 - 0.5), seconds)


def test_a_server_that_is_ahead_puts_the_clock_right() -> None:
    clock = ServerClock(Clock())
    hear(clock, 90)
    assert clock() == NOON + timedelta(seconds=90)
    assert clock.skew == 90


def test_the_way_there_and_back_is_no_difference() -> None:
    clock = ServerClock(Clock())
    hear(clock, 90, seconds=40)
    assert clock.skew == pytest.approx(90)


@pytest.mark.parametrize("ahead", [0, 1.4, -1.4, SAME, -SAME])
def test_a_difference_within_what_a_header_can_tell_is_none(ahead: float) -> None:
    clock = ServerClock(Clock())
    hear(clock, ahead)
    assert clock() == NOON


def test_the_median_of_the_last_few_counts_and_one_odd_answer_does_not() -> None:
    clock = ServerClock(Clock())
    for ahead in (30, 30, 3000, 31, 29):
        hear(clock, ahead)
    assert clock.skew == 30
    for _ in range(5):
        hear(clock, -60)
    assert clock.skew == -60


def test_a_difference_of_more_than_two_minutes_is_warned_of_once(
    expect_warning: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    expect_warning("600 seconds apart")
    clock = ServerClock(Clock())
    for _ in range(3):
        hear(clock, -600)
    assert len(caplog.records) == 1


def test_two_minutes_are_not_warned_of() -> None:
    clock = ServerClock(Clock())
    hear(clock, 119)
    assert clock.skew == 119


@pytest.mark.parametrize("ahead", [ABSURD + 1, -ABSURD - 1])
def test_an_absurd_header_teaches_nothing(ahead: float) -> None:
    clock = ServerClock(Clock())
    hear(clock, ahead)
    assert clock.skew == 0


def test_an_answer_without_a_date_teaches_nothing() -> None:
    clock = ServerClock(Clock(), skew=50)
    clock.learn(None, 1)
    assert clock.skew == 50


def test_what_changed_is_told_and_what_stayed_is_not() -> None:
    told: list[float] = []
    clock = ServerClock(Clock(), told=told.append)
    for ahead in (40, 40, 41, 90, 90, 90):
        hear(clock, ahead)
    assert told == [40, 90]


@given(st.lists(st.tuples(st.floats(-1e9, 1e9), st.floats(-1e6, 1e6)), max_size=20))
def test_whatever_a_server_says_the_clock_stays_within_a_day(
    said: list[tuple[float, float]],
) -> None:
    clock = ServerClock(Clock(), skew=0)
    clock._warned = True
    for ahead, seconds in said:
        clock.learn(NOON + timedelta(seconds=ahead), seconds)
    assert abs(clock.skew) <= ABSURD + 1


class Ticks:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_a_wall_clock_set_back_does_not_give_time_back() -> None:
    wall, ticks = Clock(), Ticks()
    lasting = Lasting(wall, ticks)
    ticks.at = 700
    wall.turn(-3600)
    assert lasting() == NOON + timedelta(seconds=700)


def test_a_monotonic_clock_that_slept_is_overtaken_by_the_wall() -> None:
    wall, ticks = Clock(), Ticks()
    lasting = Lasting(wall, ticks)
    wall.turn(8 * 3600)
    ticks.at = 3
    assert lasting() == NOON + timedelta(hours=8)


def test_a_new_start_counts_from_there() -> None:
    wall, ticks = Clock(), Ticks()
    lasting = Lasting(wall, ticks)
    ticks.at = 700
    wall.turn(-3600)
    lasting.start()
    assert lasting() == NOON - timedelta(hours=1)
