"""Answers that come as a JWT which the issuer signed (JWT Secured Authorization Response Mode, JARM)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from bankview.errors import BadRedirectError
from bankview.oauth.claims import Flaw, check_response
from bankview.oauth.id_token import read_signed
from bankview.oauth.jwks import Jwks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bankview.oauth.claims import Expected
    from bankview.oauth.server import Server
    from bankview.web import Reply


class SignedAnswers:
    """Opens the answers of one server; used from the listener's threads."""

    def __init__(
        self,
        server: Server,
        expected: Expected,
        send: Callable[..., Reply],
        now: Callable[[], datetime],
    ) -> None:
        self._expected, self._now = expected, now
        self._keys = Jwks(server, send, now)
        self._one_at_a_time = threading.Lock()

    def prepare(self) -> None:
        """Fetch the issuer's keys, so that an answer waits for nothing and a missing key set is known before it.

        Raises:
            MetadataError, BankUnavailableError, OfflineError: they cannot be had.
        """
        with self._one_at_a_time:
            self._keys.fitting(self._expected.algorithms[0], None)

    def open(self, text: str) -> Mapping[str, Any]:
        """Return the claims of an answer that is signed, from our issuer, for us, and not over.

        Raises:
            BadRedirectError: it is not; the text says in which point.
            MetadataError, BankUnavailableError, OfflineError: the issuer's keys cannot be had.
        """
        try:
            with self._one_at_a_time:
                _, claims = read_signed(text, self._expected, self._keys)
            check_response(claims, self._expected, self._now())
        except Flaw as flaw:
            raise BadRedirectError(f"its signed answer cannot be trusted: {flaw}") from None
        return claims
