"""The windows of a first history."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bankview.sync.window import MOST, Window, left, windows

DAYS = st.dates(date(2000, 1, 1), date(2040, 1, 1))


def test_months_come_newest_first_and_the_newest_has_no_end() -> None:
    assert windows(date(2026, 1, 15), date(2026, 3, 2)) == (
        Window(date(2026, 3, 1)),
        Window(date(2026, 2, 1), date(2026, 2, 28)),
        Window(date(2026, 1, 15), date(2026, 1, 31)),
    )


def test_a_single_day_is_one_window() -> None:
    assert windows(date(2026, 3, 2), date(2026, 3, 2)) == (Window(date(2026, 3, 2)),)


@given(DAYS, st.integers(0, 9000))
def test_each_day_lies_in_one_window_and_there_are_never_many(today: date, back: int) -> None:
    since = today - timedelta(days=back)
    found = windows(since, today)
    assert 1 <= len(found) <= MOST
    assert found[-1].first == since
    assert found[0].last is None
    assert [one.last for one in found[1:]] == [one.first - timedelta(days=1) for one in found[:-1]]


@given(DAYS, st.integers(0, 3000), st.integers(0, 400), st.integers(0, 12))
def test_what_was_reached_is_not_fetched_again_but_for_what_may_have_changed(
    began: date, back: int, later: int, done: int
) -> None:
    today = began + timedelta(days=later)
    first = windows(began - timedelta(days=back), began)
    reached = first[min(done, len(first) - 1)].first
    again = left(windows(began - timedelta(days=back), today), reached, began, 14)
    for n in range(back + later + 1):
        day = today - timedelta(days=n)
        fetched = any(window.holds(day) for window in again)
        assert fetched or day >= reached
        assert fetched or day < began - timedelta(days=14)
    for window in again[1:]:
        assert window.last
        assert window.first < reached or window.last >= began - timedelta(days=14)


def test_nothing_reached_leaves_everything() -> None:
    whole = windows(date(2026, 1, 1), date(2026, 3, 2))
    assert left(whole, None, date(2026, 3, 2), 14) == whole
