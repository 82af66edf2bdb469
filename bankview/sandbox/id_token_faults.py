"""What each fault does to an ID token that was right; named after the conformance suite's modules."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from joserfc import jws
from joserfc.jwk import ECKey, OctKey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Claims = dict[str, Any]


def _without(name: str, claims: Claims) -> Claims:
    return {key: value for key, value in claims.items() if key != name}


#: Faults of what is claimed.
CLAIMS: Mapping[str, Callable[[Claims], Claims]] = {
    "invalid-iss": lambda c: {**c, "iss": f"{c['iss']}/other"},
    "invalid-missing-iss": lambda c: _without("iss", c),
    "invalid-aud": lambda c: {**c, "aud": "somebody-else"},
    "invalid-secondary-aud": lambda c: {**c, "aud": [c["aud"], "somebody-else"]},
    "missing-aud": lambda c: _without("aud", c),
    "valid-aud-as-array": lambda c: {**c, "aud": [c["aud"]]},
    "invalid-expired-exp": lambda c: {**c, "exp": c["iat"] - 300},
    "missing-exp": lambda c: _without("exp", c),
    "invalid-nonce": lambda c: {**c, "nonce": "somebody-elses"},
    "missing-nonce": lambda c: _without("nonce", c),
    "invalid-athash": lambda c: {**c, "at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "invalid-sub": lambda c: {**c, "sub": "somebody-else"},
}
#: Faults of how it is signed.
SIGNATURES = ("invalid-null-alg", "invalid-alternate-alg", "invalid-sig")


def spoilt(take: Callable[[str], bool], claims: Claims) -> Claims:
    """Return the claims, spoilt by each fault that `take` says happens now."""
    for name, spoil in CLAIMS.items():
        if take(name):
            claims = spoil(claims)
    return claims


def unsigned(fault: str, claims: Claims) -> str:
    """Return an ID token that nobody may believe, by its fault: no signature, a guessed secret's, another key's."""
    body = json.dumps(claims)
    if fault == "invalid-null-alg":
        return f"{_part(json.dumps({'alg': 'none'}))}.{_part(body)}."
    if fault == "invalid-alternate-alg":
        key = OctKey.import_key("a-secret-that-anybody-might-guess-0001")
        return jws.serialize_compact({"alg": "HS256"}, body, key, algorithms=["HS256"])
    if fault == "invalid-sig":
        other = ECKey.generate_key("P-256")
        return jws.serialize_compact({"alg": "ES256"}, body, other, algorithms=["ES256"])
    return ""


def _part(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
