"""What is particular to Starling's API."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bankview import web
from bankview.banks import Partial, Skipped, dialects
from bankview.banks.starling import transactions
from bankview.domain.account import Account
from bankview.domain.transaction import Status, Transaction
from bankview.errors import BankRefusedError, BankUnavailableError, SignInNeededError

ACCOUNT = Account("acc-1:cat-1", "Personal", "GBP")
ITEM = {
    "feedItemUid": "item-1",
    "amount": {"currency": "GBP", "minorUnits": 1850},
    "direction": "OUT",
    "transactionTime": "2026-03-02T20:31:05.000Z",
    "status": "SETTLED",
    "counterPartyName": "Corner Deli",
}


class Asked:
    """Answers every question with the same, and remembers it."""

    def __init__(self, **answer: Any) -> None:
        self.answer = answer
        self.asked: list[tuple[list[str], Any]] = []

    def __call__(self, path: Any, params: Any = None, headers: Any = None) -> Any:
        self.asked.append((path, params))
        return self.answer


def read(**more: Any) -> Transaction | Skipped | Partial | None:
    found = list(transactions(Asked(feedItems=[{**ITEM, **more}]), ACCOUNT, date(2026, 3, 1)))
    return found[0] if found else None


def row(**more: Any) -> Transaction:
    found = read(**more)
    assert isinstance(found, Transaction)
    return found


def test_the_sign_is_the_direction() -> None:
    assert (row().amount.minor, row(direction="IN").amount.minor) == (-1850, 1850)


@pytest.mark.parametrize(
    "wrong",
    [{"direction": "AROUND"}, {"amount": {"currency": "GBP", "minorUnits": -1}}],
)
def test_a_direction_that_is_none_or_a_sign_beside_it_is_not_guessed(wrong: Any) -> None:
    assert isinstance(read(**wrong), Skipped)


def test_minor_units_are_the_currencys_own() -> None:
    found = row(sourceAmount={"currency": "JPY", "minorUnits": 2300})
    assert str(found.original) == "-2300"


def test_whole_minor_units_only() -> None:
    assert isinstance(read(amount={"currency": "GBP", "minorUnits": "18.50"}), Skipped)


def test_a_day_is_the_one_by_which_the_bank_is_asked_and_settling_is_its_value() -> None:
    found = row(settlementTime="2026-03-04T01:00:00.000Z")
    assert (found.booked_on, found.value_on) == (date(2026, 3, 2), date(2026, 3, 4))


def test_an_evening_in_summer_is_londons_next_day() -> None:
    assert row(transactionTime="2026-07-02T23:30:00.000Z").booked_on == date(2026, 7, 3)


@pytest.mark.parametrize(
    "status", ["DECLINED", "ACCOUNT_CHECK", "UPCOMING", "UPCOMING_CANCELLED", "RETRYING"]
)
def test_what_moved_no_money_is_no_row(status: str) -> None:
    assert read(status=status) is None


def test_what_is_pending_or_taken_back_is_shown_and_not_counted() -> None:
    assert row(status="PENDING").status is Status.PENDING
    assert row(status="REVERSED").status is Status.PENDING
    settled = row(status="REFUNDED", settlementTime="2026-03-04T01:00:00.000Z")
    assert settled.status is Status.BOOKED


def test_a_feed_is_asked_for_by_category_between_londons_midnights() -> None:
    ask = Asked(feedItems=[])
    list(transactions(ask, ACCOUNT, date(2026, 7, 1), until=date(2026, 7, 31)))
    path = ["feed", "account", "acc-1", "category", "cat-1", "transactions-between"]
    between = {
        "minTransactionTimestamp": "2026-06-30T23:00:00.000Z",
        "maxTransactionTimestamp": "2026-07-31T23:00:00.000Z",
    }
    assert ask.asked == [(path, between)]


def get(status: int, body: bytes) -> Any:
    reply = web.Reply(status, "https://bank.example/api/accounts", {}, body)
    return web.Api("https://bank.example/api", lambda *_, **__: reply).get


def test_a_dead_token_is_a_403_here_and_a_missing_scope_is_another() -> None:
    accounts = dialects()["starling"].accounts
    with pytest.raises(SignInNeededError):
        list(accounts(get(403, b'{"error": "invalid_token"}')))
    with pytest.raises(BankRefusedError):
        list(accounts(get(403, b'{"error": "insufficient_scope"}')))
    with pytest.raises(BankUnavailableError):
        list(accounts(get(503, b"")))
