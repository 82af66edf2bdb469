"""What binds tokens lies where the tokens lie, and nowhere else; another certificate asks for another sign-in."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bankview.domain.secret import Secret
from bankview.errors import (
    CertificateChangedError,
    ClientRefusedError,
    SignInNeededError,
    TokenReplyError,
)
from bankview.oauth.client import OAuthClient
from bankview.oauth.registration import Client
from bankview.oauth.server import Server
from bankview.sentences import say
from bankview.sync.access import renew
from bankview.sync.disconnect import disconnect
from bankview.sync.kept import load_token, save_token
from bankview.sync.refresh import refresh
from bankview.sync.session import open_session
from bankview.sync.sign_in import connect
from tests.oauth.conftest import JSON, Say

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bankview.oauth.token import Token
    from bankview.sync.home import Home
    from tests.oauth.conftest import Clock
    from tests.sync.conftest import OwnHome, Person, ToyBank

BOUND = {"token_type": "DPoP"}


@pytest.fixture
def bound(home: OwnHome, toy: ToyBank, person: Person) -> OwnHome:
    """A home that is connected to the toy bank by a token that is bound to a key."""
    toy.bank = home.toy = replace(toy.bank, client=replace(toy.bank.client, dpop=True))
    toy.server.tell_token(BOUND)
    connect(home, toy.bank, person.front())
    return home


def key_of(home: Home) -> dict[str, str]:
    key: dict[str, str] = json.loads(load_token(home, "toy").dpop_key.reveal())
    return key


def test_the_key_lies_in_the_keychain_beside_its_token(bound: OwnHome) -> None:
    kept = json.loads(bound.secrets.read("token/toy") or "")["token-1"]
    assert json.loads(kept["dpop_key"])["d"] == key_of(bound)["d"]
    assert kept["access_token"]


def test_the_key_is_in_no_file(bound: OwnHome, tmp_path: Path) -> None:
    refresh(bound, "toy")
    private = key_of(bound)["d"].encode()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if private in path.read_bytes()]


def test_a_session_that_is_opened_later_proves_the_same_key(bound: OwnHome, toy: ToyBank) -> None:
    with open_session(bound, "toy") as session:
        session.get("accounts")
    seen = toy.server.seen[-1]
    assert seen.headers["Authorization"] == "DPoP access-0001"
    assert seen.headers["DPoP"]


def test_a_renewal_keeps_the_key(bound: OwnHome, toy: ToyBank, clock: Clock) -> None:
    before = key_of(bound)
    toy.server.tell_token({**BOUND, "access_token": "access-0002"})
    clock.turn(599)
    with open_session(bound, "toy") as session:
        session.get("accounts")
    assert load_token(bound, "toy").access_token.reveal() == "access-0002"
    assert key_of(bound) == before


def test_disconnecting_removes_the_key(bound: OwnHome) -> None:
    disconnect(bound, "toy")
    assert bound.secrets.read("token/toy") is None


def test_without_its_key_a_connection_needs_a_sign_in(
    bound: OwnHome, clock: Clock, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("needs a new sign-in")
    token = load_token(bound, "toy")
    save_token(bound, "toy", replace(token, dpop_key=Secret()))
    clock.turn(599)
    report = refresh(bound, "toy")
    assert isinstance(report.error, SignInNeededError)


def test_a_bearer_token_in_its_place_ends_the_sign_in_and_keeps_nothing(
    home: OwnHome, toy: ToyBank, person: Person
) -> None:
    bank = replace(toy.bank, client=replace(toy.bank.client, dpop=True))
    with pytest.raises(TokenReplyError, match="thief"):
        connect(home, bank, person.front())
    assert home.secrets.read("token/toy") is None


# Certificates.


def oauth(toy: ToyBank, home: Home, certificate: str) -> OAuthClient:
    server = Server(
        issuer=toy.server.url, token_endpoint=f"{toy.server.url}/token", insecure_http=True
    )
    client = Client("bankview", "tls_client_auth")
    return OAuthClient(server, client, now=home.now, certificate=certificate)


@pytest.fixture
def stale(home: Home, toy: ToyBank) -> Token:
    """A token that was got with the certificate `one`, and is kept."""
    toy.server.tell_token()
    token = oauth(toy, home, "one").client_credentials()
    save_token(home, "toy", token)
    return load_token(home, "toy")


REFUSALS: list[Any] = [(400, "invalid_grant"), (401, "invalid_client")]


@pytest.mark.parametrize(("status", "error"), REFUSALS)
def test_a_refusal_of_another_certificate_says_to_sign_in_with_it(
    home: Home, toy: ToyBank, stale: Token, status: int, error: str
) -> None:
    toy.server.tell("/token", Say(status, {"error": error}, JSON))
    with pytest.raises(CertificateChangedError) as caught:
        renew(home, "toy", oauth(toy, home, "two"), stale)
    said = say(caught.value, "Toy bank")
    assert str(said).startswith("The certificate for Toy bank is a new one: sign in again")
    assert said.action == "sign_in"


@pytest.mark.parametrize(("status", "error"), REFUSALS)
def test_a_refusal_of_the_same_certificate_says_nothing_of_it(
    home: Home, toy: ToyBank, stale: Token, status: int, error: str
) -> None:
    toy.server.tell("/token", Say(status, {"error": error}, JSON))
    with pytest.raises((SignInNeededError, ClientRefusedError)) as caught:
        renew(home, "toy", oauth(toy, home, "one"), stale)
    assert not isinstance(caught.value, CertificateChangedError)


def test_a_bank_that_takes_the_new_certificate_is_not_asked_again(
    home: Home, toy: ToyBank, stale: Token
) -> None:
    toy.server.tell_token({"access_token": "access-0002"})
    fresh = renew(home, "toy", oauth(toy, home, "two"), stale)
    assert (stale.certificate, fresh.certificate) == ("one", "two")
