"""Each fault does what its name says, as often as it was asked to, and nothing else."""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests

from bankview.sandbox.faults import GROUPS
from bankview.sandbox.visitor import Visitor

if TYPE_CHECKING:
    from tests.sandbox_process import Person, Sandbox


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    """A place for the token that the module's tests share."""
    return {}


@pytest.fixture
def token(person: Person, kept: dict[str, Any]) -> dict[str, Any]:
    if not kept:
        kept.update(person.sign_in())
    return kept


def page(person: Person, token: dict[str, Any], *names: str) -> requests.Response:
    """Return the rows of all accounts, with the faults switched on for this one call."""
    accounts = person.get(token, "/accounts", {"includeCreditCardAccounts": "true"}).json()
    asked = [("accountKey", account["key"]) for account in accounts["accounts"]]
    for name in names:
        person.sandbox.fault(name, 1)
    return person.get(token, "/transactions", asked)


@pytest.mark.parametrize("name", [name for names in GROUPS.values() for name in names])
def test_every_fault_can_be_switched_on_and_off(sandbox: Sandbox, name: str) -> None:
    sandbox.fault(name)
    assert sandbox.send("GET", "/_sandbox/faults").json()
    sandbox.reset()
    assert sandbox.send("GET", "/_sandbox/faults").json() == {}


def test_a_fault_that_does_not_exist_is_refused(sandbox: Sandbox) -> None:
    reply = sandbox.send("POST", "/_sandbox/faults", json={"name": "gremlins"})
    assert reply.status_code == 400
    assert "gremlins" in reply.json()["error"]


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [("503-html", 503, "text/html"), ("429+Retry-After", 429, "application/json")],
)
def test_the_token_endpoint_is_out_of_order(
    person: Person, name: str, status: int, kind: str
) -> None:
    token = person.sign_in()
    person.sandbox.fault(name, 1)
    reply = person.refresh(token)
    assert reply.status_code == status
    assert reply.headers["Content-Type"].startswith(kind)
    assert ("Retry-After" in reply.headers) == (status == 429)
    assert person.refresh(token).status_code == 200


def test_307_points_the_refresh_elsewhere(person: Person) -> None:
    token = person.sign_in()
    person.sandbox.fault("307", 1)
    reply = person.refresh(token)
    assert reply.status_code == 307
    assert urlsplit(reply.headers["Location"]).path == "/elsewhere/oauth/token"


def test_invalid_grant_comes_out_of_the_blue(person: Person) -> None:
    token = person.sign_in()
    person.sandbox.fault("invalid_grant", 1)
    assert person.refresh(token).json() == {"error": "invalid_grant"}


def test_json_array_is_no_token(person: Person) -> None:
    token = person.sign_in()
    person.sandbox.fault("json-array", 1)
    assert person.refresh(token).json() == [1]


def test_reset_after_accept_spends_the_token_and_says_nothing(person: Person) -> None:
    token = person.sign_in()
    person.sandbox.fault("reset-after-accept", 1)
    with pytest.raises(requests.ConnectionError):
        person.refresh(token)
    assert person.refresh(token).json()["error"] == "invalid_grant"


def test_slow_drip_sends_a_letter_at_a_time(person: Person) -> None:
    token = person.sign_in()
    person.sandbox.fault("slow-drip", 1)
    with person.sandbox.streamed(
        "/oauth/token",
        {
            "grant_type": "refresh_token",
            "refresh_token": token["refresh_token"],
            "client_id": "bankview",
        },
    ) as pieces:
        assert next(pieces) == b"{"


def test_rotate_grace_takes_a_spent_token_for_a_while(person: Person) -> None:
    token = person.sign_in()
    person.refresh(token)
    person.sandbox.fault("rotate-grace")
    again = person.refresh(token)
    assert again.status_code == 200
    assert person.refresh(again.json()).status_code == 200


@pytest.mark.parametrize(
    ("name", "member", "value"),
    [
        ("no-expires_in", "expires_in", None),
        ("scope-narrowed", "scope", "accounts"),
        ("type-inverted-case", "token_type", "bEARER"),
        ("bearer-instead-of-dpop", "token_type", "Bearer"),
    ],
)
def test_the_token_reply_is_spoilt_in_one_member(
    person: Person, name: str, member: str, value: str | None
) -> None:
    person.sandbox.fault(name, 1)
    assert person.sign_in().get(member) == value


@pytest.mark.parametrize(
    ("name", "member", "value"),
    [
        ("wrong-state", "state", ["somebody-elses"]),
        ("no-state", "state", None),
        ("wrong-iss", "iss", ["https://other.example"]),
        ("no-iss", "iss", None),
        ("denied", "error", ["access_denied"]),
    ],
)
def test_the_redirect_is_spoilt_in_one_member(
    person: Person, name: str, member: str, value: list[str] | None
) -> None:
    person.sandbox.fault(name, 1)
    assert person.ask().get(member) == value


def test_code_twice_brings_two_codes(person: Person) -> None:
    person.sandbox.fault("code-twice", 1)
    assert len(person.ask()["code"]) == 2


def test_error_no_state_is_all_there_is(person: Person) -> None:
    person.sandbox.fault("error-no-state", 1)
    assert person.ask() == {"error": ["access_denied"]}


