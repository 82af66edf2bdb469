"""What the bank says of a token and of who signed in: JSON, signed or text, and what of it is believed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from bankview.domain.secret import Secret
from bankview.errors import (
    BankRefusedError,
    BankUnavailableError,
    ClientRefusedError,
    MetadataError,
    TokenReplyError,
)
from bankview.oauth.endpoints import introspection, userinfo
from bankview.oauth.endpoints.said import Said
from bankview.oauth.token import Token
from bankview.oauth.wording import LONGEST_TEXT
from bankview.web import Reply
from tests.oauth.conftest import NOON

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.oauth.client import OAuthClient
    from bankview.oauth.server import Server
    from tests.oauth.conftest import AuthServer, Say

    Make = Callable[..., OAuthClient]

JSON = {"Content-Type": "application/json"}
KEY, OTHER = (ECKey.generate_key("P-256", {"kid": name}) for name in ("k", "k"))
TOKEN = Token(Secret("access-0009"))


@pytest.fixture
def server(known: Server, bank: AuthServer, say: type[Say]) -> Server:
    bank.tell("/jwks", say(200, {"keys": [KEY.as_dict(private=False)]}, JSON))
    return replace(
        known,
        introspection_endpoint=f"{bank.url}/introspect",
        userinfo_endpoint=f"{bank.url}/userinfo",
        jwks_uri=f"{bank.url}/jwks",
    )


def signed(claims: dict[str, Any], typ: str, key: Any = KEY, alg: str = "ES256") -> bytes:
    return jwt.encode({"alg": alg, "typ": typ, "kid": "k"}, claims, key, algorithms=[alg]).encode()


def about_token(bank: AuthServer, **changes: Any) -> dict[str, Any]:
    said = {
        "iss": bank.url,
        "aud": "bankview",
        "iat": int(NOON.timestamp()),
        "token_introspection": {"active": True, "scope": "accounts"},
        **changes,
    }
    return {name: value for name, value in said.items() if value is not None}


def test_an_introspection_in_json_is_decoded(
    bank: AuthServer, oauth: Make, say: type[Say], server: Server
) -> None:
    bank.tell("/introspect", say(200, {"active": True, "scope": "accounts"}, JSON))
    client = oauth(server, parameters={"introspection": {"bank": "north"}})
    assert client.introspection(TOKEN) == Said({"active": True, "scope": "accounts"})
    (seen,) = bank.seen
    assert seen.fields == {
        "token": "access-0009",
        "token_type_hint": "access_token",
        "client_id": "bankview",
        "bank": "north",
    }
    assert seen.headers["Accept"] == "application/json, application/token-introspection+jwt"


def test_a_signed_introspection_is_verified(
    bank: AuthServer, oauth: Make, say: type[Say], server: Server
) -> None:
    body = signed(about_token(bank), introspection.TYP)
    bank.tell("/introspect", say(200, body, {"Content-Type": introspection.SIGNED}))
    said = oauth(server).introspection(TOKEN)
    assert said == Said({"active": True, "scope": "accounts"}, signed=True)


@pytest.mark.parametrize(
    "body",
    [
        lambda bank: signed(about_token(bank, iss="https://other.example"), introspection.TYP),
        lambda bank: signed(about_token(bank, iss=None), introspection.TYP),
        lambda bank: signed(about_token(bank, aud="another"), introspection.TYP),
        lambda bank: signed(about_token(bank, aud=None), introspection.TYP),
        lambda bank: signed(about_token(bank, aud=["another"]), introspection.TYP),
        lambda bank: signed(about_token(bank, token_introspection=None), introspection.TYP),
        lambda bank: signed(about_token(bank, token_introspection="x"), introspection.TYP),
        lambda bank: signed(about_token(bank, token_introspection={}), introspection.TYP),
        lambda bank: signed(about_token(bank, exp=int(NOON.timestamp()) - 61), introspection.TYP),
        lambda bank: signed(about_token(bank, nbf=int(NOON.timestamp()) + 61), introspection.TYP),
        lambda bank: signed(about_token(bank, iat="now"), introspection.TYP),
        lambda bank: signed(about_token(bank), "JWT"),
        lambda bank: signed(about_token(bank), introspection.TYP, OTHER),
        lambda _: b"eyJhbGciOiJub25lIn0.e30.",
        lambda _: b"no JWT at all",
        lambda _: b"",
        lambda _: b"\xff\xfe",
    ],
    ids=[
        "another issuer", "no issuer", "another client", "no aud", "another in a list", "nothing",
        "text", "empty", "ended", "not begun", "no instant", "another type", "another key",
        "no signature", "no JWT", "no body", "no text",
    ],
)  # fmt: skip
def test_a_signed_introspection_that_cannot_be_trusted_is_refused(
    bank: AuthServer,
    oauth: Make,
    say: type[Say],
    server: Server,
    body: Callable[[AuthServer], bytes],
) -> None:
    bank.tell("/introspect", say(200, body(bank), {"Content-Type": introspection.SIGNED}))
    with pytest.raises(TokenReplyError):
        oauth(server).introspection(TOKEN)


def test_an_audience_in_a_list_may_be_us(
    bank: AuthServer, oauth: Make, say: type[Say], server: Server
) -> None:
    body = signed(about_token(bank, aud=["bankview", "another"]), introspection.TYP.upper())
    bank.tell("/introspect", say(200, body, {"Content-Type": introspection.SIGNED}))
    assert oauth(server).introspection(TOKEN).signed


@pytest.mark.parametrize(
    "body", [b"<b>Hello</b>\x1b[31m", b"[1]", b'{"active": "yes"}', b'{"scope": "x"}', b"null"]
)
def test_an_introspection_that_is_something_else_is_text_and_no_error(
    bank: AuthServer, oauth: Make, say: type[Say], server: Server, body: bytes
) -> None:
    bank.tell("/introspect", say(200, body, {"Content-Type": "text/html"}))
    said = oauth(server).introspection(TOKEN)
    assert said.claims is None
    assert said.text == body.decode().replace("\x1b", " ")
    with pytest.raises(TokenReplyError):
        oauth(server).introspect(TOKEN)


def test_a_long_text_is_cut(bank: AuthServer, oauth: Make, say: type[Say], server: Server) -> None:
    bank.tell("/introspect", say(200, b"x" * 100_000))
    assert len(oauth(server).introspection(TOKEN).text) == LONGEST_TEXT


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, BankRefusedError),
        (401, ClientRefusedError),
        (404, BankRefusedError),
        (302, BankUnavailableError),
        (503, BankUnavailableError),
    ],
)
def test_an_introspection_that_is_refused_is_its_error(
    bank: AuthServer,
    oauth: Make,
    say: type[Say],
    server: Server,
    status: int,
    error: type[Exception],
) -> None:
    bank.tell("/introspect", say(status, {"active": True}, JSON))
    with pytest.raises(error):
        oauth(server).introspection(TOKEN)


def test_a_server_without_the_endpoints_says_so(oauth: Make) -> None:
    for ask in (oauth().introspection, oauth().userinfo_answer):
        with pytest.raises(MetadataError, match="is not known"):
            ask(TOKEN)


def with_sub(sub: str) -> Token:
    id_token = jwt.encode({"alg": "ES256"}, {"sub": sub}, KEY, algorithms=["ES256"])
    return Token(Secret("access-0009"), extra={"id_token": id_token})


def test_userinfo_in_json_is_about_who_signed_in(
    bank: AuthServer, oauth: Make, say: type[Say], server: Server
) -> None:
    bank.tell("/userinfo", say(200, {"sub": "k-1", "name": "Nora"}, JSON))
    client = oauth(server, parameters={"userinfo": {"schema": "open id"}})
    assert client.userinfo_answer(with_sub("k-1")) == Said({"sub": "k-1", "name": "Nora"})
    (seen,) = bank.seen
    assert (seen.method, seen.query) == ("GET", "schema=open+id")
    assert seen.headers["Authorization"] == "Bearer access-0009"
    with pytest.raises(TokenReplyError, match="somebody else"):
        client.userinfo_answer(with_sub("k-2"))


@pytest.mark.parametrize("changes", [{}, {"iss": None}, {"aud": None}, {"aud": ["bankview"]}])
def test_signed_userinfo_is_verified(
    bank: AuthServer, oauth: Make, say: type[Say], server: Server, changes: dict[str, Any]
) -> None:
    claims = {"sub": "k-1", "iss": bank.url, "aud": "bankview", **changes}
    claims = {name: value for name, value in claims.items() if value is not None}
    bank.tell("/userinfo", say(200, signed(claims, "JWT"), {"Content-Type": "application/jwt"}))
    said = oauth(server).userinfo_answer(with_sub("k-1"))
    assert said.signed
    assert said.claims == claims


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": "k-2"},
        {"sub": None},
        {"iss": "https://other.example"},
        {"aud": "another"},
        {"exp": 1},
    ],
    ids=repr,
)
def test_signed_userinfo_that_cannot_be_trusted_is_refused(
    bank: AuthServer, oauth: Make, say: type[Say], server: Server, changes: dict[str, Any]
) -> None:
    claims = {"sub": "k-1", "iss": bank.url, "aud": "bankview", **changes}
    claims = {name: value for name, value in claims.items() if value is not None}
    bank.tell("/userinfo", say(200, signed(claims, "JWT"), {"Content-Type": "application/jwt"}))
    with pytest.raises(TokenReplyError):
        oauth(server).userinfo_answer(with_sub("k-1"))


def test_userinfo_signed_with_another_key_is_refused(
    bank: AuthServer, oauth: Make, say: type[Say], server: Server
) -> None:
    rsa = RSAKey.generate_key(2048, {"kid": "k"})
    for key, alg in ((OTHER, "ES256"), (rsa, "RS256")):
        body = signed({"sub": "k-1"}, "JWT", key, alg)
        bank.tell("/userinfo", say(200, body, {"Content-Type": "application/jwt"}))
        with pytest.raises(TokenReplyError):
            oauth(server).userinfo_answer(TOKEN)


def test_userinfo_that_is_text_is_shown_as_text(
    bank: AuthServer, oauth: Make, say: type[Say], server: Server
) -> None:
    bank.tell("/userinfo", say(200, b"Nora", {"Content-Type": "text/plain"}))
    assert oauth(server).userinfo_answer(TOKEN) == Said(text="Nora")


@given(st.binary(max_size=200), st.sampled_from(["application/json", "application/jwt", "", "x"]))
def test_whatever_comes_is_an_answer_or_an_error_of_ours(body: bytes, media: str) -> None:
    def verify(_: str) -> Any:
        raise TokenReplyError("bank.example", "it cannot be trusted")

    reply = Reply(200, "https://bank.example/x", {"Content-Type": media}, body)
    with suppress(TokenReplyError):
        assert isinstance(userinfo.read_userinfo(reply, "k-1", verify, "bankview"), Said)
    with suppress(TokenReplyError):
        assert isinstance(introspection.introspect(TOKEN, lambda _: reply, verify, "b"), Said)


def test_an_answer_shows_nothing_of_itself_in_a_traceback() -> None:
    assert "Nora" not in repr(Said({"name": "Nora"}, text="Nora"))
