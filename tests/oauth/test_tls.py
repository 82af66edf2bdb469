"""Only a server that can prove its name gets a code or a token."""

from __future__ import annotations

import ssl
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bankview.domain.secret import Secret
from bankview.errors import BankUnavailableError
from bankview.oauth.client import Client, OAuthClient
from bankview.oauth.server import Server, discover
from bankview.oauth.token import Token
from bankview.web import Sender, tls_context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.oauth.conftest import AuthServer, Certificates, Clock

    Start = Callable[..., AuthServer]


@pytest.fixture
def trusting(certificates: Certificates, clock: Clock) -> Iterator[Callable[[Server], OAuthClient]]:
    """Return a function that makes clients which trust the test's own authority."""
    made: list[OAuthClient] = []

    def make(server: Server, **tls: Any) -> OAuthClient:
        context = tls_context(**{"ca": certificates.ca, **tls})
        made.append(OAuthClient(server, Client(client_id="bankview"), context=context, now=clock))
        return made[-1]

    yield make
    for client in made:
        client.sender.session.close()


def server_at(bank: AuthServer) -> Server:
    return Server(
        issuer=bank.url,
        authorization_endpoint=f"{bank.url}/authorize",
        token_endpoint=f"{bank.url}/token",
    )


OLD = Token(Secret("access-old"), refresh_token=Secret("refresh-old"))


def test_a_sign_in_works_over_tls(
    certificates: Certificates, tls_bank: Start, trusting: Callable[[Server], OAuthClient]
) -> None:
    bank = tls_bank(*certificates.sign("127.0.0.1"))
    bank.tell_metadata()
    bank.tell_token()
    sender = Sender(context=tls_context(ca=certificates.ca))
    client = trusting(discover(Server(issuer=bank.url), sender.send))
    token = client.redeem(client.authorization_request(), "the-code")
    assert client.refresh(token).access_token.reveal() == "access-0001"
    sender.session.close()


@pytest.mark.parametrize(
    "flaw",
    [
        {"hosts": ("127.0.0.1",), "selfmade": True},
        {"hosts": ("192.0.2.1",)},
        {"hosts": ("bank.example",)},
        {"hosts": ("127.0.0.1",), "ended": True},
    ],
    ids=["made by itself", "another address", "another name", "ended"],
)
def test_a_certificate_that_proves_nothing_ends_the_exchange(
    certificates: Certificates,
    tls_bank: Start,
    trusting: Callable[[Server], OAuthClient],
    flaw: dict[str, Any],
) -> None:
    hosts = flaw.pop("hosts")
    bank = tls_bank(*certificates.sign(*hosts, **flaw))
    bank.tell_token()
    with pytest.raises(BankUnavailableError, match="secure"):
        trusting(server_at(bank)).refresh(OLD)
    assert not bank.seen


def test_an_authority_that_nobody_trusts_ends_the_exchange(
    certificates: Certificates, tls_bank: Start, clock: Clock
) -> None:
    bank = tls_bank(*certificates.sign("127.0.0.1"))
    client = OAuthClient(server_at(bank), Client(client_id="bankview"), now=clock)
    with pytest.raises(BankUnavailableError, match="secure"):
        client.refresh(OLD)
    assert not bank.seen
    client.sender.session.close()


def test_an_old_tls_is_not_spoken() -> None:
    assert tls_context().minimum_version >= ssl.TLSVersion.TLSv1_2


def test_plain_http_gets_no_token_however_the_server_got_there(
    bank: AuthServer, trusting: Callable[[Server], OAuthClient]
) -> None:
    from bankview.errors import MetadataError

    with pytest.raises(MetadataError, match="https"):
        trusting(replace(server_at(bank), insecure_http=False)).refresh(OLD)
    assert not bank.seen
