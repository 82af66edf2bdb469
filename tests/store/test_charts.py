"""What charts read, against plain Python over the same rows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from bankview.domain.money import Money
from bankview.domain.rule import Rule
from bankview.store import charts, rules, words
from bankview.store.charts import Asked, Two
from bankview.store.flows import Flow
from tests.store.conftest import START

if TYPE_CHECKING:
    from tests.store.conftest import Book

FEBRUARY = Asked("NOK", date(2026, 2, 1), date(2026, 2, 28))


def paid(book: Book) -> None:
    """A month of rows that a bank, a rule and the person file, and one of the month before."""
    account = book.account(balance=Money(100_000, "NOK"))
    rows = [
        book.row(5, -70, "Rema", kind="food.groceries"),
        book.row(32, -100, "Rema", kind="food.groceries"),
        book.row(33, -30, "rema", kind="food"),
        book.row(34, -40, "Bistro", kind="food.restaurants"),
        book.row(35, -50, "Code", category="5411"),
        book.row(36, -5, "Mine"),
        book.row(37, -6, "Nothing"),
        book.row(38, 900, "Rema", kind="food.groceries"),
    ]
    book.publish(account, *rows)
    words.change(book.db, account.id, rows[5].id, category="Hobby")


def test_a_period_is_held_against_as_many_days_before_it() -> None:
    assert FEBRUARY.before == Asked("NOK", date(2026, 1, 4), date(2026, 1, 31))
    whole = Asked("NOK", date(1, 1, 3), date(2026, 1, 1))
    assert (whole.before.since, whole.before.until) == (date(1, 1, 1), date(1, 1, 2))


def test_categories_stand_beside_what_they_came_to_before(book: Book) -> None:
    paid(book)
    found = charts.by_category(book.db, FEBRUARY)
    assert {one.name: (one.now, one.before.out) for one in charts.together(found)} == {
        "food": (Flow(-220, 900), -70),
        "Hobby": (Flow(-5, 0), 0),
        "": (Flow(-6, 0), 0),
    }
    assert {one.name for one in charts.below(found, "food")} == {
        "food",
        "food.groceries",
        "food.restaurants",
    }


@pytest.mark.parametrize(
    ("category", "payees"),
    [
        ("food", {"Rema": Flow(-130, 900), "Bistro": Flow(-40, 0), "Code": Flow(-50, 0)}),
        ("food.groceries", {"Rema": Flow(-100, 900), "Code": Flow(-50, 0)}),
        ("Hobby", {"Mine": Flow(-5, 0)}),
        ("", {"Nothing": Flow(-6, 0)}),
        ("travel", {}),
    ],
)
def test_a_category_has_the_payees_whose_rows_are_filed_in_it(
    book: Book, category: str, payees: dict[str, Flow]
) -> None:
    paid(book)
    found = charts.by_payee(book.db, FEBRUARY, category)
    assert {one.name: one.now for one in found} == payees


def test_payees_of_a_category_go_by_the_name_that_a_rule_gives(book: Book) -> None:
    paid(book)
    rules.save(book.db, Rule("bistro", payee="Corner"))
    found = charts.by_payee(book.db, FEBRUARY, "food.restaurants")
    assert found == (Two("Corner", Flow(-40, 0), Flow()),)


def test_two_months_are_compared_category_by_category(book: Book) -> None:
    paid(book)
    found = charts.compared(book.db, FEBRUARY, date(2026, 2, 9), START)
    sums = {one.name: (one.now.out, one.before.out) for one in found}
    assert sums["food.groceries"] == (-150, -70)


def test_payments_that_recur_are_expected(book: Book) -> None:
    account = book.account(balance=Money(50_000, "NOK"))
    book.publish(account, *(book.row(days, -1000, "Rent") for days in (0, 31, 59)))
    today = date(2026, 3, 2)
    asked = Asked("NOK", today - timedelta(days=3), today)
    found = charts.balances(book.db, asked, today, 61)
    assert list(found.balances) == [51_000, 51_000, 50_000, 50_000]
    assert (len(found.ahead), found.ahead[0], found.ahead[-1]) == (61, 50_000, 48_000)
    assert not charts.balances(book.db, asked, today, 0).ahead
    assert not charts.balances(book.db, Asked("EUR", asked.since, today), today, 61).balances


def test_one_account_expects_its_own_payments_and_transfers(book: Book) -> None:
    one, other = (book.account(n, balance=Money(0, "NOK")) for n in "12")
    for sign, account in ((-1, one), (1, other)):
        rows = [
            book.row(n, sign * 500, "Save", kind="transfers", id=f"{sign}{n}") for n in (0, 31, 59)
        ]
        book.publish(account, *rows)
    today = date(2026, 3, 2)
    both = Asked("NOK", START, today)
    assert not charts.balances(book.db, both, today, 61).ahead
    mine = charts.balances(book.db, Asked("NOK", START, today, one.id), today, 61)
    assert mine.ahead[-1] == -1000


def test_an_empty_ledger_has_no_first_day(book: Book) -> None:
    assert charts.first_day(book.db) is None
    paid(book)
    assert charts.first_day(book.db) == START + timedelta(days=5)
