"""A client that others wrote signs in, renews and reads: requests-oauthlib as its own manual shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from bankview.sandbox.visitor import answer
from tests.sandbox_process import MEDIA_TYPE, Sandbox

if TYPE_CHECKING:
    from typing import Any

REDIRECT = "http://127.0.0.1:1/callback"


def secured(address: str) -> str:
    """Return a loopback address as the library insists on seeing it."""
    return address.replace("http://", "https://", 1)


def session(sandbox: Sandbox, client_id: str) -> OAuth2Session:
    made = OAuth2Session(client_id, redirect_uri=REDIRECT, pkce="S256")
    made.verify = str(sandbox.ca)
    made.trust_env = False
    return made


def code_for(client: OAuth2Session, sandbox: Sandbox) -> str:
    metadata = sandbox.send("GET", "/.well-known/openid-configuration").json()
    url, _ = client.authorization_url(secured(metadata["authorization_endpoint"]))
    return secured(answer(url.replace("https://", "http://", 1)))


def read(client: OAuth2Session, sandbox: Sandbox) -> Any:
    reply = client.get(
        f"{sandbox.issuer}/personal/banking/accounts", headers={"Accept": MEDIA_TYPE}
    )
    return reply.json()["accounts"]


def test_a_public_client(sandbox: Sandbox) -> None:
    with session(sandbox, "bankview") as client:
        client.fetch_token(
            f"{sandbox.issuer}/oauth/token",
            authorization_response=code_for(client, sandbox),
            include_client_id=True,
        )
        assert read(client, sandbox)
        client.refresh_token(f"{sandbox.issuer}/oauth/token", client_id="bankview")
        assert read(client, sandbox)


def test_a_client_with_a_secret_in_the_body(sandbox: Sandbox) -> None:
    with session(sandbox, "bankview-post") as client:
        client.fetch_token(
            f"{sandbox.issuer}/oauth/token",
            authorization_response=code_for(client, sandbox),
            client_secret=sandbox.secret("post"),
            include_client_id=True,
        )
        assert read(client, sandbox)


def test_basic_without_form_encoding_fails_here_and_not_at_the_bank(sandbox: Sandbox) -> None:
    with session(sandbox, "bankview-basic") as client:
        answered = code_for(client, sandbox)
        auth = HTTPBasicAuth("bankview-basic", sandbox.secret("basic"))
        reply = client.post(
            f"{sandbox.issuer}/oauth/token",
            data={"grant_type": "authorization_code", "code": answered},
            auth=auth,
            withhold_token=True,
        )
        assert reply.status_code == 401
