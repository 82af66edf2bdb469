"""What is expected of payments that recur, day by day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bankview.domain.forecast import coming, forecast
from bankview.domain.recurring import Interval, Rhythm

TODAY = date(2026, 1, 20)


def rhythm(next_: date, interval: Interval = Interval.MONTHLY, **facts: Any) -> Rhythm:
    known: dict[str, Any] = {
        "count": 5,
        "typical": -1000,
        "lowest": -900,
        "highest": -1100,
        "last": next_ - timedelta(days=31),
        "ended": False,
        **facts,
    }
    return Rhythm(interval, next=next_, **known)


def test_a_balance_holds_until_a_payment_is_due() -> None:
    rent = rhythm(date(2026, 1, 22))
    pay = rhythm(date(2026, 1, 23), typical=5000)
    assert forecast(10_000, [rent, pay], TODAY, 4) == [10_000, 9_000, 14_000, 14_000]


def test_a_payment_of_months_end_comes_back_to_it() -> None:
    due = rhythm(date(2026, 2, 28), last=date(2026, 1, 31))
    assert list(coming(due, date(2026, 6, 1))) == [
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
        date(2026, 5, 31),
    ]


def test_each_interval_comes_at_its_own_pace() -> None:
    first, last = date(2026, 1, 21), date(2028, 1, 20)
    counts = {interval: len(list(coming(rhythm(first, interval), last))) for interval in Interval}
    assert counts == {
        Interval.WEEKLY: 105,
        Interval.TWO_WEEKLY: 53,
        Interval.MONTHLY: 24,
        Interval.QUARTERLY: 8,
        Interval.YEARLY: 2,
    }


def test_what_has_ended_is_not_expected() -> None:
    assert forecast(7, [rhythm(date(2026, 1, 22), ended=True)], TODAY, 3) == [7, 7, 7]


def test_what_is_overdue_is_expected_tomorrow() -> None:
    assert forecast(0, [rhythm(date(2026, 1, 18))], TODAY, 2) == [-1000, -1000]


@given(
    st.lists(
        st.builds(rhythm, st.dates(date(2026, 1, 1), date(2099, 12, 1)), st.sampled_from(Interval)),
        max_size=5,
    ),
    st.integers(0, 400),
)
def test_a_forecast_ends_with_the_sum_of_all_that_comes(rhythms: list[Rhythm], days: int) -> None:
    found = forecast(50, rhythms, TODAY, days)
    until = TODAY + timedelta(days=days)
    due = sum(one.typical * len(list(coming(one, until))) for one in rhythms)
    assert len(found) == days
    assert not days or found[-1] == 50 + due
