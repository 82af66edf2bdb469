"""What is particular to SpareBank 1's API."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bankview.banks import Partial, dialects
from bankview.banks.sparebank1 import transactions
from bankview.domain.account import Account, AccountType
from bankview.domain.transaction import Transaction
from bankview.errors import BadBankDataError

DIALECT = dialects()["sparebank1"]
ACCOUNT = Account("key-1", "Daglig", "NOK", number="12345678903")
#: 2 March in Oslo, 1 March in UTC.
SECOND_OF_MARCH = 1772406000000


def row(**more: Any) -> dict[str, Any]:
    return {"bookingStatus": "BOOKED", "date": SECOND_OF_MARCH, "amount": -1, **more}


class Asked:
    """Answers every question with the same, and remembers it."""

    def __init__(self, **answer: Any) -> None:
        self.answer = answer
        self.queries: list[dict[str, str]] = []

    def __call__(self, path: str, params: Any = None, headers: Any = None) -> Any:
        self.queries.append(params)
        return self.answer


def only(*rows: dict[str, Any], account: Account = ACCOUNT) -> Transaction:
    (found,) = DIALECT.transactions(Asked(transactions=list(rows)), account, date(2026, 1, 1))
    assert isinstance(found, Transaction)
    return found


def test_the_bank_asks_for_its_own_media_type() -> None:
    assert DIALECT.headers == {"Accept": "application/vnd.sparebank1.v1+json; charset=utf-8"}


def test_cards_and_currency_accounts_are_asked_for_by_name() -> None:
    ask = Asked(accounts=[])
    assert list(DIALECT.accounts(ask)) == []
    assert ask.queries[0]["includeCreditCardAccounts"] == "true"
    assert ask.queries[0]["includeCurrencyAccounts"] == "true"


def test_both_dates_are_always_sent_and_so_is_the_source() -> None:
    ask = Asked(transactions=[])
    list(transactions(ask, ACCOUNT, date(2026, 1, 1), today=lambda: date(2026, 3, 2)))
    assert ask.queries == [
        {
            "accountKey": "key-1",
            "fromDate": "2026-01-01",
            "toDate": "2026-03-02",
            "source": "ALL",
        }
    ]


def test_a_computer_whose_clock_is_behind_asks_for_no_reversed_range() -> None:
    ask = Asked(transactions=[])
    list(transactions(ask, ACCOUNT, date(2026, 3, 5), today=lambda: date(2026, 3, 2)))
    assert ask.queries[0]["toDate"] == "2026-03-05"


def test_an_instant_is_a_day_in_the_banks_zone() -> None:
    assert only(row()).booked_on == date(2026, 3, 2)


def test_another_zone_makes_another_day_of_it() -> None:
    lisbon = DIALECT.at(ZoneInfo("Europe/Lisbon"))
    (found,) = lisbon.transactions(Asked(transactions=[row()]), ACCOUNT, date(2026, 1, 1))
    assert isinstance(found, Transaction)
    assert found.booked_on == date(2026, 3, 1)


@pytest.mark.parametrize("zeros", ["0", "00000000000", "", " ", None])
def test_an_id_of_zeros_is_none(zeros: str | None) -> None:
    assert only(row(nonUniqueId=zeros)).bank_id == ""


def test_a_number_that_begins_with_k_is_a_card() -> None:
    (found,) = DIALECT.accounts(
        Asked(accounts=[{"key": "k", "accountNumber": "K12", "type": "USER"}])
    )
    assert isinstance(found, Account)
    assert found.type is AccountType.CARD


@pytest.mark.parametrize(
    "theirs",
    [
        {"accountKey": "key-1", "accountNumber": {"value": "99999999999"}},
        {"accountKey": "key-of-another-session", "accountNumber": {"value": "12345678903"}},
        {"accountNumber": "12345678903"},
        {},
    ],
)
def test_a_row_is_the_accounts_by_key_or_by_number(theirs: dict[str, Any]) -> None:
    assert only(row(**theirs)).account_key == "key-1"


def test_another_accounts_row_is_refused() -> None:
    with pytest.raises(BadBankDataError, match="belongs to another account"):
        only(row(accountKey="key-2", accountNumber={"value": "99999999999"}))


def test_another_currency_than_the_accounts_is_refused() -> None:
    with pytest.raises(BadBankDataError, match="accountCurrency"):
        only(row(accountCurrency="EUR"))


def test_the_same_session_id_twice_is_one_row() -> None:
    assert only(row(id="a"), row(id="a"))


def test_a_status_that_nobody_knows_is_refused() -> None:
    with pytest.raises(BadBankDataError, match=r"transactions\[0\]\.bookingStatus: is unknown"):
        only(row(bookingStatus="MAYBE"))


@pytest.mark.parametrize("name", ["bookingStatus", "date", "amount"])
def test_what_makes_a_row_has_to_be_there(name: str) -> None:
    with pytest.raises(BadBankDataError, match=rf"transactions\[0\]\.{name}: is missing"):
        only({key: value for key, value in row().items() if key != name})


def test_what_the_bank_left_out_is_said_after_what_came() -> None:
    get = Asked(transactions=[row()], errors=["RECENT_TRANSACTIONS_FAILED"])
    found = list(DIALECT.transactions(get, ACCOUNT, date(2026, 1, 1)))
    assert found[1:] == [Partial("RECENT_TRANSACTIONS_FAILED")]


def test_the_description_is_the_banks_own_and_the_payee_is_readable() -> None:
    found = only(row(description=" BUTIKK 02.03 ", cleanedDescription="Butikk"))
    assert (found.description, found.payee) == ("BUTIKK 02.03", "Butikk")
