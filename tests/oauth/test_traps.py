"""Each trap of requests-oauthlib and oauthlib that this engine was built around, and that we do not fall into it."""

from __future__ import annotations

import ast
import logging
import os
import sys
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import pytest
from requests_oauthlib import OAuth2Session

from bankview.domain.secret import Secret
from bankview.errors import BankviewError, TokenReplyError
from bankview.log import REDACTION
from bankview.oauth.authorization import read_answer
from bankview.oauth.client import TokenSession
from bankview.oauth.grants import TokenAuth
from bankview.oauth.token import Token
from bankview.web import Sender, tls_context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from bankview.oauth.client import OAuthClient
    from bankview.oauth.server import Server
    from tests.oauth.conftest import AuthServer, Certificates, Clock, Say

    Make = Callable[..., OAuthClient]

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "bankview").rglob("*.py"))
JSON = {"Content-Type": "application/json"}
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
    assert {path.name for path in SOURCES if "requests_oauthlib" in _imports(path)} == {"client.py"}


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


def test_l03_a_client_certificate_is_presented_and_not_sent_in_the_body(
    certificates: Certificates,
    tls_bank: Callable[..., AuthServer],
    known: Server,
    clock: Clock,
) -> None:
    from bankview.oauth.client import Client, OAuthClient

    bank = tls_bank(*certificates.sign("127.0.0.1"), certificates.ca)
    bank.tell_token()
    certificate, key = certificates.sign("bankview.example")
    context = tls_context(ca=certificates.ca, certificate=certificate, key=key)
    server = replace(known, token_endpoint=f"{bank.url}/token")
    client = OAuthClient(server, Client(client_id="bankview"), context=context, now=clock)
    client.refresh(redeem(client))
    assert bank.seen[-1].fields.keys() == KNOWN
    client.sender.session.close()


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


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b"null", b'{"code": 1}', b"7"])
@pytest.mark.parametrize("status", [200, 302, 400, 503])
def test_l14_garbage_is_an_error_of_ours(
    bank: AuthServer, oauth: Make, say: type[Say], body: bytes, status: int
) -> None:
    bank.tell("/token", say(status, body, JSON))
    with pytest.raises(BankviewError):
        redeem(oauth())


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("what", ["code", "renewal", "revocation"])
def test_l15_no_secret_follows_a_redirect(
    bank: AuthServer, elsewhere: AuthServer, oauth: Make, status: int, what: str
) -> None:
    away = type(bank.next("/x"))(status, b"", {"Location": f"{elsewhere.url}/token"})
    bank.tell("/token", away)
    bank.tell("/revoke", away)
    token = Token(Secret("access-0001"), refresh_token=Secret("refresh-0001"))
    client = oauth()
    if what == "revocation":
        assert set(client.revoke(token).values()) == {"unconfirmed"}
    else:
        with pytest.raises(TokenReplyError):
            redeem(client) if what == "code" else client.refresh(token)
    assert not elsewhere.seen


def test_l16_plain_http_on_loopback_needs_no_switch_for_the_whole_process(
    bank: AuthServer, oauth: Make
) -> None:
    bank.tell_token()
    request = oauth().authorization_request("http://127.0.0.1:8123/callback")
    query = f"?code=the-code&state={request.state}"
    assert oauth().redeem(request, read_answer(request, f"http://127.0.0.1:8123/callback{query}"))
    assert "OAUTHLIB_INSECURE_TRANSPORT" not in os.environ


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_l16_no_file_sets_a_switch_of_oauthlib(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not node.value.startswith("OAUTHLIB_"), path


def test_l16_no_environment_variable_of_oauthlib_is_needed_or_left(
    bank: AuthServer, oauth: Make
) -> None:
    bank.tell_token({"scope": "other"})
    redeem(oauth())
    assert not [name for name in os.environ if name.startswith("OAUTHLIB_")]


def test_l16_nothing_renews_itself(oauth: Make) -> None:
    session = oauth().sender.session
    assert isinstance(session, TokenSession)
    assert session.auto_refresh_url is None
    assert session.token_updater is None


@pytest.mark.parametrize("query", ["code=a", "code=a&state=", "code=a&code=b&state={}"])
def test_l17_a_missing_state_or_a_second_code_is_refused(oauth: Make, query: str) -> None:
    request = oauth().authorization_request()
    with pytest.raises(BankviewError):
        read_answer(request, query.format(request.state))


@pytest.fixture
def loud(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    names = ("", "requests_oauthlib", "oauthlib", "urllib3", "requests")
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield caplog
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def test_l18_even_the_loudest_log_holds_no_secret(
    bank: AuthServer, oauth: Make, loud: pytest.LogCaptureFixture
) -> None:
    secrets = {name: f"canary/{name}+ü%1" for name in ("secret", "code")}
    tokens = {name: f"canary.{name}~01" for name in ("access", "refresh", "id")}
    bank.tell_token(
        {f"{name}_token": value for name, value in tokens.items()},
        {"refresh_token": "canary.rotated~01"},
    )
    for method in ("client_secret_post", "client_secret_basic"):
        client = oauth(authentication=method, secret=Secret(secrets["secret"]))
        request = client.authorization_request()
        token = client.refresh(client.redeem(request, secrets["code"]))
        client.revoke(token)
    texts = [record.getMessage() for record in loud.records]
    cleaned = "\n".join(REDACTION.clean(text) for text in texts)
    assert any("token" in text for text in texts)
    for value in [
        "canary",
        request.state,
        request.code_verifier,
        quote(secrets["code"]),
        quote_plus("ü%1"),
    ]:
        assert value not in cleaned


def test_l18_what_the_library_logs_of_a_reply_is_a_stand_in(
    bank: AuthServer, oauth: Make, loud: pytest.LogCaptureFixture
) -> None:
    bank.tell_token({"access_token": "canary-access", "refresh_token": "canary-refresh"})
    redeem(oauth())
    assert "canary" not in "\n".join(record.getMessage() for record in loud.records)


def test_l19_a_netrc_and_certificate_variables_are_out_of_reach(
    bank: AuthServer, oauth: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine\ndefault login me password mine\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    bank.tell_token()
    client = oauth()
    client.refresh(redeem(client))
    assert not any("Authorization" in seen.headers for seen in bank.seen)
    assert client.sender.session.trust_env is False


def test_cookies_of_a_server_are_not_kept(bank: AuthServer, oauth: Make, say: type[Say]) -> None:
    reply: dict[str, Any] = {"access_token": "access-0001", "token_type": "Bearer"}
    bank.tell("/token", say(200, reply, {**JSON, "Set-Cookie": "session=1"}))
    client = oauth()
    for _ in range(2):
        redeem(client)
    assert not any("Cookie" in seen.headers for seen in bank.seen)
