"""A client's requests to its server, each proven anew (RFC 6749 §2.3, RFC 9449 §8)."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from bankview.domain.secret import Secret
from bankview.errors import SignInNeededError
from bankview.oauth.assertion import METHODS, Assertions, SecretSigner
from bankview.oauth.authentication import ThenFinish, prove
from bankview.oauth.clock import ServerClock
from bankview.oauth.dpop import Dpop, Nonces, is_token_challenge, new_key
from bankview.oauth.proof_offers import check_offers
from bankview.oauth.reply import NO_KEY
from bankview.oauth.server import check_url
from bankview.oauth.signing import Signer
from bankview.oauth.token_session import TokenSession

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping
    from datetime import datetime

    import requests

    from bankview.oauth.authentication import Proof
    from bankview.oauth.authorization import Fields
    from bankview.oauth.registration import Client
    from bankview.oauth.server import Server
    from bankview.oauth.token import Token
    from bankview.web import Reply, Sender


class Exchanges:
    """Sends one client's requests to one server, each proven anew.

    `finish` completes each request to the server as the last thing before it is sent, such as with a signature. `fetch`
    gets what the server publishes for everybody; `now` is put right by the server's own clock.
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

    @property
    def sender(self) -> Sender:
        """What sends this client's requests."""
        return self._session.sender

    def stop(self) -> None:
        """Cut exchanges in flight, from any thread; they and later ones raise Interrupted."""
        self.sender.stop()

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

    def _extra(self, request: str) -> Mapping[str, str]:
        return self.client.parameters.get(request, {})

    def _body(self, request: str, fields: Mapping[str, str]) -> str:
        return urlencode({**self._extra(request), **fields})