def test_form_post_brings_the_answer_in_a_body(person: Person) -> None:
    person.sandbox.fault("form_post", 1)
    step = Visitor(person.url()).walk(person.url(), "household", deny=False)
    assert (step.method, step.address) == ("POST", person.redirect_uri)
    assert "code=" in step.body


def metadata(sandbox: Sandbox) -> dict[str, Any]:
    reply = sandbox.send("GET", "/.well-known/oauth-authorization-server")
    document: dict[str, Any] = reply.json()
    return document


def test_the_metadata_is_another_issuers(sandbox: Sandbox) -> None:
    sandbox.fault("issuer-mismatch", 1)
    assert metadata(sandbox)["issuer"] != sandbox.issuer


def test_the_metadata_has_no_s256(sandbox: Sandbox) -> None:
    sandbox.fault("no-S256", 1)
    assert metadata(sandbox)["code_challenge_methods_supported"] == ["plain"]


def test_the_metadata_names_a_plain_endpoint(sandbox: Sandbox) -> None:
    sandbox.fault("http-endpoint", 1)
    assert metadata(sandbox)["token_endpoint"].startswith("http://")


def test_the_metadata_is_a_hundred_megabytes(sandbox: Sandbox) -> None:
    sandbox.fault("metadata-100mb", 1)
    with sandbox.streamed("/.well-known/oauth-authorization-server") as pieces:
        size = 0
        while size < 2_000_000:
            size += len(next(pieces))


def test_401_comes_once_or_always(person: Person, token: dict[str, Any]) -> None:
    person.sandbox.fault("401-once")
    assert [person.get(token, "/accounts").status_code for _ in range(2)] == [401, 200]
    person.sandbox.fault("401-always")
    assert {person.get(token, "/accounts").status_code for _ in range(3)} == {401}


@pytest.mark.parametrize(
    ("name", "status"), [("403-consent", 403), ("429", 429), ("503", 503), ("html", 200)]
)
def test_the_api_refuses(person: Person, token: dict[str, Any], name: str, status: int) -> None:
    person.sandbox.fault(name, 1)
    reply = person.get(token, "/accounts")
    assert reply.status_code == status
    assert ("Retry-After" in reply.headers) == (status == 429)
    assert person.get(token, "/accounts").status_code == 200


def test_the_nth_page_fails(person: Person, token: dict[str, Any]) -> None:
    person.sandbox.fault("page-fault-2")
    assert [page(person, token).status_code for _ in range(3)] == [200, 500, 200]


def test_a_name_comes_twice_in_an_object(person: Person, token: dict[str, Any]) -> None:
    text = page(person, token, "dup-json").text
    assert text.count('"transactions":') == 2


def test_rows_come_twice(person: Person, token: dict[str, Any]) -> None:
    once = page(person, token).json()["transactions"]
    assert len(page(person, token, "dup-rows").json()["transactions"]) == 2 * len(once)


def test_an_amount_is_no_number(person: Person, token: dict[str, Any]) -> None:
    assert '"amount":NaN' in page(person, token, "NaN").text


def test_an_amount_has_5000_digits(person: Person, token: dict[str, Any]) -> None:
    assert '"amount":' + "9" * 5000 in page(person, token, "5000-digits").text


def test_a_row_lacks_its_day_and_amount(person: Person, token: dict[str, Any]) -> None:
    (first, second, *_) = page(person, token, "missing-fields").json()["transactions"]
    assert not first.keys() & {"date", "amount"}
    assert second.keys() >= {"date", "amount"}


@pytest.mark.parametrize(
    ("name", "host"), [("next-loop", "127.0.0.1"), ("next-other-origin", "bank.example")]
)
def test_a_next_page_leads_nowhere(
    person: Person, token: dict[str, Any], name: str, host: str
) -> None:
    href = page(person, token, name).json()["_links"]["next"]["href"]
    assert urlsplit(href).hostname == host


def test_a_small_answer_unpacks_without_end(person: Person, token: dict[str, Any]) -> None:
    person.sandbox.fault("gzip-bomb", 1)
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    with person.sandbox.streamed("/personal/banking/accounts", headers=headers) as pieces:
        size = 0
        while size < 30_000_000:
            size += len(next(pieces))


@pytest.mark.parametrize(("name", "minutes"), [("clock-skew+10", 10), ("clock-skew-10", -10)])
def test_the_banks_clock_is_wrong(sandbox: Sandbox, name: str, minutes: int) -> None:
    def clock() -> float:
        date = sandbox.send("GET", "/").headers["Date"]
        return parsedate_to_datetime(date).timestamp()

    before = clock()
    sandbox.fault(name)
    assert round((clock() - before) / 60) == minutes


@pytest.mark.parametrize(
    ("name", "code", "missing"),
    [
        ("credit-accounts-failed", "CREDIT_ACCOUNTS_FAILED", "Kredittkort"),
        ("recent-transactions-failed", "RECENT_TRANSACTIONS_FAILED", None),
    ],
)
def test_a_part_fails_with_status_200(
    person: Person, token: dict[str, Any], name: str, code: str, missing: str | None
) -> None:
    reply = page(person, token, name)
    answer = json.loads(reply.text)
    assert (reply.status_code, answer["errors"]) == (200, [code])
    assert missing not in {row["accountName"] for row in answer["transactions"]}
    assert page(person, token).json()["errors"] == []
