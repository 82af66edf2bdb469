"""A client's signed authorization request, verified: who signed it, for whom, and for how long (RFC 9101)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import import_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bankview.sandbox.clients import Client

#: How a request object may call itself: by its own type, or as many clients do; a type is no duty (RFC 9101 §10.8).
TYPES = ("oauth-authz-req+jwt", "JWT", None)
ALGORITHMS = ["ES256", "PS256", "EdDSA", "Ed25519"]
#: Seconds that a request object may live, and that clocks may differ.
LONGEST_LIFE, SKEW = 300, 30
#: The claims that say what the object is, and are no parameters of the request.
_ABOUT = frozenset({"iss", "aud", "iat", "nbf", "exp", "jti"})

Pairs = list[tuple[str, str]]


class BadObjectError(Exception):
    """A request object is not one that this server takes; the text says why."""


def read(text: str, client: Client, issuer: str, now: float) -> Pairs:
    """Return the parameters of a client's request object.

    Raises:
        BadObjectError: it is not signed by the client, not for this issuer, not of now, or not of this form.
    """
    claims = _verified(text, client)
    problem = _problem(claims, client.client_id, issuer, now)
    if problem:
        raise BadObjectError(problem)
    return [
        pair
        for name, value in claims.items()
        if name not in _ABOUT
        for pair in _parameters(name, value)
    ]


def _verified(text: str, client: Client) -> Mapping[str, Any]:
    for jwk in client.keys:
        try:
            token = jwt.decode(text, import_key(dict(jwk)), algorithms=ALGORITHMS)
        except (JoseError, ValueError, TypeError):
            continue
        if token.header.get("typ") not in TYPES:
            raise BadObjectError("This is another type of JWT than a request object.")
        return token.claims
    raise BadObjectError("The signature of the request object is none of this client's.")


def _problem(claims: Mapping[str, Any], client_id: str, issuer: str, now: float) -> str:
    """Return what is wrong with the claims (RFC 9101 §4), or nothing.

    That iss and aud are there is advice of the RFC; that aud, nbf and exp are, FAPI 2.0 Message Signing §5.3.1 demands.
    """
    wrong = {
        "iss is not the client.": claims.get("iss") != client_id,
        "client_id is not the client.": claims.get("client_id") != client_id,
        "aud is not this server.": claims.get("aud") not in (issuer, [issuer]),
        "exp is missing, over, or too far away.": not _lies(
            claims.get("exp"), now - SKEW, now + LONGEST_LIFE + SKEW
        ),
        "nbf is missing, too old, or to come.": not _lies(
            claims.get("nbf"), now - LONGEST_LIFE, now + SKEW
        ),
        "iat is to come.": not _lies(claims.get("iat", now), 0, now + SKEW),
        "A request object holds no other.": bool({"request", "request_uri"} & claims.keys()),
    }
    return next((problem for problem, holds in wrong.items() if holds), "")


def _lies(value: Any, after: float, until: float) -> bool:
    """Tell whether a value is an instant in epoch seconds after one and until another."""
    is_time = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_time and after < value <= until


def _parameters(name: str, value: Any) -> Pairs:
    """Return a claim as parameters: what is JSON here is text there, and a list of texts is repeated."""
    if name == "authorization_details" and not isinstance(value, list):
        raise BadObjectError("authorization_details is no JSON array.")
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return [(name, item) for item in value]
    return [(name, value if isinstance(value, str) else json.dumps(value))]
