"""What is sent to the token endpoint, and that it can be cut short."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bankview.domain.secret import Secret
from bankview.errors import (
    BankUnavailableError,
    BankviewError,
    Interrupted,
    MetadataError,
    SignInNeededError,
)
from bankview.oauth.token import Token

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.oauth.client import OAuthClient
    from bankview.oauth.server import Server
    from tests.oauth.conftest import AuthServer, Clock, Say

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


def test_a_code_is_redeemed_with_exactly_these_fields(bank: AuthServer, oauth: Make) -> None:
    bank.tell_token()
    client = oauth()
    request = client.authorization_request("http://127.0.0.1:8123/callback")
    client.redeem(request, "the-code")
    assert bank.seen[0].method == "POST"
    assert bank.seen[0].headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert bank.seen[0].fields == {
        "grant_type": "authorization_code",
        "code": "the-code",
        "redirect_uri": "http://127.0.0.1:8123/callback",
        "code_verifier": request.code_verifier,
        "client_id": "bankview",
    }


def test_a_renewal_has_exactly_these_fields(bank: AuthServer, oauth: Make, old: Token) -> None:
    bank.tell_token()
    oauth().refresh(old)
    assert bank.seen[0].fields == {
        "grant_type": "refresh_token",
        "refresh_token": "refresh-old",
        "client_id": "bankview",
    }


def test_no_html_is_asked_for(bank: AuthServer, oauth: Make, old: Token) -> None:
    bank.tell_token()
    client = oauth()
    redeem(client)
    client.refresh(old)
    assert [seen.headers["Accept"] for seen in bank.seen] == ["application/json"] * 2


def test_no_connection_is_kept_that_may_be_dead_at_the_next_exchange(
    bank: AuthServer, oauth: Make, old: Token
) -> None:
    bank.tell_token()
    client = oauth()
    redeem(client)
    client.refresh(old)
    assert len({seen.port for seen in bank.seen}) == 2


def test_further_fields_go_along_and_never_replace_ours(
    bank: AuthServer, oauth: Make, old: Token
) -> None:
    bank.tell_token()
    extra = {"method": "GET", "timeout": "0", "a b": "c&d=é", "client_id": "x", "grant_type": "x"}
    client = oauth(parameters={"token": extra})
    redeem(client)
    client.refresh(old)
    for seen, grant in zip(bank.seen, ("authorization_code", "refresh_token"), strict=True):
        ours = {"client_id": "bankview", "grant_type": grant}
        assert seen.fields.items() >= {**extra, **ours}.items()


def test_a_code_with_awkward_characters_arrives_as_it_is(bank: AuthServer, oauth: Make) -> None:
    bank.tell_token()
    client = oauth()
    client.redeem(client.authorization_request(), "4/0A%2B&= é+/~")
    assert bank.seen[0].fields["code"] == "4/0A%2B&= é+/~"


def test_a_code_of_another_issuer_goes_nowhere(
    bank: AuthServer, oauth: Make, known: Server
) -> None:
    other = oauth(replace(known, issuer="http://127.0.0.1:1"))
    with pytest.raises(MetadataError, match="another issuer"):
        other.redeem(oauth().authorization_request(), "the-code")
    assert not bank.seen


def test_an_unsafe_token_endpoint_gets_nothing(
    bank: AuthServer, oauth: Make, known: Server
) -> None:
    with pytest.raises(MetadataError):
        redeem(
            oauth(replace(known, insecure_http=False, authorization_endpoint="https://b.test/a"))
        )
    assert not bank.seen


def test_the_redirect_address_is_the_registered_one_unless_told(oauth: Make) -> None:
    client = oauth(redirect_uri="http://localhost:12345/cb")
    assert client.authorization_request().redirect_uri == "http://localhost:12345/cb"
    assert (
        client.authorization_request("http://127.0.0.1:1/x").redirect_uri == "http://127.0.0.1:1/x"
    )


def test_a_rotated_refresh_token_replaces_the_old_one(
    bank: AuthServer, oauth: Make, old: Token
) -> None:
    bank.tell_token({"refresh_token": "refresh-new"})
    assert oauth().refresh(old).refresh_token.reveal() == "refresh-new"


@pytest.mark.parametrize("said", [None, "", 7])
def test_the_old_refresh_token_stays_where_none_comes(
    bank: AuthServer, oauth: Make, clock: Clock, old: Token, said: object
) -> None:
    bank.tell_token({"refresh_token": said})
    old = replace(old, refresh_expires_at=clock.at)
    fresh = oauth().refresh(old)
    assert fresh.refresh_token == old.refresh_token
    assert fresh.refresh_expires_at == clock.at


def test_a_token_without_refresh_token_is_not_renewed(bank: AuthServer, oauth: Make) -> None:
    with pytest.raises(SignInNeededError):
        oauth().refresh(Token(Secret("access-old")))
    assert not bank.seen


def test_invalid_grant_on_renewal_asks_for_a_sign_in_after_one_call(
    bank: AuthServer, oauth: Make, say: type[Say], old: Token
) -> None:
    bank.tell("/token", say(400, {"error": "invalid_grant"}, JSON))
    with pytest.raises(SignInNeededError):
        oauth().refresh(old)
    assert len(bank.seen) == 1


def test_a_server_that_is_not_there_is_unavailable(
    oauth: Make, known: Server, bank: AuthServer
) -> None:
    client = oauth()
    bank.close()
    with pytest.raises(BankUnavailableError):
        redeem(client)


def test_a_server_that_hangs_up_is_unavailable(
    bank: AuthServer, oauth: Make, say: type[Say]
) -> None:
    bank.tell("/token", say(200, b"{", {**JSON, "Content-Length": "1000", "Connection": "close"}))
    with pytest.raises(BankUnavailableError):
        redeem(oauth())


def test_an_exchange_can_be_cut_short_from_another_thread(
    bank: AuthServer, oauth: Make, say: type[Say]
) -> None:
    release = threading.Event()
    bank.tell("/token", say(200, b"", until=release))
    client = oauth()
    ended: list[BaseException] = []

    def run() -> None:
        try:
            redeem(client)
        except BankviewError as error:
            ended.append(error)

    worker = threading.Thread(target=run)
    worker.start()
    assert bank.arrived.wait(10)
    client.stop()
    worker.join(10)
    release.set()
    assert [type(error) for error in ended] == [Interrupted]
    with pytest.raises(Interrupted):
        redeem(client)


def test_a_refresh_token_that_was_used_up_is_called_a_dead_token_by_some(
    bank: AuthServer, oauth: Make, say: type[Say], old: Token
) -> None:
    bank.tell("/token", say(401, {"error": "invalid_token", "code": "unauthorized"}, JSON))
    with pytest.raises(SignInNeededError):
        oauth().refresh(old)
    assert len(bank.seen) == 1
