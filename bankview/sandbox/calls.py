"""Remembers which calls came in, so that a test can count them; never a secret's value."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bankview.sandbox.messages import Request

#: Calls that are remembered.
MOST = 20_000


class Calls:
    """The calls since the start or since they were last forgotten."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: deque[dict[str, Any]] = deque(maxlen=MOST)

    def add(self, request: Request, status: int) -> None:
        """Remember a call and how it was answered; status 0 is a connection that was reset."""
        fields = request.form
        call: dict[str, Any] = {
            "port": request.port,
            "method": request.method,
            "path": request.path,
            "status": status,
            "arguments": sorted(name for name, _ in request.arguments),
            "fields": sorted(name for name, _ in fields),
            "authorization": request.headers.get("authorization", "").partition(" ")[0],
            "accept": request.headers.get("accept", ""),
            "user_agent": request.headers.get("user-agent", ""),
        }
        grant_type = dict(fields).get("grant_type")
        if grant_type:
            call["grant_type"] = grant_type
        with self._lock:
            self._calls.append(call)

    def to(self, path: str) -> list[dict[str, Any]]:
        """Return the calls to a path, all where it is empty; oldest first."""
        with self._lock:
            return [call for call in self._calls if path in {"", call["path"]}]

    def forget(self) -> None:
        """Forget them."""
        with self._lock:
            self._calls.clear()
