"""What is particular to Fio's API."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bankview.banks import Partial, Skipped, find_bank
from bankview.banks.fio import accounts, transactions
from bankview.domain.account import Account
from bankview.domain.transaction import Transaction
from bankview.errors import (
    BankRefusedError,
    BankUnavailableError,
    RateLimitedError,
    SignInNeededError,
)

ACCOUNT = Account("2000000001", "Fio CZK", "CZK")
SINCE, TODAY = date(2025, 3, 2), date(2026, 3, 2)
HOST = "fioapi.fio.cz"


class Statement:
    """Answers with one statement, or raises what it is told to at first, and remembers what was asked."""

    def __init__(self, *rows: Any, account: str = "2000000001", **said: Any) -> None:
        info = {"accountId": account, "currency": "CZK"}
        listed = {"transaction": list(rows)} if rows else None
        self.answer = {"accountStatement": {"info": info, "transactionList": listed}}
        self.errors = said.get("errors", [])
        self.asked: list[list[str]] = []

    def __call__(self, path: Any, params: Any = None, headers: Any = None) -> Any:
        self.asked.append(path)
        if self.errors:
            raise self.errors.pop(0)
        return self.answer


def row(**columns: Any) -> dict[str, Any]:
    said = {"column0": "2026-03-02+0100", "column1": Decimal("-10.50"), **columns}
    return {name: None if value is None else {"value": value} for name, value in said.items()}


def read(ask: Statement) -> list[Any]:
    return list(transactions(ask, ACCOUNT, SINCE, today=lambda: TODAY))


def only(**columns: Any) -> Transaction:
    (found,) = read(Statement(row(**columns)))
    assert isinstance(found, Transaction)
    return found


def test_rows_are_asked_for_by_their_days_with_a_place_for_the_token() -> None:
    ask = Statement()
    assert read(ask) == []
    assert ask.asked == [["periods", "~token~", "2025-03-02", "2026-03-02", "transactions.json"]]


def test_a_day_with_an_offset_is_the_banks_day() -> None:
    assert only(column0="2026-07-01+0200").booked_on == date(2026, 7, 1)


def test_a_column_that_is_null_is_empty_and_an_id_is_its_digits() -> None:
    found = only(column5=None, column22=26000000001)
    assert (found.reference, found.bank_id) == ("", "26000000001")


def test_symbols_are_named() -> None:
    assert only(column5="202603", column4="0138").reference == "VS 202603 KS 0138"


@pytest.mark.parametrize(
    ("said", "original"),
    [("12.30 EUR", "-12.30"), ("12,3 EUR", "-12.30"), ("185.50 CZK", None), ("at the door", None)],
)
def test_an_amount_abroad_is_in_the_specification(said: str, original: str | None) -> None:
    found = only(column18=said).original
    assert (str(found) if found else None) == original


def test_another_currency_than_the_accounts_is_told() -> None:
    (found,) = read(Statement(row(column14="EUR")))
    assert isinstance(found, Skipped)


def test_another_accounts_token_brings_no_rows() -> None:
    assert read(Statement(row(), account="2000000009")) == [Partial("another account")]


def test_a_locked_history_is_asked_for_as_far_as_it_is_free() -> None:
    ask = Statement(row(), errors=[BankRefusedError(HOST, 422)])
    partial, _ = read(ask)
    assert partial == Partial("older than 90 days")
    assert ask.asked[1][2:4] == ["2025-12-03", "2026-03-02"]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (BankRefusedError(HOST, 409), RateLimitedError),
        (BankUnavailableError(HOST, "answered 500"), SignInNeededError),
        (BankUnavailableError(HOST, "answered 503"), BankUnavailableError),
        (BankRefusedError(HOST, 404), BankRefusedError),
    ],
)
def test_what_the_banks_numbers_mean(said: Exception, meant: type[Exception]) -> None:
    with pytest.raises(meant) as raised:
        list(accounts(Statement(errors=[said]), today=lambda: TODAY))
    assert getattr(raised.value, "retry_after", None) == (30 if meant is RateLimitedError else None)


def test_its_token_is_in_no_header_and_its_pace_is_half_a_minute() -> None:
    bank = find_bank("fio")
    assert bank
    assert (bank.dialect.token_at, bank.seconds_between_calls) == ("~token~", 30)
