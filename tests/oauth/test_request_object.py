"""A request that is signed: what it says, for whom and for how long, and that nothing else is carried (RFC 9101)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from bankview.domain.secret import Secret
from bankview.errors import KeyFileError, MetadataError
from bankview.oauth.authorization import challenge_of
from bankview.oauth.request_object import LIFE
from bankview.oauth.ways import Ways
from tests.oauth.conftest import NOON

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.oauth.client import OAuthClient
    from bankview.oauth.server import Server
    from tests.oauth.conftest import AuthServer, Say

    Make = Callable[..., OAuthClient]

KEY = ECKey.generate_key("P-256")
SIGNING = Secret(KEY.as_pem(private=True).decode())


def carried(uri: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(uri).query, strict_parsing=True)


def opened(text: str, key: Any = KEY, algorithm: str = "ES256") -> Any:
    return jwt.decode(text, key, algorithms=[algorithm])


@pytest.fixture
def signed(oauth: Make) -> Callable[..., Any]:
    """Return a function that makes a signed request and gives back the request and the opened object."""

    def make(server: Server | None = None, **settings: Any) -> Any:
        ways = settings.pop("ways", Ways(jar=True))
        client = oauth(server, ways=ways, signing_key=SIGNING, **settings)
        request = client.authorization_request()
        (text,) = carried(request.uri)["request"]
        return request, opened(text)

    return make


def test_the_browser_carries_the_client_and_the_object_alone(signed: Callable[..., Any]) -> None:
    request, _ = signed()
    assert carried(request.uri).keys() == {"client_id", "request"}


def test_the_object_holds_the_request_and_says_from_whom_for_whom_and_until_when(
    signed: Callable[..., Any], known: Server
) -> None:
    request, found = signed(parameters={"authorization": {"finInst": "smn"}})
    assert found.header == {"alg": "ES256", "typ": "oauth-authz-req+jwt"}
    now = int(NOON.timestamp())
    claims = dict(found.claims)
    assert len(claims.pop("jti")) > 16
    assert claims == {
        "iss": "bankview",
        "aud": known.issuer,
        "iat": now,
        "nbf": now - 30,
        "exp": now + LIFE,
        "response_type": "code",
        "client_id": "bankview",
        "redirect_uri": "http://127.0.0.1/callback",
        "state": request.state,
        "scope": "accounts",
        "code_challenge": challenge_of(request.code_verifier),
        "code_challenge_method": "S256",
        "finInst": "smn",
    }
    assert 0 < claims["exp"] - claims["iat"] <= 300


def test_each_attempt_has_a_name_of_its_own(signed: Callable[..., Any]) -> None:
    assert signed()[1].claims["jti"] != signed()[1].claims["jti"]


def test_what_is_json_is_json_within_the_object(signed: Callable[..., Any]) -> None:
    details = ({"type": "account_information", "limit": 3},)
    ways = Ways(
        jar=True,
        authorization_details=details,
        resource=("https://a.example/", "https://b.example/"),
    )
    further = {"authorization": {"max_age": "60", "claims": '{"userinfo": {}}'}}
    claims = signed(ways=ways, parameters=further)[1].claims
    assert claims["authorization_details"] == list(details)
    assert claims["resource"] == ["https://a.example/", "https://b.example/"]
    assert claims["max_age"] == 60
    assert claims["claims"] == {"userinfo": {}}


def test_a_parameter_that_is_no_json_goes_as_it_is(signed: Callable[..., Any]) -> None:
    claims = signed(parameters={"authorization": {"claims": "{"}})[1].claims
    assert claims["claims"] == "{"


def test_a_jwk_signs_and_names_itself(oauth: Make) -> None:
    key = RSAKey.generate_key(2048, {"kid": "mine"})
    held = Secret(json.dumps(key.as_dict(private=True)))
    client = oauth(ways=Ways(jar=True), signing_key=held, signing_algorithm="PS256")
    (text,) = carried(client.authorization_request().uri)["request"]
    found = opened(text, key, "PS256")
    assert (found.header["alg"], found.header["kid"]) == ("PS256", "mine")


def test_a_key_that_cannot_sign_is_said(oauth: Make) -> None:
    client = oauth(ways=Ways(jar=True), signing_key=SIGNING, signing_algorithm="PS256")
    with pytest.raises(KeyFileError):
        client.authorization_request()


def test_a_pushed_object_is_all_that_is_pushed(
    known: Server, bank: AuthServer, say: type[Say], oauth: Make
) -> None:
    told = {"request_uri": "urn:x:1", "expires_in": 60}
    bank.tell("/par", say(201, told, {"Content-Type": "application/json"}))
    server = replace(known, pushed_authorization_request_endpoint=f"{bank.url}/par")
    client = oauth(
        server,
        ways=Ways(jar=True),
        signing_key=SIGNING,
        authentication="client_secret_post",
        secret=Secret("s"),
        parameters={"par": {"audience": "api"}},
    )
    request = client.authorization_request()
    assert carried(request.uri) == {"client_id": ["bankview"], "request_uri": ["urn:x:1"]}
    fields = bank.seen[0].fields
    assert fields.keys() == {"client_id", "client_secret", "request"}
    claims = opened(fields["request"]).claims
    assert (claims["state"], claims["audience"]) == (request.state, "api")
    assert "client_secret" not in claims


@pytest.mark.parametrize(
    ("changes", "ways", "instead"),
    [
        ({"require_signed_request_object": True}, Ways(), "write jar = true"),
        ({"request_parameter_supported": False}, Ways(jar=True), "write jar = false"),
        (
            {"request_object_signing_alg_values_supported": ("PS256",)},
            Ways(jar=True),
            "signed with ES256",
        ),
        ({"issuer": ""}, Ways(jar=True), "write issuer"),
    ],
)
def test_what_the_server_does_not_take_is_said(
    known: Server, oauth: Make, changes: dict[str, Any], ways: Ways, instead: str
) -> None:
    server = replace(known, **changes)
    client = oauth(server, ways=ways, signing_key=SIGNING, signing_algorithm="ES256")
    with pytest.raises(MetadataError, match=instead):
        client.authorization_request()
