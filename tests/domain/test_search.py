"""The search language: what a text is read as, and that it prints back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bankview.domain.search import STATES, Between, Days, Key, Query, Term, amounts, days, parse

PIECES = st.sampled_from(
    [
        *(f"{key}:" for key in Key),
        *(
            '"',
            '""',
            "-",
            "=",
            ">",
            "<=",
            "..",
            " ",
            "2026-03",
            "500",
            "1 000,50",
            "rema",
            "é",
            "\u2212",
        ),
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join))


def test_terms_are_told_from_words() -> None:
    found = parse('payee:rema amount:>500 -category:food 12:30 "two words" -not')
    assert found.terms == (
        Term(Key.PAYEE, "rema"),
        Term(Key.AMOUNT, ">500"),
        Term(Key.CATEGORY, "food", negated=True),
        Term(Key.WORD, "12:30"),
        Term(Key.WORD, "two words"),
        Term(Key.WORD, "not", negated=True),
    )


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ('payee:"REMA 1000"', Term(Key.PAYEE, "REMA 1000")),
        ('PAYEE:="REMA 1000"', Term(Key.PAYEE, "REMA 1000", exact=True)),
        ('payee:"rema 10', Term(Key.PAYEE, "rema 10")),
        ('payee:"a ""b"" c"', Term(Key.PAYEE, 'a "b" c')),
        ("amount:=5", Term(Key.AMOUNT, "=5")),
        ("payee:", Term(Key.PAYEE, "")),
        ("-", Term(Key.WORD, "-")),
        ('"payee:x"', Term(Key.WORD, "payee:x")),
    ],
)
def test_a_term_is_read(text: str, term: Term) -> None:
    assert parse(text).terms == (term,)


def test_what_is_not_understood_is_a_word_and_said() -> None:
    found = parse("date:foo amount:many is:rich date:2026")
    assert [str(term) for term in found.unknown] == ["date:foo", "amount:many", "is:rich"]
    words = [term.value for term in found.of(Key.WORD)]
    assert words == ["date:foo", "amount:many", "is:rich"]
    assert [term.value for term in found.of(Key.DATE)] == ["2026"]


def test_a_term_that_is_being_typed_asks_for_nothing() -> None:
    found = parse("payee: date: x")
    assert not found.unknown
    assert [term for key in Key for term in found.of(key)] == [Term(Key.WORD, "x")]


@given(TEXTS)
def test_any_text_prints_back(text: str) -> None:
    found = parse(text)
    assert parse(str(found)) == found
    assert all(term.value == " ".join(term.value.split()) for term in found.terms)


@given(st.sampled_from(list(Key)), st.text(), st.booleans())
def test_what_is_written_for_a_value_is_read_as_that_value(
    key: Key, value: str, negated: bool
) -> None:
    term = Term(key, " ".join(value.split()), negated)
    assert parse(str(Query((term,)))).terms == ((term,) if key or term.value else ())


@pytest.mark.parametrize(
    ("value", "since", "until"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-3-1", date(2026, 3, 1), date(2026, 3, 1)),
        (">2026-03", date(2026, 4, 1), None),
        (">=2026-03", date(2026, 3, 1), None),
        ("<2026-03", None, date(2026, 2, 28)),
        ("<=2026-03", None, date(2026, 3, 31)),
        ("=2026-03", date(2026, 3, 1), date(2026, 3, 31)),
        ("2026-03-05..2026-04", date(2026, 3, 5), date(2026, 4, 30)),
        ("..2026", None, date(2026, 12, 31)),
        ("2026..", date(2026, 1, 1), None),
    ],
)
def test_a_date_is_a_period(value: str, since: date | None, until: date | None) -> None:
    assert days(value) == Days(since, until)


@pytest.mark.parametrize(
    "value", ["foo", "2026-13", "2026-02-30", "..", ">", "0000", ">..2026", "99-1-1", "2026-03-"]
)
def test_what_is_no_date_is_none(value: str) -> None:
    assert days(value) is None


@pytest.mark.parametrize(
    ("value", "bounds"),
    [
        ("500", (50000, 50000)),
        (">500", (50001, None)),
        ("<0,5", (None, 49)),
        (">=500,5", (50050, None)),
        ("<=1 234,50", (None, 123450)),
        ("1.000", (100000, 100000)),
        ("1,000.50..1.000,60", (100050, 100060)),
        ("0,505", (51, 50)),
        (">0,505", (51, None)),
        ("<0,505", (None, 50)),
        ("..100", (None, 10000)),
        ("-200..-100", (-20000, -10000)),
        ("\u2212100", (-10000, -10000)),
    ],
)
def test_amounts_are_bounds_in_minor_units(
    value: str, bounds: tuple[int | None, int | None]
) -> None:
    found = amounts(value)
    assert found
    assert found.minor(2) == bounds


@pytest.mark.parametrize("value", ["many", "..", ">", "1..x", "1e5", "1,2,3", "1" * 16, "٣"])
def test_what_is_no_amount_is_none(value: str) -> None:
    assert amounts(value) is None


def test_an_amount_has_a_sign_only_where_one_is_written() -> None:
    assert amounts("100") == Between(Decimal(100), Decimal(100))
    assert amounts("+100") == Between(Decimal(100), Decimal(100), signed=True)
    assert amounts(">-100") == Between(Decimal(-100), None, open=True, signed=True)


def test_states_are_understood_in_any_case() -> None:
    assert not parse(" ".join(f"is:{state.upper()}" for state in STATES)).unknown
