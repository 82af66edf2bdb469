"""A token that a bank wants otherwise than as a Bearer: in a header of its own, within the path, or as user and password."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from bankview.errors import SignInNeededError
from bankview.log import REDACTION
from bankview.oauth.grants import TokenAuth
from bankview.oauth.server import host_of
from bankview.web import BASIC, TOKEN_PLACE

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

    from bankview.oauth.token import Token

#: What may stand in a path: nothing that leads anywhere else.
_PART = re.compile(r"[A-Za-z0-9_-]{1,512}")


class PlacedToken(TokenAuth):
    """Logs requests in like `TokenAuth`, with the token at `place`: the name of a header, TOKEN_PLACE in the path, or BASIC.

    A token in a path is there from when the request leaves until its answer comes: the answer's address, and so what is
    logged and raised, has its place instead.
    """

    def __init__(self, place: str, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._place = place

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Put the token on a request.

        Raises:
            SignInNeededError: it can be no part of a path; or as `TokenAuth` raises it.
        """
        said = request.url
        request = super().__call__(request)

        def unsaid(response: Response, **_: Any) -> Response:
            response.url = said or ""
            return response

        if self._place == TOKEN_PLACE:
            request.register_hook("response", unsaid)  # type: ignore[no-untyped-call]
        return request

    def _put(self, request: PreparedRequest, token: Token) -> None:
        text = token.access_token.reveal()
        if self._place == TOKEN_PLACE:
            request.url = _filled(request.url or "", text)
        elif self._place == BASIC:
            request.headers["Authorization"] = _basic(text)
        else:
            request.headers[self._place] = text
        self._finish(request)


def _basic(token: str) -> str:
    """Return the header of a user and a password with a colon between (RFC 7617 §2)."""
    encoded = base64.b64encode(token.encode()).decode()
    REDACTION.hide(encoded, token.partition(":")[2])
    return f"Basic {encoded}"


def _filled(url: str, token: str) -> str:
    if not _PART.fullmatch(token):
        raise SignInNeededError(host_of(url), "what was entered is no token")
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=parts.path.replace(TOKEN_PLACE, token)))
