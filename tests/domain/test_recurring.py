"""Payments that come again and again are told from those that do not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bankview.domain.recurring import Interval, Payment, Rhythm, rhythm

TODAY = date(2026, 3, 1)


def paid(*days: date, minor: int = -100) -> list[Payment]:
    return [Payment(day.toordinal(), minor) for day in days]


def every(days: int, count: int, last: date = date(2026, 2, 27)) -> list[Payment]:
    return paid(*(last - timedelta(days=days * n) for n in reversed(range(count))))


def months(day: int, *, step: int = 1, count: int = 6, end: date = date(2026, 2, 1)) -> list[date]:
    """Return a day of each of the last months, moved to Monday by a weekend, as banks do."""
    found = []
    for n in range(0, count * step, step):
        month = end.year * 12 + end.month - 1 - n
        due = date(month // 12, month % 12 + 1, day)
        found.append(
            due + timedelta(days=max(0, 7 - due.weekday()) % 7 if due.weekday() > 4 else 0)
        )
    return found[::-1]


def said(payments: list[Payment], today: date = TODAY) -> Rhythm:
    found = rhythm(payments, today)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("days", "wanted"),
    [(7, Interval.WEEKLY), (14, Interval.TWO_WEEKLY)],
)
def test_weeks_are_counted_in_days(days: int, wanted: Interval) -> None:
    found = said(every(days, 5))
    assert (found.interval, found.count) == (wanted, 5)
    assert (found.last, found.next) == (date(2026, 2, 27), date(2026, 2, 27) + timedelta(days=days))


@pytest.mark.parametrize("day", [1, 15, 28])
def test_a_month_keeps_its_usual_day_though_weekends_move_it(day: int) -> None:
    found = said(paid(*months(day, count=9)))
    assert found.interval is Interval.MONTHLY
    assert found.next == date(2026, 3, day)
    assert not found.ended


def test_at_the_end_of_a_month_the_next_is_at_the_end_too() -> None:
    ends = [date(2025, 10, 31), date(2025, 11, 30), date(2025, 12, 31), date(2026, 1, 31)]
    assert said(paid(*ends)).next == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("step", "count", "wanted", "due"),
    [
        (3, 4, Interval.QUARTERLY, date(2026, 5, 10)),
        (12, 2, Interval.YEARLY, date(2027, 2, 10)),
    ],
)
def test_quarters_and_years(step: int, count: int, wanted: Interval, due: date) -> None:
    found = said(paid(*months(10, step=step, count=count)))
    assert (found.interval, found.next) == (wanted, due)


def test_the_typical_amount_and_its_range_are_said() -> None:
    days, amounts = months(10, count=5), (-90, -100, -110, -100, -140)
    found = said([Payment(day.toordinal(), n) for day, n in zip(days, amounts, strict=True)])
    assert (found.typical, found.lowest, found.highest) == (-100, -90, -140)


def test_what_is_overdue_has_ended() -> None:
    days = months(10, count=6, end=date(2025, 12, 1))
    assert said(paid(*days), date(2026, 1, 12)).ended is False
    assert said(paid(*days), TODAY).ended is True


def test_one_that_was_missed_does_no_harm() -> None:
    days = months(10, count=12)
    assert said(paid(*days[:5], *days[6:])).interval is Interval.MONTHLY


@pytest.mark.parametrize(
    "payments",
    [
        [],
        paid(date(2026, 1, 10)),
        paid(date(2026, 1, 10), date(2026, 2, 10)),  # two may be chance
        paid(*(date(2026, 1, n) for n in (1, 8, 15, 22, 24, 25, 27, 28, 30, 31))),  # few gaps fit
        paid(*(date(2026, 1, 1) + timedelta(days=n) for n in (0, 1, 9, 11, 30, 31, 45))),
        [
            Payment(day.toordinal(), -(4**n)) for n, day in enumerate(months(10))
        ],  # any amount at all
    ],
)
def test_what_comes_by_chance_is_no_rhythm(payments: list[Payment]) -> None:
    assert rhythm(payments, TODAY) is None


PAYMENTS = st.lists(
    st.builds(Payment, st.integers(738000, 738500), st.integers(-500, -1)), max_size=12
)


@given(PAYMENTS.flatmap(lambda all_: st.tuples(st.just(all_), st.permutations(all_))))
def test_the_order_does_not_count_and_the_next_is_after_the_last(
    asked: tuple[list[Payment], list[Payment]],
) -> None:
    found = rhythm(asked[0], TODAY)
    assert rhythm(asked[1], TODAY) == found
    if found:
        assert found.next > found.last
        assert abs(found.lowest) <= abs(found.typical) <= abs(found.highest)


@given(
    st.integers(1, 28),
    st.integers(3, 17),
    st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    st.data(),
)
def test_a_monthly_payment_is_found_whatever_its_day_and_a_few_days_late(
    day: int, count: int, end: date, data: st.DataObject
) -> None:
    days = months(day, count=count, end=end)
    late = [data.draw(st.integers(0, 2)) for _ in days]
    moved = [one + timedelta(days=n) for one, n in zip(days, late, strict=True)]
    found = said(paid(*moved), end)
    assert found.interval is Interval.MONTHLY
    month = (end.replace(day=28) + timedelta(days=4)).replace(day=day)
    assert abs((found.next - month).days) <= 4
