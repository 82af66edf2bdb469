"""Token introspection (RFC 7662): what the server itself knows of an access token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bankview.errors import BadBankDataError, ClientRefusedError, TokenReplyError
from bankview.web import check, decode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bankview.oauth.token import Token
    from bankview.web import Reply


def introspect(token: Token, post: Callable[[Mapping[str, str]], Reply]) -> dict[str, Any]:
    """Return the members of the server's answer; `active` is always among them.

    Args:
        token: whose access token is asked about.
        post: sends these fields to the introspection endpoint, with the client's own.

    Raises:
        ClientRefusedError: the server does not accept our certificate, client id or secret.
        TokenReplyError: its answer is none.
        BankError: as `web.check` raises them.
    """
    reply = post({"token": token.access_token.reveal(), "token_type_hint": "access_token"})
    if reply.status == 401:
        raise ClientRefusedError(reply.host, "its introspection endpoint answered 401")
    try:
        said = decode(check(reply).body, reply.host)
    except BadBankDataError:
        said = None
    if not isinstance(said, dict) or not isinstance(said.get("active"), bool):
        raise TokenReplyError(reply.host, "its introspection answer cannot be read")
    return said
