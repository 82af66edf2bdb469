"""A client that signs who it is: by its secret or its key, once for each request and for nobody else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from bankview.domain.secret import Secret
from bankview.errors import BankviewError, KeyFileError
from bankview.log import REDACTION
from bankview.oauth.assertion import TYPE
from bankview.oauth.compact import take_apart

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.oauth.client import OAuthClient
    from bankview.oauth.server import Server
    from tests.oauth.conftest import AuthServer, Clock, Say, Seen

SECRET = "a secret of thirty-two characters" + "!"
KEY = ECKey.generate_key("P-256", private=True)
OWN = Secret(json.dumps(KEY.as_dict(private=True)))
WAYS: dict[str, dict[str, Any]] = {
    "client_secret_jwt": {"secret": Secret(SECRET)},
    "private_key_jwt": {"signing_key": OWN},
}
JSON = {"Content-Type": "application/json"}


@pytest.fixture(params=WAYS)
def client(request: pytest.FixtureRequest, oauth: Callable[..., OAuthClient]) -> OAuthClient:
    """A client that signs, by each of the two ways."""
    return oauth(authentication=request.param, **WAYS[request.param])


def claims_of(seen: Seen, method: str) -> dict[str, Any]:
    """Return what an assertion says, verified as a server does."""
    key = OctKey.import_key(SECRET) if method == "client_secret_jwt" else KEY
    algorithm = "HS256" if method == "client_secret_jwt" else "ES256"
    found = jwt.decode(seen.fields["client_assertion"], key, algorithms=[algorithm])
    assert found.header["typ"] == "JWT"
    return dict(found.claims)


def test_an_assertion_says_who_for_whom_and_until_when(
    bank: AuthServer, client: OAuthClient, clock: Clock
) -> None:
    bank.tell_token()
    client.redeem(client.authorization_request(), "the-code")
    seen = bank.seen[-1]
    claims = claims_of(seen, client.client.authentication)
    assert len(claims.pop("jti")) >= 22
    made = int(clock.at.timestamp())
    assert claims == {
        "iss": "bankview",
        "sub": "bankview",
        "aud": bank.url,
        "iat": made,
        "exp": made + 60,
    }
    assert seen.fields["client_assertion_type"] == TYPE
    assert seen.fields["client_id"] == "bankview"


def test_an_assertion_is_the_only_proof_of_its_request(
    bank: AuthServer, client: OAuthClient
) -> None:
    bank.tell_token()
    client.redeem(client.authorization_request(), "the-code")
    assert "client_secret" not in bank.seen[-1].fields
    assert "Authorization" not in bank.seen[-1].headers


def test_the_audience_may_be_the_endpoint_that_is_called(
    bank: AuthServer, known: Server, oauth: Callable[..., OAuthClient], say: type[Say]
) -> None:
    bank.tell_token()
    server = replace(known, introspection_endpoint=f"{bank.url}/introspect")
    bank.tell("/introspect", say(200, {"active": True}, JSON))
    way = "private_key_jwt"
    client = oauth(server, authentication=way, assertion_audience="endpoint", **WAYS[way])
    token = client.redeem(client.authorization_request(), "the-code")
    client.refresh(token)
    client.introspect(token)
    client.revoke(token)
    assert [claims_of(seen, way)["aud"] for seen in bank.seen] == [
        f"{bank.url}{path}" for path in ("/token", "/token", "/introspect", "/revoke", "/revoke")
    ]


def test_no_assertion_is_ever_sent_twice(
    bank: AuthServer, client: OAuthClient, say: type[Say]
) -> None:
    bank.tell("/token", say(503), say(401, {"error": "invalid_client"}, JSON), say(503))
    for _ in range(3):
        with pytest.raises(BankviewError):
            client.client_credentials()
    bank.tell_token()
    token = client.redeem(client.authorization_request(), "the-code")
    for _ in range(3):
        token = client.refresh(token)
    client.revoke(token)
    sent = [seen.fields["client_assertion"] for seen in bank.seen]
    assert len(sent) == 9
    assert len(set(sent)) == 9
    named = [claims_of(seen, client.client.authentication)["jti"] for seen in bank.seen]
    assert len(set(named)) == 9


def test_an_assertion_made_earlier_is_never_sent_later(
    bank: AuthServer, client: OAuthClient, clock: Clock
) -> None:
    bank.tell_token()
    token = client.redeem(client.authorization_request(), "the-code")
    clock.turn(3600)
    client.refresh(token)
    claims = claims_of(bank.seen[-1], client.client.authentication)
    assert claims["iat"] == int(clock.at.timestamp())


def test_the_time_is_the_clocks_that_was_handed_in(
    bank: AuthServer, client: OAuthClient, clock: Clock
) -> None:
    clock.turn(-86_400)
    bank.tell_token()
    client.client_credentials()
    claims = claims_of(bank.seen[-1], client.client.authentication)
    assert (claims["iat"], claims["exp"]) == (clock.at.timestamp(), clock.at.timestamp() + 60)


@pytest.mark.parametrize("secret", ["", "x" * 31])
def test_a_secret_that_is_too_short_to_sign_with_is_said_before_anything_is_sent(
    bank: AuthServer, oauth: Callable[..., OAuthClient], secret: str
) -> None:
    with pytest.raises(KeyFileError, match="32 or more") as caught:
        oauth(authentication="client_secret_jwt", secret=Secret(secret))
    assert "xxx" not in str(caught.value)
    assert not bank.seen


def test_a_key_that_cannot_be_used_is_said_before_anything_is_sent(
    bank: AuthServer, oauth: Callable[..., OAuthClient]
) -> None:
    with pytest.raises(KeyFileError, match="signing_key"):
        oauth(authentication="private_key_jwt", signing_key=Secret("no key"))
    assert not bank.seen


def test_an_assertion_is_not_logged(bank: AuthServer, client: OAuthClient) -> None:
    bank.tell_token()
    client.client_credentials()
    text = bank.seen[-1].fields["client_assertion"]
    signature = text.rpartition(".")[2]
    assert signature not in REDACTION.clean(f"what went out: {text}")
    assert take_apart(text)
