"""DPoP proofs, verified as RFC 9449 §4.3 has it, and the nonces that each server of ours hands out (§8, §9)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

from bankview.errors import BadBankDataError
from bankview.sandbox.once import Once
from bankview.web import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bankview.sandbox.faults import Faults

ALGORITHMS = ("ES256", "ES384", "PS256", "EdDSA", "Ed25519")
#: Seconds by which a proof's time may differ from ours, and that a nonce is good for; characters of a proof.
SKEW, NONCE_LIFE, LONGEST = 60, 300, 8192
#: The members that make a key private or shared; none of them may be shown (RFC 7518 §6).
PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
NONCE_FAULTS = ("nonce-once", "nonce-always")


class ProofError(Exception):
    """A proof is refused: `code` is invalid_dpop_proof or, where `nonce` is to be used, use_dpop_nonce."""

    def __init__(self, description: str, nonce: str = "") -> None:
        self.code = "use_dpop_nonce" if nonce else "invalid_dpop_proof"
        self.description, self.nonce = description, nonce
        super().__init__(description)


class Proofs:
    """Verifies the proofs that come to one server, each good once; `now` is in epoch seconds."""

    def __init__(self, faults: Faults, now: Callable[[], float]) -> None:
        self._faults, self._now, self._once = faults, now, Once(now)
        self._lock = threading.Lock()
        self._nonces: dict[str, float] = {}

    def verify(
        self, proof: str, method: str, url: str, token: str | None = None, *, demand: bool = False
    ) -> str:
        """Return the thumbprint of the key that a proof shows.

        Args:
            proof: the DPoP header.
            method: of the request that it came with.
            url: of that request.
            token: the access token that came with it, if one did.
            demand: whether a nonce of ours is needed; one that is there has to be good in any case.

        Raises:
            ProofError: it proves nothing, or lacks a nonce.
        """
        claims, jkt = _opened(proof)
        if claims.get("htm") != method:
            raise ProofError("htm is another method")
        if not _same_place(claims.get("htu"), url):
            raise ProofError("htu is another address")
        made = claims.get("iat")
        if type(made) is not int or abs(made - self._now()) > SKEW:
            raise ProofError("iat is not now")
        if token is not None and not _same(claims.get("ath"), hashed(token)):
            raise ProofError("ath is another token's")
        jti = claims.get("jti")
        if not isinstance(jti, str) or not 0 < len(jti) <= 256:
            raise ProofError("jti is missing")
        if not self._once.take(f"{jkt} {jti}", made + 2 * SKEW):
            raise ProofError("It was used before")
        self._check_nonce(claims.get("nonce"), demand=demand)
        return jkt

    def new_nonce(self) -> str:
        """Return a nonce that is good for a while."""
        with self._lock:
            now, nonce = self._now(), secrets.token_urlsafe(24)
            self._nonces = {old: ends for old, ends in self._nonces.items() if ends > now}
            self._nonces[nonce] = now + NONCE_LIFE
            return nonce

    def _check_nonce(self, nonce: object, *, demand: bool) -> None:
        spoilt = self._faults.first(*NONCE_FAULTS)
        with self._lock:
            good = isinstance(nonce, str) and self._nonces.get(nonce, 0) > self._now()
        if spoilt or (not good and (demand or nonce is not None)):
            raise ProofError("Use the nonce that comes with this.", self.new_nonce())


def hashed(text: str) -> str:
    """Return a text's SHA-256 as proofs carry it (`ath`)."""
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _opened(proof: str) -> tuple[Mapping[str, Any], str]:
    """Return the claims of a proof and its key's thumbprint; its key is the one that it shows itself."""
    if len(proof) > LONGEST:
        raise ProofError("It is too long.")
    try:
        header = jws.extract_compact(proof.encode()).headers()
        jwk = header.get("jwk")
        if header.get("typ") != "dpop+jwt":
            raise ProofError("typ is not dpop+jwt")
        if header.get("alg") not in ALGORITHMS:
            raise ProofError("alg is none that is taken")
        if not isinstance(jwk, dict) or PRIVATE & jwk.keys():
            raise ProofError("jwk is no public key")
        key: Any = import_key(jwk)
        if not isinstance(key, (ECKey, OKPKey, RSAKey)):
            raise ProofError("jwk is no public key")
        found = jws.deserialize_compact(proof.encode(), key, algorithms=[header["alg"]])
        claims = decode(found.payload)
    except (JoseError, BadBankDataError, ValueError, TypeError, KeyError):
        raise ProofError("It is no signed JWT of its key.") from None
    if not isinstance(claims, dict):
        raise ProofError("Its payload is no JSON object.")
    return claims, str(key.thumbprint())


def _same_place(htu: object, url: str) -> bool:
    """Compare addresses without query and fragment, which a proof does not carry (§4.2)."""
    if not isinstance(htu, str) or "?" in htu or "#" in htu:
        return False
    try:
        one, other = urlsplit(htu), urlsplit(url)
    except ValueError:
        return False
    # RFC 3986 §6.2.2.1: the case of scheme and host does not count.
    return (one.scheme.lower(), one.netloc.lower(), one.path or "/") == (
        other.scheme.lower(),
        other.netloc.lower(),
        other.path or "/",
    )


def _same(given: object, expected: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(), expected.encode())
