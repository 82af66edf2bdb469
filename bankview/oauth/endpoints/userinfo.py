"""Who signed in, as the server tells it (OpenID Connect Core §5.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bankview.errors import BadBankDataError, TokenReplyError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bankview.web import Reply


def read_userinfo(reply: Reply, subject: str) -> Mapping[str, Any]:
    """Return the claims of a userinfo answer.

    Args:
        reply: of the userinfo endpoint.
        subject: the `sub` of the ID token; the answer has to be about the same person (§5.3.2). Empty: none came.

    Raises:
        TokenReplyError: it is no answer, or about somebody else.
    """
    if reply.status != 200:
        raise TokenReplyError(reply.host, f"its userinfo endpoint answered {reply.status}")
    try:
        claims = reply.json()
    except BadBankDataError:
        claims = None
    if not isinstance(claims, dict) or not isinstance(claims.get("sub"), str):
        raise TokenReplyError(reply.host, "its userinfo is no JSON object with a sub")
    if subject and claims["sub"] != subject:
        raise TokenReplyError(reply.host, "its userinfo is about somebody else")
    return claims
