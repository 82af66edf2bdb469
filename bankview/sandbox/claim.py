"""Who a request says it is, and by which method (RFC 6749 §2.3, RFC 7523 §2.2, RFC 8705 §2)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from bankview.sandbox import client_assertions

if TYPE_CHECKING:
    from collections.abc import Mapping


#: What a claim calls both methods of `ASSERTED`: the assertion itself does not say which of them it is.
ASSERTION = "assertion"


@dataclass(frozen=True, slots=True)
class Claim:
    """Who a request says it is, and by which method; several at once are none.

    `secret` is a secret or, by the method `ASSERTION`, an assertion. `peer` is the certificate of the connection, in
    DER, and `endpoint` the address that was called: they come with every request.
    """

    client_id: str
    method: str
    secret: str = ""
    peer: bytes = b""
    endpoint: str = ""


def read_claim(
    fields: Mapping[str, str], authorization: str, peer: bytes = b"", endpoint: str = ""
) -> Claim | None:
    """Return what a request to the token endpoint claims, or None where it cannot be read or uses two methods.

    Args:
        fields: the form's fields.
        authorization: the Authorization header; both halves of Basic are form-encoded (RFC 6749 §2.3.1).
        peer: the client's certificate in DER, where TLS asked for one.
        endpoint: the address that was called, without query.
    """
    client_id = fields.get("client_id", "")
    signed = "client_assertion" in fields or "client_assertion_type" in fields
    if signed + bool(authorization) + ("client_secret" in fields) > 1:
        return None
    if signed:
        return _read_assertion(fields, peer, endpoint)
    if authorization:
        basic = _read_basic(authorization)
        if basic is None or client_id not in {"", basic[0]}:
            return None
        return Claim(basic[0], "client_secret_basic", basic[1], peer, endpoint)
    if "client_secret" in fields:
        return Claim(client_id, "client_secret_post", fields["client_secret"], peer, endpoint)
    return Claim(client_id, "none", "", peer, endpoint)


def _read_assertion(fields: Mapping[str, str], peer: bytes, endpoint: str) -> Claim | None:
    assertion = fields.get("client_assertion", "")
    sub = client_assertions.named(assertion)
    known = sub and fields.get("client_id", sub) == sub
    if fields.get("client_assertion_type") != client_assertions.TYPE or not known:
        return None
    return Claim(sub, ASSERTION, assertion, peer, endpoint)


def _read_basic(header: str) -> tuple[str, str] | None:
    scheme, _, coded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(coded.strip(), validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    name, colon, secret = text.partition(":")
    return (unquote_plus(name), unquote_plus(secret)) if colon else None
