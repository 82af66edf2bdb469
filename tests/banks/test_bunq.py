"""What is peculiar about bunq: objects under their kind, pages by an id, UTC that does not say so, and what cards hold."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bankview.banks import Cursor, Partial, Skipped, find_bank
from bankview.banks import bunq as dialect
from bankview.domain.account import Account, AccountType
from bankview.domain.transaction import Status
from bankview.errors import BadBankDataError, BankRefusedError, BankUnavailableError

TODAY = datetime(2026, 11, 20, 12, tzinfo=UTC).date()
SAVINGS = Account("42/7", "Savings", "EUR", type=AccountType.SAVINGS)
CURRENT = Account("42/7", "Current", "EUR", type=AccountType.CURRENT)
PAYMENTS = ["user", "42", "monetary-account", "7", "payment"]


class Service:
    """Answers in turn, and remembers what was asked."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked = list(answers), list[Any]()

    def get(self, path: Any, params: Any = None, headers: Any = None) -> Any:
        self.asked.append((path, params))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def payment(id_: int, created: str = "2026-11-10 12:00:00.000000", **more: Any) -> dict[str, Any]:
    amount = {"value": "-1.00", "currency": "EUR"}
    return {"Payment": {"id": id_, "created": created, "amount": amount, **more}}


def page(*found: Any, older: str | None = None) -> dict[str, Any]:
    return {"Response": [*found], "Pagination": {"older_url": older}}


def older(id_: object) -> str:
    return f"/v1/user/42/monetary-account/7/payment?count=200&older_id={id_}"


def fetched(
    service: Service,
    since: date = date(2026, 11, 1),
    account: Account = SAVINGS,
    resume: str | None = None,
) -> list[Any]:
    return list(
        dialect.transactions(service.get, account, since, resume=resume, today=lambda: TODAY)
    )


def test_pages_are_asked_for_by_the_id_of_the_bank_s_address_alone() -> None:
    service = Service(page(payment(9), older=older(9)), page(payment(5)))
    assert [row.bank_id for row in fetched(service)] == ["9", "5"]
    assert service.asked == [
        (PAYMENTS, {"count": "200"}),
        (PAYMENTS, {"count": "200", "older_id": "9"}),
    ]


def test_an_address_of_older_ones_leads_nowhere_else() -> None:
    elsewhere = "https://elsewhere.example/v1/token?older_id=9"
    service = Service(page(payment(9), older=elsewhere), page())
    fetched(service)
    assert [path for path, _ in service.asked] == [PAYMENTS, PAYMENTS]


@pytest.mark.parametrize("id_", ["../1", "9%2f", "", "-1", "9" * 30])
def test_an_id_of_older_ones_that_is_no_number_is_bad_data(id_: str) -> None:
    with pytest.raises(BadBankDataError):
        fetched(Service(page(payment(9), older=f"{older(id_)}x")))


def test_pages_end_with_the_first_day_asked_for() -> None:
    service = Service(
        page(payment(9), payment(8, "2026-10-31 12:00:00.000000"), older=older(8)),
    )
    assert [row.bank_id for row in fetched(service)] == ["9"]


def test_pages_end_where_one_comes_again() -> None:
    service = Service(page(payment(9), older=older(9)), page(payment(8), older=older(9)))
    assert [row.bank_id for row in fetched(service)] == ["9", "8"]


def test_a_first_history_goes_on_where_it_was_cut() -> None:
    service = Service(page(payment(9), older=older(9)), page(payment(5)))
    first, cursor, last = fetched(service, resume="")
    assert (first.bank_id, cursor, last.bank_id) == ("9", Cursor("9"), "5")
    again = Service(page(payment(5)))
    assert [row.bank_id for row in fetched(again, resume="9")] == ["5"]
    assert again.asked == [(PAYMENTS, {"count": "200", "older_id": "9"})]


def test_what_is_held_is_not_told_again_by_a_history_that_goes_on() -> None:
    again = Service(page())
    fetched(again, account=CURRENT, resume="9")
    assert [path for path, _ in again.asked] == [PAYMENTS]


