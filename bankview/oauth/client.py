"""The OAuth client: the one place where requests-oauthlib lives, kept to carrying requests (RFC 6749)."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import requests
from oauthlib.oauth2 import BackendApplicationClient, DeviceClient
from requests_oauthlib import OAuth2Session

from bankview.domain.secret import Secret
from bankview.errors import (
    CertificateChangedError,
    ClientRefusedError,
    MetadataError,
    SignInNeededError,
    TokenReplyError,
)
from bankview.log import REDACTION
from bankview.oauth import details, fapi2, request_offers
from bankview.oauth.assertion import METHODS, Assertions, SecretSigner
from bankview.oauth.authentication import ThenFinish, prove
from bankview.oauth.authorization import new_draft
from bankview.oauth.claims import Expected
from bankview.oauth.clock import ServerClock
from bankview.oauth.compact import subject_of
from bankview.oauth.dpop import Dpop, Nonces, is_token_challenge, new_key, thumbprint
from bankview.oauth.endpoints import introspection, revocation, userinfo
from bankview.oauth.grants import TokenAuth
from bankview.oauth.proof_offers import check_offers
from bankview.oauth.pushing import is_pushed, read_pushed
from bankview.oauth.reply import NO_KEY, read_token
from bankview.oauth.request_object import signed
from bankview.oauth.server import check_url
from bankview.oauth.signing import Signer
from bankview.oauth.ways import Ways
from bankview.web import Reply, Sender

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from bankview.oauth.authentication import Proof
    from bankview.oauth.authorization import AuthorizationRequest, Draft, Fields
    from bankview.oauth.endpoints.said import Said
    from bankview.oauth.openid import IdTokens
    from bankview.oauth.server import Server
    from bankview.oauth.token import Token


@dataclass(frozen=True, slots=True)
class Client:
    """What a bank knows of us, as its profile says.

    `grant` is a profile's word, `authentication` one of `authentication.METHODS`; `leeway` and `lifetime_cap` are
    seconds; `parameters` are further fields by request: authorization, token, revocation. `believes_expires_at` lets
    the server's own `expires_at` count; `id_token_algorithms` are the only ones that an ID token may be signed with.
    `signing_key` is our private key for what we sign ourselves, a PEM or a JWK, and `signing_algorithm` how it signs.
    `hint` is the name and value of the one hint that says whom a backchannel request is about; `exchange` and
    `assertion` are the profile's tables of these names, `ready_assertion` an assertion that others made.
    `assertion_audience` is what an assertion of ours names: the server's issuer, or the "endpoint" that is called.
    With `dpop`, tokens are bound to a key that is made for the sign-in (RFC 9449). `ways` says how the authorization
    request is made.
    """

    client_id: str = ""
    authentication: str = "none"
    secret: Secret = field(default_factory=Secret)
    redirect_uri: str = "http://127.0.0.1/callback"
    scope: str = ""
    pkce: bool = True
    grant: str = "authorization_code"
    leeway: int = 30
    lifetime_cap: int = 0
    believes_expires_at: bool = False
    id_token_algorithms: tuple[str, ...] = ("PS256", "ES256", "RS256")
    parameters: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    signing_key: Secret = field(default_factory=Secret)
    signing_algorithm: str = ""
    hint: tuple[str, str] = field(default=("", ""), repr=False)
    binding_message: str = ""
    exchange: Mapping[str, str] = field(default_factory=dict)
    assertion: Mapping[str, Any] = field(default_factory=dict)
    ready_assertion: Secret = field(default_factory=Secret)
    assertion_audience: str = "issuer"
    ways: Ways = field(default_factory=Ways)
    dpop: bool = False


#: What oauthlib is given to read instead of the reply: it trusts a server's `expires_at`, raises on narrowed scopes,
#: ignores the status and logs what it reads. `read_token` reads the real one.
_STAND_IN = b'{"access_token": "kept elsewhere", "token_type": "Bearer"}'


class TokenSession(OAuth2Session):  # type: ignore[misc]
    """requests-oauthlib's session with each of its requests sent within our limits, and never redirected.

    `reply` is the last answer. No token is ever kept here, nothing renews itself, and oauthlib's own refusal of plain
    http is answered by `server.check_url`, which lets it through on loopback alone.
    """

    _client: Any

    def __init__(self, client_id: str, context: ssl.SSLContext | None) -> None:
        super().__init__(client_id)
        self.sender = Sender(self, context)
        self.reply = Reply(0, "", MappingProxyType({}), b"")
        self._endpoint = ""
        #: Fields that a token request repeats; the library keeps one of each.
        self.repeated: Mapping[str, Sequence[str]] = {}

    def request(
        self, method: str, url: str, *, stream: bool = False, **options: Any
    ) -> requests.Response:
        """Send one request: the library's call goes to the sender, and the sender's call, which streams, to requests."""
        if stream:
            return requests.Session.request(self, method, url, stream=True, **options)
        kept = {name: options.get(name) for name in ("data", "headers", "auth")}
        if self.repeated:
            kept["data"] = {**(kept["data"] or {}), **self.repeated}
        self.reply = self.sender.send(method, self._endpoint, **kept)
        response = requests.Response()
        response.status_code, response.url = 200, url
        response.raw = io.BytesIO(_STAND_IN)
        response.request = requests.Request(method, url).prepare()
        return response

    def fetch_own_token(self, address: str, **options: Any) -> None:
        """Ask for a token in the client's own name (RFC 6749 §4.4); nobody signs in for it."""
        self._fetch_as(BackendApplicationClient(self.client_id), address, **options)

    def fetch_device_token(self, address: str, **options: Any) -> None:
        """Ask whether the person has approved the device's code (RFC 8628 §3.4)."""
        self._fetch_as(DeviceClient(self.client_id), address, **options)

    def _fetch_as(self, client: Any, address: str, **options: Any) -> None:
        signing_in, self._client = self._client, client
        try:
            self.fetch_token(address, **options)
        finally:
            self._client = signing_in

    def exchange(self, endpoint: str, send: Callable[[str], object]) -> Reply:
        """Return the endpoint's answer to what `send` asks of the session.

        `send` is given an https address to show to the library; what is sent goes to `endpoint`.
        """
        self._endpoint = endpoint
        try:
            send("https://" + endpoint.partition("://")[2])
            return self.reply
        finally:
            self.repeated = {}
            self.token.clear()
            self.cookies.clear()
            # Exchanges are minutes apart: a connection kept open may be dead by then, and a code or a rotating refresh
            # token that was sent into it cannot be sent again.
            self.close()


