"""Who signed in, as the server tells it (OpenID Connect Core §5.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bankview.errors import TokenReplyError
from bankview.oauth.endpoints.said import Said, media_of, read_json, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bankview.oauth.endpoints.said import Verify
    from bankview.web import Reply

#: The media type of a signed answer (§5.3.2).
SIGNED = "application/jwt"
ACCEPT = f"application/json, {SIGNED}"


def read_userinfo(reply: Reply, subject: str, verify: Verify, client_id: str) -> Said:
    """Return a userinfo answer: JSON, signed JSON that was verified, or text.

    Args:
        reply: of the userinfo endpoint.
        subject: the `sub` of the ID token; the answer has to be about the same person (§5.3.2). Empty: none came.
        verify: verifies a JWT of the issuer, its `iss` too where it has one.
        client_id: whom a signed answer has to be for, where it says so.

    Raises:
        TokenReplyError: it is no answer, cannot be trusted, or is about somebody else.
    """
    if reply.status != 200:
        raise TokenReplyError(reply.host, f"its userinfo endpoint answered {reply.status}")
    signed = media_of(reply) == SIGNED
    claims = _signed(reply, verify, client_id) if signed else read_json(reply)
    if claims is None:
        return read_text(reply)
    if not isinstance(claims.get("sub"), str):
        raise TokenReplyError(reply.host, "its userinfo has no sub")
    if subject and claims["sub"] != subject:
        raise TokenReplyError(reply.host, "its userinfo is about somebody else")
    return Said(claims, signed=signed)


def _signed(reply: Reply, verify: Verify, client_id: str) -> Mapping[str, Any]:
    _, claims = verify(reply.body.decode("ascii", "replace").strip())
    aud = claims.get("aud", client_id)
    if client_id not in (aud if isinstance(aud, list) else [aud]):
        raise TokenReplyError(reply.host, "its signed userinfo is for another client")
    return claims
