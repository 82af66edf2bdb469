"""An issuer's public keys: fetched, chosen by more than their name, and fetched again when they rotate (RFC 7517)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey, import_key

from bankview.errors import BadBankDataError, BankUnavailableError, MetadataError
from bankview.oauth.discovery_cache import ANEW
from bankview.oauth.server import check_url
from bankview.web import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from bankview.oauth.server import Server
    from bankview.web import Reply

    Key = RSAKey | ECKey | OKPKey | OctKey

LOG = logging.getLogger(__name__)

#: Bytes of a key set, and how many of its keys are looked at; real ones have a handful.
LARGEST_KEY_SET, MOST_KEYS = 512 * 1024, 50
#: Seconds between two fetches that an unknown key may cause.
PATIENCE = 300
#: Bits under which an RSA key is no key (RFC 7518 §3.3).
SHORTEST_RSA = 2048
#: The members that make a public key (RFC 7518 §6, RFC 8037 §2).
_PARTS = frozenset({"kty", "crv", "n", "e", "x", "y"})
#: What a key must be for an algorithm: its type, and its curve where the algorithm names one (RFC 7518 §3.1, RFC 9864).
_FIT: Mapping[str, tuple[str, frozenset[str]]] = {
    **{f"{kind}{bits}": ("RSA", frozenset()) for kind in ("RS", "PS") for bits in (256, 384, 512)},
    "ES256": ("EC", frozenset({"P-256"})),
    "ES384": ("EC", frozenset({"P-384"})),
    "ES512": ("EC", frozenset({"P-521"})),
    "EdDSA": ("OKP", frozenset({"Ed25519"})),
    "Ed25519": ("OKP", frozenset({"Ed25519"})),
}


class Jwks:
    """The key set of one server, fetched on first use."""

    def __init__(
        self, server: Server, send: Callable[..., Reply], now: Callable[[], datetime]
    ) -> None:
        self._server, self._send, self._now = server, send, now
        self._keys: list[dict[str, Any]] = []
        self._fetched = False
        self._again: datetime | None = None

    def fitting(self, algorithm: str, kid: str | None) -> list[Key]:
        """Return the keys that may have made a signature: by name, where one is given, and by type, use and algorithm.

        Where none fits, the keys may have rotated: they are fetched once more, at most once in PATIENCE seconds.

        Raises:
            MetadataError: the server names no key set, or what it names is none.
            BankUnavailableError, OfflineError: it could not be fetched.
        """
        fresh = not self._fetched and not self._fetch({})
        found = _imported(_chosen(self._keys, algorithm, kid))
        if not found and not fresh and self._may_fetch_again():
            self._again = self._now()
            self._fetch(ANEW)
            found = _imported(_chosen(self._keys, algorithm, kid))
        return found

    def _may_fetch_again(self) -> bool:
        return self._again is None or (self._now() - self._again).total_seconds() >= PATIENCE

    def _fetch(self, headers: Mapping[str, str]) -> bool:
        """Fetch the keys, and tell whether somebody had kept them for a while (RFC 9111 §5.1)."""
        server = self._server
        if not server.jwks_uri:
            raise MetadataError(server.host, "jwks_uri is not known")
        check_url(server, "jwks_uri", server.jwks_uri)
        headers = {"Accept": "application/json", **headers}
        reply = self._send("GET", server.jwks_uri, headers=headers)
        if reply.status >= 500 or reply.status == 429:
            raise BankUnavailableError(reply.host, f"answered {reply.status}", reply.retry_after)
        self._keys = _read(reply, server)
        self._fetched = True
        return "Age" in reply.headers


def _read(reply: Reply, server: Server) -> list[dict[str, Any]]:
    """Return the members of a key set (RFC 7517 §5)."""
    try:
        document = decode(reply.body) if len(reply.body) <= LARGEST_KEY_SET else None
    except BadBankDataError:
        document = None
    keys = document.get("keys") if isinstance(document, dict) else None
    if reply.status != 200 or not isinstance(keys, list):
        raise MetadataError(server.host, "its key set cannot be read")
    return [key for key in keys if isinstance(key, dict)][:MOST_KEYS]


def _chosen(
    keys: Iterable[dict[str, Any]], algorithm: str, kid: str | None
) -> list[dict[str, Any]]:
    kind, curves = _FIT.get(algorithm, ("", frozenset()))
    return [
        key
        for key in keys
        if key.get("kty") == kind
        and (not curves or key.get("crv") in curves)
        and key.get("use", "sig") == "sig"
        and _named(key.get("alg", algorithm)) == _named(algorithm)
        and "verify" in key.get("key_ops", ["verify"])
        and (kid is None or key.get("kid") == kid)
    ]


def _named(algorithm: object) -> object:
    """Return the newer of the two names of one algorithm (RFC 9864 §2.2): only Ed25519 keys are taken for either."""
    return "Ed25519" if algorithm == "EdDSA" else algorithm


def _imported(keys: Iterable[dict[str, Any]]) -> list[Key]:
    """Return those that are keys; what else stands in a set is not ours to judge."""
    found: list[Key] = []
    for key in keys:
        try:
            # What a key may be used for has been looked at, and the library knows fewer words for it than servers do.
            bare = {name: value for name, value in key.items() if name in _PARTS}
            made = import_key(bare)
        except (JoseError, KeyError, TypeError, ValueError) as error:
            LOG.info("a key cannot be read: %s", type(error).__name__)
            continue
        if not isinstance(made, RSAKey) or made.public_key.key_size >= SHORTEST_RSA:
            found.append(made)
    return found
