"""The sandbox takes a sound authorization request and code, and nothing else."""

from __future__ import annotations

import pytest

from bankview.sandbox.visitor import LostError, answer
from tests.sandbox_process import Person, Sandbox


def test_a_sound_request_is_answered_with_code_state_and_issuer(person: Person) -> None:
    reply = person.ask()
    assert reply.keys() == {"code", "state", "iss"}
    assert reply["state"] == ["a-state-of-the-test"]
    assert reply["iss"] == [person.sandbox.issuer]


def test_declining_is_said_with_state_and_issuer(person: Person) -> None:
    reply = person.decline()
    assert reply["error"] == ["access_denied"]
    assert reply["state"] == ["a-state-of-the-test"]
    assert reply["iss"] == [person.sandbox.issuer]


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"code_challenge": "too-short"},
    ],
)
def test_only_pkce_with_s256_is_taken(person: Person, changes: dict[str, str | None]) -> None:
    reply = person.ask(**changes)
    assert reply["error"] == ["invalid_request"]
    assert reply["iss"] == [person.sandbox.issuer]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code token"}, "unauthorized_client"),
        ({"scope": "accounts transfer"}, "access_denied"),
        ({"finInst": "fid-nowhere"}, "access_denied"),
    ],
)
def test_what_was_never_granted_is_refused_in_the_redirect(
    person: Person, changes: dict[str, str], error: str
) -> None:
    assert person.ask(**changes)["error"] == [error]


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:1/other",
        "http://127.0.0.1:1/callback?more=1",
        "http://127.0.0.1:1/callback/",
        "http://localhost:1/callback",
        "https://127.0.0.1:1/callback",
        "http://127.0.0.1.attacker.example/callback",
        "http://127.0.0.1:1@attacker.example/callback",
        "http://127.0.0.1:port/callback",
    ],
)
def test_another_redirect_ends_on_an_error_page(person: Person, address: str) -> None:
    with pytest.raises(LostError, match="error 400"):
        person.ask(redirect_uri=address)


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:49152/callback", "http://127.0.0.1/callback", "http://[::1]:7/callback"],
)
def test_a_loopback_redirect_may_have_any_port(sandbox: Sandbox, address: str) -> None:
    assert Person(sandbox, redirect_uri=address).redeem("none").status_code == 400
    assert Person(sandbox, redirect_uri=address).code()


def test_a_registered_port_is_the_only_one(sandbox: Sandbox) -> None:
    assert Person(sandbox, "bankview-localhost", "http://localhost:18573/callback").code()
    with pytest.raises(LostError):
        Person(sandbox, "bankview-localhost", "http://localhost:18574/callback").code()


def test_an_unknown_client_ends_on_an_error_page(person: Person) -> None:
    with pytest.raises(LostError, match="error 400"):
        person.ask(client_id="nobody")


def test_a_parameter_that_comes_twice_is_refused(person: Person) -> None:
    with pytest.raises(LostError, match="error 400"):
        answer(f"{person.url()}&state=another")


def test_the_bank_and_customer_may_be_named_beforehand(person: Person) -> None:
    code = person.ask(finInst="fid-smn", login_hint="student")["code"][0]
    assert person.redeem(code).json()["financial_institution_id"] == "fid-smn"


def test_a_code_buys_the_token_reply_that_sparebank1_sends(person: Person) -> None:
    reply = person.redeem(person.code())
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Content-Type"] == "application/json"
    token = reply.json()
    assert token["token_type"] == "Bearer"
    assert token["expires_in"] == 600
    assert token["refresh_token_expires_in"] == 2_591_999
    assert token["refresh_token_absolute_expires_in"] == 31_535_999
    assert token["financial_institution_id"] == "fid-fjordbanken"
    assert token["access_token"] != token["refresh_token"]


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "w" * 43},
        {"redirect_uri": "http://127.0.0.1:2/callback"},
        {"code": "guessed"},
        {"client_id": "bankview-paste"},
    ],
)
def test_a_code_is_bound_to_all_it_came_with(person: Person, changes: dict[str, str]) -> None:
    reply = person.redeem(**{"code": person.code(), **changes})
    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_grant")


def test_a_missing_verifier_is_refused(person: Person) -> None:
    fields = {
        "grant_type": "authorization_code",
        "code": person.code(),
        "redirect_uri": person.redirect_uri,
        "client_id": person.client_id,
    }
    assert person.post(fields).json()["error"] == "invalid_request"


def test_a_failed_exchange_uses_the_code_up(person: Person) -> None:
    code = person.code()
    assert person.redeem(code, code_verifier="w" * 43).status_code == 400
    assert person.redeem(code).json()["error"] == "invalid_grant"


def test_a_code_used_twice_ends_what_it_bought(person: Person) -> None:
    code = person.code()
    token = person.redeem(code).json()
    assert person.get(token, "/accounts").status_code == 200
    assert person.redeem(code).json()["error"] == "invalid_grant"
    assert person.get(token, "/accounts").status_code == 401
    assert person.refresh(token).json()["error"] == "invalid_grant"
