"""Token introspection (RFC 7662, RFC 9701): what the server itself knows of an access token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.errors import ClientRefusedError, TokenReplyError
from bankview.oauth.endpoints.said import Said, media_of, read_json, read_text
from bankview.web import check

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bankview.oauth.endpoints.said import Verify
    from bankview.oauth.token import Token
    from bankview.web import Reply

#: The media type of a signed answer, and the type in its header (RFC 9701 §4, §5).
SIGNED, TYP = "application/token-introspection+jwt", "token-introspection+jwt"
ACCEPT = f"application/json, {SIGNED}"


def introspect(
    token: Token, post: Callable[[Mapping[str, str]], Reply], verify: Verify, client_id: str
) -> Said:
    """Return what the server answers: JSON, signed JSON that was verified, or text.

    Args:
        token: whose access token is asked about.
        post: sends these fields to the introspection endpoint, with the client's own.
        verify: verifies a JWT of the issuer, its `iss` too.
        client_id: whom a signed answer has to be for.

    Raises:
        ClientRefusedError: the server does not accept our certificate, client id or secret.
        TokenReplyError: a signed answer cannot be trusted.
        BankError: as `web.check` raises them.
    """
    reply = post({"token": token.access_token.reveal(), "token_type_hint": "access_token"})
    if reply.status == 401:
        raise ClientRefusedError(reply.host, "its introspection endpoint answered 401")
    if media_of(check(reply)) == SIGNED:
        return Said(_signed(reply, verify, client_id), signed=True)
    claims = read_json(reply)
    if claims is None or not isinstance(claims.get("active"), bool):
        return read_text(reply)
    return Said(claims)


def _signed(reply: Reply, verify: Verify, client_id: str) -> Mapping[str, object]:
    """Return the answer in a JWT that is one of this kind, made for us (RFC 9701 §5)."""
    header, claims = verify(reply.body.decode("ascii", "replace").strip())
    typ = str(header.get("typ", "")).lower().removeprefix("application/")
    if typ != TYP:
        raise TokenReplyError(reply.host, "its signed introspection answer has another type")
    aud = claims.get("aud")
    if client_id not in (aud if isinstance(aud, list) else [aud]):
        raise TokenReplyError(reply.host, "its signed introspection answer is for another client")
    said = claims.get("token_introspection")
    if not isinstance(said, dict) or not isinstance(said.get("active"), bool):
        raise TokenReplyError(reply.host, "its signed introspection answer says nothing of a token")
    return said
