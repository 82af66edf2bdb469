"""Rows held against the bank's balance: what is missing is told with its day, and nobody cries wolf."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bankview.domain.account import Account, AccountType
from bankview.domain.money import Money
from bankview.domain.proof import Proof
from bankview.store import proofs
from bankview.sync.proof import LAG_DAYS, SETTLED, Facts, Row, prove
from bankview.sync.refresh import refresh
from bankview.sync.sign_in import connect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bankview.sync.home import Home
    from tests.oauth.conftest import Clock
    from tests.sync.conftest import OwnHome, Person, ToyBank

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)
TODAY = date(2026, 5, 3)
DAY = timedelta(days=1)


def rows(*amounts: int, ending: date = TODAY) -> list[Row]:
    """Return one row a day, the last of them today."""
    return [Row(ending - (len(amounts) - 1 - n) * DAY, amount) for n, amount in enumerate(amounts)]


def seen(balance: int | None, recent: Sequence[Row], later: timedelta = DAY, **more: Any) -> Facts:
    now = NOON + later
    return Facts(now, now.date(), balance, 0, recent, **more)


#: An account that held 1,000 before its first row.
PROVEN = Proof((1000,), TODAY)


def test_the_first_comparison_says_what_may_have_been_there_before_the_first_row() -> None:
    found = prove(None, seen(1006, rows(1, 2, 3)))
    assert found
    # Its balance may be of today, or lack the rows of the last days.
    assert found.openings == (1000, 1003, 1005, 1006)
    assert (found.difference, found.confirmed) == (0, False)


def test_later_ones_leave_what_fits_them_all() -> None:
    first = prove(None, seen(1006, rows(1, 2, 3)))
    second = prove(first, seen(1010, rows(1, 2, 3, 4), 2 * DAY))
    third = prove(second, seen(1060, rows(1, 2, 3, 4, 50), 3 * DAY))
    assert third
    assert third.openings == (1000,)


def test_an_account_at_rest_is_known_at_once() -> None:
    found = prove(None, seen(1006, rows(1, 2, 3, ending=TODAY - 9 * DAY)))
    assert found
    assert found.openings == (1000,)


def test_without_a_balance_nothing_is_said() -> None:
    assert prove(PROVEN, seen(None, rows(1))) is None


def test_a_row_that_is_missing_is_a_suspicion_first_and_told_when_it_stays() -> None:
    suspected = prove(PROVEN, seen(1000 - 12000, rows(*[0] * 9)))
    assert suspected
    assert (suspected.difference, suspected.differs) == (-12000, False)
    told = prove(suspected, seen(1000 - 12000, rows(*[0] * 9), DAY + SETTLED))
    assert told
    assert told.differs
    assert told.first_day == TODAY + DAY
    assert told.proven_on == PROVEN.proven_on


def test_a_suspicion_that_changes_begins_anew_and_one_that_goes_is_forgotten() -> None:
    first = prove(PROVEN, seen(900, rows(*[0] * 9)))
    other = prove(first, seen(800, rows(*[0] * 9), DAY + SETTLED))
    gone = prove(other, seen(1000, rows(*[0] * 9), 3 * DAY))
    assert other
    assert gone
    assert (other.differs, gone.difference, gone.noticed) == (False, 0, None)


def test_a_difference_that_was_told_keeps_its_day_while_it_changes() -> None:
    told = replace(PROVEN, difference=-5, noticed=NOON, first_day=TODAY)
    found = prove(told, seen(990, rows(*[0] * 9), 9 * DAY))
    assert found
    assert (found.difference, found.first_day, found.noticed) == (-10, TODAY, NOON)


def test_a_first_balance_that_was_an_old_one_costs_no_alarm() -> None:
    first = prove(None, seen(1003, rows(1, 2, 3)))
    second = prove(first, seen(1066, rows(1, 2, 3, 60, 0, 0, 0, 0, 0, 0), 8 * DAY))
    assert second
    assert (second.openings, second.difference) == ((1000,), 0)


@pytest.mark.parametrize("days", range(LAG_DAYS + 1))
def test_a_balance_that_is_days_old_is_no_difference(days: int) -> None:
    amounts = [11, 13, 17, 19, 23, 29, 31, 37]
    balance = 1000 + sum(amounts[: len(amounts) - days])
    found = prove(PROVEN, seen(balance, rows(*amounts, ending=TODAY + DAY)))
    assert found
    assert found.difference == 0


def test_a_balance_from_the_middle_of_a_day_is_no_difference() -> None:
    today = [Row(TODAY, amount) for amount in (5, 7, 11)]
    assert [
        found.difference
        for balance in (1000, 1005, 1012, 1023)
        if (found := prove(PROVEN, seen(balance, today)))
    ] == [0, 0, 0, 0]


def test_a_balance_that_counts_what_is_still_held_is_no_difference() -> None:
    held = (-300, -45)
    for balance in (1000, 700, 655):
        found = prove(PROVEN, seen(balance, rows(*[0] * 9), pending=held))
        assert found
        assert found.difference == 0


def test_interest_that_is_booked_for_a_day_ahead_is_no_difference() -> None:
    ahead = [*rows(1, 2), Row(TODAY + 5 * DAY, 99)]
    found = prove(PROVEN, seen(1003, ahead))
    assert found
    assert found.difference == 0


def after(balances: Sequence[int | None], amounts: Sequence[int]) -> list[Row]:
    return [
        Row(TODAY - (len(amounts) - n) * DAY, amount, balance)
        for n, (amount, balance) in enumerate(zip(amounts, balances, strict=True))
    ]


def test_balances_after_rows_name_the_day_before_which_one_is_missing() -> None:
    chain = [110, 120, 130, 140, 150, 190, 200, 210, 220, 230]
    found = prove(None, seen(230, after(chain, [10] * 10)))
    assert found
    assert found.differs
    assert (found.difference, found.first_day) == (30, TODAY - 5 * DAY)
    again = prove(found, seen(230, after(chain, [10] * 10), 3 * DAY))
    assert again
    assert (again.difference, again.first_day, again.noticed) == (30, found.first_day, NOON + DAY)


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=12), st.data())
def test_balances_after_rows_agree_in_any_order_within_a_day(
    amounts: list[int], data: st.DataObject
) -> None:
    balance, made = 1000, []
    for n, amount in enumerate(amounts):
        balance += amount
        made.append(Row(TODAY - (9 - n // 3) * DAY, amount, balance))
    shuffled = sorted(data.draw(st.permutations(made)), key=lambda row: row.day)
    found = prove(None, seen(balance, shuffled))
    assert found
    assert found.difference == 0


def test_a_bank_whose_balances_after_rows_mean_something_else_is_left_alone() -> None:
    found = prove(None, seen(100, after([5, 9, 1, 7, 2], [10] * 5)))
    assert found
    assert found.difference == 0


@given(
    st.lists(st.tuples(st.integers(-9000, 9000), st.integers(0, 2)), min_size=3, max_size=30),
    st.integers(0, LAG_DAYS),
    st.integers(-10_000, 10_000),
)
def test_an_honest_bank_never_has_a_difference_however_late_its_balance(
    life: list[tuple[int, int]], lag: int, opening: int
) -> None:
    day, booked, proof = TODAY, list[Row](), None
    for amount, pause in life:
        day += pause * DAY
        booked.append(Row(day, amount))
        counted = [row for row in booked if row.day <= day - lag * DAY]
        balance = opening + sum(row.amount for row in counted)
        now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        proof = prove(proof, Facts(now, day, balance, 0, list(booked)))
        assert proof
        assert not proof.differs


@given(st.lists(st.integers(1, 9000), min_size=12, max_size=30), st.integers(1, 2), st.data())
def test_a_row_that_is_lost_or_doubled_is_always_told_in_the_end(
    amounts: list[int], times: int, data: st.DataObject
) -> None:
    which = data.draw(st.integers(0, 2))
    true = [Row(TODAY + n * DAY, amount) for n, amount in enumerate(amounts)]
    wrong = [*true[:which], *[true[which]] * (2 * (times - 1)), *true[which + 1 :]]
    proof: Proof | None = PROVEN
    for n in range(which + LAG_DAYS + 2, len(true) + LAG_DAYS + 3):
        today = TODAY + n * DAY
        shown = [row for row in wrong if row.day <= today]
        balance = 1000 + sum(row.amount for row in true if row.day <= today)
        proof = prove(proof, Facts(NOON + n * DAY, today, balance, 0, shown))
    assert proof
    assert proof.differs
    assert proof.difference == true[which].amount * (1 if times == 1 else -1)


@pytest.fixture
def connected(home: OwnHome, toy: ToyBank, person: Person) -> OwnHome:
    toy.server.tell_token({"expires_in": 9_999_999})
    typed = replace(toy.bank.dialect, accounts=current(toy))
    home.toy = replace(toy.bank, dialect=typed, unattended_per_day=0)
    toy.tell_accounts(Bruk="100.00")
    toy.tell_rows("Bruk", ("2026-03-01", "-10", "Coffee"))
    connect(home, home.toy, person.front())
    return home


def current(toy: ToyBank) -> Any:
    plain = toy.bank.dialect.accounts

    def accounts(get: Any) -> Any:
        for one in plain(get):
            assert isinstance(one, Account)
            yield replace(one, type=AccountType.CURRENT)

    return accounts


def proven(home: Home) -> Proof:
    with closing(home.database()) as db:
        return proofs.proofs(db)[1]


def test_a_sync_proves_each_account_and_looks_further_back_for_what_is_missing(
    connected: Home, toy: ToyBank, clock: Clock
) -> None:
    refresh(connected, "toy")
    clock.turn(10 * 86_400)
    report = refresh(connected, "toy").accounts[0]
    assert report.proof == proven(connected)
    assert proven(connected).confirmed
    clock.turn(30 * 86_400)
    toy.tell_accounts(Bruk="220.00")
    assert not refresh(connected, "toy").accounts[0].differs_now
    clock.turn(86_400)
    refresh(connected, "toy")
    asked = [seen.query for seen in toy.server.at("/api/accounts/key-Bruk/rows")]
    # The third asks as ever; the last begins where all was proven last, a month ago.
    assert asked[-1] == "since=2026-02-26"
    told = proven(connected)
    assert told.differs
    assert Money(told.difference, "NOK") == Money(12000, "NOK")


def test_a_difference_is_news_once(connected: Home, toy: ToyBank, clock: Clock) -> None:
    news = []
    for balance in ("100.00", "100.00", "90.00", "90.00", "90.00", "100.00"):
        toy.tell_accounts(Bruk=balance)
        news.append(refresh(connected, "toy").accounts[0].differs_now)
        clock.turn(10 * 86_400)
    assert news == [False, False, False, True, False, False]
    assert not proven(connected).differs


def test_a_row_that_comes_late_is_found_by_looking_back_and_ends_the_suspicion(
    connected: Home, toy: ToyBank, clock: Clock
) -> None:
    for _ in range(2):
        refresh(connected, "toy")
        clock.turn(20 * 86_400)
    toy.tell_accounts(Bruk="75.00")
    refresh(connected, "toy")
    assert proven(connected).difference == -2500
    toy.tell_rows("Bruk", ("2026-03-01", "-10", "Coffee"), ("2026-03-10", "-25", "Booked late"))
    clock.turn(60)
    report = refresh(connected, "toy").accounts[0]
    assert report.new == 1
    assert proven(connected).difference == 0
