"""The days below a chart, for any period between 1990 and 2099."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bankview.ui.charts.days import marks

DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))


@given(DAYS, DAYS, st.integers(-1, 30))
def test_marks_rise_within_the_period_and_are_no_more_than_fit(
    one: date, other: date, most: int
) -> None:
    first, last = sorted((one, other))
    found = [day for day, _ in marks(first, last, most)]
    assert found == sorted(set(found))
    assert len(found) <= max(1, most)
    assert all(first <= day <= last for day in found)


@given(DAYS, DAYS)
def test_every_mark_of_another_year_than_the_one_before_says_so(one: date, other: date) -> None:
    first, last = sorted((one, other))
    if (last - first).days < 60:
        return
    year = first.year
    for day, words in marks(first, last, 12):
        assert (str(day.year) in words) or day.year == year
        year = day.year


def test_a_year_has_months_and_a_month_has_days() -> None:
    year = marks(date(2025, 11, 21), date(2026, 11, 20), 7)
    assert [words for _, words in year] == ["Jan 2026", "Mar", "May", "Jul", "Sep", "Nov"]
    month = marks(date(2026, 3, 1), date(2026, 3, 31), 5)
    assert [words for _, words in month] == ["1 Mar", "8 Mar", "15 Mar", "22 Mar", "29 Mar"]


def test_a_single_day_is_marked() -> None:
    assert marks(date(2026, 3, 1), date(2026, 3, 1), 9) == [(date(2026, 3, 1), "1 Mar")]


def test_a_century_has_decades() -> None:
    found = marks(date(1990, 1, 1), date(2099, 12, 31), 8)
    assert {words for _, words in found} == {str(day.year) for day, _ in found}
    assert found[1][0] - found[0][0] > timedelta(days=3650)
