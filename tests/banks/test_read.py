"""The typed readers: exact amounts, days in the bank's zone, and errors that name a field and not its value."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bankview.banks._read import Row, day, money, read_object
from bankview.domain.money import Money, exponent
from bankview.errors import BadBankDataError

OSLO = ZoneInfo("Europe/Oslo")
CURRENCIES = st.sampled_from(["NOK", "EUR", "JPY", "KWD"])


@given(st.integers(-(10**15), 10**15), CURRENCIES)
def test_an_amount_is_exact_as_number_and_as_text(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    number = Decimal(minor).scaleb(-exponent(currency))
    assert money(number, currency, "amount") == amount
    assert money(f"{number:f}", currency, "amount") == amount


@pytest.mark.parametrize(
    "value",
    [1.5, float("nan"), True, None, [], {}, "", "1,50", "1e3", "NaN", "½", "٣", "0x1F", "1_000"],
)
def test_what_is_no_exact_amount_is_refused(value: Any) -> None:
    with pytest.raises(BadBankDataError, match=r"^the bank: amount: "):
        money(value, "NOK", "amount")


@pytest.mark.parametrize(
    "value",
    [Decimal("NaN"), Decimal("Infinity"), Decimal("1e999"), Decimal("0.005"), 10**20, "9" * 5000],
)
def test_an_amount_that_no_account_holds_is_refused(value: Any) -> None:
    with pytest.raises(BadBankDataError):
        money(value, "NOK", "amount")


@given(st.dates(date(1970, 1, 2), date(2199, 12, 30)))
def test_midnight_in_oslo_is_that_day_in_oslo(wanted: date) -> None:
    midnight = datetime.combine(wanted, datetime.min.time(), OSLO)
    millis = (midnight.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
        milliseconds=1
    )
    assert day(millis, OSLO, "date") == wanted
    if abs(millis) >= 10**8:
        assert day(str(millis), OSLO, "date") == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("2026-03-02", date(2026, 3, 2)),
        (" 2026-03-02 ", date(2026, 3, 2)),
        ("2026-03-01T23:00:00Z", date(2026, 3, 2)),
        ("2026-03-01T22:59:59.999Z", date(2026, 3, 1)),
        ("2026-03-02T00:30:00+0100", date(2026, 3, 2)),
        ("2026-03-02 00:30:00", date(2026, 3, 2)),
        (1772406000000, date(2026, 3, 2)),
        (Decimal("1772406000000.0"), date(2026, 3, 2)),
    ],
)
def test_a_day_in_any_form_that_banks_use(value: Any, wanted: date) -> None:
    assert day(value, OSLO, "date") == wanted


@pytest.mark.parametrize(
    "value",
    [
        "",
        "soon",
        "2026-02-30",
        "0001-01-01",
        10**30,
        -(10**30),
        Decimal("1.5"),
        True,
        1.0,
        {},
        None,
    ],
)
def test_what_is_no_day_is_refused(value: Any) -> None:
    with pytest.raises(BadBankDataError, match=r"^the bank: date: "):
        day(value, OSLO, "date")


def test_the_first_text_that_is_there_is_taken() -> None:
    row = Row({"name": " ", "description": None, "product": " Konto "})
    assert row.text("name", "description", "product") == "Konto"
    assert row.text("iban") == ""


def test_a_whole_number_may_stand_for_a_text() -> None:
    assert Row({"id": 17}).text("id") == "17"


def test_an_error_names_the_place_and_not_the_value() -> None:
    row = read_object({"rows": [{"id": ["97100000001"]}]}, "").rows("rows")
    with pytest.raises(BadBankDataError, match=r"rows\[0\]\.id: is a list, not a text") as raised:
        next(row).text("id")
    assert "971" not in str(raised.value)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(BadBankDataError, match="half a character"):
        Row({"text": "a\ud800"}).text("text")


@pytest.mark.parametrize(("value", "wanted"), [(True, True), ("false", False), (None, False)])
def test_a_truth_value(value: Any, wanted: bool) -> None:
    assert Row({"hidden": value}).flag("hidden") is wanted


def test_a_needed_list_that_is_missing_is_refused() -> None:
    with pytest.raises(BadBankDataError, match="accounts: is missing"):
        Row({}).items("accounts")


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [(-1850, "GBP", "-18.50"), (2300, "JPY", "2300"), (0, "KWD", "0.000")],
)
def test_minor_units_are_the_currencys_own(value: int, currency: str, text: str) -> None:
    assert str(Row({"amount": value}).minor("amount", currency)) == text


@pytest.mark.parametrize("value", [True, "1850", Decimal("18.5"), 10**20])
def test_minor_units_are_whole_numbers_that_an_account_can_hold(value: Any) -> None:
    with pytest.raises(BadBankDataError):
        Row({"amount": value}).minor("amount", "GBP")
