"""Verifies that a call was signed by the third party (draft-cavage-http-signatures-10 §2, RFC 3230 Digest)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from email.utils import formatdate, parsedate_to_datetime
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from bankview.sandbox.stet_refusal import RefusedError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    from bankview.sandbox.messages import Request

#: What is signed, in this order.
SIGNED = ("(request-target)", "date", "digest", "x-request-id")
#: Seconds by which a client's clock may differ.
LEEWAY = 300
_PARAMETER = r'([A-Za-z]+)="([^"]*)"'


def verify(request: Request, key_id: str, key: RSAPublicKey, now: float) -> None:
    """Check a call's Date, Digest, X-Request-ID and Signature, the last over the method and path that came.

    Raises:
        RefusedError: 400 where one is missing or cannot be read, 403 where it is wrong.
    """
    _check_headers(request, now)
    given = _parameters(request.headers.get("signature", ""))
    if given["keyId"] != key_id:
        raise RefusedError(403, "The signature's keyId is not the client")
    if given["algorithm"] != "rsa-sha256":
        raise RefusedError(403, "The signature's algorithm is not rsa-sha256")
    if given["headers"] != " ".join(SIGNED):
        raise RefusedError(403, f"The signature does not cover {' '.join(SIGNED)}")
    try:
        signature = base64.b64decode(given["signature"], validate=True)
        key.verify(signature, signed_text(request).encode(), PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error) as error:
        raise RefusedError(403, "The signature is wrong") from error


def signed_text(request: Request) -> str:
    """Return the text that a call's signature covers."""
    target = f"(request-target): {request.method.lower()} {request.target}"
    return "\n".join((target, *(f"{name}: {request.headers[name]}" for name in SIGNED[1:])))


def _check_headers(request: Request, now: float) -> None:
    for name in SIGNED[1:]:
        if not request.headers.get(name):
            raise RefusedError(400, f"The header {name} is missing")
    if len(request.headers["x-request-id"]) > 70:
        raise RefusedError(400, "X-Request-ID is too long")
    if abs(_instant(request.headers["date"]) - now) > LEEWAY:
        raise RefusedError(403, "The Date is not of now")
    digest = base64.b64encode(hashlib.sha256(request.body).digest()).decode()
    if request.headers["digest"] != f"SHA-256={digest}":
        raise RefusedError(403, "The Digest is not that of the body")


def _instant(text: str) -> float:
    """Return a date's epoch seconds; the form is the one of RFC 9110 §5.6.7 and no other."""
    try:
        instant = parsedate_to_datetime(text).timestamp()
    except ValueError as error:
        raise RefusedError(400, "The Date cannot be read") from error
    if formatdate(instant, usegmt=True) != text:
        raise RefusedError(400, "The Date is not in the form of HTTP")
    return instant


def _parameters(header: str) -> dict[str, str]:
    """Return the four parameters; blanks may follow a comma."""
    if not re.fullmatch(rf"{_PARAMETER}(,[ ]*{_PARAMETER})*", header):
        raise RefusedError(403, "The header Signature is missing or cannot be read")
    pairs = re.findall(_PARAMETER, header)
    given = dict(pairs)
    if len(given) != len(pairs) or set(given) != {"keyId", "algorithm", "headers", "signature"}:
        raise RefusedError(403, "The header Signature has other parameters than it should")
    return given
