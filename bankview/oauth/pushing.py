"""Pushed authorization requests (RFC 9126): the server is told first, and the browser carries a name for it alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bankview.errors import OAuthError, SignInDeniedError, TokenReplyError
from bankview.log import REDACTION
from bankview.oauth.reply import read_members, read_seconds

if TYPE_CHECKING:
    from bankview.oauth.server import Server
    from bankview.oauth.ways import Ways
    from bankview.web import Reply

#: Error codes that mean that the bank says no, as in an answer by the browser.
_REFUSALS = frozenset({"access_denied", "unauthorized_client"})
#: What can stand for a request in a URL; real ones have about 80 characters.
_REQUEST_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]{1,1990}")


def is_pushed(server: Server, ways: Ways) -> bool:
    """Tell whether a request is pushed: always, or where the server knows how to or insists (§5)."""
    if ways.par == "always" or ways.insists:
        return True
    named = server.pushed_authorization_request_endpoint
    return ways.par == "auto" and bool(named or server.require_pushed_authorization_requests)


def read_pushed(reply: Reply, client_id: str) -> dict[str, str]:
    """Return what the browser carries: the client's id and the `request_uri`, and nothing beside them (§4).

    Raises:
        SignInDeniedError: the bank does not want this request from us.
        ClientRefusedError, OAuthError, RateLimitedError, BankUnavailableError: by status and error code (§2.3).
        TokenReplyError: the answer lacks what §2.2 wants in it.
    """
    try:
        members = read_members(reply, "its answer to the pushed request")
    except OAuthError as error:
        if error.code not in _REFUSALS:
            raise
        raise SignInDeniedError(error.code, error.description) from None
    uri = members.get("request_uri")
    if not isinstance(uri, str) or not _REQUEST_URI.fullmatch(uri):
        raise TokenReplyError(reply.host, "its answer has no usable request_uri")
    if read_seconds(members.get("expires_in")) is None:
        raise TokenReplyError(reply.host, "its answer has no usable expires_in")
    REDACTION.hide(uri)
    return {"client_id": client_id, "request_uri": uri}
