"""How a call is refused in STET's words, and what every answer of its API carries (STET PSD2 1.4.2, errors)."""

from __future__ import annotations

import json
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from bankview.sandbox.messages import Answer
from bankview.sandbox.sparebank1_shapes import OSLO

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bankview.sandbox.messages import Request

MEDIA_TYPE = "application/hal+json; charset=utf-8"
#: The error of a token that is unknown or has ended (RFC 6750 §3.1).
INVALID_TOKEN = "invalid_token"  # noqa: S105


class RefusedError(Exception):
    """A call is refused: a status, a sentence, and an error where it is not the status's own name."""

    def __init__(
        self, status: int, message: str, error: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        self.status, self.message, self.headers = status, message, headers or {}
        self.error = error or HTTPStatus(status).phrase
        super().__init__(message)


def no_token() -> RefusedError:
    """Return the refusal of a token that is not worth anything, which asks for a new one and a replay."""
    bearer = {"WWW-Authenticate": f'Bearer error="{INVALID_TOKEN}"'}
    return RefusedError(401, "The access token is unknown or expired", INVALID_TOKEN, bearer)


def refusal(request: Request, error: RefusedError) -> Answer:
    """Return an error in the standard's body."""
    body = {
        "timestamp": datetime.now(OSLO).strftime("%Y-%m-%dT%H:%M:%S%z"),
        "status": error.status,
        "error": error.error,
        "message": error.message,
        "path": request.path[:140],
    }
    return Answer(error.status, {**_head(request), **error.headers}, json.dumps(body).encode())


def content(request: Request, value: dict[str, Any] | None) -> Answer:
    """Return a value, or a body without a single byte where there is none."""
    text = "" if value is None else json.dumps(value, ensure_ascii=False)
    return Answer(200, _head(request), text.encode())


def _head(request: Request) -> dict[str, str]:
    asked = request.headers.get("x-request-id", "")
    echo = {"X-Request-ID": asked} if asked and asked.isprintable() and asked.isascii() else {}
    return {"Content-Type": MEDIA_TYPE, "Cache-Control": "no-store", **echo}
