"""What is particular to SpareBank 1's API."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bankview.banks import Partial, Skipped, dialects
from bankview.banks._read import Row
from bankview.banks._sparebank1_more import about, details
from bankview.banks._sparebank1_rows import once
from bankview.banks.sparebank1 import institutions, together, transactions
from bankview.domain.account import Account, AccountType
from bankview.domain.transaction import Status, Transaction
from bankview.errors import (
    BadBankDataError,
    BankRefusedError,
    BankUnavailableError,
    TooMuchError,
)

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
    if isinstance(found, Skipped):
        # What cannot be read is skipped with its reason.
        raise BadBankDataError("row", found.why)
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


def test_a_window_ends_with_its_last_day() -> None:
    ask = Asked(transactions=[])
    last = date(2026, 1, 31)
    list(transactions(ask, ACCOUNT, date(2026, 1, 1), today=lambda: date(2026, 3, 2), until=last))
    assert [(one["fromDate"], one["toDate"]) for one in ask.queries] == [
        ("2026-01-01", "2026-01-31")
    ]


def test_an_amount_abroad_has_its_rate_and_one_at_home_has_none() -> None:
    abroad = only(row(currencyCode="EUR", currencyAmount=-55, exchangeRate=Decimal("11.1273")))
    assert abroad.rate == Decimal("11.1273")
    assert only(row(exchangeRate=1)).rate is None


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


def test_a_status_that_nobody_knows_is_shown_and_not_counted() -> None:
    assert only(row(bookingStatus="MAYBE")).status is Status.PENDING


def test_a_row_that_cannot_be_read_is_skipped_and_the_others_come() -> None:
    wrong = row(amount="1,5")
    get = Asked(transactions=[row(id="a"), wrong, row(id="b")])
    first, skipped, last = DIALECT.transactions(get, ACCOUNT, date(2026, 1, 1))
    assert isinstance(first, Transaction)
    assert isinstance(last, Transaction)
    assert isinstance(skipped, Skipped)
    assert "transactions[1].amount" in skipped.why
    assert "1,5" not in skipped.why
    assert b"1,5" in skipped.raw


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


class Answers:
    """Answers by path, raises what it is given, and remembers the questions."""

    def __init__(self, **says: Any) -> None:
        self.says = {name.replace("__", "/"): said for name, said in says.items()}
        self.asked: list[tuple[str, Any]] = []

    def __call__(self, path: Any, params: Any = None, headers: Any = None) -> Any:
        place = path if isinstance(path, str) else "/".join(path)
        self.asked.append((place, params))
        said = self.says[place]
        said = said(params) if callable(said) else said
        if isinstance(said, Exception):
            raise said
        return said


OTHER = Account("key-2", "Spare", "NOK", number="98765432109")


def days(params: Any) -> tuple[str, str]:
    return params["fromDate"], params["toDate"]


def test_all_accounts_are_asked_for_in_one_call() -> None:
    get = Answers(
        transactions__classified={
            "transactions": [row(accountKey="key-2"), row(accountKey="key-1")]
        }
    )
    found = list(together(get, [ACCOUNT, OTHER], date(2026, 1, 1)))
    assert [one.account_key for one in found if isinstance(one, Transaction)] == ["key-2", "key-1"]
    assert [params["accountKey"] for _, params in get.asked] == [["key-1", "key-2"]]


def test_a_row_of_nobody_who_was_asked_for_is_refused() -> None:
    get = Answers(transactions__classified={"transactions": [row()]})
    with pytest.raises(BadBankDataError, match="belongs to another account"):
        list(together(get, [ACCOUNT, OTHER], date(2026, 1, 1)))


def test_what_is_too_much_for_one_answer_is_halved_in_time_until_it_is_not() -> None:
    def says(params: Any) -> Any:
        since, until = map(date.fromisoformat, days(params))
        if (until - since).days > 10:
            return TooMuchError("bank", "the answer is larger than 20 MB")
        return {"transactions": [row(id=params["fromDate"])]}

    get = Answers(transactions__classified=says)
    found = list(transactions(get, ACCOUNT, date(2026, 1, 1), today=lambda: date(2026, 1, 31)))
    sound = [days(params) for _, params in get.asked if not isinstance(says(params), Exception)]
    assert len(found) == len(sound) == 4
    # Each day is asked for once, with no gap between.
    assert sound[0][0] == "2026-01-01"
    assert sound[-1][1] == "2026-01-31"
    for (_, until), (since, _) in itertools.pairwise(sound):
        assert date.fromisoformat(since) - date.fromisoformat(until) == timedelta(days=1)


def test_a_day_that_is_too_much_is_said() -> None:
    get = Answers(transactions__classified=TooMuchError("bank", "it did not answer in time"))
    with pytest.raises(TooMuchError):
        list(transactions(get, ACCOUNT, date(2026, 1, 1), today=lambda: date(2026, 1, 3)))
    assert len(get.asked) < 5


@pytest.mark.parametrize("status", [400, 403, 404])
def test_without_categories_the_plain_list_is_read(status: int) -> None:
    get = Answers(
        transactions__classified=BankRefusedError("bank", status, ""),
        transactions={"transactions": [row()]},
    )
    (found,) = transactions(get, ACCOUNT, date(2026, 1, 1))
    assert isinstance(found, Transaction)
    assert found.category == ""


def test_a_failing_bank_is_not_asked_for_the_plain_list() -> None:
    get = Answers(transactions__classified=BankUnavailableError("bank", "answered 503"))
    with pytest.raises(BankUnavailableError):
        list(transactions(get, ACCOUNT, date(2026, 1, 1)))
    assert len(get.asked) == 1


@pytest.mark.parametrize(
    ("categories", "category"),
    [
        ([{"main": "GROCERIES", "mainI18n": "Mat"}], "Mat"),
        ([{"main": "GROCERIES"}], "GROCERIES"),
        ([{"main": "NONE", "mainI18n": "Ukategorisert"}], ""),
        ([], ""),
        (None, ""),
    ],
)
def test_a_category_is_the_banks_in_the_persons_language(categories: Any, category: str) -> None:
    whole = {"transaction": row(), "categories": categories, "recurring": True}
    found = only(whole)
    assert found.category == category
    assert b"recurring" in found.raw


def test_details_are_asked_for_under_the_id_of_this_session() -> None:
    listed = row(id="enc-now", nonUniqueId="77", canShowDetails=True)
    get = Answers(
        transactions={"transactions": [row(id="x", nonUniqueId="78"), listed]},
        **{
            "transactions__enc-now__details__classified": {
                "transaction": {"archiveReference": "99", "exchangeRate": 11.2},
                "recurring": True,
                "merchant": {"website": "https://butikk.example"},
            }
        },
    )
    found = dict(details(get, ACCOUNT, only(row(nonUniqueId="77"))))
    assert found == {
        "Archive reference": "99",
        "Exchange rate": "11.2",
        "Website": "https://butikk.example",
        "Recurring": "yes",
    }
    assert days(get.asked[0][1]) == ("2026-03-02", "2026-03-02")


@pytest.mark.parametrize("listed", [[], [row(id="a", nonUniqueId="1", canShowDetails=True)]])
def test_a_row_that_the_bank_lists_no_more_has_no_details(listed: list[Any]) -> None:
    get = Answers(transactions={"transactions": listed})
    assert not list(details(get, ACCOUNT, only(row(nonUniqueId="77"))))


def test_an_accounts_details_and_roles_are_told_in_words() -> None:
    get = Answers(
        **{
            "accounts__key-1__details": {"interestRate": 3.15, "freeWithdrawalsLeft": 11},
            "accounts__key-1__roles": {
                "roles": [{"roleType": "OWNER", "validFromDate": "2015-06-01"}]
            },
        }
    )
    found = {words: text for words, text in about(get, ACCOUNT) if text}
    assert found == {
        "Interest rate, %": "3.15",
        "Free withdrawals left": "11",
        "Role": "OWNER since 2015-06-01",
    }


def test_the_banks_of_the_alliance_are_listed() -> None:
    listed = {
        "financialInstitutions": [{"id": "fid-smn", "name": "SpareBank 1 SMN"}, {"id": "fid-x"}]
    }
    get = Answers(**{"common__financial-institutions__banks": listed})
    assert list(institutions(get)) == [("fid-smn", "SpareBank 1 SMN"), ("fid-x", "fid-x")]


def test_pension_accounts_are_asked_for_where_they_are_wanted() -> None:
    ask = Asked(accounts=[])
    list(DIALECT.accounts(ask))
    list(DIALECT.with_pensions().accounts(ask))
    plain, wide = ask.queries
    assert wide == {**plain, "includePensionAccounts": "true"}


def test_a_declined_row_is_none() -> None:
    rows = [Row({"id": "1", "bookingStatus": "DECLINED"}, "r"), Row({"id": "2"}, "r")]
    assert [row.text("id") for row in once(iter(rows))] == ["2"]
