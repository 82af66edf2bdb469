"""The traps of requests-oauthlib and oauthlib that lie in the transport: L14 to L19."""

from __future__ import annotations

import ast
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import pytest

from bankview.domain.secret import Secret
from bankview.errors import BankviewError, TokenReplyError
from bankview.log import REDACTION
from bankview.oauth.answer import read_answer
from bankview.oauth.token import Token
from bankview.oauth.token_session import TokenSession

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bankview.oauth.client import OAuthClient
    from tests.oauth.conftest import AuthServer, Say

    Make = Callable[..., OAuthClient]

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "bankview").rglob("*.py"))
JSON = {"Content-Type": "application/json"}


def redeem(client: OAuthClient) -> Token:
    return client.redeem(client.authorization_request(), "the-code")


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
