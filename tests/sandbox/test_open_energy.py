"""Open Energy's provider: tokens bound to a certificate, and the nine checks in their order."""

from __future__ import annotations

import csv
import ssl
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import requests

from bankview.sandbox.messages import Port, Request
from bankview.sandbox.open_energy import RefusedError, check
from bankview.sandbox.open_energy_tokens import thumbprint
from tests.sandbox_process import DEADLINE

if TYPE_CHECKING:
    from tests.sandbox_process import Sandbox

NOW = 1_772_442_000
PEER = b"a certificate in DER"


@dataclass(frozen=True)
class Party:
    """A client with a certificate, on the port that asks for one."""

    sandbox: Sandbox
    certificate: str = "client"
    client_id: str = "open-energy-client"

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        pair = tuple(
            str(self.sandbox.folder / f"{self.certificate}.{end}") for end in ("pem", "key")
        )
        with requests.Session() as session:
            session.trust_env = False
            return session.request(
                method,
                f"https://127.0.0.1:{self.sandbox.port + 2}/open-energy{path}",
                cert=pair,  # type: ignore[arg-type]
                verify=str(self.sandbox.ca),
                allow_redirects=False,
                timeout=DEADLINE,
                **options,
            )

    def post(self, path: str = "/token", **fields: str) -> requests.Response:
        return self.send("POST", path, data={"client_id": self.client_id, **fields})

    def token(self, scope: str = "directory:software") -> str:
        reply = self.post(grant_type="client_credentials", scope=scope)
        assert reply.status_code == 200, reply.text
        token: str = reply.json()["access_token"]
        return token

    def get(
        self, token: str, path: str = "/", scheme: str = "Bearer", **headers: str
    ) -> requests.Response:
        return self.send("GET", path, headers={"Authorization": f"{scheme} {token}", **headers})


@pytest.fixture
def party(sandbox: Sandbox) -> Party:
    return Party(sandbox)


@pytest.fixture
def other(sandbox: Sandbox) -> Party:
    return Party(sandbox, "client-b", "open-energy-client-b")


def test_discovery_names_what_there_is(party: Party) -> None:
    found = party.send("GET", "/.well-known/openid-configuration").json()
    issuer = f"https://127.0.0.1:{party.sandbox.port + 2}/open-energy"
    assert found["issuer"] == issuer
    assert found["token_endpoint"] == f"{issuer}/token"
    assert found["introspection_endpoint"] == f"{issuer}/token/introspection"
    assert found["scopes_supported"] == ["directory:software", "energy:read"]
    assert found["token_endpoint_auth_methods_supported"] == ["tls_client_auth"]
    assert found["tls_client_certificate_bound_access_tokens"] is True
    assert {"authorization_endpoint", "jwks_uri", "grant_types_supported"} <= found.keys()


def test_a_token_reply_has_these_members(party: Party) -> None:
    reply = party.post(grant_type="client_credentials", scope="energy:read directory:software")
    told = reply.json()
    assert told.pop("access_token")
    assert told == {
        "expires_in": 600,
        "token_type": "Bearer",
        "scope": "energy:read directory:software",
    }
    assert reply.headers["Cache-Control"] == "no-store"


def test_scopes_that_are_not_ours_are_left_out(party: Party) -> None:
    ask = {"grant_type": "client_credentials"}
    assert party.post(**ask, scope="energy:read x").json()["scope"] == "energy:read"
    assert party.post(**ask, scope="x").json() == {"error": "invalid_scope"}
    assert "scope" not in party.post(**ask).json()


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"grant_type": "client_credentials", "client_id": "open-energy-client-b"}, "invalid_client"),
        ({"grant_type": "client_credentials", "client_secret": "x"}, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": ""}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({}, "unsupported_grant_type"),
    ],
)  # fmt: skip
def test_a_wrong_token_request_is_refused(party: Party, fields: dict[str, str], error: str) -> None:
    reply = party.post(**fields)
    assert reply.json() == {"error": error}
    assert reply.status_code == (401 if error == "invalid_client" else 400)


def test_no_token_without_a_certificate(sandbox: Sandbox) -> None:
    fields = {"grant_type": "client_credentials", "client_id": "open-energy-client"}
    reply = sandbox.send("POST", "/open-energy/token", data=fields)
    assert (reply.status_code, reply.json()) == (401, {"error": "invalid_client"})


def test_the_port_shakes_no_hand_without_a_certificate(sandbox: Sandbox) -> None:
    with requests.Session() as session:
        session.trust_env, session.verify = False, str(sandbox.ca)
        with pytest.raises(requests.ConnectionError):
            session.get(f"https://127.0.0.1:{sandbox.port + 2}/open-energy/", timeout=DEADLINE)


def test_a_table_and_a_list(party: Party) -> None:
    token = party.token()
    table = party.get(token)
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(table.text.splitlines()))
    listed = party.get(token, "/json").json()
    assert rows == [{name: str(value) for name, value in row.items()} for row in listed]
    assert len(rows) > 2


