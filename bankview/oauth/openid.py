"""The ID tokens that come with a client's tokens, held against what the client asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bankview.oauth.id_token import validate
from bankview.oauth.jwks import Jwks

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bankview.oauth.claims import Expected
    from bankview.oauth.server import Server
    from bankview.oauth.token import Token
    from bankview.web import Reply


class IdTokens:
    """Checks the ID tokens of one server; its keys are fetched with the first."""

    def __init__(
        self,
        server: Server,
        expected: Expected,
        send: Callable[..., Reply],
        now: Callable[[], datetime],
    ) -> None:
        self._expected, self._now = expected, now
        self._keys = Jwks(server, send, now)

    def check(self, token: Token, *, nonce: str = "", subject: str = "") -> None:
        """Hold the ID token beside an access token against the nonce, or the person, that it has to name.

        Raises:
            TokenReplyError, MetadataError, BankUnavailableError, OfflineError: as `id_token.validate`.
        """
        expected = replace(
            self._expected, nonce=nonce, subject=subject, access_token=token.access_token
        )
        validate(token.extra["id_token"], expected, self._keys, self._now())
