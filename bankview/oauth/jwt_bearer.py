"""The assertion grant: a JWT that we sign, or that others gave us, for a token (RFC 7523 §2.1)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from bankview.log import REDACTION
from bankview.oauth.signing import Signer

if TYPE_CHECKING:
    from datetime import datetime

    from bankview.oauth.client import OAuthClient
    from bankview.oauth.token import Token

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
#: Seconds that an assertion lasts where the profile does not say.
LIFETIME = 60
#: Claims that are ours to set, each with a key of its own or from the clock.
OURS = ("sub", "aud", "exp", "iat", "nbf", "jti")


def token(oauth: OAuthClient, now: datetime) -> Token:
    """Return a token for a fresh assertion, or for the ready one (§2.1).

    Raises:
        KeyFileError: the signing key cannot be used.
        ServerError, BankError: as `OAuthClient.token_by`.
    """
    ready = oauth.client.ready_assertion.reveal().strip()
    fields = {"assertion": ready or signed(oauth, now)}
    REDACTION.hide(fields["assertion"])
    if oauth.client.scope:
        fields["scope"] = oauth.client.scope
    return oauth.token_by(GRANT, fields)


def signed(oauth: OAuthClient, now: datetime) -> str:
    """Return an assertion that nobody has seen yet (§3).

    Raises:
        KeyFileError: the signing key cannot be used.
    """
    client, server = oauth.client, oauth.server
    said = client.assertion
    issued = int(now.timestamp())
    claims: dict[str, Any] = {
        "iss": client.client_id,
        **said.get("claims", {}),
        "sub": said.get("sub") or client.client_id,
        "aud": said.get("aud") or server.issuer or server.token_endpoint,
        "iat": issued,
        "exp": issued + said.get("lifetime", LIFETIME),
        "jti": secrets.token_urlsafe(16),
    }
    return Signer(client.signing_key, client.signing_algorithm).sign(claims)
