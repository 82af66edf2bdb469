"""Private keys that a profile names: read from their files once, kept as PEM text, and never written readable again."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

from bankview.banks import _assertion
from bankview.banks._certificate import read_certificate
from bankview.banks._jwk import check_jwk, is_jwk
from bankview.banks._private_key import locked, unlocked
from bankview.errors import KeyFileError
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: What a key's place in an adopted profile says: Bankview holds the key in the keychain, locked by a passphrase or not.
TAKEN, TAKEN_LOCKED = "keychain", "keychain (passphrase)"
#: What the place of a file says where each person has a file of their own.
ASKED = "ask"
#: Where a profile names private keys: table, key.
#: The last may be a JWK too: it signs what other programs sign with such keys.
SIGNING = ("oauth", "signing_key")
PLACES = (("tls", "private_key"), ("signature", "private_key"), SIGNING)
_PEM = re.compile(r"-----BEGIN ([A-Z ]*PRIVATE KEY)-----\s*(.*?)\s*-----END \1-----", re.DOTALL)


def read_keys(profile: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """Return each private key that a checked profile names, PEM or JWK text by "table.key"; taken ones are left out.

    Raises:
        KeyFileError: a file is there and holds no private key, or no assertion.
    """
    found = _assertion.read(profile, folder)
    for table, key in PLACES:
        name = profile.get(table, {}).get(key, "")
        if name and not is_taken(name):
            text = (folder / name).read_text("utf-8-sig", "replace")
            jwk = (table, key) == SIGNING and is_jwk(text)
            found[f"{table}.{key}"] = check_jwk(text, name) if jwk else tidy(text, name)
    return found


def is_taken(name: str) -> bool:
    """Return whether a file's place says that the keychain holds it, or will once the person was asked."""
    return name in {TAKEN, TAKEN_LOCKED, ASKED}


def without_keys(profile: Mapping[str, Any], keys: Mapping[str, str]) -> dict[str, Any]:
    """Return the profile with the place of each of these keys saying that it was taken."""
    made = dict(profile)
    for place, pem in keys.items():
        if place == _assertion.NAME:
            made = _assertion.without(made)
            continue
        table, _, key = place.partition(".")
        said = TAKEN_LOCKED if needs_passphrase(pem) else TAKEN
        made[table] = {**made[table], key: said}
    return made


def any_locked(profile: Mapping[str, Any], folder: Path) -> bool:
    """Return whether a passphrase is needed for a key of a checked profile."""
    if any(profile.get(table, {}).get(key) == TAKEN_LOCKED for table, key in PLACES):
        return True
    return any(map(needs_passphrase, read_keys(profile, folder).values()))


def tidy(text: str, name: str = "key") -> str:
    """Return a private key's PEM as the standard writes it (RFC 7468), whatever its line ends.

    Raises:
        KeyFileError: there is no private key in it.
    """
    found = _PEM.search(text.replace("\\n", "\n"))
    if not found:
        raise KeyFileError(name, tr("it holds no private key in PEM form"))
    label, body = found.groups()
    headers, _, rest = body.rpartition("\n\n") if ":" in body else ("", "", body)
    letters = re.sub(r"\s", "", rest)
    lines = [letters[start : start + 64] for start in range(0, len(letters), 64)]
    inner = [*headers.replace("\r", "").split("\n"), ""] if headers else []
    return "\n".join([f"-----BEGIN {label}-----", *inner, *lines, f"-----END {label}-----", ""])


def needs_passphrase(pem: str) -> bool:
    """Return whether a private key is encrypted."""
    return "ENCRYPTED" in pem and not is_jwk(pem)


def for_a_moment(pem: str, passphrase: str, lock: str) -> bytes:
    """Return a key as PEM that only `lock` opens, for the moment in which a library wants it as a file.

    Raises:
        KeyFileError: the passphrase does not fit, or it is no key.
    """
    return locked(opened(pem, passphrase), lock)


def opened(pem: str, passphrase: str) -> bytes:
    """Return a key as PEM without a passphrase, or the JWK that it is; it is to stay in memory.

    Raises:
        KeyFileError: the passphrase does not fit, or it is no key.
    """
    if is_jwk(pem):
        return check_jwk(pem, "signing_key").encode()
    return unlocked(pem.encode(), passphrase or None)


def pem_text(content: bytes, name: str) -> str:
    """Return a certificate or key as PEM text, whether it came as PEM or DER, or the JWK that it is.

    Raises:
        KeyFileError: it is neither.
    """
    if b"-----BEGIN" in content:
        text = content.decode("ascii", "replace")
        return tidy(text, name) if "PRIVATE KEY" in text else text
    if is_jwk(text := content.decode("utf-8", "replace")):
        return check_jwk(text, name)
    label = "CERTIFICATE" if _is_certificate(content, name) else "PRIVATE KEY"
    letters = base64.b64encode(content).decode()
    lines = [letters[start : start + 64] for start in range(0, len(letters), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


def _is_certificate(content: bytes, name: str) -> bool:
    try:
        read_certificate(content, name)
    except KeyFileError:
        # What is no certificate has to be a key, or its own sentence says what is wrong.
        unlocked(content, None)
        return False
    return True
