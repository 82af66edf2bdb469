"""The backchannel grant: one hint, one message, and an answer held to CIBA Core."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey

from bankview.domain.secret import Secret
from bankview.errors import (
    BankviewError,
    ClientRefusedError,
    MetadataError,
    OAuthError,
    SignInDeniedError,
    TokenReplyError,
)
from bankview.log import REDACTION
from bankview.oauth import ciba
from bankview.web import Reply
from tests.oauth.conftest import JSON, NOON, AuthServer, Say

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.oauth.client import OAuthClient
    from bankview.oauth.server import Server

    Make = Callable[..., OAuthClient]

GIVEN = {"auth_req_id": "request-0001-of-the-bank", "expires_in": 120, "interval": 3}
CONFIDENTIAL = {"authentication": "client_secret_post", "secret": Secret("a-secret-of-ours")}


@pytest.fixture
def with_backchannel(bank: AuthServer, known: Server) -> Server:
    bank.tell("/ciba", Say(200, GIVEN, JSON))
    return replace(known, backchannel_authentication_endpoint=f"{bank.url}/ciba")


def read(body: Any, status: int = 200) -> ciba.Backchannel:
    reply = Reply(status, "https://bank.example/ciba", JSON, Say(body=body).bytes)
    return ciba.read_backchannel(reply, "Fjord 4711", NOON)


@pytest.mark.parametrize("hint", ciba.HINTS)
def test_the_request_carries_exactly_its_one_hint_and_the_message(
    bank: AuthServer, oauth: Make, with_backchannel: Server, hint: str
) -> None:
    client = oauth(
        with_backchannel,
        scope="openid accounts",
        hint=(hint, "household"),
        binding_message="Fjord 4711",
        parameters={"ciba": {"acr_values": "sca", hint: "somebody-else"}},
        **CONFIDENTIAL,
    )
    asked = ciba.begin(client, NOON)
    assert bank.seen[0].fields == {
        "client_id": "bankview",
        "client_secret": "a-secret-of-ours",
        "scope": "openid accounts",
        hint: "household",
        "binding_message": "Fjord 4711",
        "acr_values": "sca",
    }
    assert (asked.message, asked.pace.interval, asked.pace.seconds) == ("Fjord 4711", 3, 120)


def test_no_message_is_sent_where_there_is_none(
    bank: AuthServer, oauth: Make, with_backchannel: Server
) -> None:
    ciba.begin(oauth(with_backchannel, hint=("login_hint", "me"), **CONFIDENTIAL), NOON)
    assert "binding_message" not in bank.seen[0].fields


def test_the_token_is_asked_for_with_the_request_s_id(
    bank: AuthServer, oauth: Make, with_backchannel: Server
) -> None:
    bank.tell_token()
    client = oauth(with_backchannel, hint=("login_hint", "me"), **CONFIDENTIAL)
    token = ciba.token(client, read(GIVEN))
    assert token.access_token.reveal() == "access-0001"
    assert bank.seen[0].fields == {
        "grant_type": "urn:openid:params:grant-type:ciba",
        "auth_req_id": "request-0001-of-the-bank",
        "client_id": "bankview",
        "client_secret": "a-secret-of-ours",
    }


KEY = ECKey.generate_key("P-256", {"kid": "bank"})
ABOUT = "urn:openid:params:jwt:claim:auth_req_id"


def id_token(bank: AuthServer, **changes: Any) -> str:
    now = int(NOON.timestamp())
    claims = {"iss": bank.url, "sub": "person-1", "aud": "bankview", "iat": now, "exp": now + 60}
    return jwt.encode({"alg": "ES256", "kid": "bank"}, {**claims, **changes}, KEY)


@pytest.fixture
def approved(bank: AuthServer, oauth: Make, with_backchannel: Server) -> Callable[..., str]:
    """Return a function that redeems an approved request, and gives the access token."""
    bank.tell("/jwks", Say(200, {"keys": [KEY.as_dict(private=False)]}, JSON))
    server = replace(with_backchannel, jwks_uri=f"{bank.url}/jwks")

    def redeem(hint: tuple[str, str] = ("login_hint", "me"), **reply: Any) -> str:
        bank.tell_token(reply)
        client = oauth(server, scope="openid accounts", hint=hint, **CONFIDENTIAL)
        return ciba.token(client, read(GIVEN)).access_token.reveal()

    return redeem


def test_who_approved_is_verified(bank: AuthServer, approved: Callable[..., str]) -> None:
    assert approved(id_token=id_token(bank)) == "access-0001"
    assert approved(id_token=id_token(bank, **{ABOUT: GIVEN["auth_req_id"]}))
    hint = ("id_token_hint", id_token(bank, exp=1))
    assert approved(hint, id_token=id_token(bank))


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"aud": "somebody-else"}, "aud"),
        ({"iss": "https://other.example"}, "iss"),
        ({"exp": 1}, "exp"),
        ({"sub": "person-2"}, "somebody else approved"),
        ({ABOUT: "another-request"}, "another request"),
    ],
)
def test_an_id_token_about_something_else_ends_the_sign_in(
    bank: AuthServer, approved: Callable[..., str], changes: dict[str, Any], match: str
) -> None:
    hint = ("id_token_hint", id_token(bank, exp=1))
    with pytest.raises(TokenReplyError, match=match):
        approved(hint, id_token=id_token(bank, **changes))


def test_a_reply_that_does_not_say_who_approved_is_refused(approved: Callable[..., str]) -> None:
    """CIBA Core §10.1.1: the reply has an ID token."""
    with pytest.raises(TokenReplyError, match="id_token"):
        approved()


def test_a_server_without_the_endpoint_is_said(oauth: Make) -> None:
    with pytest.raises(MetadataError, match="backchannel_authentication_endpoint is not known"):
        ciba.begin(oauth(), NOON)


def test_without_an_interval_it_is_five_seconds() -> None:
    assert read({"auth_req_id": "request-0001", "expires_in": 60}).pace.interval == 5


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (403, {"error": "access_denied"}, SignInDeniedError),
        (400, {"error": "unknown_user_id"}, OAuthError),
        (400, {"error": "expired_login_hint_token"}, OAuthError),
        (400, {"error": "invalid_binding_message"}, OAuthError),
        (401, {"error": "invalid_client"}, ClientRefusedError),
        (200, {"expires_in": 60}, TokenReplyError),
        (200, {"auth_req_id": "request-0001"}, TokenReplyError),
        (200, {"auth_req_id": ["x"], "expires_in": 60}, TokenReplyError),
        (200, b"", TokenReplyError),
    ],
)
def test_a_refusal_is_told_by_status_and_code(
    status: int, body: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        read(body, status)


def test_what_we_ask_with_is_in_no_log_and_no_repr() -> None:
    asked = read(GIVEN)
    assert REDACTION.clean("request-0001-of-the-bank") == "[hidden]"
    assert "request-0001" not in repr(asked)


@given(
    st.dictionaries(
        st.sampled_from([*GIVEN, "error"]),
        st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.integers()),
    )
)
def test_any_answer_is_a_request_or_one_of_our_errors(members: dict[str, Any]) -> None:
    try:
        asked = read(members)
    except BankviewError:
        return
    assert asked.auth_req_id
    assert 0 < asked.pace.seconds <= 3600
