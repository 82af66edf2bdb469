"""What is peculiar to UK Open Banking: consents asked for first, windows without a zone, rows twice, and what is refused how."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bankview.banks import Partial, credentials, dialects, read_profile
from bankview.banks import _uk_open_banking_consent as consents
from bankview.banks import uk_open_banking as dialect
from bankview.domain.account import Account
from bankview.domain.transaction import Status
from bankview.errors import (
    AccountLimitedError,
    BadBankDataError,
    BankRefusedError,
    BankUnavailableError,
    RateLimitedError,
    SignInDeniedError,
    SignInNeededError,
)
from bankview.sentences import say
from bankview.web import Api, Link, Reply, check
from tests.banks.conftest import Service
from tests.banks.test_certificate import KEY, made, unlocked_pem
from tests.banks.test_certificate import NOW as VALID

if TYPE_CHECKING:
    from pathlib import Path

    from bankview.banks import Bank

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ACCOUNT = Account("acc-1", "Main", "GBP")
ROOT = "https://bank.example/open-banking/v3.1/aisp"
OLD, RECENT = date(2026, 1, 1), date(2026, 11, 1)
#: When what renews an access ends, as its ID token says.
REFRESH_END = "http://openbanking.org.uk/refresh_token_expires_at"


PROFILE = """\
id = "uk-example"
name = "Example"
country = "GB"
dialect = "uk_open_banking"
api = "https://rs.bank.example/open-banking/v4.0/aisp"
licensed = true

[oauth]
issuer = "https://auth.bank.example"
client_authentication = "tls_client_auth"
response_mode = "query.jwt"
scope = "openid accounts"
jar = true
signing_key = "ask"
signing_algorithm = "PS256"

