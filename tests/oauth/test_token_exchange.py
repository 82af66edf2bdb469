"""Token exchange: what is shown by which type, and what may come back (RFC 8693)."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bankview.domain.secret import Secret
from bankview.errors import OAuthError, TokenReplyError
from bankview.log import REDACTION
from bankview.oauth.token_exchange import NAMES, Shown, exchange, guess, urn_of
from tests.oauth.conftest import JSON, AuthServer, Say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bankview.oauth.client import OAuthClient
    from bankview.oauth.token import Token

    Make = Callable[..., OAuthClient]

ACCESS = "urn:ietf:params:oauth:token-type:access_token"
NOBODY = Shown(Secret())


def shown(text: str = "subject-0001", kind: str = "") -> Shown:
    return Shown(Secret(text), kind)


def jwt(claims: Mapping[str, Any], **header: Any) -> str:
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in ({"alg": "ES256", **header}, claims)
    ]
    return ".".join([*parts, "c2lnbmF0dXJl"])


def exchanged(bank: AuthServer, oauth: Make, wanted: Mapping[str, str], **reply: Any) -> Token:
    bank.tell_token({"issued_token_type": ACCESS, "refresh_token": None, **reply})
    return exchange(oauth(exchange=wanted), shown(), NOBODY)


def test_it_sends_exactly_what_the_profile_wants(bank: AuthServer, oauth: Make) -> None:
    bank.tell_token({"issued_token_type": ACCESS})
    wanted = {"audience": "https://api.example", "requested_token_type": "access_token"}
    client = oauth(exchange=wanted, parameters={"token": {"subject_token": "x", "more": "y"}})
    exchange(client, shown(kind="refresh_token"), shown("actor-0001", "urn:own:type"))
    assert bank.seen[0].fields == {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "client_id": "bankview",
        "scope": "accounts",
        "subject_token": "subject-0001",
        "subject_token_type": "urn:ietf:params:oauth:token-type:refresh_token",
        "actor_token": "actor-0001",
        "actor_token_type": "urn:own:type",
        "audience": "https://api.example",
        "requested_token_type": ACCESS,
        "more": "y",
    }


def test_what_the_profile_leaves_out_is_not_sent(bank: AuthServer, oauth: Make) -> None:
    exchanged(bank, oauth, {})
    assert bank.seen[0].fields.keys() == {
        "grant_type",
        "client_id",
        "scope",
        "subject_token",
        "subject_token_type",
    }


def test_what_was_issued_is_the_new_token(bank: AuthServer, oauth: Make) -> None:
    token = exchanged(bank, oauth, {"requested_token_type": "access_token"})
    assert token.access_token.reveal() == "access-0001"


@pytest.mark.parametrize("issued", [None, "", 7])
def test_a_reply_that_does_not_say_what_was_issued_is_refused(
    bank: AuthServer, oauth: Make, issued: Any
) -> None:
    with pytest.raises(TokenReplyError, match="issued_token_type"):
        exchanged(bank, oauth, {}, issued_token_type=issued)


def test_another_type_than_was_asked_for_is_refused(bank: AuthServer, oauth: Make) -> None:
    with pytest.raises(TokenReplyError, match="another type"):
        exchanged(bank, oauth, {"requested_token_type": "jwt"})


@pytest.mark.parametrize("kind", ["N_A", "n_a"])
def test_a_token_that_no_api_takes_is_said_to_be_none(
    bank: AuthServer, oauth: Make, kind: str
) -> None:
    with pytest.raises(TokenReplyError, match="no access token"):
        exchanged(bank, oauth, {}, token_type=kind)


def test_a_target_that_is_refused_is_told_by_its_code(bank: AuthServer, oauth: Make) -> None:
    bank.tell("/token", Say(400, {"error": "invalid_target"}, JSON))
    with pytest.raises(OAuthError) as raised:
        exchange(oauth(), shown(), NOBODY)
    assert raised.value.code == "invalid_target"


def test_what_is_shown_is_in_no_log(bank: AuthServer, oauth: Make) -> None:
    bank.tell_token({"issued_token_type": ACCESS})
    exchange(oauth(), shown("subject-to-hide"), shown("actor-to-hide"))
    assert REDACTION.clean("subject-to-hide actor-to-hide") == "[hidden] [hidden]"


@pytest.mark.parametrize("name", NAMES)
def test_a_short_name_stands_for_its_urn(name: str) -> None:
    assert urn_of(name) == f"urn:ietf:params:oauth:token-type:{name}"
    assert urn_of(urn_of(name)) == urn_of(name)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("opaque-token-0001", "access_token"),
        ("a.b.c", "access_token"),
        (jwt({"sub": "x"}, typ="at+jwt"), "access_token"),
        (jwt({"nonce": "x"}, typ="application/at+JWT"), "access_token"),
        (jwt({"sub": "x", "scope": "accounts"}), "access_token"),
        (jwt({"sub": "x", "nonce": "y"}), "id_token"),
        (jwt({"sub": "x", "at_hash": "y"}), "id_token"),
        (jwt({"sub": "x"}), "jwt"),
        (' <saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">', "saml2"),
        ('<Assertion xmlns="urn:oasis:names:tc:SAML:1.0:assertion">', "saml1"),
    ],
)
def test_a_type_that_is_left_out_is_guessed(text: str, kind: str) -> None:
    assert guess(text) == kind


@given(st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode() + ".e30.x"))
def test_any_text_has_a_type(text: str) -> None:
    assert guess(text) in NAMES
