"""How access is ended at the bank, and what its answers mean."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bankview.domain.secret import Secret
from bankview.oauth.token import Token

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.oauth.client import OAuthClient
    from bankview.oauth.server import Server
    from tests.oauth.conftest import AuthServer, Say

    Make = Callable[..., OAuthClient]

JSON = {"Content-Type": "application/json"}


def redeem(client: OAuthClient) -> Token:
    return client.redeem(client.authorization_request(), "the-code")


@pytest.fixture
def old() -> Token:
    return Token(
        Secret("access-old"),
        refresh_token=Secret("refresh-old"),
        scope="accounts",
        extra={"customer": "k-1"},
    )


def test_the_refresh_token_is_revoked_before_the_access_token(
    bank: AuthServer, oauth: Make, say: type[Say], old: Token
) -> None:
    bank.tell("/revoke", say(200))
    client = oauth(parameters={"revocation": {"bank": "north"}})
    assert client.revoke(old) == {"refresh_token": "confirmed", "access_token": "confirmed"}
    assert [seen.fields for seen in bank.seen] == [
        {
            "token": f"{kind}-old",
            "token_type_hint": f"{kind}_token",
            "client_id": "bankview",
            "bank": "north",
        }
        for kind in ("refresh", "access")
    ]
    assert all(seen.method == "POST" for seen in bank.seen)


@pytest.mark.parametrize(
    ("answer", "means"),
    [
        ((200, b""), "confirmed"),
        ((204, b""), "confirmed"),
        ((400, {"error": "unsupported_token_type"}), "unsupported"),
        ((401, {"error": "invalid_client"}), "refused"),
        ((403, b""), "refused"),
        ((404, b""), "refused"),
        ((408, b""), "unconfirmed"),
        ((429, b""), "unconfirmed"),
        ((500, b""), "unconfirmed"),
        ((503, b"<html>"), "unconfirmed"),
        ((302, b""), "unconfirmed"),
    ],
)
def test_each_answer_to_a_revocation_is_told_apart(
    bank: AuthServer, oauth: Make, say: type[Say], old: Token, answer: tuple[int, Any], means: str
) -> None:
    bank.tell("/revoke", say(*answer, {"Location": "/x"}), say(200))
    assert oauth().revoke(old) == {"refresh_token": means, "access_token": "confirmed"}


def test_a_bank_that_is_not_there_confirms_nothing(
    bank: AuthServer, oauth: Make, old: Token
) -> None:
    client = oauth()
    bank.close()
    assert client.revoke(old) == {"refresh_token": "unconfirmed", "access_token": "unconfirmed"}


def test_a_token_without_refresh_token_has_one_thing_to_revoke(
    bank: AuthServer, oauth: Make, say: type[Say]
) -> None:
    bank.tell("/revoke", say(200))
    assert oauth().revoke(Token(Secret("access-old"))) == {"access_token": "confirmed"}


def test_without_an_endpoint_nothing_is_revoked(
    bank: AuthServer, oauth: Make, known: Server, old: Token
) -> None:
    assert oauth(replace(known, revocation_endpoint="")).revoke(old) == {}
    assert not bank.seen
