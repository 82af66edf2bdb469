"""What is peculiar after the Berlin Group: consents in a header, redirects that say nothing, links, and wishes refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bankview.banks import Cursor, Partial, Visit, Way
from bankview.banks import berlin_group as dialect
from bankview.domain.account import Account
from bankview.domain.transaction import Status
from bankview.errors import (
    BadBankDataError,
    BankRefusedError,
    SignInDeniedError,
    SignInNeededError,
)
from tests.banks.conftest import Service

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ACCOUNT = Account("res-1", "Main", "EUR")
SCA = {"consentId": "c-1", "_links": {"scaRedirect": {"href": "https://bank.example/sca"}}}


def refused(code: str, status: int = 400) -> BankRefusedError:
    return BankRefusedError("bank.example", status, code)


def page(*booked: str, following: str = "", pending: int = 0) -> dict[str, Any]:
    money = {"transactionAmount": {"amount": "-1.00", "currency": "EUR"}}
    rows = [{**money, "bookingDate": "2026-11-10", "entryReference": name} for name in booked]
    links = {"next": {"href": following}} if following else {}
    waiting = [{**money, "valueDate": "2026-11-19"}] * pending
    return {"transactions": {"booked": rows, "pending": waiting, "_links": links}}


def fetched(service: Service, since: date, resume: str | None = None) -> list[Any]:
    return list(dialect.transactions(service.get, ACCOUNT, since, resume=resume, today=NOW.date))


def visit() -> Visit:
    return Visit("", "http://127.0.0.1:1234/callback", "a-state", NOW)


def test_a_consent_is_asked_for_to_accounts_that_the_person_chooses() -> None:
    service = Service(SCA)
    assert dialect.begin(service.get, service.post, visit()) == Way(
        "https://bank.example/sca", "c-1"
    )
    ((path, body),) = service.asked
    assert path == "consents"
    assert body == {
        "access": {"accounts": [], "balances": [], "transactions": []},
        "recurringIndicator": True,
        "validUntil": "2027-05-19",
        "frequencyPerDay": 4,
        "combinedServiceIndicator": False,
    }


def test_the_state_is_part_of_both_addresses_that_lead_back() -> None:
    service = Service(SCA)
    dialect.begin(service.get, service.post, visit())
    back, declined = (
        parse_qs(urlsplit(service.headers[f"TPP-{name}Redirect-URI"]).query)
        for name in ("", "Nok-")
    )
    assert back == {"state": ["a-state"]}
    assert declined == {"state": ["a-state"], "error": ["access_denied"]}


@pytest.mark.parametrize("links", [{}, {"scaOAuth": {"href": "https://bank.example/as"}}])
def test_a_bank_without_a_page_of_its_own_is_said(links: Any) -> None:
    service = Service({"consentId": "c-1", "_links": links})
    with pytest.raises(SignInDeniedError):
        dialect.begin(service.get, service.post, visit())


def test_a_page_that_is_no_https_address_is_not_opened() -> None:
    service = Service({**SCA, "_links": {"scaRedirect": {"href": "http://bank.example/sca"}}})
    with pytest.raises(BadBankDataError):
        dialect.begin(service.get, service.post, visit())


@pytest.mark.parametrize(
    ("until", "ends"),
    [
        ("2027-02-18", datetime(2027, 2, 18, 23, 59, 59, 999999, UTC)),
        ("9999-12-31", None),
    ],
)
def test_a_consent_ends_when_the_bank_says_and_not_when_we_asked(
    until: str, ends: datetime | None
) -> None:
    service = Service({"consentStatus": "valid"}, {"validUntil": until})
    assert dialect.finish(service.get, service.post, "c-1") == ("c-1", ends)


@pytest.mark.parametrize("status", ["received", "rejected", "partiallyAuthorised", "revokedByPsu"])
def test_a_consent_that_is_not_valid_is_no_sign_in(status: str) -> None:
    service = Service({"consentStatus": status})
    with pytest.raises(SignInDeniedError):
        dialect.finish(service.get, service.post, "c-1")


def test_each_call_has_a_name_of_its_own_and_that_of_the_consent() -> None:
    one, two = dialect.marks("c-1"), dialect.marks("c-1")
    assert one["X-Request-ID"] != two["X-Request-ID"]
    assert one["Consent-ID"] == "c-1"
    assert "Consent-ID" not in dialect.marks("")


def test_a_consent_is_withdrawn_by_its_name_whatever_is_in_it() -> None:
    gone: list[str] = []
    dialect.end(gone.append, "c/1")
    assert gone == ["consents/c%2F1"]


@pytest.mark.parametrize("code", ["CONSENT_EXPIRED", "CONSENT_UNKNOWN"])
def test_a_consent_that_has_ended_needs_the_person(code: str) -> None:
    with pytest.raises(SignInNeededError):
        list(dialect.accounts(Service(refused(code, 403)).get))
    with pytest.raises(SignInNeededError):
        fetched(Service(refused(code, 403)), date(2026, 11, 1))


def test_pages_follow_the_bank_s_links_and_pending_counts_once() -> None:
    service = Service(page("1", following="/x?page=2", pending=1), page("2", pending=1))
    found = fetched(service, date(2026, 11, 1), resume="")
    statuses = [row.status for row in found if not isinstance(row, (Cursor, Partial))]
    assert statuses == [Status.BOOKED, Status.PENDING, Status.BOOKED]
    (cursor,) = (row for row in found if isinstance(row, Cursor))
    again = Service(page("2", pending=1))
    (row,) = fetched(again, date(2026, 11, 1), resume=cursor.text)
    assert row.bank_id == "2"


def test_a_period_that_is_refused_is_shortened() -> None:
    service = Service(refused("PERIOD_INVALID"), refused("PERIOD_INVALID"), page("1"))
    assert len(fetched(service, date(2020, 1, 1), resume="")) == 1
    assert [params["dateFrom"] for _, params in service.asked] == [
        "2020-01-01",
        "2024-11-20",
        "2025-11-20",
    ]


def test_a_bank_that_does_not_tell_both_is_asked_for_what_is_booked() -> None:
    service = Service(refused("PARAMETER_NOT_SUPPORTED"), page("1"))
    assert len(fetched(service, date(2026, 11, 1))) == 1
    assert [params["bookingStatus"] for _, params in service.asked] == ["both", "booked"]


@pytest.mark.parametrize("code", ["FORMAT_ERROR", "PERIOD_INVALID", "PARAMETER_NOT_SUPPORTED"])
def test_what_stays_refused_is_told(code: str) -> None:
    with pytest.raises(BankRefusedError):
        fetched(Service(*[refused(code)] * 9), date(2026, 11, 19))
