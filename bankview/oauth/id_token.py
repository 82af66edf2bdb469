"""What an ID token must be before anything in it is believed (OpenID Connect Core §3.1.3.7, §12.2; RFC 8725)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from bankview.errors import TokenReplyError
from bankview.oauth.claims import Flaw, check_at_hash, check_claims
from bankview.oauth.compact import read_object, take_apart

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bankview.oauth.claims import Expected
    from bankview.oauth.jwks import Jwks, Key

#: Algorithms that a person's client secret signs; public keys are never tried with them.
SYMMETRIC = frozenset({"HS256", "HS384", "HS512"})


def validate(text: object, expected: Expected, keys: Jwks, now: datetime) -> Mapping[str, Any]:
    """Return the claims of an ID token that holds in every point.

    Args:
        text: the token as it came.
        expected: what it has to say.
        keys: the issuer's.
        now: UTC.

    Raises:
        TokenReplyError: it does not hold; the text says in which point, and nothing of its content.
        MetadataError, BankUnavailableError, OfflineError: the issuer's keys cannot be had.
    """
    host = expected.issuer.partition("://")[2].partition("/")[0].partition(":")[0]
    try:
        header, claims = read_signed(text, expected, keys)
        check_claims(claims, expected, now)
        check_at_hash(claims, expected, header["alg"])
    except Flaw as flaw:
        raise TokenReplyError(host, f"its ID token cannot be trusted: {flaw}") from None
    return claims


def read_signed(
    text: object, expected: Expected, keys: Jwks
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return header and claims of a JWT that the issuer signed with an allowed algorithm; no claim is looked at.

    Raises:
        Flaw: it is not signed so.
        MetadataError, BankUnavailableError, OfflineError: the issuer's keys cannot be had.
    """
    header, payload = take_apart(text)
    _signature(text, header, _algorithm(header, expected), expected, keys)
    return header, read_object(payload, "its payload")


def _algorithm(header: Mapping[str, Any], expected: Expected) -> str:
    """Take the algorithms alone that this bank is known for: never none, and no secret's unless it is listed."""
    algorithm = header.get("alg")
    if algorithm not in expected.algorithms or not isinstance(algorithm, str):
        raise Flaw("its algorithm is not allowed")
    if algorithm.lower() == "none" or (algorithm in SYMMETRIC and not expected.secret):
        raise Flaw("its algorithm is not allowed")
    if "crit" in header:
        raise Flaw("it has critical headers")
    return algorithm


def _signature(
    text: object, header: Mapping[str, Any], algorithm: str, expected: Expected, keys: Jwks
) -> None:
    kid = header.get("kid")
    if kid is not None and not isinstance(kid, str):
        raise Flaw("its kid is no text")
    candidates: list[Key] = (
        [OctKey.import_key(expected.secret.reveal())]
        if algorithm in SYMMETRIC
        else keys.fitting(algorithm, kid)
    )
    if not candidates:
        raise Flaw("no key of the issuer fits")
    if not any(_signed_by(str(text), algorithm, key) for key in candidates):
        raise Flaw("its signature is wrong")


def _registry(algorithm: str) -> jws.JWSRegistry:
    # Headers that the library does not know are ignored, as RFC 7515 §4 wants it.
    return jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)


def _signed_by(text: str, algorithm: str, key: Key) -> bool:
    try:
        jws.deserialize_compact(text, key, registry=_registry(algorithm))
    except (JoseError, ValueError):
        return False
    return True
