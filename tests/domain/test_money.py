"""Money is exact, of one currency, and never a float."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bankview.domain.money import Money, exponent

LIMIT = 10**16 - 1
minors = st.integers(-LIMIT, LIMIT)
#: Sums and differences of these stay below the limit.
halves = st.integers(-LIMIT // 2, LIMIT // 2)
currencies = st.sampled_from(["NOK", "EUR", "JPY", "KWD", "CLF", "XYZ"])


@given(minors, currencies)
def test_an_amount_and_its_minor_units_are_the_same(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.of(money.amount, currency) == money


@given(minors, currencies)
def test_the_plain_number_says_exactly_the_amount(minor: int, currency: str) -> None:
    text = str(Money(minor, currency))
    assert Decimal(text).scaleb(exponent(currency)) == minor
    assert len(text.partition(".")[2]) == exponent(currency)
    assert "E" not in text


@given(halves, halves, currencies)
def test_adding_and_taking_away_is_exact(one: int, two: int, currency: str) -> None:
    a, b = Money(one, currency), Money(two, currency)
    assert (a + b).minor == one + two
    assert (a - b).minor == one - two
    assert a + b - b == a


@given(minors, currencies)
def test_turning_the_sign_is_exact(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert (-money).minor == -minor
    assert Money(0, currency) - -money == money


@given(minors, minors, currencies)
def test_the_order_is_that_of_the_amounts(one: int, two: int, currency: str) -> None:
    a, b = Money(one, currency), Money(two, currency)
    assert (a < b) == (one < two)
    assert (a > b) == (one > two)


@given(st.floats())
def test_a_float_is_refused(number: float) -> None:
    with pytest.raises(TypeError):
        Money.of(number, "NOK")  # type: ignore[arg-type]


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_a_decimal_becomes_exact_money_or_nothing(number: Decimal) -> None:
    try:
        money = Money.of(number, "NOK")
    except ValueError:
        return
    assert money.amount == number


@pytest.mark.parametrize(
    "number",
    [
        "NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
        "0.001",
        "1.00000000000000000000000000000000000001",
        "1e17",
        "1e-17",
        "1E+999999",
        "1E-999999",
        "99999999999999999",
    ],
)
def test_what_is_no_amount_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        Money.of(Decimal(number), "NOK")


@pytest.mark.parametrize(
    "number", ["0E+5", "0E-50", "-0", "0E+999999", "1E+3", "249.90", "249.9000"]
)
def test_odd_ways_of_writing_a_number_are_understood(number: str) -> None:
    assert Money.of(Decimal(number), "NOK").amount == Decimal(number)


@pytest.mark.parametrize(
    ("currency", "places"), [("NOK", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("ISK", 0), ("QQQ", 2)]
)
def test_each_currency_has_its_own_number_of_decimals(currency: str, places: int) -> None:
    assert exponent(currency) == places


@pytest.mark.parametrize("number", [True, "1", 1.0, None, b"1"])
def test_only_decimals_and_whole_numbers_are_amounts(number: Any) -> None:
    with pytest.raises(TypeError):
        Money.of(number, "NOK")


@pytest.mark.parametrize("minor", [True, 1.0, "1", Decimal(1), None])
def test_minor_units_are_whole_numbers(minor: Any) -> None:
    with pytest.raises(TypeError):
        Money(minor, "NOK")


@pytest.mark.parametrize("currency", ["", "nok", "NO", "NOKK", "N0K", "ØRE", "NO ", "№№№"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    with pytest.raises(ValueError, match="currency"):
        Money(1, currency)


@pytest.mark.parametrize("minor", [10**16, -(10**16), 10**18])
def test_an_amount_larger_than_any_account_is_refused(minor: int) -> None:
    with pytest.raises(ValueError, match="larger"):
        Money.of(Decimal(minor).scaleb(-2), "NOK")


def test_the_sum_of_many_large_accounts_is_money_still() -> None:
    total = Money(0, "NOK")
    for _ in range(900):
        total += Money(LIMIT, "NOK")
    assert total.minor == 900 * LIMIT
    with pytest.raises(ValueError, match="larger"):
        Money(1 << 63, "NOK")


def test_different_currencies_cannot_be_combined() -> None:
    one, other = Money(1, "NOK"), Money(1, "SEK")
    for combine in (Money.__add__, Money.__sub__, Money.__lt__):
        with pytest.raises(ValueError, match="currencies"):
            combine(one, other)


def test_equal_money_is_one_value() -> None:
    assert len({Money(1, "NOK"), Money(1, "NOK"), Money(1, "SEK")}) == 2
