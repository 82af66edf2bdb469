"""The metadata says what is there, at both places, and the three ports are what it says."""

from __future__ import annotations

import http.client
import ssl
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox_process import Sandbox

PLACES = ("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration")


@pytest.mark.parametrize("place", PLACES)
def test_the_metadata_is_the_issuers_at_both_places(sandbox: Sandbox, place: str) -> None:
    document = sandbox.send("GET", place).json()
    assert document["issuer"] == sandbox.issuer
    assert document["authorization_endpoint"].startswith(f"http://127.0.0.1:{sandbox.port + 1}/")
    assert document["token_endpoint"].startswith(f"{sandbox.issuer}/")
    assert document["revocation_endpoint"].startswith(f"{sandbox.issuer}/")
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["authorization_response_iss_parameter_supported"] is True


def test_the_metadata_names_all_three_ports(sandbox: Sandbox) -> None:
    text = sandbox.send("GET", PLACES[0]).text
    assert all(f"127.0.0.1:{sandbox.port + step}/" in text for step in range(3))


def status(sandbox: Sandbox, context: ssl.SSLContext) -> int:
    connection = http.client.HTTPSConnection(
        "127.0.0.1", sandbox.port + 2, context=context, timeout=20
    )
    try:
        connection.request("GET", PLACES[0])
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_third_port_takes_the_clients_certificate(sandbox: Sandbox) -> None:
    context = sandbox.context
    context.load_cert_chain(sandbox.folder / "client.pem", sandbox.folder / "client.key")
    assert status(sandbox, context) == 200


def test_the_third_port_takes_nobody_without_a_certificate(sandbox: Sandbox) -> None:
    with pytest.raises((ssl.SSLError, ConnectionError, http.client.HTTPException)):
        status(sandbox, sandbox.context)


def test_a_stranger_to_the_authority_is_told_so(sandbox: Sandbox) -> None:
    connection = http.client.HTTPSConnection(
        "127.0.0.1", sandbox.port, context=ssl.create_default_context(), timeout=20
    )
    with pytest.raises(ssl.SSLCertVerificationError):
        connection.request("GET", PLACES[0])


def test_another_host_name_is_not_answered(sandbox: Sandbox) -> None:
    reply = sandbox.send("GET", PLACES[0], headers={"Host": f"attacker.example:{sandbox.port}"})
    assert reply.status_code == 421