[tls]
certificate = "ask"
private_key = "ask"
"""


def refused(code: str, status: int = 403) -> BankRefusedError:
    return BankRefusedError("bank.example", status, code)


def row(name: str = "", **more: Any) -> dict[str, Any]:
    shape = {
        "AccountId": "acc-1",
        "CreditDebitIndicator": "Debit",
        "Status": "Booked",
        "BookingDateTime": "2026-11-10T00:00:00+00:00",
        "TransactionInformation": "SHOP",
        "Amount": {"Amount": "1.00", "Currency": "GBP"},
    }
    return shape | ({"TransactionId": name} if name else {}) | more


def page(*rows: dict[str, Any], following: str = "") -> dict[str, Any]:
    links = {"Self": f"{ROOT}/x"} | ({"Next": following} if following else {})
    return {"Data": {"Transaction": [*rows]}, "Links": links, "Meta": {}}


def fetched(service: Service, since: date = RECENT, until: date | None = None) -> list[Any]:
    return list(dialect.transactions(service.get, ACCOUNT, since, until=until, today=NOW.date))


def one(**more: Any) -> Any:
    (found,) = fetched(Service(page(row("T-1", **more))))
    return found


def consent(status: str, **more: Any) -> dict[str, Any]:
    return {"Data": {"ConsentId": "c-1", "Status": status, **more}, "Risk": {}}


# -- consents --------------------------------------------------------------------------------------------------------


def test_a_consent_is_for_as_little_as_shows_accounts_and_rows() -> None:
    service = Service(consent("AwaitingAuthorisation"))
    assert consents.ask(service.post, NOW) == "c-1"
    assert service.asked == [
        (
            "account-access-consents",
            {
                "Data": {
                    "Permissions": [
                        "ReadAccountsDetail",
                        "ReadBalances",
                        "ReadTransactionsCredits",
                        "ReadTransactionsDebits",
                        "ReadTransactionsDetail",
                    ],
                    "ExpirationDateTime": "2027-02-18T12:00:00+00:00",
                },
                "Risk": {},
            },
        )
    ]


@pytest.mark.parametrize("said", [{}, {"Data": {}}, {"Data": {"ConsentId": " "}}, []])
def test_a_consent_without_an_id_is_none(said: Any) -> None:
    with pytest.raises(BadBankDataError):
        consents.ask(Service(said).post, NOW)


def test_the_sign_in_has_to_be_for_this_consent_and_proven() -> None:
    said = consents.claims("c-1")
    assert said["openbanking_intent_id"] == {"value": "c-1", "essential": True}
    assert said["acr"]["essential"] is True
    assert {*said["acr"]["values"]} == {"urn:openbanking:psd2:sca", "urn:openbanking:psd2:ca"}


@pytest.mark.parametrize("status", ["Authorised", "AUTH"])
def test_a_consent_is_in_force_in_either_version_s_words(status: str) -> None:
    service = Service(consent(status))
    assert consents.agreed(service.get, "c-1", {}) is None
    assert service.asked == [(["account-access-consents", "c-1"], {})]


@pytest.mark.parametrize("status", ["AwaitingAuthorisation", "Revoked", "AWAU", "CANC", "EXPD", ""])
def test_a_consent_that_is_not_in_force_is_no_sign_in(status: str) -> None:
    with pytest.raises(SignInDeniedError):
        consents.agreed(Service(consent(status)).get, "c-1", {})


@pytest.mark.parametrize(
    ("ends", "renewed", "expected"),
    [
        ("2027-02-18T12:00:00+00:00", None, datetime(2027, 2, 18, 12, tzinfo=UTC)),
        ("2027-02-18T13:00:00+01:00", 0, datetime(2027, 2, 18, 12, tzinfo=UTC)),
        ("2027-02-18T12:00:00", 1_790_000_000, datetime.fromtimestamp(1_790_000_000, UTC)),
        ("", 1_790_000_000, datetime.fromtimestamp(1_790_000_000, UTC)),
        ("", 10**30, None),
        ("", "soon", None),
    ],
)
def test_access_ends_with_the_consent_or_with_what_renews_it(
    ends: str, renewed: Any, expected: datetime | None
) -> None:
    service = Service(consent("Authorised", ExpirationDateTime=ends))
    assert consents.agreed(service.get, "c-1", {REFRESH_END: renewed}) == expected


def test_an_end_that_is_no_instant_is_said() -> None:
    service = Service(consent("Authorised", ExpirationDateTime="2027-02-30"))
    with pytest.raises(BadBankDataError, match="ExpirationDateTime"):
        consents.agreed(service.get, "c-1", {})


def test_a_consent_is_withdrawn_by_its_id_whatever_is_in_it() -> None:
    gone: list[str] = []
    consents.end(gone.append, "c/1")
    assert gone == ["account-access-consents/c%2F1"]


# -- a bank of one's own ---------------------------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path) -> Bank:
    """Return a bank by a profile whose certificate and keys are the person's own."""
    (tmp_path / "bank.toml").write_text(PROFILE, "utf-8")
    return read_profile(tmp_path / "bank.toml")


def test_a_profile_says_who_may_connect_and_where_certificates_are_made(own: Bank) -> None:
    assert own.licensed
    assert own.portal == "https://directory.openbanking.org.uk"
    assert "FCA" in own.steps[0]
    assert any("http://127.0.0.1/callback" in step for step in own.steps)
    assert {ask.name for ask in own.asks} >= {
        "client_id",
        "tls.certificate",
        "tls.private_key",
        "oauth.signing_key",
    }


def test_a_client_goes_by_the_name_that_it_registered_and_not_by_its_licence(own: Bank) -> None:
    answers = {
        "tls.certificate": made().decode(),
        "tls.private_key": unlocked_pem(KEY),
        "client_id": "registered-0001",
    }
    assert credentials(own, answers, {}, VALID).problems == ()


# -- errors ----------------------------------------------------------------------------------------------------------


def answered(status: int, body: Any = None, **headers: str) -> Reply:
    content = b"" if body is None else json.dumps(body).encode()
    return Reply(status, f"{ROOT}/accounts", headers, content)


