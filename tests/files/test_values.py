"""Exact numbers and days of texts, as banks of many countries write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bankview.files import guess, values
from bankview.files.headings import currency_in, fields
from bankview.files.values import NotReadError


@pytest.mark.parametrize(
    ("text", "mark", "number"),
    [
        ("-8,40", ",", "-8.40"),
        ("2.417,55", ",", "2417.55"),
        ("38 250,00", ",", "38250"),
        ("38\N{NO-BREAK SPACE}250,00 kr", ",", "38250"),
        ("1\N{NARROW NO-BREAK SPACE}204,00 €", ",", "1204"),
        ("1'234.50", ".", "1234.50"),
        ("+1,204.10", ".", "1204.10"),
        ("1,23,456.00", ".", "123456"),
        ("(12.50)", ".", "-12.50"),
        ("12.50-", ".", "-12.50"),
        ("\N{MINUS SIGN}12,5", ",", "-12.5"),
        ("-£3.20", ".", "-3.20"),
        ("£-3.20", ".", "-3.20"),
        ("USD 1.00", ".", "1"),
        ("-.5", ".", "-0.5"),
        ("1.000", ",", "1000"),
        ("1.000", ".", "1"),
    ],
)
def test_an_amount_is_exact(text: str, mark: str, number: str) -> None:
    assert values.decimal(text, mark) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        *[("", "."), ("-", "."), ("12a", "."), ("NaN", "."), ("1e5", "."), ("1.2.3", ".")],
        *[("1050.22", ","), ("1,2,3", "."), ("12,34,5", "."), ("٣", "."), ("0x10", ".")],
    ],
)
def test_what_is_no_amount_in_this_way_of_writing_is_none(text: str, mark: str) -> None:
    with pytest.raises(NotReadError):
        values.money_of(text, mark, "EUR")


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=2, max_value=10**12, min_value=-(10**12)
    )
)
def test_every_plain_number_comes_back(number: Decimal) -> None:
    assert values.decimal(f"{number:f}", ".") == number
    assert values.decimal(f"{number:,.2f}", ".") == number
    turned = f"{number:,.2f}".translate(str.maketrans(",.", ".,"))
    assert values.decimal(turned, ",") == number


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("31.03.2026", "dmy", date(2026, 3, 31)),
        ("31.03.26", "dmy", date(2026, 3, 31)),
        ("3/4/2026", "dmy", date(2026, 4, 3)),
        ("3/4/2026", "mdy", date(2026, 3, 4)),
        ("2026-03-04", "mdy", date(2026, 3, 4)),
        ("2026/03/04", "dmy", date(2026, 3, 4)),
        ("20260304", "dmy", date(2026, 3, 4)),
        ("2026-03-04T23:59:59Z", "ymd", date(2026, 3, 4)),
        ("3/ 3'26", "mdy", date(2026, 3, 3)),
        ("28 Mar 2026", "dmy", date(2026, 3, 28)),
        ("01-SEP-99", "dmy", date(1999, 9, 1)),
    ],
)
def test_a_day_is_a_day(text: str, order: str, day: date) -> None:
    assert values.day(text, order) == day


@pytest.mark.parametrize(
    "text", ["", "31.02.2026", "1/2", "12345", "2026-13-01", "0001-01-01", "x"]
)
def test_what_names_no_day_is_none(text: str) -> None:
    with pytest.raises(NotReadError):
        values.day_of(text, "dmy")


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["1.234,50"], ","),
        (["1,234", "1,234,567"], "."),
        (["12,5"], ","),
        (["1,234"], ""),
        (["1.234"], ""),
        (["7", "1250"], "."),
        (["1,234", "0,50"], ","),
    ],
)
def test_the_mark_before_decimals_is_told_or_left_open(texts: list[str], mark: str) -> None:
    assert guess.decimal_mark(texts) == mark


def test_headings_are_known_whatever_their_case_accents_and_currency() -> None:
    found = fields(["BOKFØRINGSDATO", "Libellé", "Betrag (€)", "saldo", "Nonsense"])
    assert found == {"date": (0,), "description": (1,), "amount": (2,), "balance": (3,)}
    assert [currency_in(text) for text in ("Betrag (€)", "Amount GBP", "Amount")] == [
        "EUR",
        "GBP",
        "",
    ]


def test_in_files_of_our_own_no_mark_stands_between_thousands() -> None:
    assert guess.decimal_mark(["1.234"], ours=True) == "."
    assert guess.decimal_mark(["1,234"], ours=True) == ","
