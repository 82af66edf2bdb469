"""What is peculiar about GoCardless: tokens for secrets, agreements that banks shorten, ids that come twice, limits of one account."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bankview import web
from bankview.banks import Partial, Skipped, Visit, Way, find_bank
from bankview.banks import gocardless as dialect
from bankview.domain.account import Account
from bankview.domain.secret import Secret
from bankview.domain.transaction import Status
from bankview.errors import (
    AccountLimitedError,
    BadBankDataError,
    BankRefusedError,
    ClientRefusedError,
    RateLimitedError,
    SignInDeniedError,
    SignInNeededError,
)
from bankview.oauth.token import Token
from tests.banks.conftest import Service, recorded

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = NOW.date()
ACCOUNT = Account("acc-1", "Current", "EUR")
ENTERED = {"client_id": "an-id", "client_secret": "a-key"}
BANK = {
    "id": "NORDEA_NDEAFIHH",
    "name": "Nordea",
    "transaction_total_days": "730",
    "max_access_valid_for_days": "180",
}
MADE = {"id": "req-1", "link": "https://ob.gocardless.com/psd2/start/req-1"}


class GoCardless(Service):
    """It is sent to in the client's own way, too."""

    def send(self, method: str, url: str, **options: Any) -> web.Reply:
        status, body = self.tell((url.partition("/v2/")[2], options["json"]))
        assert method == "POST"
        return web.Reply(status, url, {}, json.dumps(body).encode())

    def api(self) -> web.Api:
        writes = dialect.DIALECT.writes
        return web.Api("https://bank.example/api/v2", self.send, writes=writes)


def refused(status: int, code: str = "") -> BankRefusedError:
    return BankRefusedError(dialect.HOST, status, code)


def visit(institution: str = "NORDEA_NDEAFIHH:Nordea") -> Visit:
    return Visit(institution, "http://127.0.0.1:1234/callback", "a-state", NOW)


def held(refresh: str = "renew-me") -> Token:
    return Token(Secret("old"), refresh_token=Secret(refresh), extra={"session": "req-1"})


def pair(access: str) -> dict[str, Any]:
    return {"access": access, "access_expires": 86_400, "refresh": "r-2", "refresh_expires": 1}


# -- tokens ----------------------------------------------------------------------------------------------------------


def test_the_first_token_is_given_for_the_person_s_secrets() -> None:
    service = GoCardless((200, pair("a-1")))
    token = dialect.tokens(service.api(), ENTERED, None, NOW)
    assert service.asked == [("token/new/", {"secret_id": "an-id", "secret_key": "a-key"})]
    assert token.access_token.reveal() == "a-1"
    assert token.refresh_token.reveal() == "r-2"
    assert token.expires_at == NOW + timedelta(days=1)


def test_a_later_token_is_given_for_the_refresh_token_and_keeps_the_session() -> None:
    service = GoCardless((200, {"access": "a-2", "access_expires": 60}))
    token = dialect.tokens(service.api(), ENTERED, held(), NOW)
    assert service.asked == [("token/refresh/", {"refresh": "renew-me"})]
    assert (token.session, token.refresh_token.reveal()) == ("req-1", "renew-me")


def test_an_ended_refresh_token_is_followed_by_the_secrets() -> None:
    service = GoCardless((401, {"summary": "Invalid token"}), (200, pair("a-3")))
    token = dialect.tokens(service.api(), ENTERED, held(), NOW)
    assert [path for path, _ in service.asked] == ["token/refresh/", "token/new/"]
    assert (token.session, token.access_token.reveal()) == ("req-1", "a-3")


@pytest.mark.parametrize("status", [400, 401])
def test_wrong_or_deleted_secrets_are_said_to_be_that(status: int) -> None:
    service = GoCardless((status, {"summary": "Authentication failed"}))
    with pytest.raises(ClientRefusedError):
        dialect.tokens(service.api(), ENTERED, None, NOW)


@pytest.mark.parametrize("said", ["86400", None, True, 10**12])
def test_an_end_that_is_no_number_of_seconds_is_not_believed(said: Any) -> None:
    service = GoCardless((200, {"access": "a", "access_expires": said}))
    token = dialect.tokens(service.api(), ENTERED, None, NOW)
    assert token.expires_at is None or token.expires_at < NOW + timedelta(days=200)


# -- signing in ------------------------------------------------------------------------------------------------------


