"""The clients that are registered at the sandbox, and how each proves itself (RFC 6749 §2, RFC 7523, RFC 8705 §2)."""

from __future__ import annotations

import hmac
import logging
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from cryptography import x509

from bankview.sandbox import client_assertions
from bankview.sandbox.claim import ASSERTION, Claim
from bankview.sandbox.once import Once
from bankview.sandbox.open_energy_tokens import thumbprint
from bankview.sandbox.stet_certificates import THIRD_PARTY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


LOG = logging.getLogger(__name__)


#: How a client may prove itself.
METHODS = (
    "none",
    "client_secret_post",
    "client_secret_basic",
    "client_secret_jwt",
    "private_key_jwt",
    "tls_client_auth",
    "self_signed_tls_client_auth",
)


ASSERTED = frozenset({"client_secret_jwt", "private_key_jwt"})


BY_CERTIFICATE = frozenset({"tls_client_auth", "self_signed_tls_client_auth"})


#: The subject of client.pem, as it is registered for tls_client_auth (RFC 4514).
SUBJECT = "CN=Sandbox client,O=Fjordbanken (demo)"


LOOPBACK = ("http://127.0.0.1/callback", "http://[::1]/callback")


#: A redirect with a port of its own, registered with the name that real customers of banks register.
FIXED = "http://localhost:18573/callback"


_URN = "urn:ietf:params:oauth:grant-type:"


#: The ways to get a token without a redirect: the grants that such a client registered, and how it proves itself.
OTHERS = {
    "device": ((f"{_URN}device_code", "refresh_token"), "none"),
    "ciba": (("urn:openid:params:grant-type:ciba", "refresh_token"), "client_secret_basic"),
    "token-exchange": ((f"{_URN}token-exchange",), "client_secret_basic"),
    "jwt-bearer": ((f"{_URN}jwt-bearer",), "none"),
    "urn": (("urn:fjordbanken:params:oauth:grant-type:passbook",), "client_secret_post"),
    "client-credentials": (("client_credentials",), "client_secret_basic"),
}


#: A redirect that no program on this computer listens on: the person pastes the address.
PASTED = "https://app.fjordbanken.example/callback"
#: An https address on the visitor's own computer, where the app may listen with a certificate that nobody knows.
CAUGHT = "https://127.0.0.1:18574/callback"


#: The ways of clients that have a secret, and how each shows it.
WITH_SECRET = {
    "post": "client_secret_post",
    "basic": "client_secret_basic",
    "client-secret-jwt": "client_secret_jwt",
    "introspection": "client_secret_post",
    "introspection-jwt": "client_secret_basic",
    **{way: proof for way, (_, proof) in OTHERS.items() if proof != "none"},
}


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client; `authentication` is one of `METHODS`.

    `keys` are its public keys (JWK), by which what it signs is verified; `grant_types` are what it may ask with; the
    answers in `signed`, introspection and userinfo, it is registered to get signed. `certificate` is what is registered of its
    certificate: the subject (tls_client_auth), or the thumbprint (self_signed_tls_client_auth). Its tokens are
    `bound` to the certificate that it shows, or by `dpop` to a key; with `nonces`, each proof needs one of ours. With
    `par` it has to push its requests, with `jar` to sign them.
    """

    client_id: str
    authentication: str
    redirect_uris: tuple[str, ...]
    secret: str = ""
    keys: tuple[Mapping[str, str], ...] = ()
    signed: tuple[str, ...] = ()
    grant_types: tuple[str, ...] = ("authorization_code", "refresh_token")
    certificate: str = ""
    bound: bool = False
    dpop: bool = False
    nonces: bool = False
    par: bool = False
    jar: bool = False

    @property
    def is_public(self) -> bool:
        """Whether it has no secret."""
        return self.authentication == "none"

    def allows(self, redirect_uri: str) -> bool:
        """Tell whether an address is registered: to the letter, save that a loopback IP without a port takes any.

        RFC 8252 §7.3 lets the port vary for IP literals alone, so that localhost is compared as it stands.
        """
        return any(_matches(registered, redirect_uri) for registered in self.redirect_uris)


def _matches(registered: str, given: str) -> bool:
    if not re.match(r"http://(127\.0\.0\.1|\[::1\])/", registered):
        return registered == given
    host, slash, path = registered.removeprefix("http://").partition("/")
    pattern = rf"http://{re.escape(host)}(:[1-9]\d{{0,4}})?{re.escape(slash + path)}"
    return re.fullmatch(pattern, given) is not None


def _with_other_grants(
    secrets: Mapping[str, str], keys: tuple[Mapping[str, str], ...]
) -> Iterable[Client]:
    """Yield a client for each grant that is not the code's; one with a secret shows it in the header."""
    for way, (grants, authentication) in OTHERS.items():
        secret = secrets.get(way, "")
        if secret or authentication == "none":
            yield Client(f"bankview-{way}", authentication, (), secret, keys, grant_types=grants)


