"""Where a profile insists on FAPI 2.0, nothing less is taken of a server, and nothing less is sent to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bankview.errors import BadRedirectError, MetadataError
from bankview.oauth.answer import read_answer
from bankview.oauth.server import discover
from bankview.oauth.ways import Ways

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.oauth.client import OAuthClient
    from bankview.oauth.server import Server
    from bankview.web import Sender
    from tests.oauth.conftest import AuthServer, Say

    Make = Callable[..., OAuthClient]

JSON = {"Content-Type": "application/json"}
CERTIFIED = {"authentication": "tls_client_auth", "ways": Ways(profile="fapi2")}


@pytest.fixture
def whole(known: Server, bank: AuthServer, say: type[Say]) -> Server:
    """A server that offers everything."""
    bank.tell("/par", say(201, {"request_uri": "urn:x:1", "expires_in": 60}, JSON))
    return replace(
        known,
        pushed_authorization_request_endpoint=f"{bank.url}/par",
        iss_supported=True,
        code_challenge_methods_supported=("S256",),
        response_types_supported=("code", "code id_token"),
        token_endpoint_auth_methods_supported=("private_key_jwt", "tls_client_auth"),
        dpop_signing_alg_values_supported=("ES256",),
        tls_client_certificate_bound_access_tokens=True,
    )


def test_a_whole_server_is_taken_and_the_request_is_pushed(whole: Server, oauth: Make) -> None:
    request = oauth(whole, **CERTIFIED).authorization_request()
    query = parse_qs(urlsplit(request.uri).query)
    assert query == {"client_id": ["bankview"], "request_uri": ["urn:x:1"]}


def test_its_answers_name_their_issuer(whole: Server, oauth: Make) -> None:
    request = oauth(whole, **CERTIFIED).authorization_request()
    answer = f"http://127.0.0.1/callback?code=x&state={request.state}"
    with pytest.raises(BadRedirectError, match="does not name its issuer"):
        read_answer(request, answer)
    assert read_answer(request, f"{answer}&iss={whole.issuer}") == "x"


LESS: dict[str, tuple[dict[str, Any], str]] = {
    "no PAR": (
        {"pushed_authorization_request_endpoint": ""},
        "pushed_authorization_request_endpoint",
    ),
    "no iss": ({"iss_supported": False}, "do not name their issuer"),
    "no S256": ({"code_challenge_methods_supported": ("plain",)}, "S256"),
    "PKCE unsaid": ({"code_challenge_methods_supported": None}, "S256"),
    "no code": ({"response_types_supported": ("id_token",)}, "response type code"),
    "proof unsaid": ({"token_endpoint_auth_methods_supported": None}, "tls_client_auth"),
    "unbound": ({"tls_client_certificate_bound_access_tokens": None}, "to certificates"),
    "unbound, said": ({"tls_client_certificate_bound_access_tokens": False}, "to certificates"),
}


@pytest.mark.parametrize(("changes", "lacking"), LESS.values(), ids=LESS)
def test_a_server_that_offers_less_is_refused_before_anything_is_sent(
    whole: Server, oauth: Make, bank: AuthServer, changes: dict[str, Any], lacking: str
) -> None:
    client = oauth(replace(whole, **changes), **CERTIFIED)
    with pytest.raises(MetadataError, match=rf"no FAPI 2.0 server: .*{lacking}"):
        client.authorization_request()
    assert not bank.seen


@pytest.mark.parametrize("algorithms", [None, (), ("RS256",)])
def test_dpop_has_to_be_offered_where_it_binds(
    whole: Server, oauth: Make, algorithms: tuple[str, ...] | None
) -> None:
    server = replace(
        whole,
        dpop_signing_alg_values_supported=algorithms,
        tls_client_certificate_bound_access_tokens=None,
    )
    with pytest.raises(MetadataError, match="DPoP"):
        oauth(server, dpop=True, **CERTIFIED).authorization_request()


def test_the_clients_proof_has_to_be_offered(whole: Server, oauth: Make) -> None:
    server = replace(whole, token_endpoint_auth_methods_supported=("none",))
    with pytest.raises(MetadataError, match="tls_client_auth"):
        oauth(server, **CERTIFIED).authorization_request()


def test_the_metadata_is_read_for_it(bank: AuthServer, sender: Sender, known: Server) -> None:
    bank.tell_metadata(
        require_pushed_authorization_requests=True,
        require_signed_request_object=False,
        request_parameter_supported="yes",
        response_modes_supported=["query", 7, "query.jwt"],
        response_types_supported="code",
        authorization_signing_alg_values_supported=["ES256"],
        authorization_details_types_supported=["account_information"],
        pushed_authorization_request_endpoint=f"{bank.url}/par",
    )
    server = discover(replace(known), sender.send)
    assert server.require_pushed_authorization_requests is True
    assert server.require_signed_request_object is False
    assert server.request_parameter_supported is None
    assert server.response_modes_supported == ("query", "query.jwt")
    assert server.response_types_supported is None
    assert server.code_challenge_methods_supported == ("S256",)
    assert server.authorization_signing_alg_values_supported == ("ES256",)
    assert server.authorization_details_types_supported == ("account_information",)


def test_details_that_the_server_does_not_know_are_said(known: Server, oauth: Make) -> None:
    server = replace(known, authorization_details_types_supported=("payment",))
    client = oauth(server, ways=Ways(authorization_details=({"type": "card"},)))
    with pytest.raises(MetadataError, match="of type card"):
        client.authorization_request()