def test_an_access_is_as_long_and_as_far_back_as_the_bank_gives() -> None:
    service = GoCardless(BANK, {"id": "agr-1"}, MADE)
    assert dialect.begin(service.get, service.post, visit()) == Way(MADE["link"], "req-1")
    (bank, _), (agreement, wish), (requisition, body) = service.asked
    assert bank == "institutions/NORDEA_NDEAFIHH/"
    assert agreement == "agreements/enduser/"
    assert wish == {
        "institution_id": "NORDEA_NDEAFIHH",
        "access_scope": ["balances", "details", "transactions"],
        "max_historical_days": 730,
        "access_valid_for_days": 180,
    }
    assert requisition == "requisitions/"
    assert body == {
        "redirect": "http://127.0.0.1:1234/callback",
        "institution_id": "NORDEA_NDEAFIHH",
        "agreement": "agr-1",
        "reference": "a-state",
        "user_language": "EN",
    }


def test_a_bank_that_refuses_its_own_days_is_asked_for_ninety() -> None:
    service = GoCardless(BANK, refused(400), {"id": "agr-1"}, MADE)
    dialect.begin(service.get, service.post, visit())
    wish = service.asked[2][1]
    assert (wish["max_historical_days"], wish["access_valid_for_days"]) == (90, 90)


def test_a_bank_that_refuses_ninety_days_is_not_asked_again() -> None:
    short = {**BANK, "transaction_total_days": "90", "max_access_valid_for_days": "90"}
    service = GoCardless(short, refused(400))
    with pytest.raises(BankRefusedError):
        dialect.begin(service.get, service.post, visit())


@pytest.mark.parametrize("institution", ["", "No such bank", "../token", "NOBODY_XX"])
def test_a_bank_that_is_not_listed_is_said(institution: str) -> None:
    service = GoCardless(refused(404))
    with pytest.raises(SignInDeniedError):
        dialect.begin(service.get, service.post, visit(institution))


@pytest.mark.parametrize("link", ["javascript:alert(1)", "http://bank.example/", "", None])
def test_a_link_that_is_no_https_page_is_not_opened(link: str | None) -> None:
    service = GoCardless(BANK, {"id": "agr-1"}, {"id": "req-1", "link": link})
    with pytest.raises(BadBankDataError):
        dialect.begin(service.get, service.post, visit())


def test_a_linked_requisition_ends_with_its_agreement() -> None:
    agreement = {"accepted": "2026-11-01T08:00:00Z", "access_valid_for_days": 180}
    service = GoCardless({"status": "LN", "agreement": "agr-1"}, agreement)
    session, ends = dialect.finish(service.get, service.post, "req-1")
    assert (session, ends) == ("req-1", datetime(2027, 4, 30, 8, tzinfo=UTC))


@pytest.mark.parametrize("status", ["CR", "RJ", "SU", "GC"])
def test_a_requisition_that_was_not_linked_is_no_sign_in(status: str) -> None:
    service = GoCardless({"status": status})
    with pytest.raises(SignInDeniedError):
        dialect.finish(service.get, service.post, "req-1")


def test_banks_are_listed_with_their_countries() -> None:
    many = {"id": "R_1", "name": "Revolut", "countries": ["AT", "BE", "BG", "CY"]}
    service = GoCardless([{"id": "N_1", "name": "Nordea", "countries": ["FI"]}, many])
    assert list(dialect.institutions(service.get)) == [
        ("N_1:Nordea", "Nordea (FI)"),
        ("R_1:Revolut", "Revolut (AT, BE, BG …)"),
    ]


def test_a_list_of_banks_that_is_none_is_bad_data() -> None:
    with pytest.raises(BadBankDataError):
        list(dialect.institutions(GoCardless({"detail": "x"}).get))


def test_ending_the_access_deletes_the_requisition() -> None:
    gone: list[str] = []
    dialect.end(gone.append, "req-1")
    assert gone == ["requisitions/req-1/"]


# -- accounts --------------------------------------------------------------------------------------------------------


def linked(*names: str) -> dict[str, Any]:
    return {"status": "LN", "accounts": [*names]}


def details(name: str = "Current") -> dict[str, Any]:
    return {"account": {"currency": "EUR", "name": name, "iban": "FI2112345600000785"}}


