"""What an HTTP status means to a caller."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from bankview.errors import (
    BadBankDataError,
    BankRefusedError,
    BankUnavailableError,
    RateLimitedError,
    SignInNeededError,
)

if TYPE_CHECKING:
    from bankview.web.reply import Reply


def check(reply: Reply) -> Reply:
    """Return a 2xx reply as it is; raise what any other status means to a caller."""
    status, host = reply.status, reply.host
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return reply
    if status == HTTPStatus.UNAUTHORIZED:
        raise SignInNeededError(host, "401")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise RateLimitedError(host, reply.retry_after)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise BankUnavailableError(host, f"answered {status}", reply.retry_after)
    if status < HTTPStatus.BAD_REQUEST:
        raise BankUnavailableError(host, "answered with a redirect")
    raise BankRefusedError(host, status, _code(body := _body(reply)), empty=_is_empty(body))


def _body(reply: Reply) -> dict[str, Any]:
    """Return an error's body where it is an object, else an empty one."""
    try:
        body = reply.json()
    except BadBankDataError:
        return {}
    return body if isinstance(body, dict) else {}


def _code(body: dict[str, Any]) -> str:
    """Return the first error code of a body in any of the shapes banks use, or nothing."""
    errors = body.get("errors")
    if isinstance(errors, list) and errors:
        body = errors[0] if isinstance(errors[0], dict) else {}
    message = body.get("message")
    # STET banks write their own code as the message, and the HTTP status in words as the error.
    if isinstance(message, str) and re.fullmatch(r"[A-Z][A-Z0-9_]{2,39}", message):
        return message
    said = (body.get("code"), body.get("error"))
    return next((code for code in said if isinstance(code, str)), "")


def _is_empty(body: dict[str, Any]) -> bool:
    """Return whether a body is an answer rather than an error: it has lists, all are empty, and it names no error."""
    lists = [value for value in body.values() if isinstance(value, list)]
    named = {"code", "error", "errors", "message"} & body.keys()
    return bool(lists) and not any(lists) and not named
