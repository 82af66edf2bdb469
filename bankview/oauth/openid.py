"""What an issuer signs for a client: ID tokens, held against what was asked for, and its answers (RFC 9701)."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bankview.errors import TokenReplyError
from bankview.oauth.claims import Flaw, check_answer
from bankview.oauth.id_token import read_signed, validate
from bankview.oauth.jwks import Jwks
from bankview.oauth.server import host_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bankview.oauth.claims import Expected
    from bankview.oauth.server import Server
    from bankview.oauth.token import Token
    from bankview.web import Reply

NOTHING: Mapping[str, Any] = MappingProxyType({})


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

    def check(
        self,
        token: Token,
        *,
        nonce: str = "",
        subject: str = "",
        claims: Mapping[str, Mapping[str, Any]] = NOTHING,
    ) -> None:
        """Hold the ID token beside an access token against the nonce, the person, or the claims that it has to name.

        Raises:
            TokenReplyError, MetadataError, BankUnavailableError, OfflineError: as `id_token.validate`.
        """
        expected = replace(
            self._expected,
            nonce=nonce,
            subject=subject,
            access_token=token.access_token,
            claims=claims,
        )
        validate(token.extra["id_token"], expected, self._keys, self._now())

    def answer(self, text: str, *, needs_iss: bool) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return header and claims of an answer that the issuer signed; `iss`, `exp` and `nbf` hold where they are given.

        Raises:
            TokenReplyError: it cannot be trusted; the text says in which point.
            MetadataError, BankUnavailableError, OfflineError: the issuer's keys cannot be had.
        """
        expected = self._expected
        try:
            header, claims = read_signed(text, expected, self._keys)
            check_answer(claims, expected.issuer, self._now(), needs_iss=needs_iss)
        except Flaw as flaw:
            host = host_of(expected.issuer)
            raise TokenReplyError(host, f"its signed answer cannot be trusted: {flaw}") from None
        return header, claims
