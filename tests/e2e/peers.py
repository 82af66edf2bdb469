"""Two clients that others wrote, requests_oauth2client and Authlib, told of the sandbox what ours is told of it."""

from __future__ import annotations

import json
import time
import tomllib
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

import requests
from authlib.integrations.requests_client import AssertionSession, OAuth2Session
from authlib.oauth2.rfc7523 import ClientSecretJWT, PrivateKeyJWT
from joserfc import jwt
from joserfc.jwk import ECKey
from requests_oauth2client import (
    BackChannelAuthenticationPollingJob,
    BearerToken,
    ClientSecretBasic,
    ClientSecretJwt,
    ClientSecretPost,
    DeviceAuthorizationPollingJob,
    OAuth2Client,
    PrivateKeyJwt,
    PublicApp,
)

from bankview.sandbox.visitor import Visitor
from tests.sandbox_process import MEDIA_TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox_process import Sandbox

SCOPE = "accounts transactions"
OPENID = f"openid {SCOPE}"
URN = "urn:ietf:params:oauth"
DETAILS = [{"type": "account_information", "actions": ["list_accounts", "read_transactions"]}]
EVERY_ACCOUNT = {
    f"include{kind}Accounts": "true" for kind in ("Nok", "Currency", "Bsu", "CreditCard", "Ask")
}


@dataclass(frozen=True)
class Way:
    """One of the sandbox's profiles as another client sees it; `metadata` is the server's."""

    sandbox: Sandbox
    name: str
    profile: dict[str, Any]
    metadata: dict[str, Any]

    @classmethod
    def of(cls, sandbox: Sandbox, name: str) -> Way:
        """Read a profile and what the server says of itself; who shows a certificate calls where one is asked for."""
        path = sandbox.profile(f"sparebank1-household{name and '-'}{name}")
        profile = tomllib.loads(path.read_text("utf-8"))
        said = sandbox.send("GET", "/.well-known/openid-configuration").json()
        if "certificate" in profile["tls"]:
            said = {**said, **said["mtls_endpoint_aliases"]}
        return cls(sandbox, name, profile, said)

    @property
    def oauth(self) -> dict[str, Any]:
        """The profile's [oauth]."""
        found: dict[str, Any] = self.profile["oauth"]
        return found

    @property
    def secret(self) -> str:
        """The client secret, as it is."""
        return self.sandbox.secret(self.name)

    @property
    def encoded_secret(self) -> str:
        """The client secret as Basic wants it (RFC 6749 §2.3.1); the sandbox's client ids look the same in this form."""
        return quote_plus(self.secret)

    @property
    def key(self) -> ECKey:
        """The private key that the sandbox knows."""
        return ECKey.import_key((self.sandbox.folder / "signing.key").read_bytes())

    @property
    def redirect_uri(self) -> str:
        """Where the answer goes, with a port where the registered address leaves it open (RFC 8252 §7.3)."""
        registered: str = self.oauth["redirect_uri"]
        return registered.replace("http://127.0.0.1/", "http://127.0.0.1:1/")

    def furnish(self, session: requests.Session) -> None:
        """Let a session trust the sandbox and nobody else, and show the way's certificate."""
        session.trust_env, session.verify = False, str(self.sandbox.ca)
        tls = self.profile["tls"]
        if "certificate" in tls:
            root = self.sandbox.folder / "profiles"
            session.cert = (str(root / tls["certificate"]), str(root / tls["private_key"]))

    def read(self, session: Any, **options: Any) -> list[dict[str, Any]]:
        """Return the accounts that a session reads."""
        reply = session.get(
            f"{self.profile['api']}/accounts",
            params=EVERY_ACCOUNT,
            headers={"Accept": MEDIA_TYPE},
            **options,
        )
        assert reply.status_code == 200, reply.text
        accounts: list[dict[str, Any]] = reply.json()["accounts"]
        return accounts

    def books(self) -> int:
        """Return how many accounts there are."""
        return len(self.sandbox.books()["accounts"])

    def asked(self) -> dict[str, Any]:
        """Return what its authorization request says."""
        more = {
            "rar": {"authorization_details": json.dumps(DETAILS)},
            "resource": {"resource": self.profile["api"]},
            "form-post": {"response_mode": "form_post"},
        }
        scope = OPENID if "openid" in self.oauth.get("scope", "") else SCOPE
        return {"scope": scope, **more.get(self.name, {})}


def answered(url: str) -> str:
    """Return the address at which the household's browser ends; a form's fields stand in it as a query's would."""
    step = Visitor(url).walk(url, "household", deny=False)
    return f"{step.address}?{step.body}" if step.body else step.address


