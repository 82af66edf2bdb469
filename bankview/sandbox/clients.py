"""The clients that are registered at the sandbox, and how each proves itself (RFC 6749 §2)."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote_plus

from bankview.sandbox.stet_certificates import THIRD_PARTY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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

#: The ways of clients that have a secret, and how each shows it.
WITH_SECRET = {
    "post": "client_secret_post",
    "basic": "client_secret_basic",
    "introspection": "client_secret_post",
    "introspection-jwt": "client_secret_basic",
    **{way: proof for way, (_, proof) in OTHERS.items() if proof != "none"},
}


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client. `authentication` is none, client_secret_post, client_secret_basic or tls_client_auth.

    `keys` are its public keys (JWK), by which what it signs is verified; `grant_types` are what it may ask with.
    """

    client_id: str
    authentication: str
    redirect_uris: tuple[str, ...]
    secret: str = ""
    keys: tuple[Mapping[str, str], ...] = ()
    #: The answers that it is registered to get signed: introspection, userinfo.
    signed: tuple[str, ...] = ()
    grant_types: tuple[str, ...] = ("authorization_code", "refresh_token")

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


@dataclass(frozen=True, slots=True)
class Claim:
    """Who a request says it is, and by which method; several at once are none."""

    client_id: str
    method: str
    secret: str = ""


def read_claim(fields: Mapping[str, str], authorization: str) -> Claim | None:
    """Return what a request to the token endpoint claims, or None where it cannot be read or uses two methods.

    Args:
        fields: the form's fields.
        authorization: the Authorization header; both halves of Basic are form-encoded (RFC 6749 §2.3.1).
    """
    client_id = fields.get("client_id", "")
    if authorization:
        basic = _read_basic(authorization)
        if basic is None or "client_secret" in fields or client_id not in {"", basic[0]}:
            return None
        return Claim(basic[0], "client_secret_basic", basic[1])
    if "client_secret" in fields:
        return Claim(client_id, "client_secret_post", fields["client_secret"])
    return Claim(client_id, "none")


def _read_basic(header: str) -> tuple[str, str] | None:
    scheme, _, coded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(coded.strip(), validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    name, colon, secret = text.partition(":")
    return (unquote_plus(name), unquote_plus(secret)) if colon else None


def _with_other_grants(
    secrets: Mapping[str, str], keys: tuple[Mapping[str, str], ...]
) -> Iterable[Client]:
    """Yield a client for each grant that is not the code's; one with a secret shows it in the header."""
    for way, (grants, authentication) in OTHERS.items():
        secret = secrets.get(way, "")
        if secret or authentication == "none":
            yield Client(f"bankview-{way}", authentication, (), secret, keys, grants)


def _by_id(clients: Iterable[Client]) -> dict[str, Client]:
    return {client.client_id: client for client in clients}


def _signed(way: str) -> tuple[str, ...]:
    return ("introspection",) if way == "introspection-jwt" else ()


class Clients:
    """Every registered client."""

    def __init__(
        self, secrets: Mapping[str, str], keys: tuple[Mapping[str, str], ...] = ()
    ) -> None:
        #: The public keys of every client that signs.
        self.keys = keys
        registered = (
            Client("bankview", "none", LOOPBACK),
            *(
                Client(f"bankview-{way}", WITH_SECRET[way], LOOPBACK, secret, signed=_signed(way))
                for way, secret in secrets.items()
                if way not in OTHERS
            ),
            *_with_other_grants(secrets, keys),
            Client("bankview-userinfo-jwt", "none", LOOPBACK, signed=("userinfo",)),
            Client("bankview-localhost", "none", (FIXED,)),
            Client("bankview-paste", "none", (PASTED,)),
            Client(THIRD_PARTY, "tls_client_auth", LOOPBACK),
        )
        self._by_id = _by_id(registered)

    @classmethod
    def of(cls, *clients: Client) -> Self:
        """Return a register of these clients alone."""
        register = cls({})
        register._by_id = _by_id(clients)
        return register

    def get(self, client_id: str | None) -> Client | None:
        """Return a client, or None."""
        return self._by_id.get(client_id or "")

    def prove(self, claim: Claim | None) -> Client | None:
        """Return the client that a claim proves, or None: another method than the registered one proves nothing."""
        client = self.get(claim.client_id) if claim else None
        if claim is None or client is None or claim.method != client.authentication:
            return None
        same = hmac.compare_digest(claim.secret.encode(), client.secret.encode())
        return client if same else None
