"""What is particular to monobank's API."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bankview import web
from bankview.banks import Partial, Skipped, dialects, find_bank
from bankview.banks.monobank import LONGEST, MOST, accounts, transactions
from bankview.domain.account import Account
from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.errors import BankRefusedError, SignInNeededError

ACCOUNT = Account("mono-1", "Black UAH", "UAH")
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
#: 1 March 2026, midnight in Kyiv.
MARCH = 1772316000
ROW = {"id": "row-1", "time": MARCH, "description": "Coffee", "mcc": 5814, "amount": -8500}


class Statements:
    """Answers with the rows that lie within what is asked for, newest first, the bank's most at a time."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.rows = sorted(rows, key=lambda row: -row["time"])
        self.asked: list[tuple[int, int]] = []

    def __call__(self, path: Any, params: Any = None, headers: Any = None) -> Any:
        first, last = int(path[-2]), int(path[-1])
        self.asked.append((first, last))
        return [row for row in self.rows if first <= row["time"] <= last][:MOST]


def read(ask: Statements, since: date = FIRST, until: date = LAST) -> list[Any]:
    return list(transactions(ask, ACCOUNT, since, until=until))


def only(**more: Any) -> Transaction:
    (found,) = read(Statements({**ROW, **more}))
    assert isinstance(found, Transaction)
    return found


def test_amounts_are_signed_minor_units_and_currencies_are_numbers() -> None:
    found = only(operationAmount=-2300, currencyCode=392)
    assert (str(found.amount), str(found.original), found.original.currency) == (  # type: ignore[union-attr]
        "-85.00",
        "-2300",
        "JPY",
    )


def test_a_midnight_in_kyiv_is_its_own_day() -> None:
    assert only().booked_on == date(2026, 3, 1)


def test_what_is_held_has_no_id_to_keep() -> None:
    held = only(hold=True)
    assert (held.status, held.bank_id, only().bank_id) == (Status.PENDING, "", "row-1")


def test_a_code_of_a_merchant_is_a_category() -> None:
    assert only().kind == "food.restaurants"


@pytest.mark.parametrize("wrong", [None, "1772316000", 1772316000000, True, 0])
def test_what_is_no_second_is_no_day(wrong: Any) -> None:
    def get(*_: Any, **__: Any) -> Any:
        return [{**ROW, "time": wrong}]

    assert isinstance(next(iter(transactions(get, ACCOUNT, FIRST, until=LAST))), Skipped)


def test_a_month_is_one_statement_also_when_the_clocks_go_back() -> None:
    ask = Statements()
    read(ask, date(2026, 10, 1), date(2026, 10, 31))
    ((first, last),) = ask.asked
    assert last - first == LONGEST.total_seconds() - 1


def test_longer_times_are_asked_for_in_pieces_without_a_gap() -> None:
    ask = Statements()
    read(ask, date(2025, 3, 2), date(2026, 3, 2))
    for (_, last), (first, _) in zip(ask.asked, ask.asked[1:], strict=False):
        assert first == last + 1
    assert all(last - first < LONGEST.total_seconds() for first, last in ask.asked)
    assert len(ask.asked) == 12


def test_a_full_statement_is_followed_from_its_oldest_second_and_nothing_comes_twice() -> None:
    rows = [{**ROW, "id": f"row-{n}", "time": MARCH + n // 2} for n in range(MOST + 3)]
    ask = Statements(*rows)
    found = read(ask)
    assert {row.bank_id for row in found} == {row["id"] for row in rows}
    assert len(found) == MOST + 3
    assert len(ask.asked) == 2


def test_a_second_with_more_rows_than_a_statement_holds_is_told() -> None:
    rows = [{**ROW, "id": f"row-{n}"} for n in range(MOST + 1)]
    assert read(Statements(*rows))[-1] == Partial(f"more than {MOST} rows in a second")


def account(**more: Any) -> Any:
    one = {"id": "mono-1", "currencyCode": 980, "balance": 6042500, "type": "black", **more}
    return next(iter(accounts(lambda *_, **__: {"accounts": [one]})))


def test_what_the_bank_lends_is_available_and_not_ones_own() -> None:
    found = account(creditLimit=5000000)
    assert (found.balance, found.available) == (Money(1042500, "UAH"), Money(6042500, "UAH"))


def test_an_account_in_a_currency_that_nobody_knows_is_told() -> None:
    assert account(currencyCode=12345) == Partial("unknown currency")


def test_a_403_of_the_bank_is_the_token_and_one_of_its_gateway_is_not() -> None:
    def get(body: bytes) -> Any:
        reply = web.Reply(403, "https://bank.example/api", {}, body)
        return web.Api("https://bank.example/api", lambda *_, **__: reply).get

    read_accounts = dialects()["monobank"].accounts
    with pytest.raises(SignInNeededError):
        list(read_accounts(get(b'{"errorDescription": "Unknown \'X-Token\'"}')))
    with pytest.raises(BankRefusedError):
        list(read_accounts(get(b"<html>403 Forbidden</html>")))


def test_its_token_has_a_header_of_its_own_and_its_pace_is_a_minute() -> None:
    bank = find_bank("monobank")
    assert bank
    assert (bank.dialect.token_at, bank.seconds_between_calls) == ("X-Token", 60)
