"""Requests that a person approves elsewhere while their client asks again and again (RFC 8628 §3.5, CIBA Core §11)."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from oauthlib.oauth2.rfc6749.errors import AccessDeniedError, InvalidGrantError
from oauthlib.oauth2.rfc8628.errors import (
    AuthorizationPendingError,
    ExpiredTokenError,
    SlowDownError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.sandbox.faults import Faults

#: Seconds between two polls, that `slow_down` adds for good, and by which clocks of two processes may differ.
INTERVAL, SLOWER, NEARLY = 1.0, 5.0, 0.05


@dataclass(frozen=True, slots=True)
class Pending:
    """A request: whose it is, what for, and until when; `customer` once somebody said `allowed` or not.

    `interval` is what the client was told; `polled` is when it last asked, epoch seconds.
    """

    client_id: str
    scopes: tuple[str, ...]
    ends: float
    user_code: str = ""
    customer: str = ""
    allowed: bool | None = None
    decided_at: float = 0.0
    interval: float = INTERVAL
    polled: float | None = None


class Polled:
    """The requests of one kind, by the secret that their client polls with."""

    def __init__(self, now: Callable[[], float], faults: Faults) -> None:
        self.now, self._faults = now, faults
        self._lock = threading.Lock()
        self._pending: dict[str, Pending] = {}

    def add(self, pending: Pending) -> str:
        """Keep a request, and return the secret that its client polls with."""
        handle = secrets.token_urlsafe(32)
        with self._lock:
            alive = {key: old for key, old in self._pending.items() if old.ends > self.now() - 60}
            self._pending = {**alive, handle: pending}
        return handle

    def by_code(self, user_code: str) -> Pending | None:
        """Return the undecided request of a code, as a person writes it (RFC 8628 §6.1)."""
        written = plain(user_code)
        for pending in self._pending.values():
            waits = pending.allowed is None and pending.ends > self.now()
            if written and waits and plain(pending.user_code) == written:
                return pending
        return None

    def decide(self, user_code: str, customer: str, *, allowed: bool) -> None:
        """Remember what a person said."""
        with self._lock:
            for handle, pending in self._pending.items():
                if plain(pending.user_code) == plain(user_code):
                    said = replace(pending, customer=customer, allowed=allowed)
                    self._pending[handle] = said

    def redeem(self, handle: str, client_id: str) -> Pending:
        """Return an approved request, once.

        Raises:
            InvalidGrantError: there is none, it is another client's, or it was redeemed.
            ExpiredTokenError, SlowDownError, AuthorizationPendingError, AccessDeniedError: as RFC 8628 §3.5 has them.
        """
        with self._lock:
            pending = self._pending.get(handle)
            if pending is None or pending.client_id != client_id:
                raise InvalidGrantError
            if pending.ends <= self.now() or self._faults.take("expired-token"):
                del self._pending[handle]
                raise ExpiredTokenError
            self._must_wait(handle, pending)
            if pending.allowed is None or self.now() < pending.decided_at:
                raise AuthorizationPendingError
            del self._pending[handle]
            if not pending.allowed:
                raise AccessDeniedError
            return pending

    def _must_wait(self, handle: str, pending: Pending) -> None:
        now, last = self.now(), pending.polled
        hasty = last is not None and now - last < pending.interval - NEARLY
        slower = hasty or self._faults.take("slow-down")
        interval = pending.interval + (SLOWER if slower else 0)
        self._pending[handle] = replace(pending, polled=now, interval=interval)
        if slower:
            raise SlowDownError


def plain(user_code: str) -> str:
    """Return a code without what people add and leave out."""
    return "".join(letter for letter in user_code.upper() if letter.isalnum())
