"""Clients that a certificate proves, and tokens that are bound to it (RFC 8705), at the port that asks for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.sandbox_process import DEADLINE, MEDIA_TYPE, Person, Sandbox

if TYPE_CHECKING:
    from collections.abc import Mapping

PAIRS = {"mtls": "client", "self-signed": "self-signed", "mtls-public": "client"}


@dataclass(frozen=True)
class Shown:
    """A client that shows a certificate."""

    sandbox: Sandbox
    client_id: str
    pair: str

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        pair = tuple(str(self.sandbox.folder / f"{self.pair}.{end}") for end in ("pem", "key"))
        with requests.Session() as session:
            session.trust_env = False
            return session.request(
                method,
                f"https://127.0.0.1:{self.sandbox.port + 2}{path}",
                cert=pair,  # type: ignore[arg-type]
                verify=str(self.sandbox.ca),
                allow_redirects=False,
                timeout=DEADLINE,
                **options,
            )

    def redeem(self, code: str, verifier: str, **changes: str) -> requests.Response:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": "http://127.0.0.1:1/callback",
            "client_id": self.client_id,
            "code_verifier": verifier,
            **changes,
        }
        return self.send("POST", "/oauth/token", data=fields)

    def sign_in(self, **changes: str) -> requests.Response:
        person = Person(self.sandbox, self.client_id)
        return self.redeem(person.code(), person.verifier, **changes)

    def get(self, token: Mapping[str, str]) -> requests.Response:
        headers = {"Authorization": f"Bearer {token['access_token']}", "Accept": MEDIA_TYPE}
        return self.send("GET", "/personal/banking/accounts", headers=headers)

    def refresh(self, token: Mapping[str, str]) -> requests.Response:
        fields = {"grant_type": "refresh_token", "client_id": self.client_id}
        fields |= {"refresh_token": token["refresh_token"]}
        return self.send("POST", "/oauth/token", data=fields)


def shown(sandbox: Sandbox, way: str, pair: str = "") -> Shown:
    return Shown(sandbox, f"bankview-{way}", pair or PAIRS[way])


@pytest.mark.parametrize("way", PAIRS)
def test_a_token_opens_the_api_with_the_certificate_that_got_it(sandbox: Sandbox, way: str) -> None:
    client = shown(sandbox, way)
    reply = client.sign_in()
    assert reply.status_code == 200, reply.text
    token = reply.json()
    assert client.get(token).status_code == 200
    assert client.get(client.refresh(token).json()).status_code == 200


@pytest.mark.parametrize("way", PAIRS)
def test_a_bound_token_opens_nothing_without_its_certificate(sandbox: Sandbox, way: str) -> None:
    token = shown(sandbox, way).sign_in().json()
    bare = Person(sandbox).get(token, "/accounts")
    assert bare.status_code == 401
    assert bare.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert shown(sandbox, way, "client-b").get(token).status_code == 401


@pytest.mark.parametrize(
    ("way", "pair"),
    [("mtls", "client-b"), ("mtls", "self-signed"), ("self-signed", "client")],
)
def test_another_certificate_proves_nobody(sandbox: Sandbox, way: str, pair: str) -> None:
    reply = shown(sandbox, way, pair).sign_in()
    assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(("way", "error"), [("mtls", "invalid_client"), ("self-signed", "invalid_client"), ("mtls-public", "invalid_request")])  # fmt: skip
def test_who_shows_none_gets_no_token(sandbox: Sandbox, way: str, error: str) -> None:
    person = Person(sandbox, f"bankview-{way}")
    assert person.redeem(person.code()).json()["error"] == error


def test_a_secret_beside_the_certificate_is_a_second_method(sandbox: Sandbox) -> None:
    reply = shown(sandbox, "mtls").sign_in(client_secret="any")
    assert reply.json()["error"] == "invalid_client"


def test_the_header_of_a_stranger_is_no_certificate(sandbox: Sandbox) -> None:
    person = Person(sandbox, "bankview-mtls")
    fields = {"token": "any", "client_id": person.client_id}
    pem = (sandbox.folder / "client.pem").read_text("ascii")
    coded = "".join(pem.splitlines()[1:-1])
    headers = {"Peer-Certificate": coded, "X-Client-Cert": coded}
    assert person.post(fields, "/oauth/revoke", headers=headers).status_code == 401


def test_a_public_clients_refresh_token_is_bound_too(sandbox: Sandbox) -> None:
    token = shown(sandbox, "mtls-public").sign_in().json()
    stolen = shown(sandbox, "mtls-public", "client-b").refresh(token)
    assert stolen.json()["error"] == "invalid_grant"


def test_a_certificate_revokes(sandbox: Sandbox) -> None:
    client = shown(sandbox, "self-signed")
    token = client.sign_in().json()
    fields = {"token": token["refresh_token"], "client_id": client.client_id}
    assert client.send("POST", "/oauth/revoke", data=fields).status_code == 200
    assert client.get(token).status_code == 401
