"""What is peculiar about Enable Banking: signed calls, consents as sessions, keys that continue, periods that are refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from bankview.banks import Cursor, Partial, Skipped, Visit, Way, find_bank
from bankview.banks import enable_banking as dialect
from bankview.domain.account import Account
from bankview.domain.secret import Secret
from bankview.errors import (
    BadBankDataError,
    BankRefusedError,
    ClientRefusedError,
    SignInDeniedError,
    SignInNeededError,
)
from bankview.sentences import say
from tests.banks.conftest import Service, recorded

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ACCOUNT = Account("uid-1", "Current", "EUR")
BANK = {"name": "Fjordbanken", "country": "NO", "maximum_consent_validity": 15_552_000}


def refused(code: str, status: int = 422) -> BankRefusedError:
    return BankRefusedError("api.enablebanking.com", status, code)


def page(*texts: str, key: str | None = None) -> dict[str, Any]:
    rows = [
        {
            "transaction_amount": {"currency": "EUR", "amount": "1.00"},
            "credit_debit_indicator": "DBIT",
            "status": "BOOK",
            "booking_date": "2026-11-10",
            "remittance_information": [text],
        }
        for text in texts
    ]
    return {"transactions": rows, "continuation_key": key}


def fetched(service: Service, since: date, resume: str | None = None) -> list[Any]:
    today = NOW.date
    found = dialect.transactions(service.get, ACCOUNT, since, resume=resume, today=today)
    other = (Partial, Cursor, Skipped)
    return [row if isinstance(row, other) else row.description for row in found]


def visit(institution: str = "NO:Fjordbanken") -> Visit:
    return Visit(institution, "https://127.0.0.1/bankview", "a-state", NOW)


def test_a_call_is_signed_by_the_application_s_key_for_some_minutes() -> None:
    key = RSAKey.generate_key(2048)
    scheme, token = dialect.login("app-1", Secret(key.as_pem(private=True).decode()), NOW).split()
    said = jwt.decode(token, key, algorithms=["RS256"])
    assert scheme == "Bearer"
    assert said.header == {"alg": "RS256", "typ": "JWT", "kid": "app-1"}
    now = int(NOW.timestamp())
    assert said.claims == {
        "iss": "enablebanking.com",
        "aud": "api.enablebanking.com",
        "iat": now - 60,
        "exp": now + 600,
    }


def test_a_consent_lasts_as_long_as_the_bank_gives_less_a_minute() -> None:
    service = Service({"aspsps": [BANK]}, {"url": "https://bank.example/consent"})
    assert dialect.begin(service.get, service.post, visit()) == Way("https://bank.example/consent")
    (_, params), (path, body) = service.asked
    assert params == {"service": "AIS", "psu_type": "personal", "country": "NO"}
    assert path == "auth"
    assert body == {
        "access": {"valid_until": "2027-05-19T11:59:00+00:00"},
        "aspsp": {"name": "Fjordbanken", "country": "NO"},
        "state": "a-state",
        "redirect_url": "https://127.0.0.1/bankview",
        "psu_type": "personal",
    }


def test_a_bank_without_a_longest_consent_is_asked_for_ninety_days() -> None:
    bank = {"name": "Fjordbanken", "country": "NO"}
    service = Service({"aspsps": [bank]}, {"url": "https://bank.example/consent"})
    dialect.begin(service.get, service.post, visit())
    assert service.asked[1][1]["access"]["valid_until"] == "2027-02-18T11:59:00+00:00"


def test_a_bank_that_is_not_listed_is_told_before_anybody_is_sent_anywhere() -> None:
    service = Service({"aspsps": [BANK]})
    with pytest.raises(SignInDeniedError):
        dialect.begin(service.get, service.post, visit("NO:Other"))
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    ("methods", "named"),
    [
        ([("app", "REDIRECT", True), ("card", "REDIRECT", False)], None),
        ([("card", "DECOUPLED", True), ("app", "REDIRECT", True)], "app"),
        ([("card", "EMBEDDED", True)], None),
    ],
)
def test_a_way_to_sign_in_is_named_where_the_bank_s_page_shows_none(
    methods: list[tuple[str, str, bool]], named: str | None
) -> None:
    ways = [
        {"name": name, "psu_type": "personal", "approach": approach, "hidden_method": hidden}
        for name, approach, hidden in methods
    ]
    ways.append({"name": "firm", "psu_type": "business", "approach": "REDIRECT"})
    service = Service(
        {"aspsps": [{**BANK, "auth_methods": ways}]}, {"url": "https://bank.example/consent"}
    )
    dialect.begin(service.get, service.post, visit())
    assert service.asked[1][1].get("auth_method") == named


@pytest.mark.parametrize("url", ["http://bank.example", "javascript:alert(1)", "", None])
def test_a_person_is_sent_to_https_alone(url: str | None) -> None:
    service = Service({"aspsps": [BANK]}, {"url": url})
    with pytest.raises(BadBankDataError):
        dialect.begin(service.get, service.post, visit())


def test_a_code_is_exchanged_for_a_session_and_its_end() -> None:
    until = "2027-05-19T13:59:00.000000+02:00"
    service = Service({"session_id": "s-1", "access": {"valid_until": until}, "accounts": []})
    ends = datetime(2027, 5, 19, 11, 59, tzinfo=UTC)
    assert dialect.finish(service.get, service.post, "code-1") == ("s-1", ends)
    assert service.asked == [("sessions", {"code": "code-1"})]


def test_every_bank_of_every_country_is_offered() -> None:
    other = {"name": "Tundra Pankki", "country": "FI"}
    service = Service({"aspsps": [BANK, other]})
    assert list(dialect.institutions(service.get)) == [
        ("NO:Fjordbanken", "Fjordbanken (NO)"),
        ("FI:Tundra Pankki", "Tundra Pankki (FI)"),
    ]


def test_pages_follow_keys_through_empty_pages_and_repeat_what_was_asked() -> None:
    service = Service(page("a", key="k1"), page(key="k2"), page("b"))
    assert fetched(service, date(2026, 11, 1)) == ["a", "b"]
    asked = [params for _, params in service.asked]
    assert asked == [
        {"date_from": "2026-11-01"},
        {"date_from": "2026-11-01", "continuation_key": "k1"},
        {"date_from": "2026-11-01", "continuation_key": "k2"},
    ]


def test_a_key_that_comes_again_ends_the_pages() -> None:
    service = Service(page("a", key="k1"), page("b", key="k1"))
    assert fetched(service, date(2026, 11, 1)) == ["a", "b"]


def test_a_first_history_asks_for_the_longest_and_goes_on_where_it_ended() -> None:
    service = Service(page("a", key="k1"), page("b"))
    first, cursor, *_ = fetched(service, date(2024, 1, 1), resume="")
    assert first == "a"
    assert service.asked[0][1] == {"date_from": "2024-01-01", "strategy": "longest"}
    later = Service(page("b"))
    assert fetched(later, date(2024, 1, 1), resume=cursor.text) == ["b"]
    assert later.asked[0][1] == {
        "date_from": "2024-01-01",
        "strategy": "longest",
        "continuation_key": "k1",
    }


def test_later_fetches_ask_for_89_days_at_most() -> None:
    service = Service(page("a"))
    fetched(service, date(2024, 1, 1))
    assert service.asked[0][1] == {"date_from": str(NOW.date() - timedelta(days=89))}


def test_a_period_that_is_refused_is_shortened_until_it_is_taken() -> None:
    wrong = refused("WRONG_TRANSACTIONS_PERIOD")
    service = Service(wrong, wrong, page("a"))
    assert fetched(service, date(2024, 1, 1), resume="") == ["a"]
    asked = [params["date_from"] for _, params in service.asked]
    assert asked == ["2024-01-01", "2024-11-20", "2025-11-20"]


def test_another_refusal_is_not_taken_for_a_wrong_period() -> None:
    service = Service(refused("ASPSP_ERROR"))
    with pytest.raises(BankRefusedError):
        fetched(service, date(2024, 1, 1), resume="")
    assert len(service.asked) == 1


@pytest.mark.parametrize("code", ["EXPIRED_SESSION", "CLOSED_SESSION", "REVOKED_SESSION"])
def test_a_session_that_has_ended_needs_a_new_sign_in(code: str) -> None:
    with pytest.raises(SignInNeededError):
        fetched(Service(refused(code)), date(2026, 11, 1))


def test_a_session_says_itself_that_it_has_ended() -> None:
    with pytest.raises(SignInNeededError):
        list(dialect.accounts(Service({"status": "EXPIRED"}).get, session="s-1"))


def test_one_account_that_is_closed_to_us_ends_no_session() -> None:
    with pytest.raises(BankRefusedError):
        fetched(Service(SignInNeededError("api.enablebanking.com", "401")), date(2026, 11, 1))


def test_a_key_that_is_not_the_application_s_is_told_as_such() -> None:
    service = Service(SignInNeededError("api.enablebanking.com", "401"))
    with pytest.raises(ClientRefusedError) as caught:
        list(dialect.institutions(service.get))
    assert "application ID" in str(say(caught.value, "Enable Banking"))


def test_what_was_not_asked_for_is_left_out() -> None:
    service = Service(page("a"))
    assert fetched(service, date(2026, 11, 11)) == []


def test_an_account_is_known_again_by_its_number_whatever_a_session_calls_it() -> None:
    here = Path(__file__).parent / "enable_banking" / "partial"
    bank = recorded(here)
    found = dialect.accounts(bank.api(dialect.DIALECT).get, session="session")
    (account,) = [one for one in found if not isinstance(one, Partial)]
    assert (account.iban, account.number) == ("", "c0ffee11aa22")


def test_the_shipped_bank_asks_for_application_key_and_bank_in_this_order() -> None:
    bank = find_bank("enable-banking")
    assert bank
    asked = [(ask.name, ask.secret, ask.optional) for ask in bank.asks]
    assert asked == [
        ("client_id", False, False),
        ("oauth.signing_key", True, False),
        ("key_passphrase", True, True),
        ("authorization.aspsp", False, False),
    ]
