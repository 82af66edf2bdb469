"""What makes a request unsound that oauthlib would let pass."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from oauthlib.oauth2.rfc6749.errors import (
    AccessDeniedError,
    InvalidRequestError,
    UnsupportedCodeChallengeMethodError,
)

from bankview.sandbox.messages import FORM, Request
from bankview.sandbox.validator import INSTITUTIONS

#: The parameters that may come more than once (RFC 8707 §2).
REPEATED = frozenset({"resource"})


def check_authorization(request: Any) -> dict[str, Any]:
    """Hold an authorization request to what oauthlib lets pass: plain PKCE, and fields that come twice."""
    if {*request.duplicate_params} - REPEATED:
        raise InvalidRequestError("A parameter comes twice.", request=request)
    if request.code_challenge and request.code_challenge_method != "S256":
        raise UnsupportedCodeChallengeMethodError(request=request)
    if request.code_challenge and len(request.code_challenge) != 43:
        raise InvalidRequestError("The code challenge is not a SHA-256.", request=request)
    jkt = request._params.get("dpop_jkt")  # noqa: SLF001 - a parameter of RFC 9449 §10
    if jkt is not None and not re.fullmatch(r"[A-Za-z0-9_-]{43}", jkt):
        raise InvalidRequestError("dpop_jkt is no SHA-256.", request=request)
    institution = request._params.get("finInst")  # noqa: SLF001 - a parameter of the bank's own
    if institution and institution not in INSTITUTIONS:
        raise AccessDeniedError(request=request)
    return {}


def check_token(request: Any) -> None:
    """Hold a token request to what oauthlib lets pass: fields that come twice, and the verifier's length."""
    if {*request.duplicate_params} - REPEATED:
        raise InvalidRequestError("A parameter comes twice.", request=request)
    if request.code_verifier is not None and not 43 <= len(request.code_verifier) <= 128:
        raise InvalidRequestError("The code verifier is too short or too long.", request=request)


def unreadable(request: Request) -> str:
    """Return why a request cannot be read at all; nothing where it can."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        return f"Send {FORM}."
    if not request.body.isascii():
        return "The body is not form-encoded."
    names = Counter(name for name, _ in request.form if name not in REPEATED)
    if any(count > 1 for count in names.values()):
        return "A parameter comes twice."
    return ""
