"""Private keys as JWK, the form in which many portals hand them out (RFC 7517, RFC 7518 §6, RFC 8037)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bankview.errors import BadBankDataError, KeyFileError
from bankview.web import decode
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What each kind of private key cannot do without.
_MEMBERS: dict[str, tuple[str, ...]] = {
    "RSA": ("n", "e", "d"),
    "EC": ("crv", "x", "y", "d"),
    "OKP": ("crv", "x", "d"),
}
#: The curves that signatures are made on.
_CURVES = frozenset({"P-256", "P-384", "P-521", "Ed25519"})
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")


def is_jwk(text: str) -> bool:
    """Return whether a text is meant to be a JWK."""
    return text.lstrip("\ufeff \t\r\n").startswith("{")


def check_jwk(text: str, name: str) -> str:
    """Return a JWK that is a private key which can sign; `name` is what the errors call it.

    Raises:
        KeyFileError: it is something else; the sentence says what, and shows nothing of it.
    """
    text = text.strip("\ufeff \t\r\n")
    try:
        jwk = decode(text.encode("utf-8", "replace"))
    except BadBankDataError:
        raise KeyFileError(name, tr("it is no JWK: it cannot be read as JSON")) from None
    problem = _problem(jwk)
    if problem:
        raise KeyFileError(name, problem)
    return text


def _problem(jwk: Mapping[str, Any]) -> str:
    """Return what is wrong with a JSON object as a private key, or nothing."""
    if "keys" in jwk:
        return tr("it is a set of keys: write one of them into a file of its own")
    kind = jwk.get("kty")
    if kind == "oct":
        return tr("it is a shared secret, and no private key")
    if not isinstance(kind, str) or kind not in _MEMBERS:
        return tr("it is no RSA, EC or OKP key")
    if "d" not in jwk:
        return tr("it is a public key: the private one has a member d too")
    if kind != "RSA" and jwk.get("crv") not in _CURVES:
        return tr("its curve cannot sign: write one of {choice}", choice=", ".join(sorted(_CURVES)))
    broken = [
        member for member in _MEMBERS[kind] if member != "crv" and not _is_number(jwk, member)
    ]
    return tr("its member {member} is missing or broken", member=broken[0]) if broken else ""


def _is_number(jwk: Mapping[str, Any], member: str) -> bool:
    value = jwk.get(member)
    return isinstance(value, str) and _BASE64URL.fullmatch(value) is not None