def test_introspection_says_whose_token_it_is(party: Party, other: Party) -> None:
    token = party.token("energy:read")
    told = other.post("/token/introspection", token=token).json()
    pem = (party.sandbox.folder / "client.pem").read_text("ascii")
    assert told["active"] is True
    assert told["client_id"] == "open-energy-client"
    assert told["scope"] == "energy:read"
    assert told["exp"] - told["iat"] == 600
    assert told["cnf"] == {"x5t#S256": thumbprint(ssl.PEM_cert_to_DER_cert(pem))}
    assert other.post("/token/introspection", token="unknown").json() == {"active": False}
    assert other.post("/token/introspection").json() == {"error": "invalid_request"}


def test_a_stranger_may_not_introspect(party: Party) -> None:
    reply = party.post("/token/introspection", token=party.token(), client_id="somebody")
    assert reply.status_code == 401


def refused(reply: requests.Response, status: int, challenge: str) -> None:
    assert (reply.status_code, reply.content) == (status, b"")
    assert reply.headers["WWW-Authenticate"] == challenge
    assert (reply.headers["Cache-Control"], reply.headers["Pragma"]) == ("no-store", "no-cache")


def test_no_certificate_is_no_access(sandbox: Sandbox, party: Party) -> None:
    headers = {"Authorization": f"Bearer {party.token()}", "X-OE-CLIENT-CERT": "forged"}
    refused(sandbox.send("GET", "/open-energy/", headers=headers), 401, "Bearer")


def test_no_token_is_no_access(party: Party) -> None:
    refused(party.send("GET", "/"), 401, "Bearer")
    refused(party.get("x", scheme="Basic"), 401, "Bearer")
    assert party.get(party.token(), scheme="bEARER").status_code == 200


def test_an_unknown_and_an_ended_token_are_invalid(party: Party) -> None:
    refused(party.get("unknown"), 401, 'Bearer error="invalid_token"')
    token = party.token()
    assert party.get(token).status_code == 200
    party.sandbox.expire()
    assert party.post("/token/introspection", token=token).json() == {"active": False}
    refused(party.get(token), 401, 'Bearer error="invalid_token"')


def test_anothers_token_is_invalid(party: Party, other: Party) -> None:
    token = party.token()
    refused(other.get(token), 401, 'Bearer error="invalid_token"')
    assert party.get(token).status_code == 200


def test_a_scope_that_was_not_granted_is_insufficient(party: Party) -> None:
    challenge = 'Bearer error="insufficient_scope", scope="energy:read"'
    refused(party.get(party.token(), "/meters"), 403, challenge)
    assert party.get(party.token("energy:read"), "/meters").status_code == 200


def test_an_interaction_keeps_its_name_or_gets_one(party: Party) -> None:
    token, name = party.token(), str(uuid.uuid4())
    assert (
        party.get(token, **{"x-fapi-interaction-id": name}).headers["x-fapi-interaction-id"] == name
    )
    made = {party.get(token).headers["x-fapi-interaction-id"] for _ in range(2)}
    assert len({uuid.UUID(text) for text in made}) == 2
    forged = party.get("unknown", **{"x-fapi-interaction-id": "not an id"})
    assert uuid.UUID(forged.headers["x-fapi-interaction-id"])


GOOD: dict[str, Any] = {
    "active": True,
    "scope": "Energy:Read x",
    "iat": NOW,
    "exp": NOW + 600,
    "cnf": {"x5t#S256": thumbprint(PEER)},
}


def verdict(said: dict[str, Any], scope: str = "energy:read") -> tuple[int, str]:
    request = Request(
        Port.CERTIFICATE, "GET", "/", headers={"authorization": "Bearer t"}, peer=PEER
    )
    try:
        check(request, scope, lambda _: said, NOW)
    except RefusedError as error:
        return error.status, error.code
    return 200, ""


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, (200, "")),
        ({"iat": ..., "exp": ...}, (200, "")),
        ({"active": ...}, (400, "invalid_request")),
        ({"active": False}, (401, "invalid_token")),
        ({"active": "true"}, (401, "invalid_token")),
        ({"iat": NOW + 10}, (200, "")),
        ({"iat": NOW + 11}, (401, "invalid_token")),
        ({"exp": NOW}, (401, "invalid_token")),
        ({"cnf": ...}, (401, "invalid_token")),
        ({"cnf": {}}, (401, "invalid_token")),
        ({"cnf": {"x5t#S256": thumbprint(b"another")}}, (401, "invalid_token")),
        ({"scope": "energy:reader"}, (403, "insufficient_scope")),
        ({"scope": ...}, (403, "insufficient_scope")),
        ({"scope": "", "exp": NOW}, (401, "invalid_token")),
        ({"active": ..., "scope": ""}, (400, "invalid_request")),
    ],
)
def test_each_check_in_its_order(change: dict[str, Any], expected: tuple[int, str]) -> None:
    said = {name: value for name, value in {**GOOD, **change}.items() if value is not ...}
    assert verdict(said) == expected


def test_an_empty_scope_asks_for_none() -> None:
    assert verdict({**GOOD, "scope": ""}, "") == (200, "")