class RequestsOAuth2Client:
    """requests_oauth2client, set up from the metadata as its manual shows it."""

    def __init__(self, sandbox: Sandbox, name: str, session: requests.Session) -> None:
        self.way, self.session = Way.of(sandbox, name), session
        self.way.furnish(session)
        metadata = self.way.metadata
        self.client = OAuth2Client.from_discovery_document(
            metadata,
            issuer=self.way.oauth["issuer"],
            auth=self._proof(),
            redirect_uri=self.way.redirect_uri,
            session=session,
            testing=True,
            dpop_bound_access_tokens=self.way.oauth.get("dpop", False),
            authorization_server_jwks=session.get(metadata["jwks_uri"]).json(),
            id_token_signed_response_alg="ES256",
            # Not among what it takes from the metadata.
            device_authorization_endpoint=metadata["device_authorization_endpoint"],
            backchannel_authentication_endpoint=metadata["backchannel_authentication_endpoint"],
        )

    @property
    def key(self) -> dict[str, Any]:
        """The private key that the sandbox knows; the library signs with none that has no kid (RFC 7517 §4.5 asks for none)."""
        return {**self.way.key.as_dict(private=True), "alg": "ES256", "kid": "signing"}

    def _proof(self) -> Any:
        client_id, method = self.way.oauth["client_id"], self.way.oauth["client_authentication"]
        if method == "private_key_jwt":
            return PrivateKeyJwt(client_id, self.key)
        if method == "client_secret_basic":
            return ClientSecretBasic(client_id, self.way.encoded_secret)
        secret = {"client_secret_post": ClientSecretPost, "client_secret_jwt": ClientSecretJwt}
        # A certificate proves the client by itself: the body says who it is.
        return (
            secret[method](client_id, self.way.secret) if method in secret else PublicApp(client_id)
        )

    def token(self) -> BearerToken:
        """Sign in by the way's grant."""
        grant = self.way.oauth["grant"]
        named = {
            "authorization_code": self._by_code,
            "client_credentials": self.client.client_credentials,
            "device_code": self._by_device,
            "ciba": self._by_phone,
            "token_exchange": self._by_exchange,
            "jwt_bearer": self._by_assertion,
        }
        passbook = {"grant_type": grant, "passbook": "4711-0001"}
        return named.get(grant, partial(self.client.token_request, passbook))()

    def _by_code(self) -> BearerToken:
        request = self.client.authorization_request(**self.way.asked(), **self._claims())
        carried: Any = request
        if self.way.oauth.get("jar"):
            carried = request.sign(self.key, lifetime=60)
        if self.way.name in {"par", "par-jar", "fapi2", "fapi2-dpop"}:
            carried = self.client.pushed_authorization_request(self._pushable(carried))
        return self.client.authorization_code(request.validate_callback(answered(carried.uri)))

    def _claims(self) -> dict[str, Any]:
        """Return what a signed request says beside its parameters; the library leaves it to its caller."""
        if not self.way.oauth.get("jar"):
            return {}
        who = self.way.oauth["client_id"]
        return {"iss": who, "aud": self.way.oauth["issuer"], "nbf": int(time.time()) - 1}

    def _pushable(self, request: Any) -> Any:
        """Return a request with the fields that are pushed; see `test_it_cannot_push_what_it_signed`."""
        if not self.way.oauth.get("jar"):
            return request
        fields = {"client_id": request.client_id, "request": str(request.request)}
        return SimpleNamespace(args=fields, dpop_key=None)

    def _by_device(self) -> BearerToken:
        asked = self.client.authorize_device(scope=SCOPE)
        answered(str(asked.verification_uri_complete))
        return polled(DeviceAuthorizationPollingJob(self.client, asked, interval=asked.interval))

    def _by_phone(self) -> BearerToken:
        asked = self.client.backchannel_authentication_request(
            scope=OPENID, login_hint="household", binding_message="Fjord 4711"
        )
        return polled(
            BackChannelAuthenticationPollingJob(self.client, asked, interval=asked.interval)
        )

    def _by_exchange(self) -> BearerToken:
        with requests.Session() as session:
            held = RequestsOAuth2Client(self.way.sandbox, "", session).token()
        return self.client.token_exchange(
            subject_token=held, requested_token_type=f"{URN}:token-type:access_token"
        )

    def _by_assertion(self) -> BearerToken:
        return self.client.jwt_bearer(assertion(self.way))


