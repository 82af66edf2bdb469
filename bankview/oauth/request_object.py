"""The authorization request as a JWT that we sign (RFC 9101): what the browser carries, nobody can change."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bankview.log import REDACTION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bankview.oauth.authorization import Fields
    from bankview.oauth.signing import Signer

TYP = "oauth-authz-req+jwt"
#: Seconds that a request object is good for, and that it says to have been good before it was made: clocks differ.
LIFE, EARLIER = 240, 30
#: The fields that are JSON within a request object and text elsewhere (RFC 9396 §3, OpenID Connect Core §5.5 and §6.1).
_JSON = ("authorization_details", "claims", "max_age")


def signed(signer: Signer, fields: Fields, issuer: str, now: datetime) -> dict[str, str]:
    """Return what takes the place of a request's fields: the client's id, and the signed request (§5).

    Args:
        signer: with the key that the client registered.
        fields: the request's, `client_id` among them.
        issuer: whom it is for.
        now: UTC, as close to the server's clock as is known.

    Raises:
        KeyFileError: the key cannot sign.
    """
    client_id = str(fields["client_id"])
    instant = now.timestamp()
    claims = {
        **_claims(fields),
        "iss": client_id,
        "aud": issuer,
        "iat": int(instant),
        "nbf": int((now - timedelta(seconds=EARLIER)).timestamp()),
        "exp": int(instant) + LIFE,
        "jti": secrets.token_urlsafe(16),
    }
    text = signer.sign(claims, typ=TYP)
    REDACTION.hide(text)
    return {"client_id": client_id, "request": text}


def _claims(fields: Fields) -> Mapping[str, Any]:
    claims: dict[str, Any] = dict(fields)
    for name in _JSON:
        if name in claims:
            claims[name] = _decoded(claims[name])
    return claims


def _decoded(text: str) -> Any:
    """Return what a text says in JSON; a person's own parameter that is none goes as it is, for the server to judge."""
    try:
        return json.loads(text)
    except ValueError:
        return text
