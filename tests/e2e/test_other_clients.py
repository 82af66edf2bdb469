"""Two clients that others wrote sign in to the sandbox by every way that they can speak, read, renew and leave.

Neither speaks signed answers of the authorization endpoint (JARM: the ways jarm and jarm-form-post). Where one of them
and the sandbox disagree, the test that shows it says who is wrong.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet
from requests_oauth2client import ClientSecretBasic, IdToken, InvalidClient, OAuth2Client

from bankview.domain.secret import Secret
from bankview.oauth.client import OAuthClient
from bankview.oauth.registration import Client
from bankview.oauth.server import Server
from bankview.sandbox.visitor import LostError
from tests.e2e.peers import SCOPE, Authlib, RequestsOAuth2Client, answered
from tests.sandbox_process import Sandbox, running

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running(tmp_path_factory.mktemp("sandbox"), "--still") as sandbox:
        yield sandbox


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


BY_CODE = (
    "",
    "public",
    "post",
    "basic",
    "localhost",
    "paste",
    "openid",
    "introspection",
    "introspection-jwt",
    "userinfo-jwt",
    "client-secret-jwt",
    "private-key-jwt",
    "mtls",
    "self-signed",
    "mtls-public",
    "dpop",
    "dpop-private-key-jwt",
    "par",
    "jar",
    "par-jar",
    "rar",
    "resource",
    "form-post",
    "fapi2",
    "fapi2-dpop",
)
BY_OTHERS = ("device", "ciba", "token-exchange", "jwt-bearer", "urn", "client-credentials")


@pytest.mark.parametrize("name", [*BY_CODE, *BY_OTHERS])
def test_requests_oauth2client_signs_in_reads_renews_and_leaves(
    sandbox: Sandbox, session: requests.Session, name: str
) -> None:
    peer = RequestsOAuth2Client(sandbox, name, session)
    token = peer.token()
    assert len(peer.way.read(session, auth=token)) == peer.way.books()
    if token.refresh_token:
        old, token = token, peer.client.refresh_token(token)
        assert token.access_token != old.access_token
        assert len(peer.way.read(session, auth=token)) == peer.way.books()
        assert peer.client.revoke_refresh_token(token) is True
    assert peer.client.revoke_access_token(token) is True


@pytest.mark.parametrize("name", ["introspection", "introspection-jwt"])
def test_requests_oauth2client_asks_about_its_access(
    sandbox: Sandbox, session: requests.Session, name: str
) -> None:
    """It asks for no signed answer by itself, and hands one on as it came (RFC 9701 §4)."""
    peer = RequestsOAuth2Client(sandbox, name, session)
    accept = "application/token-introspection+jwt, application/json"
    said = peer.client.introspect_token(
        peer.token(), requests_kwargs={"accept": accept}, resource_server_id="fjordbanken"
    )
    if name == "introspection-jwt":
        keys = KeySet.import_key_set(session.get(peer.way.metadata["jwks_uri"]).json())
        said = jwt.decode(str(said), keys, algorithms=["ES256"]).claims["token_introspection"]
    assert said["active"] is True
    assert said["scope"] == SCOPE


def test_requests_oauth2client_asks_who_signed_in(
    sandbox: Sandbox, session: requests.Session
) -> None:
    peer = RequestsOAuth2Client(sandbox, "openid", session)
    token = peer.token()
    assert isinstance(token.id_token, IdToken)
    assert peer.client.userinfo(token)["sub"] == token.id_token.sub


def test_it_reads_no_signed_userinfo(sandbox: Sandbox, session: requests.Session) -> None:
    """The library takes every answer for JSON: OpenID Connect Core §5.3.2 has application/jwt, too."""
    peer = RequestsOAuth2Client(sandbox, "userinfo-jwt", session)
    token = peer.token()
    with pytest.raises(requests.JSONDecodeError):
        peer.client.userinfo(token)


def test_it_signs_requests_that_are_for_nobody(sandbox: Sandbox, session: requests.Session) -> None:
    """A request object SHOULD name iss and aud (RFC 9101 §4), and FAPI 2.0 Message Signing §5.3 wants aud, nbf and exp.

    The library writes none of them unless its caller does, and the sandbox insists on them: anybody's server would take
    such a request, for ever. Its typ is JWT and it has no jti, both of which the sandbox takes.
    """
    peer = RequestsOAuth2Client(sandbox, "jar", session)
    request = peer.client.authorization_request(scope=SCOPE).sign(peer.key)
    with pytest.raises(LostError, match="400"):
        answered(request.uri)


def test_it_cannot_push_what_it_signed(sandbox: Sandbox, session: requests.Session) -> None:
    """RFC 9126 §3 pushes `request` as any parameter; the library looks for the fields that it signed."""
    peer = RequestsOAuth2Client(sandbox, "par-jar", session)
    request = peer.client.authorization_request(scope=SCOPE, **peer._claims()).sign(peer.key)
    with pytest.raises(KeyError, match="args"):
        peer.client.pushed_authorization_request(request)  # type: ignore[arg-type]


def test_both_send_a_basic_secret_as_it_is_and_are_refused(
    sandbox: Sandbox, session: requests.Session
) -> None:
    """RFC 6749 §2.3.1 form-encodes both halves of Basic, and the sandbox's secrets have + / % = in them.

    Ours encodes, and is taken. The two libraries do not, and are refused until their caller encodes for them.
    """
    way = RequestsOAuth2Client(sandbox, "client-credentials", session).way
    client_id, endpoint = way.oauth["client_id"], way.metadata["token_endpoint"]
    raw = ClientSecretBasic(client_id, way.secret)
    with pytest.raises(InvalidClient):
        OAuth2Client(endpoint, auth=raw, session=session).client_credentials()
    authlib = Authlib(sandbox, way.name, way.secret).session
    with authlib, pytest.raises(OAuthError, match="invalid_client"):
        authlib.fetch_token(grant_type="client_credentials")
    ours = OAuthClient(
        Server(sandbox.issuer, token_endpoint=endpoint),
        Client(client_id, "client_secret_basic", Secret(way.secret)),
        context=sandbox.context,
        now=lambda: datetime.now(UTC),
    )
    assert ours.client_credentials().access_token


AUTHLIB = (
    "",
    "post",
    "basic",
    "openid",
    "client-secret-jwt",
    "private-key-jwt",
    "mtls",
    "self-signed",
    "mtls-public",
    "rar",
    "resource",
    "form-post",
    "device",
    "token-exchange",
    "urn",
    "client-credentials",
)


@pytest.mark.parametrize("name", AUTHLIB)
def test_authlib_signs_in_reads_renews_and_leaves(sandbox: Sandbox, name: str) -> None:
    """What it does not speak is pushed and signed requests, backchannel requests and DPoP."""
    peer = Authlib(sandbox, name)
    with peer.session as session:
        token = peer.token()
        assert len(peer.way.read(session)) == peer.way.books()
        if "refresh_token" in token:
            renewed = session.refresh_token()
            assert renewed["access_token"] != token["access_token"]
            assert len(peer.way.read(session)) == peer.way.books()
        end = session.token.get("refresh_token") or session.token["access_token"]
        left = session.revoke_token(peer.way.metadata["revocation_endpoint"], end)
        assert left.status_code == 200
        refused = session.get(f"{peer.way.profile['api']}/accounts")
        assert refused.status_code == 401


def test_authlibs_assertions_live_too_long_for_many_a_server(sandbox: Sandbox) -> None:
    """An hour, where the sandbox takes minutes: a server may refuse an end that is far away (RFC 7523 §3)."""
    peer = Authlib(sandbox, "private-key-jwt")
    peer.session.register_client_auth_method(PrivateKeyJWT(alg="ES256"))
    with peer.session, pytest.raises(OAuthError, match="invalid_client"):
        peer.token()


def test_authlib_reads_the_id_token(sandbox: Sandbox) -> None:
    peer = Authlib(sandbox, "openid")
    with peer.session as session:
        token = peer.token()
        keys = KeySet.import_key_set(session.get(peer.way.metadata["jwks_uri"]).json())
        read = jwt.decode(token["id_token"], keys, algorithms=["ES256"])
        wanted = {"iss": {"essential": True, "value": sandbox.issuer}}
        known = {"nonce": "a-nonce-of-the-test", "client_id": "bankview"}
        claims = CodeIDToken(
            read.claims, read.header, wanted, {**known, "access_token": token["access_token"]}
        )
        claims.validate()
        who = session.get(peer.way.metadata["userinfo_endpoint"]).json()
        assert who["sub"] == claims["sub"]


def test_authlib_asks_about_its_access(sandbox: Sandbox) -> None:
    peer = Authlib(sandbox, "introspection")
    with peer.session as session:
        token = peer.token()["access_token"]
        said = session.introspect_token(
            peer.way.metadata["introspection_endpoint"],
            token,
            body="resource_server_id=fjordbanken",
        ).json()
        assert said["active"] is True
        assert said["scope"] == SCOPE


def test_authlib_signs_its_own_grant(sandbox: Sandbox) -> None:
    peer = Authlib(sandbox, "jwt-bearer")
    with peer.session, peer.by_assertion() as session:
        assert len(peer.way.read(session)) == peer.way.books()