@pytest.mark.parametrize(
    ("reply", "error", "sentence"),
    [
        (answered(401), SignInNeededError, "sign in"),
        (answered(403), BankRefusedError, "refused the request (403)"),
        (
            answered(
                400,
                {
                    "Code": "400 BadRequest",
                    "Id": "9f",
                    "Message": "None",
                    "Errors": [{"ErrorCode": "UK.OBIE.Resource.NotFound", "Message": "None"}],
                },
            ),
            BankRefusedError,
            "refused the request (400)",
        ),
        (answered(400, {"Errors": [{"ErrorCode": "U011"}]}), BankRefusedError, "(400)"),
        (answered(429, None, **{"Retry-After": "60"}), RateLimitedError, "no more updates"),
        (answered(500, {"Errors": [{"ErrorCode": "U000"}]}), BankUnavailableError, "not answer"),
    ],
)
def test_each_refusal_is_one_of_ours_with_a_sentence(
    reply: Reply, error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error) as raised:
        check(reply)
    assert not isinstance(raised.value, AccountLimitedError)
    assert sentence in str(say(raised.value, "Bank"))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"Errors": [{"ErrorCode": "U011"}]}, "U011"),
        ({"Code": "403", "Errors": [{"ErrorCode": "UK.OBIE.Reauthenticate"}]}, "UK.OBIE.Reauthenticate"),
        ({"Code": "400 BadRequest", "Message": "No", "Errors": []}, "400 BadRequest"),
    ],
)  # fmt: skip
def test_an_error_is_known_by_its_code_and_is_no_empty_list(body: Any, code: str) -> None:
    with pytest.raises(BankRefusedError) as raised:
        check(answered(400, body))
    assert (raised.value.code, raised.value.empty) == (code, False)


@pytest.mark.parametrize(
    "code",
    [
        "UK.OBIE.Resource.InvalidConsentStatus",
        "U009",
        "UK.OBIE.Resource.ConsentMismatch",
        "U008",
    ],
)
def test_a_consent_that_has_ended_needs_the_person(code: str) -> None:
    with pytest.raises(SignInNeededError):
        list(dialect.accounts(Service(refused(code, 400)).get))
    with pytest.raises(SignInNeededError):
        fetched(Service(refused(code, 400)))


def test_accounts_that_are_forbidden_need_the_person() -> None:
    with pytest.raises(SignInNeededError):
        list(dialect.accounts(Service(refused("")).get))
    with pytest.raises(BankRefusedError):
        list(dialect.accounts(Service(refused("UK.OBIE.Resource.NotFound", 400)).get))


def test_an_account_whose_balance_is_not_shown_is_there() -> None:
    listed = {"Data": {"Account": [{"AccountId": "acc-1", "Currency": "GBP", "Nickname": "Main"}]}}
    (found,) = dialect.accounts(Service(listed, refused("U011", 400)).get)
    assert isinstance(found, Account)
    assert (found.name, found.balance) == ("Main", None)


@pytest.mark.parametrize("code", ["UK.OBIE.Reauthenticate", "U028"])
def test_what_needs_a_fresh_sign_in_is_left_out_and_told(code: str) -> None:
    service = Service(refused(code), page(row("T-1")))
    found, told = fetched(service, date(2026, 7, 1))
    assert found.bank_id == "T-1"
    assert isinstance(told, Partial)
    assert "sign in again" in told.said
    assert [params["fromBookingDateTime"] for _, params in service.asked] == [
        "2026-07-01T00:00:00",
        "2026-08-23T00:00:00",
    ]


def test_rows_that_came_before_a_fresh_sign_in_was_wanted_come_once() -> None:
    service = Service(page(row("T-1"), row()), refused("U028"))
    first, second, told = fetched(service, date(2025, 1, 1))
    assert (first.bank_id, second.bank_id) == ("T-1", "")
    assert isinstance(told, Partial)
    assert not service.answers


