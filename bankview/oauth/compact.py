"""A signed JWT taken apart (RFC 7515 §3.1); nothing in it is believed here."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from bankview.errors import BadBankDataError
from bankview.oauth.claims import Flaw
from bankview.web import decode

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Characters of a token.
LONGEST = 64_000


def subject_of(text: object) -> str:
    """Return the `sub` of an ID token that was validated when it came; nothing where there is none."""
    sub = claims_of(text).get("sub")
    return sub if isinstance(sub, str) else ""


def claims_of(text: object) -> Mapping[str, Any]:
    """Return the claims of an ID token that was validated when it came; none where there is none."""
    try:
        return read_object(take_apart(text)[1], "its payload")
    except Flaw:
        return {}


def take_apart(text: object) -> tuple[Mapping[str, Any], bytes]:
    """Return header and payload.

    Raises:
        Flaw: it is no signed JWT.
    """
    parts = text.split(".") if isinstance(text, str) and len(text) <= LONGEST else []
    if len(parts) != 3:
        raise Flaw("it is no signed JWT")
    return read_object(_bytes(parts[0]), "its header"), _bytes(parts[1])


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Flaw("it is no signed JWT") from None


def read_object(body: bytes, what: str) -> Mapping[str, Any]:
    """Return a JSON object.

    Raises:
        Flaw: `what` is none.
    """
    try:
        value = decode(body)
    except BadBankDataError:
        value = None
    if not isinstance(value, dict):
        raise Flaw(f"{what} is no JSON object")
    return value