def test_accounts_of_a_requisition_that_is_over_need_a_sign_in() -> None:
    for status in sorted(dialect._OVER):
        with pytest.raises(SignInNeededError):
            list(dialect.accounts(GoCardless({"status": status}).get, session="req-1"))


def test_a_requisition_that_was_deleted_needs_a_sign_in() -> None:
    with pytest.raises(SignInNeededError):
        list(dialect.accounts(GoCardless(refused(404)).get, session="req-1"))


@pytest.mark.parametrize("status", ["EXPIRED", "SUSPENDED"])
def test_an_account_whose_access_ended_is_said_and_leaves_the_others(status: str) -> None:
    service = GoCardless(
        linked("a", "b"),
        {"status": status},
        {"status": "READY"},
        details(),
        {"balances": []},
    )
    said, account = dialect.accounts(service.get, session="req-1")
    assert isinstance(said, Partial)
    assert "sign in again" in said.said
    assert isinstance(account, Account)


@pytest.mark.parametrize("status", ["EXPIRED", "SUSPENDED"])
def test_where_every_account_s_access_ended_the_person_has_to_sign_in(status: str) -> None:
    service = GoCardless(linked("a", "b"), {"status": status}, {"status": "ERROR"})
    with pytest.raises(SignInNeededError):
        list(dialect.accounts(service.get, session="req-1"))


def test_an_account_in_trouble_is_said_and_no_sign_in_is_asked_for() -> None:
    service = GoCardless(linked("a"), {"status": "ERROR"})
    (said,) = dialect.accounts(service.get, session="req-1")
    assert isinstance(said, Partial)
    assert "trouble" in said.said


def test_an_account_that_was_asked_for_too_often_leaves_the_others() -> None:
    limited = AccountLimitedError(dialect.HOST, 3600)
    ready = {"status": "READY"}
    service = GoCardless(linked("a", "b"), ready, limited, ready, details(), {"balances": []})
    said, account = dialect.accounts(service.get, session="req-1")
    assert isinstance(said, Partial)
    assert isinstance(account, Account)


def test_where_all_were_asked_for_too_often_the_time_is_told() -> None:
    limited = AccountLimitedError(dialect.HOST, 3600)
    service = GoCardless(linked("a"), {"status": "READY"}, details(), limited)
    with pytest.raises(AccountLimitedError) as raised:
        list(dialect.accounts(service.get, session="req-1"))
    assert raised.value.retry_after == 3600


@pytest.mark.parametrize("name", ["../token/new", "a b", "", "é", "a%2fb"])
def test_an_account_id_that_would_lead_elsewhere_is_bad_data(name: str) -> None:
    with pytest.raises(BadBankDataError):
        list(dialect.accounts(GoCardless(linked(name)).get, session="req-1"))


def test_a_card_s_number_that_stands_for_an_iban_is_a_number() -> None:
    amex = {"status": "READY", "iban": "XXXX-XXXXXX-91005"}
    service = GoCardless(
        linked("a"), amex, {"account": {"currency": "GBP", "name": "Amex"}}, {"balances": []}
    )
    (account,) = dialect.accounts(service.get, session="req-1")
    assert isinstance(account, Account)
    assert (account.iban, account.number) == ("", "XXXX-XXXXXX-91005")


# -- rows ------------------------------------------------------------------------------------------------------------


def fetched(service: GoCardless, since: date, resume: str | None = None) -> list[Any]:
    return list(
        dialect.transactions(service.get, ACCOUNT, since, resume=resume, today=lambda: TODAY)
    )


def lists(*booked: Any, pending: tuple[Any, ...] = ()) -> dict[str, Any]:
    return {"transactions": {"booked": [*booked], "pending": [*pending]}}


def row(**more: Any) -> dict[str, Any]:
    return {"transactionAmount": {"amount": "-1.00", "currency": "EUR"}, **more}


def test_a_first_history_is_asked_for_without_a_day() -> None:
    service = GoCardless(lists())
    fetched(service, date(2024, 1, 1), resume="")
    assert service.asked == [("accounts/acc-1/transactions/", {})]


def test_a_later_fetch_never_asks_for_more_than_89_days() -> None:
    service = GoCardless(lists(), lists())
    fetched(service, date(2024, 1, 1))
    fetched(service, date(2026, 11, 10))
    assert [params for _, params in service.asked] == [
        {"date_from": "2026-08-23"},
        {"date_from": "2026-11-10"},
    ]