def test_a_window_of_what_is_old_alone_is_asked_for_once() -> None:
    service = Service(refused("U028"))
    assert [type(told) for told in fetched(service, OLD, date(2026, 6, 30))] == [Partial]


def test_a_fresh_sign_in_that_recent_rows_need_is_asked_for() -> None:
    with pytest.raises(SignInNeededError):
        fetched(Service(refused("UK.OBIE.Reauthenticate")))
    with pytest.raises(BankRefusedError):
        fetched(Service(refused("")), OLD)


# -- windows and pages -----------------------------------------------------------------------------------------------


def test_days_are_named_without_a_zone() -> None:
    service = Service(page())
    fetched(service, OLD, date(2026, 3, 31))
    assert service.asked == [
        (
            ["accounts", "acc-1", "transactions"],
            {
                "fromBookingDateTime": "2026-01-01T00:00:00",
                "toBookingDateTime": "2026-03-31T23:59:59",
            },
        )
    ]
    # What is old is served for five minutes: the newest comes first.
    assert dialects()["uk_open_banking"].windows


def test_half_a_year_is_asked_for_at_a_time_and_no_day_twice_or_never() -> None:
    service = Service(*[page()] * 9)
    fetched(service, date(2025, 7, 1))
    assert [params for _, params in service.asked] == [
        {"fromBookingDateTime": "2026-05-24T00:00:00"},
        {
            "fromBookingDateTime": "2025-11-24T00:00:00",
            "toBookingDateTime": "2026-05-23T23:59:59",
        },
        {
            "fromBookingDateTime": "2025-07-01T00:00:00",
            "toBookingDateTime": "2025-11-23T23:59:59",
        },
    ]


def test_a_row_that_comes_on_two_pages_counts_once() -> None:
    again = row("T-2")
    service = Service(
        page(row("T-1"), again, following=f"{ROOT}/x?page=2"), page(again, row("T-3"))
    )
    assert [found.bank_id for found in fetched(service)] == ["T-1", "T-2", "T-3"]
    path, params = service.asked[1]
    assert (isinstance(path, Link), path, params) == (True, f"{ROOT}/x?page=2", {})


def test_rows_without_a_name_may_be_twins() -> None:
    service = Service(page(row(), row(), following=f"{ROOT}/x?page=2"), page(row()))
    assert len(fetched(service)) == 3


def test_pages_that_lead_in_a_circle_end() -> None:
    service = Service(*[page(row("T-1"), following=f"{ROOT}/x")] * 2)
    assert len(fetched(service)) == 1
    assert not service.answers


def test_a_page_elsewhere_is_not_asked_for() -> None:
    sent: list[str] = []

    def send(_: str, url: str, **__: Any) -> Reply:
        sent.append(url)
        body = json.dumps(page(row("T-1"), following="https://other.example/x?page=2"))
        return Reply(200, url, {}, body.encode())

    rows = dialect.transactions(Api(ROOT, send).get, ACCOUNT, RECENT, today=NOW.date)
    with pytest.raises(Exception, match="another origin"):
        list(rows)
    assert len(sent) == 1


# -- rows ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "mutability", "expected"),
    [
        ("Booked", "", (Status.BOOKED, "T-1")),
        ("BOOK", "Immutable", (Status.BOOKED, "T-1")),
        ("BOOK", "Mutable", (Status.BOOKED, "")),
        ("Pending", "", (Status.PENDING, "")),
        ("PDNG", "Mutable", (Status.PENDING, "")),
        ("FUTR", "", (Status.PENDING, "")),
    ],
)
def test_a_name_counts_once_its_row_no_longer_changes(
    status: str, mutability: str, expected: Any
) -> None:
    found = one(Status=status, TransactionMutability=mutability)
    assert (found.status, found.bank_id) == expected


@pytest.mark.parametrize("status", ["Rejected", "RJCT", "INFO"])
def test_what_moved_no_money_is_no_row(status: str) -> None:
    assert fetched(Service(page(row("T-1", Status=status)))) == []


