"""Each trap of requests-oauthlib and oauthlib that this engine was built around, and that we do not fall into it; L03 is with TLS, L14 to L19 with the transport."""

from __future__ import annotations

import ast
import logging
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from requests_oauthlib import OAuth2Session

from bankview.domain.secret import Secret
from bankview.errors import BankviewError
from bankview.oauth.grants import TokenAuth
from bankview.oauth.token import Token
from bankview.web import Sender

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from bankview.oauth.client import OAuthClient
    from tests.oauth.conftest import AuthServer, Clock, Say

    Make = Callable[..., OAuthClient]

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "bankview").rglob("*.py"))
KNOWN = {"grant_type", "refresh_token", "client_id"}


def redeem(client: OAuthClient) -> Token:
    return client.redeem(client.authorization_request(), "the-code")


@pytest.fixture
def api(sender: Sender, oauth: Make, clock: Clock, bank: AuthServer) -> Sender:
    """A logged-in sender whose token has just ended."""
    bank.tell_token({"access_token": "access-0001"}, {"access_token": "access-0002"})
    client = oauth()
    sender.session.auth = TokenAuth(redeem(client), client.refresh, now=clock)
    clock.turn(600)
    return sender


def test_the_library_carries_every_request_to_the_token_endpoint(
    bank: AuthServer, oauth: Make, say: type[Say]
) -> None:
    bank.tell_token()
    bank.tell("/revoke", say(200))
    called: Counter[str] = Counter()
    watched = {OAuth2Session.fetch_token.__code__, OAuth2Session.refresh_token.__code__}

    def watch(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in watched:
            called[frame.f_code.co_name] += 1

    client = oauth()
    request = client.authorization_request()
    sys.setprofile(watch)
    try:
        token = client.redeem(request, "the-code")
        client.refresh(token)
    finally:
        sys.setprofile(None)
    client.revoke(token)
    assert called == {"fetch_token": 1, "refresh_token": 1}
    assert len(bank.at("/token")) == 2
    assert isinstance(client.sender.session, OAuth2Session)


def test_the_library_lives_in_one_file() -> None:
    assert {path.name for path in SOURCES if "requests_oauthlib" in _imports(path)} == {
        "token_session.py"
    }


def _imports(path: Path) -> set[str]:
    tree = ast.walk(ast.parse(path.read_text("utf-8")))
    return {node.module or "" for node in tree if isinstance(node, ast.ImportFrom)}


def test_l01_a_calls_parameters_do_not_leak_into_the_renewal(api: Sender, bank: AuthServer) -> None:
    api.send("GET", f"{bank.url}/accounts", params={"from": "2026-01-01"})
    assert bank.at("/token")[-1].fields.keys() == KNOWN
    assert bank.at("/accounts")[0].headers["Authorization"] == "Bearer access-0002"


def test_l02_a_calls_body_does_not_leak_into_the_renewal(api: Sender, bank: AuthServer) -> None:
    api.send("POST", f"{bank.url}/accounts", json={"iban": "NO9386011117947"})
    assert bank.at("/token")[-1].fields.keys() == KNOWN


def test_l04_a_public_client_sends_its_id_and_no_empty_password(
    bank: AuthServer, oauth: Make
) -> None:
    bank.tell_token()
    client = oauth()
    client.refresh(redeem(client))
    assert [seen.fields["client_id"] for seen in bank.seen] == ["bankview"] * 2
    assert not any("Authorization" in seen.headers for seen in bank.seen)


def test_l05_basic_credentials_are_encoded_first(bank: AuthServer, oauth: Make) -> None:
    bank.tell_token()
    redeem(oauth(client_id="a:b", authentication="client_secret_basic", secret=Secret("p%ü")))
    # The text a%3Ab:p%25%C3%BC in base64.
    assert bank.seen[0].headers["Authorization"] == "Basic YSUzQWI6cCUyNSVDMyVCQw=="


def test_l06_the_verifier_lives_in_the_request_and_not_in_a_session(
    bank: AuthServer, oauth: Make
) -> None:
    bank.tell_token()
    request = oauth().authorization_request()
    oauth().redeem(request, "the-code")
    assert bank.seen[0].fields["code_verifier"] == request.code_verifier


@pytest.mark.parametrize(
    ("granted", "kept"),
    [
        ("accounts", "accounts"),
        ("balances accounts", "balances accounts"),
        ("accounts balances cards", "accounts balances cards"),
        ("", ""),
        (None, "accounts balances"),
    ],
)
def test_l07_another_scope_than_asked_for_is_accepted(
    bank: AuthServer, oauth: Make, granted: str | None, kept: str
) -> None:
    bank.tell_token({"scope": granted})
    assert redeem(oauth(scope="accounts balances")).scope == kept


def test_l07_a_narrowed_scope_is_reported(
    bank: AuthServer, oauth: Make, caplog: pytest.LogCaptureFixture
) -> None:
    bank.tell_token({"scope": "accounts"})
    with caplog.at_level(logging.INFO, "bankview"):
        token = redeem(oauth(scope="accounts balances"))
    assert token.missing("accounts balances") == ("balances",)
    assert "balances is missing" in caplog.text


def test_l08_a_narrowed_scope_in_a_renewal_does_not_lose_the_rotated_token(
    bank: AuthServer, oauth: Make
) -> None:
    bank.tell_token({"scope": "accounts", "refresh_token": "refresh-0002"})
    old = Token(Secret("old-0001"), refresh_token=Secret("refresh-0001"), scope="accounts balances")
    assert oauth().refresh(old).refresh_token.reveal() == "refresh-0002"


def test_l09_a_renewal_without_lifetime_does_not_inherit_the_old_end(
    bank: AuthServer, oauth: Make, clock: Clock
) -> None:
    bank.tell_token({}, {"expires_in": None})
    client = oauth()
    token = redeem(client)
    clock.turn(600)
    assert client.refresh(token).expires_at is None


@pytest.mark.parametrize("said", [5, "5", 1e12, "2026-03-02T00:00:00Z"])
def test_l10_a_servers_own_expires_at_is_not_believed(
    bank: AuthServer, oauth: Make, clock: Clock, said: object
) -> None:
    bank.tell_token({"expires_at": said})
    assert redeem(oauth()).expires_in(clock.at) == 600


def test_l10_a_kept_token_does_not_look_fresh_again(
    bank: AuthServer, oauth: Make, clock: Clock
) -> None:
    bank.tell_token()
    kept = redeem(oauth()).to_json()
    clock.turn(700)
    assert Token.from_json(kept).expires_in(clock.at) == -100


def test_l11_a_401_is_answered_by_a_renewal(
    bank: AuthServer, oauth: Make, sender: Sender, clock: Clock, say: type[Say]
) -> None:
    bank.tell_token({}, {"access_token": "access-0002"})
    bank.tell("/accounts", say(401), say(200))
    client = oauth()
    sender.session.auth = TokenAuth(redeem(client), client.refresh, now=clock)
    assert sender.send("GET", f"{bank.url}/accounts").status == 200
    assert len(bank.at("/token")) == 2


def test_l12_eight_threads_with_one_ended_token_renew_it_once(
    bank: AuthServer, oauth: Make, clock: Clock
) -> None:
    bank.tell_token({}, {"access_token": "access-0002"})
    client = oauth()
    auth = TokenAuth(redeem(client), client.refresh, now=clock)
    clock.turn(600)
    gate = threading.Barrier(8)

    def run() -> None:
        mine = Sender()
        mine.session.auth = auth
        gate.wait(10)
        mine.send("GET", f"{bank.url}/accounts")
        mine.session.close()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(bank.at("/token")) == 2
    assert [s.headers["Authorization"] for s in bank.at("/accounts")] == ["Bearer access-0002"] * 8


def test_l13_a_renewal_that_fails_leaves_the_old_token_in_place(
    bank: AuthServer, oauth: Make, clock: Clock, sender: Sender, say: type[Say]
) -> None:
    bank.tell_token()
    client = oauth()
    auth = TokenAuth(redeem(client), client.refresh, now=clock)
    sender.session.auth = auth
    clock.turn(600)
    bank.tell("/token", say(503))
    with pytest.raises(BankviewError):
        sender.send("GET", f"{bank.url}/accounts")
    assert auth.token.refresh_token.reveal() == "refresh-0001"
