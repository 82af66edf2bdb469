"""What our own client makes of the bank's answers, in every mode and with every fault of a redirect."""

from __future__ import annotations

from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bankview import web
from bankview.errors import BadRedirectError, BankviewError, SignInDeniedError
from bankview.oauth.client import OAuthClient
from bankview.oauth.loopback import Loopback
from bankview.oauth.registration import Client
from bankview.oauth.server import Server, discover
from bankview.oauth.ways import Ways
from bankview.sandbox.answering import MODES
from bankview.sandbox.visitor import Step, Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bankview.oauth.token import Token
    from tests.sandbox_process import Sandbox

SIGNED = [mode for mode in MODES if mode.endswith(".jwt")]


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def server(one_sandbox: Sandbox) -> Server:
    sender = web.Sender(context=web.tls_context(ca=one_sandbox.ca))
    with closing(sender.session):
        return discover(Server(issuer=one_sandbox.issuer, insecure_http=True), sender.send)


@contextmanager
def client(sandbox: Sandbox, server: Server, mode: str, par: str) -> Iterator[OAuthClient]:
    context = web.tls_context(ca=sandbox.ca)
    asking = Client(client_id="bankview", ways=Ways(par=par, response_mode=mode))
    made = OAuthClient(server, asking, context=context, now=now)
    with closing(made.sender.session):
        yield made


def deliver(url: str) -> int:
    """Go the whole way as a browser does, and return the app's status."""
    visitor = Visitor(url)
    step: Step = visitor.walk(url, "household", deny=False)
    return visitor.take(step).status


def sign_in(oauth: OAuthClient, times: int = 1) -> tuple[Token, list[int]]:
    """Return the token, and how the app answered the browser each time that it came back."""
    with Loopback("http://127.0.0.1/callback") as listener:
        request = oauth.authorization_request(listener.redirect_uri)
        listener.expect(request)
        statuses = [deliver(request.uri) for _ in range(times)]
        try:
            token = oauth.redeem(request, listener.wait(0))
        except BankviewError:
            listener.cancel()
            raise
        listener.cancel()
        return token, statuses


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("par", ["auto", "never"])
def test_each_mode_leads_to_a_token(sandbox: Sandbox, server: Server, mode: str, par: str) -> None:
    with client(sandbox, server, mode, par) as oauth:
        token, statuses = sign_in(oauth)
    assert token.access_token
    assert statuses == [303]


FINAL = [
    ("wrong-iss", BadRedirectError),
    ("no-iss", BadRedirectError),
    ("denied", SignInDeniedError),
]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("name", "error"), FINAL)
def test_a_fault_behind_our_state_ends_the_sign_in_and_asks_for_no_token(
    sandbox: Sandbox, server: Server, mode: str, name: str, error: type[BankviewError]
) -> None:
    sandbox.fault(name, 1)
    with client(sandbox, server, mode, "auto") as oauth, pytest.raises(error):
        sign_in(oauth)
    assert not sandbox.calls("/oauth/token")


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode not in SIGNED])
def test_two_codes_end_the_sign_in(sandbox: Sandbox, server: Server, mode: str) -> None:
    sandbox.fault("code-twice", 1)
    with (
        client(sandbox, server, mode, "auto") as oauth,
        pytest.raises(BadRedirectError, match="code more than once"),
    ):
        sign_in(oauth)
    assert not sandbox.calls("/oauth/token")


NOBODYS = [(mode, name) for mode in MODES for name in ("wrong-state", "no-state", "error-no-state")]


@pytest.mark.parametrize(("mode", "name"), [*NOBODYS, *((mode, "code-twice") for mode in SIGNED)])
def test_an_answer_without_our_state_does_not_end_the_wait(
    sandbox: Sandbox, server: Server, mode: str, name: str
) -> None:
    sandbox.fault(name, 1)
    with client(sandbox, server, mode, "never") as oauth:
        token, statuses = sign_in(oauth, times=2)
    assert token.access_token
    assert statuses == [400, 303]
    assert len(sandbox.calls("/oauth/token")) == 1


SPOILT = {
    "jarm-alg-none": "algorithm is not allowed",
    "jarm-expired": "exp has passed",
    "jarm-wrong-aud": "aud is not us",
    "jarm-wrong-iss": "iss is another issuer",
    "jarm-unsigned": "it is not signed",
}


@pytest.mark.parametrize("mode", SIGNED)
@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_signature_ends_the_sign_in_and_asks_for_no_token(
    sandbox: Sandbox, server: Server, mode: str, name: str
) -> None:
    sandbox.fault(name, 1)
    with (
        client(sandbox, server, mode, "auto") as oauth,
        pytest.raises(BadRedirectError, match=SPOILT[name]),
    ):
        sign_in(oauth)
    assert not sandbox.calls("/oauth/token")


@pytest.mark.parametrize("mode", ["", "query"])
def test_a_form_that_nobody_asked_for_is_not_taken(
    sandbox: Sandbox, server: Server, mode: str
) -> None:
    sandbox.fault("form_post", 1)
    with client(sandbox, server, mode, "never") as oauth:
        _, statuses = sign_in(oauth, times=2)
    assert statuses == [405, 303]
