"""Assertions by which clients prove themselves, verified to the letter (RFC 7521 §5.2, RFC 7523 §3, RFC 8725)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey, import_key

from bankview.errors import BadBankDataError
from bankview.web import decode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bankview.sandbox.once import Once

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#: The algorithms of each method; `none` and mixtures of the two are nowhere.
BY_SECRET = ("HS256",)
BY_KEY = ("ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "EdDSA", "Ed25519")
#: Seconds that an assertion may last, that it may come from the future, and characters of its name.
LONGEST_LIFE, SKEW, LONGEST_JTI = 300, 10, 256
#: A key for HS256 is at least as long as its hash (RFC 7518 §3.2).
SHORTEST_SECRET = 32


class WrongError(Exception):
    """What is wrong with an assertion."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What an assertion is held against: whose it is, whom it may name, its secret or keys, and the time."""

    client_id: str
    audiences: tuple[str, ...]
    now: float
    secret: str = ""
    keys: tuple[Mapping[str, str], ...] = ()


def named(assertion: str) -> str:
    """Return the `sub` of an assertion that nobody has verified; nothing where it has none."""
    try:
        sub = _object(jws.extract_compact(assertion.encode()).payload).get("sub")
    except (WrongError, JoseError, ValueError, TypeError):
        return ""
    return sub if isinstance(sub, str) else ""


def verify(assertion: str, expected: Expected, once: Once) -> None:
    """Take an assertion, once.

    Raises:
        WrongError: something about it is wrong.
    """
    claims = _verified(assertion, expected)
    if claims.get("iss") != expected.client_id or claims.get("sub") != expected.client_id:
        raise WrongError("iss and sub are not the client")
    # A list, even of one, is for other things than this (FAPI 2.0 §5.3.3.1).
    if claims.get("aud") not in expected.audiences:
        raise WrongError("aud is neither the issuer nor this endpoint")
    ends = _seconds(claims, "exp")
    if not expected.now < ends <= expected.now + LONGEST_LIFE:
        raise WrongError("exp has passed or is too far away")
    for name in ("iat", "nbf"):
        if name in claims and _seconds(claims, name) > expected.now + SKEW:
            raise WrongError(f"{name} has not come")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= LONGEST_JTI:
        raise WrongError("jti is missing")
    if not once.take(f"{expected.client_id} {jti}", ends):
        raise WrongError("it was used before")


def _verified(assertion: str, expected: Expected) -> Mapping[str, Any]:
    try:
        header = jws.extract_compact(assertion.encode()).headers()
    except (JoseError, ValueError, TypeError):
        raise WrongError("it is no signed JWT") from None
    algorithm = str(header.get("alg"))
    if str(header.get("typ", "JWT")).lower() not in {"jwt", "client-authentication+jwt"}:
        raise WrongError("typ is another kind of JWT")
    for key in _keys(expected):
        if algorithm not in (BY_SECRET if isinstance(key, OctKey) else BY_KEY):
            continue
        try:
            found = jws.deserialize_compact(assertion.encode(), key, algorithms=[algorithm])
        except (JoseError, ValueError, TypeError):
            continue
        return _object(found.payload)
    raise WrongError("its signature is not the client's")


def _keys(expected: Expected) -> list[Any]:
    if expected.secret:
        long_enough = len(expected.secret.encode()) >= SHORTEST_SECRET
        return [OctKey.import_key(expected.secret.encode())] if long_enough else []
    keys = [import_key(dict(jwk)) for jwk in expected.keys]
    return [key for key in keys if isinstance(key, (ECKey, OKPKey, RSAKey))]


def _object(payload: bytes) -> Mapping[str, Any]:
    try:
        claims = decode(payload)
    except BadBankDataError:
        claims = None
    if not isinstance(claims, dict):
        raise WrongError("its payload is no JSON object")
    return claims


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if type(value) is not int:
        raise WrongError(f"{name} is no instant")
    return float(value)
