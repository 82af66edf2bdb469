"""What an HTTP status means to a caller."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from bankview.errors import (
    AccountLimitedError,
    BadBankDataError,
    BankRefusedError,
    BankUnavailableError,
    RateLimitedError,
    SignInNeededError,
)

if TYPE_CHECKING:
    from bankview.web.reply import Reply


#: What RFC 6750 §3.1 calls a token that is expired, revoked or none at all.
_DEAD_TOKEN = "invalid_token"  # noqa: S105 - an error code


def check(reply: Reply) -> Reply:
    """Return a 2xx reply as it is; raise what any other status means to a caller."""
    status, host = reply.status, reply.host
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return reply
    if status == HTTPStatus.UNAUTHORIZED:
        raise SignInNeededError(host, "401")
    # RFC 6750 §3.1 has 401 for it; Starling answers 403.
    if status == HTTPStatus.FORBIDDEN and _code(_body(reply)) == _DEAD_TOKEN:
        raise SignInNeededError(host, f"403 {_DEAD_TOKEN}")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        wait, of_account = reply.limit
        raise (AccountLimitedError if of_account else RateLimitedError)(host, wait)
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
    # The Berlin Group calls them messages of who asks, Open Banking in the UK writes all its names so, RFC 9457 has none.
    errors = body.get("errors") or body.get("tppMessages") or body.get("Errors")
    if isinstance(errors, list) and errors:
        body = errors[0] if isinstance(errors[0], dict) else {}
    message = body.get("message")
    # STET banks write their own code as the message, and the HTTP status in words as the error.
    if isinstance(message, str) and re.fullmatch(r"[A-Z][A-Z0-9_]{2,39}", message):
        return message
    names = ("code", "error", "errorDescription", "ErrorCode", "Code")
    code = next((code for name in names if isinstance(code := body.get(name), str)), "")
    kind = body.get("type")
    # GoCardless names its errors by a type of one word, where RFC 9457 has an address.
    return code or (kind if isinstance(kind, str) and re.fullmatch(r"[A-Za-z]{3,40}", kind) else "")


def _is_empty(body: dict[str, Any]) -> bool:
    """Return whether a body is an answer rather than an error: it has lists, all are empty, and it names no error."""
    lists = [value for value in body.values() if isinstance(value, list)]
    named = {"code", "error", "errors", "message", "tppMessages", "Code", "Errors"} & body.keys()
    return bool(lists) and not any(lists) and not named