def test_a_period_that_the_bank_refuses_is_left_out() -> None:
    service = GoCardless(refused(400), lists(row(bookingDate="2026-11-15")))
    assert len(fetched(service, date(2026, 11, 10))) == 1
    assert [params for _, params in service.asked] == [{"date_from": "2026-11-10"}, {}]


def test_a_refusal_of_a_first_history_is_not_repeated() -> None:
    with pytest.raises(BankRefusedError):
        fetched(GoCardless(refused(400)), date(2024, 1, 1), resume="")


def test_an_agreement_that_ended_meanwhile_needs_a_sign_in() -> None:
    with pytest.raises(SignInNeededError):
        fetched(GoCardless(refused(403, "AccessExpiredError")), date(2026, 11, 10))


def test_what_is_pending_and_has_no_day_is_of_today() -> None:
    service = GoCardless(lists(pending=(row(remittanceInformationUnstructured="Kauppa 19.11."),)))
    (found,) = fetched(service, date(2026, 11, 10))
    assert (found.status, found.booked_on) == (Status.PENDING, TODAY)


def test_what_is_booked_and_has_no_day_is_told() -> None:
    (found,) = fetched(GoCardless(lists(row())), date(2026, 11, 10))
    assert isinstance(found, Skipped)
    assert "bookingDate" in found.why


def test_ids_that_come_twice_give_way_to_the_service_s_own() -> None:
    bank = recorded(Path(__file__).parent / "gocardless" / "ids")
    get = bank.api(dialect.DIALECT).get
    (account,) = (
        found
        for found in dialect.accounts(get, session="session")
        if not isinstance(found, Partial)
    )
    found = [row.bank_id for row in bank.rows(dialect.DIALECT, account)]
    assert found == ["i1", "i2", "", "real-1", ""]


# -- limits ----------------------------------------------------------------------------------------------------------


def limited(**headers: str) -> RateLimitedError:
    sent = {name.replace("__", "-"): text for name, text in headers.items()}
    with pytest.raises(RateLimitedError) as raised:
        web.check(web.Reply(429, "https://bank.example/", sent, b"{}"))
    return raised.value


@pytest.mark.parametrize("prefix", ["HTTP_X_RATELIMIT", "X__RateLimit", "http_x_ratelimit"])
def test_a_limit_of_one_account_says_when_the_next_is_possible(prefix: str) -> None:
    names = f"{prefix}_ACCOUNT_SUCCESS_REMAINING", f"{prefix}_ACCOUNT_SUCCESS_RESET"
    error = limited(**dict(zip(names, ("0", "85092"), strict=True)))
    assert isinstance(error, AccountLimitedError)
    assert error.retry_after == 85_092


def test_a_limit_of_all_calls_is_none_of_an_account() -> None:
    error = limited(
        HTTP_X_RATELIMIT_REMAINING="0",
        HTTP_X_RATELIMIT_RESET="37",
        HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_REMAINING="3",
    )
    assert not isinstance(error, AccountLimitedError)
    assert error.retry_after == 37


@pytest.mark.parametrize(("said", "wait"), [("-40", 1), ("9" * 30, 86_400), ("soon", None)])
def test_a_reset_that_makes_no_sense_is_no_wait_for_ever(said: str, wait: int | None) -> None:
    error = limited(
        HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_REMAINING="0",
        HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_RESET=said,
    )
    assert error.retry_after == wait


def test_the_type_of_an_error_is_its_code_where_it_is_a_word() -> None:
    for kind, code in (("AccountAccessForbidden", "AccountAccessForbidden"), ("about:blank", "")):
        body = json.dumps({"summary": "x", "type": kind, "status_code": 403}).encode()
        with pytest.raises(BankRefusedError) as raised:
            web.check(web.Reply(403, "https://bank.example/", {}, body))
        assert raised.value.code == code


# -- the shipped bank ------------------------------------------------------------------------------------------------


def test_the_shipped_bank_asks_for_the_secret_and_then_the_bank() -> None:
    bank = find_bank("gocardless")
    assert bank
    assert [(ask.name, ask.label, ask.secret) for ask in bank.asks] == [
        ("client_id", "Secret ID", False),
        ("client_secret", "Secret key", True),
        ("authorization.institution", "Your bank", False),
    ]
    assert bank.asks[-1].suggestions
    assert "no new ones since July 2025" in bank.steps[0]
