"""STET's token endpoint: certificates instead of secrets, roles, a refresh token that stays, and revocation."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.stet_party import CLIENT_ID, OAUTH, REDIRECT, ThirdParty

if TYPE_CHECKING:
    from tests.sandbox_process import Person, Sandbox

VERIFIER = secrets.token_urlsafe(32)
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
)


@pytest.fixture
def party(sandbox: Sandbox) -> ThirdParty:
    return ThirdParty(sandbox)


def error(reply: requests.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["error"]


def test_the_reply_is_that_of_the_bank(party: ThirdParty) -> None:
    token = party.sign_in("aisp extended_transaction_history").token
    assert token.keys() == {"access_token", "token_type", "expires_in", "scope", "refresh_token"}
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 300)
    assert token["scope"] == "aisp extended_transaction_history offline_access"


def test_the_refresh_token_stays_and_the_former_access_token_dies(party: ThirdParty) -> None:
    former = party.sign_in("aisp extended_transaction_history").token
    renewed = party.refresh().json()
    assert renewed["refresh_token"] == former["refresh_token"]
    assert renewed["scope"] == "aisp offline_access"
    assert party.call("accounts").status_code == 401
    party.token = renewed
    assert party.call("accounts").status_code == 200
    assert party.refresh().status_code == 200


def test_a_refresh_cannot_ask_for_the_long_history_again(party: ThirdParty) -> None:
    party.sign_in("aisp extended_transaction_history")
    asked = party.refresh(scope="aisp extended_transaction_history")
    assert error(asked) == (400, "invalid_scope")
    assert party.refresh(scope="aisp offline_access").status_code == 200


def test_without_a_certificate_there_is_no_connection(party: ThirdParty) -> None:
    code = party.code()["code"][0]
    party.tls = ""
    with pytest.raises((requests.exceptions.SSLError, requests.exceptions.ConnectionError)):
        party.redeem(code)


def test_on_the_port_without_certificates_nobody_is_proven(party: ThirdParty) -> None:
    fields = {
        "grant_type": "authorization_code",
        "client_id": CLIENT_ID,
        "redirect_uri": REDIRECT,
        "code": party.code()["code"][0],
    }
    head = {"Peer-Certificate": base64.b64encode(b"mine").decode()}
    reply = party.sandbox.send("POST", f"{OAUTH}/token", data=fields, headers=head)
    assert error(reply) == (401, "invalid_client")


@pytest.mark.parametrize("tls", ["client", "qseal"])
def test_a_certificate_without_name_or_for_seals_proves_nobody(party: ThirdParty, tls: str) -> None:
    code = party.code()["code"][0]
    party.tls = tls
    assert error(party.redeem(code)) == (401, "invalid_client")


def test_a_certificate_without_the_role_is_refused(party: ThirdParty) -> None:
    code = party.code("cbpii")["code"][0]
    party.tls = "qwac-ai"
    assert error(party.redeem(code)) == (400, "unauthorized_client")
    asked = party.form(grant_type="client_credentials", scope="cbpii")
    assert error(asked) == (400, "unauthorized_client")
    party.tls = "qwac-ai"
    assert party.sign_in().call("accounts").status_code == 200


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"client_secret": "x"}, (401, "invalid_client")),
        ({"client_id": "bankview"}, (401, "invalid_client")),
        ({"scope": "aisp"}, (400, "invalid_request")),
        ({"code_verifier": VERIFIER}, (400, "invalid_grant")),
        ({"redirect_uri": "http://127.0.0.1:2/callback"}, (400, "invalid_grant")),
        ({"grant_type": "password"}, (400, "unsupported_grant_type")),
    ],
)
def test_a_code_is_redeemed_as_it_was_asked_for(
    party: ThirdParty, fields: dict[str, str], expected: tuple[int, str]
) -> None:
    assert error(party.redeem(party.code()["code"][0], **fields)) == expected


def test_pkce_holds_where_it_was_begun(party: ThirdParty) -> None:
    def code() -> str:
        asked = party.code(code_challenge=CHALLENGE, code_challenge_method="S256")
        return asked["code"][0]

    assert error(party.redeem(code())) == (400, "invalid_request")
    assert error(party.redeem(code(), code_verifier="x" * 43)) == (400, "invalid_grant")
    assert party.redeem(code(), code_verifier=VERIFIER).status_code == 200


@pytest.mark.parametrize("scope", [None, "accounts", "aisp cbpii", "extended_transaction_history"])
def test_scopes_are_one_role_at_a_time(party: ThirdParty, scope: str | None) -> None:
    assert party.code(scope)["error"] == ["invalid_scope"]


def test_the_answer_names_no_issuer(party: ThirdParty) -> None:
    assert party.code().keys() == {"code", "state"}


def test_a_code_works_once_and_a_second_use_ends_what_it_began(party: ThirdParty) -> None:
    code = party.code()["code"][0]
    party.token = party.redeem(code).json()
    assert error(party.redeem(code)) == (400, "invalid_grant")
    assert party.call("accounts").status_code == 401


def test_a_new_sign_in_ends_the_former_one_of_the_same_person(party: ThirdParty) -> None:
    party.sign_in()
    other = ThirdParty(party.sandbox).sign_in(customer="student")
    ThirdParty(party.sandbox).sign_in()
    assert party.call("accounts").status_code == 401
    assert error(party.refresh()) == (400, "invalid_grant")
    assert other.call("accounts").status_code == 200


def test_a_token_that_ended_asks_for_another_and_a_replay(party: ThirdParty) -> None:
    party.sign_in()
    party.sandbox.expire()
    refused = party.call("accounts")
    assert error(refused) == (401, "invalid_token")
    assert refused.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    party.token = party.refresh().json()
    assert party.call("accounts").status_code == 200
    party.token["access_token"] += "x"
    assert error(party.call("accounts")) == (401, "invalid_token")


def test_revocation_ends_both_tokens_and_needs_the_certificate(party: ThirdParty) -> None:
    refresh = party.sign_in().token["refresh_token"]
    party.tls = "client"
    assert error(party.form("revoke", token=refresh)) == (401, "invalid_client")
    party.tls = "qwac"
    assert party.call("accounts").status_code == 200
    assert party.form("revoke", token=refresh).status_code == 200
    assert party.call("accounts").status_code == 401
    assert error(party.refresh()) == (400, "invalid_grant")


def test_tokens_of_one_bank_are_worth_nothing_at_the_other(
    party: ThirdParty, person: Person
) -> None:
    party.sign_in()
    assert person.get(party.token, "/accounts").status_code == 401
    party.token = person.sign_in()
    assert party.call("accounts").status_code == 401


def funds(party: ThirdParty, **changes: Any) -> requests.Response:
    number = party.sandbox.books()["accounts"][0]["number"]
    check = 98 - int(f"{number}232400") % 97
    body = {
        "paymentCoverageRequestId": "R-1",
        "accountId": {"iban": f"NO{check:02d}{number}"},
        "instructedAmount": {"currency": "NOK", "amount": "1.00"},
        **changes,
    }
    return party.call("funds-confirmations", "POST", json.dumps(body).encode())


def test_funds_are_confirmed_to_a_client_by_itself(party: ThirdParty) -> None:
    party.token = party.form(grant_type="client_credentials", scope="cbpii").json()
    assert "refresh_token" not in party.token
    assert funds(party).json()["result"] is True
    much = {"currency": "NOK", "amount": "9999999.00"}
    assert funds(party, instructedAmount=much).json()["result"] is False
    euros = {"currency": "EUR", "amount": "1.00"}
    assert funds(party, instructedAmount=euros).json()["result"] is False
    assert funds(party, accountId={"iban": "NO00"}).status_code == 400
    assert funds(party, instructedAmount={"currency": "NOK", "amount": 1.0}).status_code == 400
    assert funds(party, paymentCoverageRequestId="x" * 36).status_code == 400
    assert party.call("accounts").status_code == 403


def test_funds_and_accounts_are_two_scopes_and_two_roles(party: ThirdParty) -> None:
    assert funds(party.sign_in("aisp")).status_code == 403
    assert funds(party.sign_in("cbpii")).status_code == 200
    party.tls = "qwac-ai"
    assert funds(party).status_code == 403


def test_a_client_by_itself_gets_no_accounts(party: ThirdParty) -> None:
    asked = party.form(grant_type="client_credentials", scope="aisp")
    assert error(asked) == (400, "invalid_scope")