def polled(job: Any) -> BearerToken:
    """Return what a job of the library brings in the end."""
    found: BearerToken = next(token for token in iter(job, job) if token)
    return found


def assertion(way: Way) -> str:
    now = int(time.time())
    claims = {"iss": way.oauth["client_id"], "sub": "household", "aud": way.oauth["issuer"]}
    times = {"iat": now, "exp": now + 60, "jti": str(time.time_ns())}
    return jwt.encode({"alg": "ES256"}, {**claims, **times}, way.key)


class Authlib:
    """Authlib's session on requests, set up as its manual shows it; `secret` in place of the encoded one for Basic."""

    def __init__(self, sandbox: Sandbox, name: str, secret: str = "") -> None:
        self.way = way = Way.of(sandbox, name)
        method, endpoint = way.oauth["client_authentication"], way.metadata["token_endpoint"]
        # A certificate proves the client by itself: the body says who it is.
        proof = "none" if method.endswith("tls_client_auth") else method
        self.session = OAuth2Session(
            way.oauth["client_id"],
            secret or self._credential(method),
            token_endpoint_auth_method=proof,
            revocation_endpoint_auth_method=proof,
            token_endpoint=endpoint,
            redirect_uri=way.redirect_uri,
            code_challenge_method="S256",
        )
        for kind, algorithm in ((ClientSecretJWT, "HS256"), (PrivateKeyJWT, "ES256")):
            self.session.register_client_auth_method((kind.name, partial(_sign, kind, algorithm)))
        way.furnish(self.session)

    def _credential(self, method: str) -> Any:
        if method == "private_key_jwt":
            return self.way.key
        if method == "client_secret_basic":
            return self.way.encoded_secret
        return self.way.secret if method.startswith("client_secret") else None

    def token(self) -> Mapping[str, Any]:
        """Sign in by the way's grant."""
        grant = self.way.oauth["grant"]
        named = {
            "authorization_code": self._by_code,
            "device_code": self._by_device,
            "token_exchange": self._by_exchange,
        }
        return named.get(grant, partial(self._fetch, grant, passbook="4711-0001"))()

    def _fetch(self, grant_type: str, **fields: str) -> Mapping[str, Any]:
        token: Mapping[str, Any] = self.session.fetch_token(grant_type=grant_type, **fields)
        return token

    def _by_code(self) -> Mapping[str, Any]:
        verifier = "a-verifier-of-the-test-that-is-long-enough-for-rfc-7636"
        place = self.way.metadata["authorization_endpoint"]
        asked = {"code_verifier": verifier, "nonce": "a-nonce-of-the-test", **self.way.asked()}
        url, _ = self.session.create_authorization_url(place, **asked)
        response = answered(url)
        token: Mapping[str, Any] = self.session.fetch_token(
            authorization_response=response, code_verifier=verifier
        )
        return token

    def _by_device(self) -> Mapping[str, Any]:
        fields = {"client_id": self.way.oauth["client_id"], "scope": SCOPE}
        asked = self.session.post(
            self.way.metadata["device_authorization_endpoint"], data=fields, withhold_token=True
        ).json()
        answered(asked["verification_uri_complete"])
        return self._fetch(f"{URN}:grant-type:device_code", device_code=asked["device_code"])

    def _by_exchange(self) -> Mapping[str, Any]:
        first = Authlib(self.way.sandbox, "")
        held, kind = first.token()["access_token"], f"{URN}:token-type:access_token"
        first.session.close()
        return self._fetch(
            f"{URN}:grant-type:token-exchange", subject_token=held, subject_token_type=kind
        )

    def by_assertion(self) -> AssertionSession:
        """Return Authlib's session for the assertion grant, which signs its own (RFC 7523 §2.1)."""
        session = AssertionSession(
            self.way.metadata["token_endpoint"],
            self.way.oauth["client_id"],
            "household",
            self.way.oauth["issuer"],
            client_id=self.way.oauth["client_id"],
            key=self.way.key,
            header={"alg": "ES256"},
            # An hour where its caller says nothing; a server may find that too long (RFC 7523 §3).
            expires_at=int(time.time()) + 60,
            claims={"jti": str(time.time_ns())},
        )
        self.way.furnish(session)
        return session


def _sign(kind: type[ClientSecretJWT], algorithm: str, *request: Any) -> Any:
    """Prove a client by an assertion of a minute, where Authlib's last an hour; it keeps the jti of the first claims."""
    return kind(claims={"exp": int(time.time()) + 60}, alg=algorithm)(*request)