class OAuthClient:
    """Signs a person in at one server as one client, or the client itself; renews what it got and revokes it.

    `finish` completes each request to the server as the last thing before it is sent, such as with a signature. `fetch`
    gets what the server publishes for everybody; `now` is put right by the server's own clock.
    `finish` completes each request to the server as the last thing before it is sent, such as with a signature.
    `certificate` is the thumbprint of the certificate that `context` presents, where it does.
    """

    def __init__(  # noqa: PLR0913 - a server, a client, and what it works with
        self,
        server: Server,
        client: Client,
        *,
        context: ssl.SSLContext | None = None,
        now: Callable[[], datetime],
        finish: Callable[[requests.PreparedRequest], None] | None = None,
        fetch: Callable[..., Reply] | None = None,
        certificate: str = "",
    ) -> None:
        self.server, self.client = server, client
        self.clock = self._now = now if isinstance(now, ServerClock) else ServerClock(now)
        self._finish, self._certificate = finish, certificate
        self._assertions = self._new_assertions()
        self._dpop_key, self._nonces = Secret(), Nonces()
        check_offers(server, client.authentication, self._assertions, bound=client.dpop)
        self._session = TokenSession(client.client_id, context)
        self._one_at_a_time = threading.Lock()
        self._fetch = fetch or self._session.sender.send
        self._id_tokens: IdTokens | None = None

    @property
    def sender(self) -> Sender:
        """What sends this client's requests."""
        return self._session.sender

    def stop(self) -> None:
        """Cut exchanges in flight, from any thread; they and later ones raise Interrupted."""
        self.sender.stop()

    def authorization_request(self, redirect_uri: str | None = None) -> AuthorizationRequest:
        """Return a fresh request to sign in, answered at `redirect_uri` (None: the registered one).

        It is signed and pushed as the client's ways say; a request that cannot be pushed is never sent plainly.

        Raises:
            MetadataError: the authorization endpoint is not one that a browser may be sent to, or the server does not
                offer what the profile asks for.
            SignInDeniedError: the bank does not take the pushed request.
            KeyFileError: our key cannot sign the request.
            ServerError, BankError: as `read_pushed` and `web.Sender` raise them.
        """
        server, client, ways = self.server, self.client, self.client.ways
        request_offers.check(
            server, ways, signs_with=client.signing_algorithm, believes=client.id_token_algorithms
        )
        if ways.insists:
            fapi2.check(server, authentication=client.authentication, dpop=client.dpop)
        draft = new_draft(
            server,
            client.client_id,
            redirect_uri or client.redirect_uri,
            scope=client.scope,
            pkce=client.pkce,
            parameters={**self._extra("authorization"), **ways.fields(), **self._binding()},
        )
        request = draft.addressed(
            server,
            self._carried(draft),
            iss_required=ways.insists,
            posted=ways.answer_is_posted,
            opened=self._signed_answers() if ways.answer_is_signed else None,
        )
        if not is_pushed(server, ways):
            return request
        return replace(request, pushed_anew=lambda: draft.address(server, self._carried(draft)))

    def _carried(self, draft: Draft) -> Fields:
        """Return what the browser carries of a request: its fields, or what stands for them."""
        server, client, fields = self.server, self.client, draft.fields
        pushed = is_pushed(server, client.ways)
        if pushed:
            fields = {**self._extra("par"), **fields}
        if client.ways.jar:
            signer = Signer(client.signing_key, client.signing_algorithm)
            fields = signed(signer, fields, server.issuer, self._now())
        if not pushed:
            return fields
        reply = self._post("", server.pushed_authorization_request_endpoint, fields)
        return read_pushed(reply, client.client_id)

    def _signed_answers(self) -> Callable[[str], Mapping[str, Any]]:
        """Return what opens signed answers, with the issuer's keys at hand."""
        # What verifies signatures takes a tenth of a second to load, and few banks need it.
        from bankview.oauth.jarm import SignedAnswers  # noqa: PLC0415

        answers = SignedAnswers(self.server, self._expected(), self.sender.send, self._now)
        answers.prepare()
        return answers.open

    def redeem(self, request: AuthorizationRequest, code: str) -> Token:
        """Return the token for a code, asked for once: a code is used up even by a failed exchange.

        Where `openid` was asked for, an ID token that comes along has to hold, or the token is not taken.

        Raises:
            ServerError, BankError: as `read_token`, `id_token.validate` and `web.Sender` raise them.
            MetadataError: the request was made for another server.
        """
        if request.issuer != self.server.issuer:
            raise MetadataError(self.server.host, "the code belongs to another issuer")
        REDACTION.hide(code)
        verifier = {"code_verifier": request.code_verifier} if request.code_verifier else {}

        def fetch(address: str, proof: Proof) -> None:
            self._session.redirect_uri = request.redirect_uri
            self._session.fetch_token(
                address,
                code=code,
                body=self._body("token", {**proof.fields, **verifier}),
                auth=proof.auth,
                include_client_id=False,
            )

        token = self._token(fetch, asked=self.client.scope)
        self._check_id_token(token, nonce=request.nonce)
        return token

    def client_credentials(self) -> Token:
        """Return a new token in the client's own name (RFC 6749 §4.4.2); each call asks for another one.

        Raises:
            ClientRefusedError: the server does not accept our certificate, client id or secret.
            ServerError, BankError: as `read_token` and `web.Sender` raise them.
        """
        scope = {"scope": self.client.scope} if self.client.scope else {}

        def fetch(address: str, proof: Proof) -> None:
            self._session.fetch_own_token(
                address,
                body=self._body("token", {**proof.fields, **scope}),
                auth=proof.auth,
                include_client_id=False,
            )

        return self._token(fetch, asked=self.client.scope)

    def device_token(self, device_code: Secret) -> Token:
        """Return the token for a device's code that the person has approved (RFC 8628 §3.4).

        Raises:
            OAuthError: not yet (`authorization_pending`), or not at all; RateLimitedError: asked too soon.
            ServerError, BankError: as `read_token`, `id_token.validate` and `web.Sender` raise them.
        """

        def fetch(address: str, proof: Proof) -> None:
            self._session.fetch_device_token(
                address,
                device_code=device_code.reveal(),
                body=self._body("token", proof.fields),
                auth=proof.auth,
                include_client_id=False,
            )

        token = self._token(fetch, asked=self.client.scope)
        self._check_id_token(token)
        return token

    def token_by(self, grant_type: str, fields: Mapping[str, str]) -> Token:
        """Return the token for a grant that the library does not know, asked for with its own fields.

        Raises:
            ServerError, BankError: as `read_token`, `id_token.validate` and `web.Sender` raise them.
        """
        key = self._key_for(None)

        def send() -> Reply:
            named = {"grant_type": grant_type, **self._resources(), **fields}
            return self._post("token", self.server.token_endpoint, named, key=key)

        token = self._read(send, key, asked=self.client.scope)
        self._check_id_token(token)
        return token

    def ask(self, request: str, endpoint: str, fields: Mapping[str, str]) -> Reply:
        """Return what an endpoint, by its name in the metadata, answers to fields that prove us.

        `request` names the further fields in the profile that go along; ours win over them.

        Raises:
            MetadataError: the server has no such endpoint, or an unsafe one.
            BankError: as `web.Sender` raises it.
        """
        address: str = getattr(self.server, endpoint)
        if not address:
            raise MetadataError(self.server.host, f"{endpoint} is not known")
        return self._post(request, address, fields)

    def refresh(self, token: Token) -> Token:
        """Return a renewed token. The refresh token stays the old one where the server sends no new one.

        No scope is sent, so that what was granted is granted again (RFC 6749 §6).

        Raises:
            SignInNeededError: the server does not renew it any more, or it cannot be renewed.
            CertificateChangedError: it does not, and our certificate is not the one of the sign-in.
            ClientRefusedError: it does not accept our client id or secret.
            ServerError, BankError: as `read_token` and `web.Sender` raise them.
        """
        if not token.refresh_token:
            raise SignInNeededError(self.server.host, "there is no refresh token")

        def fetch(address: str, proof: Proof) -> None:
            self._session.refresh_token(
                address,
                refresh_token=token.refresh_token.reveal(),
                body=self._body("token", proof.fields),
                auth=proof.auth,
            )

        fresh = self._renewed(fetch, token)
        before = token.extra.get("id_token")
        if before and "id_token" not in fresh.extra:
            return replace(fresh, extra={**fresh.extra, "id_token": before})
        self._check_id_token(fresh, subject=subject_of(before))
        return fresh

    def _renewed(self, fetch: Callable[[str, Proof], None], token: Token) -> Token:
        try:
            return self._token(fetch, old=token)
        except (ClientRefusedError, SignInNeededError) as error:
            # RFC 8705 §6.3 and §7.1: what was bound to the old certificate ends with it.
            if token.certificate and token.certificate != self._certificate:
                raise CertificateChangedError(self.server.host) from error
            raise

    def introspect(self, token: Token) -> dict[str, Any]:
        """Return what the server says of an access token (RFC 7662 §2.2); of one that has ended, `active` is False.

        Raises:
            MetadataError: the server has no introspection endpoint.
            ServerError, BankError: as `introspection.introspect` and `web.Sender` raise them.
        """
        said = self.introspection(token).claims
        if said is None:
            raise TokenReplyError(self.server.host, "its introspection answer cannot be read")
        return dict(said)

    def introspection(self, token: Token) -> Said:
        """Return what the server answers about an access token, whatever it is (RFC 7662, RFC 9701).

        Raises:
            MetadataError: the server has no introspection endpoint.
            ServerError, BankError: as `introspection.introspect` and `web.Sender` raise them.
        """
        endpoint = self.server.introspection_endpoint
        if not endpoint:
            raise MetadataError(self.server.host, "introspection_endpoint is not known")
        return introspection.introspect(
            token,
            lambda fields: self._post(
                "introspection", endpoint, fields, accept=introspection.ACCEPT
            ),
            partial(self._answered, needs_iss=True),
            self.client.client_id,
        )

    def userinfo(self, token: Token) -> Mapping[str, Any]:
        """Return who signed in, as the server tells it; nothing where it has no endpoint for it.

        Raises:
            TokenReplyError: its answer is none, or about somebody else than the ID token.
            BankError: as `web.Sender` raises it.
        """
        if not self.server.userinfo_endpoint:
            return {}
        said = self.userinfo_answer(token).claims
        if said is None:
            raise TokenReplyError(self.server.host, "its userinfo is no JSON object with a sub")
        return said

    def userinfo_answer(self, token: Token) -> Said:
        """Return what the userinfo endpoint answers, whatever it is.

        Raises:
            MetadataError: the server has no userinfo endpoint.
            TokenReplyError, BankError: see `userinfo`.
        """
        endpoint = self.server.userinfo_endpoint
        if not endpoint:
            raise MetadataError(self.server.host, "userinfo_endpoint is not known")
        further = urlencode(self._extra("userinfo"))
        if further:
            endpoint = f"{endpoint}{'&' if '?' in endpoint else '?'}{further}"
        # It is a resource like the bank's API; what it refuses is not renewed here.
        auth = TokenAuth(token, lambda stale: stale, now=self._now)
        reply = self._exchange(
            endpoint,
            lambda address, _: self._session.request(
                "GET",
                address,
                headers={"Accept": userinfo.ACCEPT},
                auth=auth,
                withhold_token=True,
            ),
        )
        subject = subject_of(token.extra.get("id_token"))
        verify = partial(self._answered, needs_iss=False)
        return userinfo.read_userinfo(reply, subject, verify, self.client.client_id)

    def revoke(self, token: Token) -> dict[str, str]:
        """Return what the server said to the end of each secret; nothing where it has no endpoint for it.

        The keys are refresh_token and access_token, the values confirmed, unconfirmed (it did not answer) or refused.
        """
        endpoint = self.server.revocation_endpoint
        if not endpoint:
            return {}

        return revocation.revoke(token, lambda fields: self._post("revocation", endpoint, fields))

    def _post(
        self,
        request: str,
        endpoint: str,
        fields: Fields,
        *,
        accept: str = "application/json",
        key: Secret = NO_KEY,
    ) -> Reply:
        return self._exchange(
            endpoint,
            lambda address, proof: self._session.request(
                "POST",
                address,
                data={**self._extra(request), **proof.fields, **fields},
                auth=proof.auth,
                headers={"Accept": accept},
            ),
            key,
        )

    def _token(
        self, fetch: Callable[[str, Proof], None], *, asked: str = "", old: Token | None = None
    ) -> Token:
        key = self._key_for(old)

        def ask(address: str, proof: Proof) -> None:
            self._session.repeated = self._resources()
            fetch(address, proof)

        def send() -> Reply:
            return self._exchange(self.server.token_endpoint, ask, key)

        return self._read(send, key, asked=asked, old=old)

    def _read(
        self, send: Callable[[], Reply], key: Secret, *, asked: str = "", old: Token | None = None
    ) -> Token:
        """Return the token of the reply to what `send` asks, bound to a key where there is one."""
        now, skew = self._now(), self._now.skew
        reply = send()
        token = read_token(
            reply,
            # What this very answer taught of the server's clock holds for when it was asked, too.
            now + timedelta(seconds=self._now.skew - skew),
            asked=asked,
            old=old,
            lifetime_cap=self.client.lifetime_cap,
            believes_expires_at=self.client.believes_expires_at,
            dpop_key=key,
        )
        asked_for = self.client.ways.authorization_details
        token = details.kept(token, asked_for, old, reply.host)
        return replace(token, certificate=self._certificate)

    def _check_id_token(self, token: Token, **expected: str) -> None:
        if "openid" in self.client.scope.split() and "id_token" in token.extra:
            self._issuer().check(token, **expected)

    def _answered(
        self, text: str, *, needs_iss: bool
    ) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        return self._issuer().answer(text, needs_iss=needs_iss)

    def _issuer(self) -> IdTokens:
        """Return what verifies the issuer's signatures."""
        if self._id_tokens is None:
            # What verifies signatures takes a tenth of a second to load, and few banks need it.
            from bankview.oauth.openid import IdTokens  # noqa: PLC0415

            self._id_tokens = IdTokens(self.server, self._expected(), self._fetch, self._now)
        return self._id_tokens

    def _expected(self) -> Expected:
        asked = self._extra("authorization")
        max_age = asked.get("max_age", "")
        return Expected(
            self.server.issuer,
            self.client.client_id,
            self.client.id_token_algorithms,
            secret=self.client.secret,
            max_age=int(max_age) if max_age.isdecimal() else None,
            acr_values=tuple(asked.get("acr_values", "").split()),
        )

    def _exchange(
        self, endpoint: str, send: Callable[[str, Proof], object], key: Secret = NO_KEY
    ) -> Reply:
        """Return the endpoint's answer to what `send` asks, proven anew each time that it is sent.

        With the key of a token, a refusal that brings a nonce for its proof is answered once (RFC 9449 §8).
        """
        check_url(self.server, "endpoint", endpoint)

        def once() -> Reply:
            proof = self._prove(endpoint, key)
            reply = self._session.exchange(endpoint, lambda address: send(address, proof))
            self._nonces.learn(endpoint, reply.headers)
            self._now.learn(reply.sent_at, reply.seconds)
            return reply

        with self._one_at_a_time:
            reply = once()
            if key and is_token_challenge(reply.status, reply.headers, reply.body):
                return once()
            return reply

    def _prove(self, endpoint: str, key: Secret) -> Proof:
        """Return what proves us on one request to an endpoint, and that we hold the key where there is one."""
        client = self.client
        signed = self._assertions.new(endpoint) if self._assertions else ""
        proof = prove(client.authentication, client.client_id, client.secret, signed)
        if key:
            bound = Dpop(key, self._nonces, self._now)
            proof = replace(proof, auth=ThenFinish(proof.auth, bound))
        if self._finish:
            proof = replace(proof, auth=ThenFinish(proof.auth, self._finish))
        return proof

    def _new_assertions(self) -> Assertions | None:
        client = self.client
        if client.authentication not in METHODS:
            return None
        by_secret = client.authentication == "client_secret_jwt"
        own = Signer(client.signing_key, client.signing_algorithm)
        audience = self.server.issuer if client.assertion_audience == "issuer" else ""
        signer = SecretSigner(client.secret) if by_secret else own
        return Assertions(client.client_id, audience, signer, self._now)

    def _key_for(self, old: Token | None) -> Secret:
        """Return the key that a token is, or is to be, bound to; none where nobody asked for that."""
        if old and old.dpop_key:
            return old.dpop_key
        if old and self.client.dpop:
            raise SignInNeededError(self.server.host, "the access is not bound to a key")
        if self.client.dpop and not self._dpop_key:
            self._dpop_key = new_key()
        return self._dpop_key

    def _binding(self) -> dict[str, str]:
        """Return what ties a code to our key before it is given (RFC 9449 §10)."""
        return {"dpop_jkt": thumbprint(self._key_for(None))} if self.client.dpop else {}

    def _resources(self) -> Mapping[str, Sequence[str]]:
        """Return the fields that name the APIs which a token is for (RFC 8707 §2.2)."""
        resource = self.client.ways.resource
        return {"resource": resource} if resource else {}

    def _extra(self, request: str) -> Mapping[str, str]:
        return self.client.parameters.get(request, {})

    def _body(self, request: str, fields: Mapping[str, str]) -> str:
        return urlencode({**self._extra(request), **fields})
