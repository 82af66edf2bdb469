"""What the claims of an ID token have to say (OpenID Connect Core §3.1.3.7 and §3.1.3.8)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bankview.domain.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

#: Seconds by which two clocks may differ.
LEEWAY = 60
#: Seconds since a token was made; one that is handed out now was made now.
OLDEST = 3600
#: Seconds since 1970 that are still a date.
LONGEST_DATE = 1e11
#: Characters of a `sub` (§2).
LONGEST_SUB = 255
_HASHES = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}


class Flaw(Exception):  # noqa: N818 - it becomes a TokenReplyError
    """What is wrong with a token."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What an ID token is held against. An empty `nonce`, `subject` or `access_token` is not compared.

    `algorithms` are the only ones believed. HS256 and its like are believed only where they are listed and `secret` is
    the client secret. `max_age` in seconds and `acr_values` are what the authorization request asked for, and `claims`
    what it asked for claim by claim, each with its `value` or its `values` (§5.5.1).
    """

    issuer: str
    client_id: str
    algorithms: tuple[str, ...]
    nonce: str = field(default="", repr=False)
    access_token: Secret = field(default_factory=Secret)
    secret: Secret = field(default_factory=Secret)
    subject: str = field(default="", repr=False)
    max_age: int | None = None
    acr_values: tuple[str, ...] = ()
    claims: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)


def _iss(claims: Mapping[str, Any], expected: Expected, _now: float) -> None:
    if not expected.issuer or claims.get("iss") != expected.issuer:
        raise Flaw("iss is another issuer")


def _sub(claims: Mapping[str, Any], expected: Expected, _now: float) -> None:
    sub = claims.get("sub")
    if not isinstance(sub, str) or not 0 < len(sub) <= LONGEST_SUB:
        raise Flaw("sub is missing")
    if expected.subject and sub != expected.subject:
        raise Flaw("sub is another person")


def _aud(claims: Mapping[str, Any], expected: Expected, _now: float) -> None:
    """Take us alone: an audience beside us may show the token to us as its own (§3.1.3.7(3))."""
    aud = claims.get("aud")
    if aud not in (expected.client_id, [expected.client_id]):
        raise Flaw("aud is not us alone")


def _azp(claims: Mapping[str, Any], expected: Expected, _now: float) -> None:
    if "azp" in claims and claims["azp"] != expected.client_id:
        raise Flaw("azp is not us")


def _exp(claims: Mapping[str, Any], _expected: Expected, now: float) -> None:
    if _seconds(claims, "exp") <= now - LEEWAY:
        raise Flaw("exp has passed")


def _iat(claims: Mapping[str, Any], _expected: Expected, now: float) -> None:
    made = _seconds(claims, "iat")
    if not now - OLDEST <= made <= now + LEEWAY:
        raise Flaw("iat is not now")


def _nbf(claims: Mapping[str, Any], _expected: Expected, now: float) -> None:
    if "nbf" in claims and _seconds(claims, "nbf") > now + LEEWAY:
        raise Flaw("nbf has not come")


def _nonce(claims: Mapping[str, Any], expected: Expected, _now: float) -> None:
    if expected.nonce and not _same(claims.get("nonce"), expected.nonce):
        raise Flaw("nonce is not ours")


def _auth_time(claims: Mapping[str, Any], expected: Expected, now: float) -> None:
    if expected.max_age is None:
        return
    oldest = now - expected.max_age - LEEWAY
    if _seconds(claims, "auth_time") < oldest:
        raise Flaw("auth_time is too long ago")


def _acr(claims: Mapping[str, Any], expected: Expected, _now: float) -> None:
    if expected.acr_values and claims.get("acr") not in expected.acr_values:
        raise Flaw("acr is not what was asked for")


def _claims(claims: Mapping[str, Any], expected: Expected, _now: float) -> None:
    for name, wish in expected.claims.items():
        if claims.get(name) not in wish.get("values", (wish.get("value"),)):
            raise Flaw(f"{name} is not what was asked for")


_CHECKS: tuple[Callable[[Mapping[str, Any], Expected, float], None], ...] = (
    _iss, _sub, _aud, _azp, _exp, _iat, _nbf, _nonce, _auth_time, _acr,
    _claims,
)  # fmt: skip


def check_claims(claims: Mapping[str, Any], expected: Expected, now: datetime) -> None:
    """Hold every claim against what is expected, in the order of §3.1.3.7.

    Raises:
        Flaw: the first that does not hold.
    """
    for check in _CHECKS:
        check(claims, expected, now.timestamp())


def check_answer(claims: Mapping[str, Any], issuer: str, now: datetime, *, needs_iss: bool) -> None:
    """Hold issuer and instants of a signed answer, where it names them, against what is known (RFC 7519 §4.1).

    Raises:
        Flaw: it is another issuer's, has ended, or has not begun.
    """
    at = now.timestamp()
    if claims.get("iss", None if needs_iss else issuer) != issuer:
        raise Flaw("iss is another issuer")
    if "exp" in claims and _seconds(claims, "exp") <= at - LEEWAY:
        raise Flaw("exp has passed")
    for name in ("nbf", "iat"):
        if name in claims and _seconds(claims, name) > at + LEEWAY:
            raise Flaw(f"{name} has not come")


def check_response(claims: Mapping[str, Any], expected: Expected, now: datetime) -> None:
    """Hold the claims of a signed authorization response to JARM §2.4: its issuer, for us alone, and not over.

    Raises:
        Flaw: the first that does not hold.
    """
    for check in (_iss, _aud, _exp):
        check(claims, expected, now.timestamp())


def check_at_hash(claims: Mapping[str, Any], expected: Expected, algorithm: str) -> None:
    """Compare the hash of the access token, where there is one (§3.1.3.8); Ed25519 hashes with SHA-512.

    Raises:
        Flaw: it is another one's.
    """
    if "at_hash" not in claims or not expected.access_token:
        return
    digest = _HASHES.get(algorithm[-3:], hashlib.sha512)(expected.access_token.reveal().encode())
    half = digest.digest()[: digest.digest_size // 2]
    if not _same(claims["at_hash"], base64.urlsafe_b64encode(half).decode().rstrip("=")):
        raise Flaw("at_hash is another access token's")


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    """Return a NumericDate (RFC 7519 §2)."""
    value = claims.get(name)
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        seconds = float(value)
        if abs(seconds) < LONGEST_DATE:
            return seconds
    raise Flaw(f"{name} is no instant")


def _same(given: object, expected: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(), expected.encode())
