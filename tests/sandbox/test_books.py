"""The books are the same for the same day, right to the øre, and read like a life."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pytest

from bankview.sandbox.books import household, kinds, student
from bankview.sandbox.books.history import MANY_ACCOUNTS, WorkedOut
from bankview.sandbox.books.life import Life
from bankview.sandbox.books.row import account_number
from bankview.sandbox.books.shelf import Shelf

if TYPE_CHECKING:
    from pathlib import Path

    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.books.row import Row

TODAY = date(2026, 11, 21)
#: Weekdays and weekends, the ends of a year and a leap day.
DAYS = (TODAY, date(2026, 1, 1), date(2027, 12, 31), date(2028, 2, 29), date(2026, 7, 12))


@pytest.fixture(scope="module")
def rows() -> tuple[Row, ...]:
    return household.rows(TODAY)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path, tmp_path, None, TODAY, lambda: TODAY)


def live(books: Books, steps: int) -> None:
    life = Life(books, lambda: TODAY)
    for _ in range(steps):
        life.step()


@pytest.mark.parametrize("day", DAYS)
def test_the_same_day_writes_the_same_books(day: date) -> None:
    assert household.rows(day) == household.rows(day)


@pytest.mark.parametrize("day", DAYS)
def test_three_years_have_about_four_thousand_rows(day: date) -> None:
    found = household.rows(day)
    assert 3_600 < len(found) < 4_400
    assert sum(row.pending for row in found) >= 4
    assert (day - found[0].day).days == pytest.approx(household.DAYS, abs=2)
    assert max(row.day for row in found) <= day


@pytest.mark.parametrize("day", DAYS)
def test_no_account_is_overdrawn_beyond_reason(day: date) -> None:
    balance: Counter[str] = Counter()
    for row in household.rows(day):
        if not row.pending:
            balance[row.account] += row.minor
            limit = -6_000_000 if row.account == "card" else -500_000
            assert balance[row.account] > limit, row


def test_a_transfer_has_two_sides_on_one_day(rows: tuple[Row, ...]) -> None:
    moved = [row for row in rows if row.kind is kinds.TRANSFER and row.account != "euro"]
    within = [row for row in moved if "EUR" not in row.text and "EUR" not in row.payee]
    assert len({row.account for row in within}) == 2
    sums = Counter[str]()
    for row in within:
        sums[row.reference] += row.minor
    assert set(sums.values()) == {0}


def test_there_are_twins_on_one_day(rows: tuple[Row, ...]) -> None:
    seen = Counter((row.account, row.day, row.minor, row.text) for row in rows if not row.pending)
    assert max(seen.values()) >= 2


def test_there_is_something_of_everything(rows: tuple[Row, ...]) -> None:
    found = {row.kind for row in rows}
    for kind in (
        kinds.SALARY, kinds.RENT, kinds.GROCERIES, kinds.VIPPS_IN, kinds.VIPPS_OUT, kinds.REFUND,
        kinds.FEE, kinds.INTEREST, kinds.ABROAD, kinds.CARD_BILL,
    ):  # fmt: skip
        assert kind in found, kind


def test_no_text_begins_or_ends_with_a_space(rows: tuple[Row, ...]) -> None:
    for row in (*rows, *student.rows(TODAY)):
        assert row.text == row.text.strip() != ""


def test_account_numbers_have_their_check_digit() -> None:
    assert account_number("8601111794") == "86011117947"
    with pytest.raises(ValueError, match="no check digit"):
        account_number("9714002020")


def test_an_iban_has_its_check_digits() -> None:
    # The example of the Norwegian IBAN in the SWIFT registry.
    assert household.CURRENT.iban[:2] == "NO"
    moved = household.CURRENT.iban[4:] + "2324" + household.CURRENT.iban[2:4]
    assert int(moved) % 97 == 1


@pytest.mark.parametrize("count", [0, 1, 1_000, 20_000])
def test_any_number_of_rows_is_worked_out(count: int) -> None:
    history = WorkedOut(count, TODAY)
    assert sum(1 for _ in history.oldest_first()) == count


def test_worked_out_rows_are_found_again_and_sum_up() -> None:
    history = WorkedOut(3_000, TODAY)
    for account in MANY_ACCOUNTS[::5]:
        found = list(history.rows(account.id, date.min, date.max))
        assert history.balance(account.id) == sum(row.minor for row in found)
        assert [row.day for row in found] == sorted((row.day for row in found), reverse=True)
        assert history.find(found[7].number) == found[7]
        assert len({row.reference for row in found}) == len(found)


def test_a_range_of_worked_out_rows_is_a_part_of_the_whole() -> None:
    history = WorkedOut(40_000, TODAY)
    since, until = date(2024, 3, 1), date(2024, 3, 31)
    whole = history.rows("account-3", date.min, date.max)
    part = [row for row in whole if since <= row.day <= until]
    assert list(history.rows("account-3", since, until)) == part != []


def test_life_keeps_the_balances_right(shelf: Shelf) -> None:
    books = shelf.books["household"]
    live(books, 40)
    for account in books.accounts:
        found = books.rows(account.id, date.min, date.max)
        assert books.balance(account.id) == sum(row.minor for row in found if not row.pending)


def test_life_numbers_every_row_anew(shelf: Shelf) -> None:
    books = shelf.books["household"]
    live(books, 60)
    recent = books.recent
    numbers = [row.number for row in (*recent.booked, *recent.pending)]
    assert len(set(numbers)) == len(numbers)
    references = [(row.account, row.reference) for row in recent.booked]
    assert len(set(references)) == len(references)


def test_what_life_added_is_there_after_a_restart(shelf: Shelf, tmp_path: Path) -> None:
    for _ in range(6):
        shelf.step()
    again = Shelf(tmp_path, tmp_path, None, TODAY, lambda: TODAY)
    assert again.books["household"].recent == shelf.books["household"].recent
    before = (tmp_path / "household.json").read_bytes()
    again.save()
    assert (tmp_path / "household.json").read_bytes() == before


def test_life_goes_on_with_new_numbers_after_a_restart(shelf: Shelf) -> None:
    books = shelf.books["household"]
    for _ in range(2):
        live(books, 25)
    recent = books.recent
    numbers = [row.number for row in (*recent.booked, *recent.pending)]
    assert len(set(numbers)) == len(numbers)
