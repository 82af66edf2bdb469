"""An amount from the bank to the ledger, a file and the screen: the same at each place, in every currency."""

from __future__ import annotations

import csv
import io
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from babel import Locale
from babel.numbers import parse_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

from bankview.banks._read import Row as Answer
from bankview.domain.account import Account
from bankview.domain.money import Money, exponent
from bankview.domain.transaction import Status, Transaction
from bankview.export import presets
from bankview.store import connections, ledger, view
from bankview.store.database import open_memory
from bankview.store.view import Filter
from bankview.words import MINUS, amount_text, rate_text

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CURRENCIES = st.sampled_from(["JPY", "NOK", "EUR", "KWD", "CLF", "ISK", "XYZ"])
#: Up to fifteen digits.
MINOR = st.integers(-(10**15) + 1, 10**15 - 1)
RATES = st.none() | st.decimals("0.0001", "99999", allow_nan=False, places=6)


def row(amount: Money, original: Money | None, rate: Decimal | None, own: str) -> Transaction:
    day = date(2026, 3, 1)
    return Transaction(
        "k", Status.BOOKED, day, amount, "x", original=original, rate=rate, id=own, raw=b"{}"
    )


@settings(max_examples=60)
@given(CURRENCIES, st.lists(st.tuples(MINOR, CURRENCIES, MINOR, RATES), min_size=1, max_size=6))
def test_what_a_bank_says_is_in_the_ledger_and_in_the_file_to_the_last_digit(
    currency: str, facts: list[tuple[int, str, int, Decimal | None]]
) -> None:
    rows = [
        row(Money(minor, currency), Money(abroad, other), rate, str(n))
        for n, (minor, other, abroad, rate) in enumerate(facts)
    ]
    with closing(open_memory("money")) as db:
        account = connections.save_account(db, Account("k", "A", currency, connection_id="bank"))
        ledger.stage(db, {account.id: rows})
        staged = ledger.staged(db, account.id)
        ledger.publish(db, account, ledger.Changes(tuple(rows)), NOON)
        kept = list(view.transactions(db, Filter()))
        out = io.BytesIO()
        places = {account.id: account}, {account.id: "B"}
        presets.write("standard", view.entries(db, Filter()), *places, out, Locale("en"))
        sums = view.totals(db, Filter()).sums
    written = list(csv.DictReader(io.StringIO(out.getvalue().decode())))
    for found in (staged, kept):
        assert [(one.amount, one.original, one.rate) for one in found] == [
            (one.amount, one.original, one.rate) for one in rows
        ]
    for line, one in zip(written, rows, strict=True):
        assert one.original
        assert Money.of(Decimal(line["amount"]), line["currency"]) == one.amount
        assert line["original_amount"] == str(one.original)
        assert line["exchange_rate"] == (f"{one.rate:f}" if one.rate else "")
    assert sums == {
        currency: (
            sum(min(one.amount.minor, 0) for one in rows),
            sum(max(one.amount.minor, 0) for one in rows),
        )
    }


@given(MINOR, CURRENCIES, st.sampled_from(["en_GB", "nb_NO", "fr_FR", "de_CH", "ja_JP"]))
def test_what_is_read_on_the_screen_is_the_amount(minor: int, currency: str, name: str) -> None:
    locale = Locale.parse(name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bankview.words.person_code", lambda: name)
        text = amount_text(Money(minor, currency))
    plain = text.replace(MINUS, "-").replace("\N{NO-BREAK SPACE}", "")
    if name == "fr_FR":
        plain = plain.replace("\N{NARROW NO-BREAK SPACE}", "")
    assert Money.of(parse_decimal(plain, locale=locale), currency) == Money(minor, currency)
    assert (MINUS in text) == (minor < 0)


@pytest.mark.parametrize("said", ["-0.00", "-0", "0.00", "-0.000"])
@pytest.mark.parametrize("currency", ["JPY", "NOK", "KWD", "CLF"])
def test_nothing_has_no_sign(said: str, currency: str) -> None:
    nothing = Money.of(Decimal(said), currency)
    assert nothing == Money(0, currency)
    assert not {"-", MINUS} & set(str(nothing) + amount_text(nothing, sign=True))


def test_sums_are_per_currency() -> None:
    with closing(open_memory("sums")) as db:
        for n, currency in enumerate(("NOK", "JPY", "KWD", "NOK")):
            said = Account(f"k{n}", "A", currency, f"{n}", connection_id="bank")
            account = connections.save_account(db, said)
            rows = tuple(
                row(Money(minor, currency), None, None, f"{n}-{minor}") for minor in (-5, 7)
            )
            ledger.publish(db, account, ledger.Changes(rows), NOON)
        assert view.totals(db, Filter()).sums == {
            "JPY": (-5, 7),
            "KWD": (-5, 7),
            "NOK": (-10, 14),
        }


@pytest.mark.parametrize(
    ("said", "rate"),
    [
        (Decimal("11.1273"), "11.1273"),
        ("0.0934", "0.0934"),
        (1, "1"),
        (None, None),
        (0, None),
        (Decimal(-1), None),
        (Decimal("NaN"), None),
        ("much", None),
        (True, None),
        ([], None),
    ],
)
def test_a_rate_is_what_the_bank_wrote_or_nothing(said: object, rate: str | None) -> None:
    found = Answer({"exchangeRate": said}, "row").rate("exchangeRate")
    assert found == (None if rate is None else Decimal(rate))
    if found is not None:
        assert rate_text(found).replace(",", ".") == rate


@given(CURRENCIES)
def test_a_currency_has_up_to_four_decimals(currency: str) -> None:
    assert 0 <= exponent(currency) <= 4