def _shows(client: Client, peer: bytes) -> bool:
    """Tell whether a certificate that TLS verified is the registered one (RFC 8705 §2.1.2, §2.2.2)."""
    if not peer or not client.certificate:
        return False
    if client.authentication == "self_signed_tls_client_auth":
        return thumbprint(peer) == client.certificate
    shown = x509.load_der_x509_certificate(peer)
    return shown.subject != shown.issuer and shown.subject.rfc4514_string() == client.certificate


def _proving(keys: tuple[Mapping[str, str], ...], self_signed: str) -> tuple[Client, ...]:
    """Return the clients that prove themselves by more than a secret, or that they hold what a token is bound to."""
    own = "bankview-self-signed", "self_signed_tls_client_auth"
    return (
        Client("bankview-private-key-jwt", "private_key_jwt", LOOPBACK, keys=keys),
        Client("bankview-mtls", "tls_client_auth", LOOPBACK, certificate=SUBJECT, bound=True),
        Client(*own, LOOPBACK, certificate=self_signed, bound=True),
        Client("bankview-mtls-public", "none", LOOPBACK, bound=True),
        Client("bankview-dpop", "none", LOOPBACK, dpop=True),
        Client(
            "bankview-dpop-private-key-jwt",
            "private_key_jwt",
            LOOPBACK,
            keys=keys,
            dpop=True,
            nonces=True,
        ),
    )


def _asking(keys: tuple[Mapping[str, str], ...]) -> Iterable[Client]:
    """Yield the clients that have to ask in their own way."""
    yield Client("bankview-par", "none", LOOPBACK, par=True)
    yield Client("bankview-jar", "none", LOOPBACK, keys=keys, jar=True)
    yield Client("bankview-par-jar", "none", LOOPBACK, keys=keys, par=True, jar=True)
    yield Client(
        "bankview-fapi2",
        "tls_client_auth",
        LOOPBACK,
        keys=keys,
        certificate=SUBJECT,
        bound=True,
        par=True,
    )
    yield Client(
        "bankview-fapi2-dpop",
        "private_key_jwt",
        LOOPBACK,
        keys=keys,
        dpop=True,
        nonces=True,
        par=True,
    )


def _by_id(clients: Iterable[Client]) -> dict[str, Client]:
    return {client.client_id: client for client in clients}


def _signed(way: str) -> tuple[str, ...]:
    return ("introspection",) if way == "introspection-jwt" else ()


class Clients:
    """Every registered client of the server that goes by `issuer`.

    `keys` are the public keys of every client that signs, and `self_signed` is the thumbprint of the certificate that
    one of them signed itself; `now` is in epoch seconds.
    """

    def __init__(
        self,
        secrets: Mapping[str, str],
        keys: tuple[Mapping[str, str], ...] = (),
        *,
        issuer: str = "",
        self_signed: str = "",
        now: Callable[[], float] = time.time,
    ) -> None:
        self.keys = keys
        self._issuer, self._now, self._once = issuer, now, Once(now)
        registered = (
            Client("bankview", "none", LOOPBACK),
            *(
                Client(f"bankview-{way}", WITH_SECRET[way], LOOPBACK, secret, signed=_signed(way))
                for way, secret in secrets.items()
                if way not in OTHERS
            ),
            *_with_other_grants(secrets, keys),
            Client("bankview-userinfo-jwt", "none", LOOPBACK, signed=("userinfo",)),
            *_proving(keys, self_signed),
            Client("bankview-localhost", "none", (FIXED,)),
            Client("bankview-paste", "none", (PASTED,)),
            *_asking(keys),
            Client(THIRD_PARTY, "tls_client_auth", LOOPBACK),
        )
        self._by_id = _by_id(registered)

    @classmethod
    def of(cls, *clients: Client, issuer: str = "") -> Self:
        """Return a register of these clients alone."""
        register = cls({}, issuer=issuer)
        register._by_id = _by_id(clients)
        return register

    def get(self, client_id: str | None) -> Client | None:
        """Return a client, or None."""
        return self._by_id.get(client_id or "")

    def prove(self, claim: Claim | None) -> Client | None:
        """Return the client that a claim proves, or None: another method than the registered one proves nothing."""
        client = self.get(claim.client_id) if claim else None
        if claim is None or client is None:
            return None
        if client.authentication in ASSERTED:
            proved = claim.method == ASSERTION and self._has_signed(client, claim)
        elif client.authentication in BY_CERTIFICATE:
            proved = claim.method == "none" and _shows(client, claim.peer)
        else:
            same = hmac.compare_digest(claim.secret.encode(), client.secret.encode())
            proved = claim.method == client.authentication and same
        return client if proved else None

    def _has_signed(self, client: Client, claim: Claim) -> bool:
        by_secret = client.authentication == "client_secret_jwt"
        expected = client_assertions.Expected(
            client.client_id,
            (self._issuer, claim.endpoint),
            self._now(),
            client.secret if by_secret else "",
            () if by_secret else client.keys,
        )
        try:
            client_assertions.verify(claim.secret, expected, self._once)
        except client_assertions.WrongError as error:
            LOG.info("an assertion of %s is refused: %s", client.client_id, error)
            return False
        return True
