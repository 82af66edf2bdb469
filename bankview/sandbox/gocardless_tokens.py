"""The tokens that GoCardless gives for a person's secrets: one for calls, one to get the next by."""

from __future__ import annotations

import hmac
import secrets
import threading
from typing import TYPE_CHECKING, Any

from bankview.sandbox.files import write
from bankview.sandbox.gocardless_refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

#: The person's secret as the portal shows it: its id, and the file of its key.
SECRET_ID, NAME = "3e7c2a54-8f0d-4b6e-9c11-52a1f7d0e9b8", "gocardless-key"
#: Seconds that a refresh token lasts.
REFRESH_LIFE = 30 * 86_400


def key_of(state: Path) -> str:
    """Return the secret key, the same at each start."""
    place = state / NAME
    if not place.exists():
        write(place, secrets.token_hex(64).encode())
    return place.read_text("ascii")


class Tokens:
    """Those in force; a start of the service ends them all."""

    def __init__(self, key: str, life: float, now: Callable[[], float]) -> None:
        self._key, self._life, self._now = key, life, now
        self._lock = threading.Lock()
        self._ends: dict[str, float] = {}
        self._renew: dict[str, float] = {}

    def new(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Give both for the secrets.

        Raises:
            RefusedError: they are not the person's.
        """
        given = body.get("secret_id"), str(body.get("secret_key", ""))
        if given[0] != SECRET_ID or not hmac.compare_digest(given[1].encode(), self._key.encode()):
            raise RefusedError(401, "Authentication failed")
        refresh = secrets.token_urlsafe(48)
        with self._lock:
            self._renew[refresh] = self._now() + REFRESH_LIFE
        return {**self._access(), "refresh": refresh, "refresh_expires": REFRESH_LIFE}

    def renewed(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Give the next one for calls.

        Raises:
            RefusedError: the refresh token is none, or has ended.
        """
        if self._renew.get(str(body.get("refresh", "")), 0) <= self._now():
            raise RefusedError(401, "Invalid token")
        return self._access()

    def check(self, header: str) -> None:
        """Refuse a call without a token in force.

        Raises:
            RefusedError: it has none.
        """
        kind, _, token = header.partition(" ")
        if kind != "Bearer" or self._ends.get(token, 0) <= self._now():
            raise RefusedError(401, "Invalid token")

    def expire_access(self) -> int:
        """End every token for calls now; return how many there were."""
        with self._lock:
            live = len(self._ends)
            self._ends.clear()
        return live

    def _access(self) -> dict[str, Any]:
        token = secrets.token_urlsafe(48)
        with self._lock:
            self._ends[token] = self._now() + self._life
        return {"access": token, "access_expires": int(self._life)}
