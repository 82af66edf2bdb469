"""The dialects that are for exploring alone, and the sandbox's profiles of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bankview import web
from bankview.banks import dialects
from bankview.banks._profile import read_profile
from bankview.domain.secret import Secret
from bankview.oauth.answer import read_answer
from bankview.oauth.authentication import BY_CERTIFICATE
from bankview.oauth.client import OAuthClient
from bankview.oauth.grants import TokenAuth
from bankview.oauth.server import discover
from bankview.oauth.token import NONE_YET, Token
from bankview.sandbox.visitor import answer
from tests.sandbox_process import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bankview.banks import Bank
    from tests.sandbox_process import Sandbox

NAMES = (
    "open-energy-household",
    "open-energy-student",
    "financefeast-household",
    "financefeast-student",
    "financefeast-household-token",
    "json-household",
    "json-student",
    "json-household-none",
)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox that stands still."""
    with running(tmp_path_factory.mktemp("sandbox"), "--still") as sandbox:
        yield sandbox


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_is_one(sandbox: Sandbox, name: str) -> None:
    bank = read_profile(sandbox.profile(name))
    assert bank.id == name
    assert not bank.dialect.has_accounts
    assert bank.dialect.name == name.rpartition("-household")[0] or "student" in name


def no_renewal(_: Token) -> Token:
    raise AssertionError("nothing is to be renewed here")


def opened(sandbox: Sandbox, bank: Bank, secret: str = "") -> tuple[OAuthClient, web.Sender]:
    """Return a bank's client and a sender for its API, both with the profile's certificate."""
    key = bank.certificate.with_suffix(".key") if bank.certificate else None
    context = web.tls_context(ca=sandbox.ca, certificate=bank.certificate, key=key)
    sender = web.Sender(context=context)
    needed = ["token_endpoint"]
    if bank.client.grant == "authorization_code":
        needed.append("authorization_endpoint")
    mtls = bank.client.authentication in BY_CERTIFICATE
    server = discover(bank.server, sender.send, mtls=mtls, needed=needed)
    client = replace(bank.client, secret=Secret(secret))
    return OAuthClient(server, client, context=context, now=now), sender


def test_open_energy_is_read_in_the_clients_own_name(sandbox: Sandbox) -> None:
    bank = read_profile(sandbox.profile("open-energy-household"))
    client, sender = opened(sandbox, bank)
    renewals: list[str] = []

    def renew(stale: Token) -> Token:
        renewals.append(stale.access_token.reveal())
        return client.client_credentials()

    sender.session.auth = TokenAuth(NONE_YET, renew, now=now, anew=True)
    api = web.Api(bank.api, sender.send)
    rows = api.get("json")
    assert rows == api.get("meters")
    assert api.request("GET", "/").body.startswith(b"postcode,")
    assert renewals == [""]
    sandbox.expire()
    assert api.get("json") == rows
    assert len(renewals) == 2


def sign_in(sandbox: Sandbox, name: str) -> tuple[OAuthClient, web.Sender, Token, Bank]:
    bank = read_profile(sandbox.profile(name))
    env = sandbox.profile(name).with_suffix(".env")
    secret = env.read_text("utf-8").strip().partition("=")[2] if env.exists() else ""
    client, sender = opened(sandbox, bank, secret)
    request = client.authorization_request("http://127.0.0.1:34567/callback")
    code = read_answer(request, answer(request.uri))
    return client, sender, client.redeem(request, code), bank


def test_financefeast_is_signed_in_to_with_an_id_token(sandbox: Sandbox) -> None:
    _, sender, token, bank = sign_in(sandbox, "financefeast-household")
    assert token.expires_at is not None
    assert token.expires_at.timestamp() == token.extra["expires_at"]
    assert not token.refresh_token
    assert "id_token" in token.extra
    sender.session.auth = TokenAuth(
        token, no_renewal, now=now, strict=True, forbidden=bank.dialect.forbidden
    )
    api = web.Api(bank.api, sender.send, headers=bank.dialect.headers)
    assert api.get("data/last", {"ticker": "abc.nz"})["company_name"] == "Abc Limited"


def test_the_json_bank_is_read_with_the_sandboxs_token_or_none(sandbox: Sandbox) -> None:
    _, sender, token, bank = sign_in(sandbox, "json-household")
    sender.session.auth = TokenAuth(token, no_renewal, now=now)
    rows = web.Api(bank.api, sender.send).get("/")
    sender.session.auth = None
    open_bank = read_profile(sandbox.profile("json-household-none"))
    assert web.Api(open_bank.api, sender.send).get("/") == rows


def test_financefeasts_paths_are_the_services() -> None:
    paths = dialects()["financefeast"].paths
    assert {"data/eod", "data/orderbook", "info/ticker", "account/usage"} <= {*paths}
    assert len(paths) == len({*paths}) == 39