@pytest.mark.parametrize(
    ("created", "day"),
    [
        ("2026-11-10 22:59:59.999999", "2026-11-10"),
        ("2026-11-10 23:00:00.000000", "2026-11-11"),
        ("2026-07-10 22:00:00.000000", "2026-07-11"),
    ],
)
def test_an_instant_is_utc_and_becomes_a_day_in_amsterdam(created: str, day: str) -> None:
    (row,) = fetched(Service(page(payment(9, created))), date(2026, 1, 1))
    assert row.booked_on.isoformat() == day


def test_a_payment_that_cannot_be_read_is_told_and_leaves_the_others() -> None:
    broken = {"Payment": {"id": 9, "amount": {"value": "x", "currency": "EUR"}}}
    first, second = fetched(Service(page(payment(10), broken)))
    assert first.bank_id == "10"
    assert isinstance(second, Skipped)


def test_an_object_of_another_kind_is_no_payment() -> None:
    other = {"PaymentBatch": {"id": 1}}
    assert fetched(Service(page(other))) == []


# -- what cards hold -------------------------------------------------------------------------------------------------


def action(**changes: Any) -> dict[str, Any]:
    said = {
        "id": 3,
        "amount_billing": {"value": "12.50", "currency": "EUR"},
        "decision": "ALLOWED",
        "authorisation_status": "AUTHORISED",
        "payment_status": "PAYMENT_PENDING",
        "created": "2026-11-19 10:00:00.000000",
    }
    return {"MasterCardAction": said | changes}


def test_what_a_card_holds_is_pending_and_leaves_the_account() -> None:
    (row,) = fetched(Service(page(action()), page()), account=CURRENT)
    assert (row.status, str(row.amount), row.bank_id) == (Status.PENDING, "-12.50", "")
    assert row.booked_on == date(2026, 11, 19)


@pytest.mark.parametrize(
    "changes",
    [
        {"payment_status": "PAYMENT_SUCCESSFUL"},
        {"clearing_status": "FIRST_PRESENTMENT_COMPLETE"},
        {"authorisation_status": "BLOCKED"},
        {"authorisation_status": "REVERSED"},
        {"authorisation_status": "PRE_AUTHORISATION_EXPIRED"},
        {"authorisation_status": "CLEARING_REFUND"},
        {"decision": "INSUFFICIENT_BALANCE"},
    ],
    ids=lambda changes: "-".join(changes.values()),
)
def test_what_is_paid_declined_or_over_is_not_held(changes: Any) -> None:
    assert fetched(Service(page(action(**changes)), page()), account=CURRENT) == []


def test_what_is_held_and_has_no_day_is_of_today() -> None:
    (row,) = fetched(Service(page(action(created=None)), page()), account=CURRENT)
    assert row.booked_on == TODAY


def test_savings_have_no_card_and_are_not_asked() -> None:
    service = Service(page())
    fetched(service)
    assert [path for path, _ in service.asked] == [PAYMENTS]


def test_an_account_whose_cards_are_not_told_is_read_all_the_same() -> None:
    refused = BankRefusedError("api.bunq.com", 404)
    said, row = fetched(Service(refused, page(payment(9))), account=CURRENT)
    assert said == Partial("mastercard-action: 404")
    assert row.bank_id == "9"


# -- accounts --------------------------------------------------------------------------------------------------------


def test_accounts_are_listed_page_by_page() -> None:
    def one(id_: int) -> dict[str, Any]:
        return {"MonetaryAccountBank": {"id": id_, "currency": "EUR", "description": "x"}}

    service = Service(page(one(1), older="/v1/user/42/monetary-account?older_id=1"), page(one(2)))
    found = list(dialect.accounts(service.get, session="42"))
    assert [account.key for account in found if isinstance(account, Account)] == ["42/1", "42/2"]


@pytest.mark.parametrize("session", ["", "me", "42/..", "４２"])
def test_a_user_that_is_no_number_is_bad_data(session: str) -> None:
    with pytest.raises(BadBankDataError):
        list(dialect.accounts(Service(page()).get, session=session))


def test_maintenance_is_no_refusal() -> None:
    with pytest.raises(BankUnavailableError):
        list(dialect.accounts(Service(BankRefusedError("api.bunq.com", 491)).get, session="42"))


def test_the_shipped_bank_asks_for_the_api_key_alone() -> None:
    bank = find_bank("bunq")
    assert bank
    assert [(ask.name, ask.label, ask.secret) for ask in bank.asks] == [
        ("client_secret", "API key", True)
    ]
    assert bank.seconds_between_calls == 1