@pytest.mark.parametrize(
    ("indicator", "minor"), [("Debit", -100), ("DBIT", -100), ("Credit", 100), ("CRDT", 100)]
)
def test_an_amount_has_its_sign_in_words(indicator: str, minor: int) -> None:
    assert one(CreditDebitIndicator=indicator).amount.minor == minor


def test_midnight_in_summer_is_its_own_day_in_london() -> None:
    assert one(BookingDateTime="2026-07-01T00:00:00+01:00").booked_on == date(2026, 7, 1)
    assert one(BookingDateTime="2026-06-30T23:00:00Z").booked_on == date(2026, 7, 1)


def test_a_sort_code_stands_apart_and_a_card_s_number_is_hidden() -> None:
    def holder(scheme: str, number: str) -> str:
        known = {"SchemeName": scheme, "Identification": number, "Name": "A"}
        counterparty: str = one(CreditorAccount=known).counterparty_account
        return counterparty

    assert holder("UK.OBIE.SortCodeAccountNumber", "40478412345678") == "404784 12345678"
    assert holder("UK.OBIE.PAN", "5412345678901234") == "5412XXXXXXXX1234"
    assert holder("UK.OBIE.IBAN", "GB82 WEST 1234 5698 7654 32") == "GB82WEST12345698765432"


def test_who_was_paid_is_the_merchant_else_the_holder_else_the_last_in_the_chain() -> None:
    merchant, holder = {"MerchantName": "Tea Room"}, {"Name": "T. Ltd"}
    last = {"Name": "Tea & Co"}
    assert one(MerchantDetails=merchant, CreditorAccount=holder).payee == "Tea Room"
    assert one(CreditorAccount=holder, UltimateCreditor=last).payee == "T. Ltd"
    assert one(UltimateCreditor=last).payee == "Tea & Co"
    assert one(DebtorAccount=holder).payee == "SHOP"


# -- balances --------------------------------------------------------------------------------------------------------


def balances(*told: tuple[str, str, list[Any]]) -> Account:
    listed = {"Data": {"Account": [{"AccountId": "acc-1", "Currency": "GBP"}]}}
    rows = [
        {
            "AccountId": "acc-1",
            "CreditDebitIndicator": "Credit",
            "Type": kind,
            "Amount": {"Amount": amount, "Currency": "GBP"},
            "CreditLine": lines,
        }
        for kind, amount, lines in told
    ]
    (found,) = dialect.accounts(Service(listed, {"Data": {"Balance": rows}}).get)
    assert isinstance(found, Account)
    return found


def line(kind: str, amount: str, *, included: bool = True) -> dict[str, Any]:
    return {"Included": included, "Type": kind, "Amount": {"Amount": amount, "Currency": "GBP"}}


@pytest.mark.parametrize(
    ("lines", "own"),
    [
        ([], "700.00"),
        ([line("Pre-Agreed", "500.00")], "200.00"),
        ([line("Pre-Agreed", "500.00", included=False)], "700.00"),
        ([line("Pre-Agreed", "500.00"), line("Temporary", "100.00")], "100.00"),
        # What is left of a limit is part of it.
        ([line("Credit", "900.00"), line("Available", "700.00")], "-200.00"),
        ([line("Available", "700.00")], "0.00"),
    ],
)
def test_a_credit_that_is_in_a_balance_is_not_the_person_s_own(lines: list[Any], own: str) -> None:
    assert str(balances(("InterimBooked", "700.00", lines)).balance) == own


def test_what_can_be_disposed_of_has_the_credit_in_it() -> None:
    found = balances(
        ("ITAV", "700.00", [line("Pre-Agreed", "500.00")]),
        ("CLBD", "1.00", []),
        ("ITBD", "2.00", []),
        ("INFO", "3.00", []),
    )
    assert (str(found.available), str(found.balance)) == ("700.00", "2.00")
