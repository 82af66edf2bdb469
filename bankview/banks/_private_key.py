"""Private keys as people keep them: read leniently, locked with a passphrase, and made with a request (RFC 2986)."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

from bankview.errors import KeyFileError
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

_ARMOUR = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
_MAKERS: dict[str, Callable[[], PrivateKey]] = {
    "RSA-2048": lambda: rsa.generate_private_key(65537, 2048),
    "EC P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
}
#: The kinds of key that `new_request` makes.
KINDS = tuple(_MAKERS)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a certificate is asked for. `organisation_id` is such as PSDFR-ACPR-12345; `country` two letters."""

    common_name: str
    organisation: str = ""
    organisation_id: str = ""
    country: str = ""


def load_private_key(data: bytes, passphrase: str | None, name: str = "key") -> PrivateKey:
    r"""Return an RSA, elliptic-curve or Ed25519 key from PKCS#1, PKCS#8 or SEC 1, as PEM or DER.

    A PEM may have any line ends, other text around it, all on one line, or `\n` spelt out. A passphrase that is not
    needed is no error. `name` is what the errors call the key.

    Raises:
        KeyFileError: it is none of these, or its passphrase is missing or wrong.
    """
    content = _der_or_pem(data, name)
    load = serialization.load_pem_private_key
    if not content.startswith(b"-----"):
        load = serialization.load_der_private_key
    try:
        key = load(content, passphrase.encode() if passphrase else None)
    except TypeError:
        # cryptography says so both where a passphrase is missing and where one is too much.
        if not passphrase:
            raise KeyFileError(name, tr("its passphrase is needed")) from None
        return load_private_key(data, None, name)
    except (ValueError, UnsupportedAlgorithm):
        if passphrase:
            raise KeyFileError(name, tr("its passphrase does not fit")) from None
        raise KeyFileError(name, tr("it cannot be read as a key")) from None
    if not isinstance(key, PrivateKey):
        raise KeyFileError(name, tr("it is neither an RSA, an elliptic-curve nor an Ed25519 key"))
    return key


def _der_or_pem(data: bytes, name: str) -> bytes:
    """Return the private key among what a file holds, its PEM as the standard wants it (RFC 7468)."""
    try:
        text = data.decode("utf-8-sig").replace("\\n", "\n").replace("\\r", "")
    except UnicodeDecodeError:
        return data
    blocks = dict(_ARMOUR.findall(text))
    label = next((each for each in blocks if each.endswith("PRIVATE KEY")), "")
    if label:
        return f"-----BEGIN {label}-----\n{_lines(blocks[label])}\n-----END {label}-----\n".encode()
    if blocks:
        raise KeyFileError(name, tr("it holds a certificate; the private key is another file"))
    # Banks' portals show keys without their first and last line.
    bare = "".join(text.split())
    try:
        content = base64.b64decode(bare, validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if not content:
        raise KeyFileError(name, tr("it holds no private key in PEM form"))
    return content


def _lines(inner: str) -> str:
    # The older encryption has headers of its own within, which have lines of theirs.
    if ":" in inner:
        return "\n".join(inner.strip().splitlines())
    flat = "".join(inner.split())
    return "\n".join(flat[at : at + 64] for at in range(0, len(flat), 64))


def locked(key_pem: bytes, passphrase: str) -> bytes:
    """Return a key as PKCS#8 PEM that only the passphrase opens.

    Raises:
        KeyFileError: it is no key without a passphrase, or the new passphrase is empty.
    """
    if not passphrase:
        raise KeyFileError("key", tr("a passphrase cannot be empty"))
    return _pem(
        load_private_key(key_pem, None), serialization.BestAvailableEncryption(passphrase.encode())
    )


def unlocked(data: bytes, passphrase: str | None) -> bytes:
    """Return any readable key as PKCS#8 PEM without a passphrase, for the keychain alone.

    Raises:
        KeyFileError: as `load_private_key`.
    """
    return _pem(load_private_key(data, passphrase), serialization.NoEncryption())


def new_request(subject: Subject, kind: str = "RSA-2048") -> tuple[bytes, bytes]:
    """Return a new key (PKCS#8 PEM without a passphrase) and the signing request for its certificate (PEM).

    Raises:
        KeyFileError: the kind is none of KINDS, or a field does not fit into a certificate.
    """
    if kind not in _MAKERS:
        raise KeyFileError("key", tr("it has to be one of {kinds}", kinds=", ".join(KINDS)))
    named = {
        NameOID.COUNTRY_NAME: subject.country.upper(),
        NameOID.ORGANIZATION_NAME: subject.organisation,
        NameOID.ORGANIZATION_IDENTIFIER: subject.organisation_id,
        NameOID.COMMON_NAME: subject.common_name,
    }
    try:
        name = x509.Name([x509.NameAttribute(oid, text) for oid, text in named.items() if text])
    except ValueError as error:
        raise KeyFileError(
            "request", tr("the name does not fit into a certificate: {why}", why=error)
        ) from None
    key = _MAKERS[kind]()
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    request = builder.sign(key, hashes.SHA256())
    pem = request.public_bytes(serialization.Encoding.PEM)
    return _pem(key, serialization.NoEncryption()), pem


def _pem(key: PrivateKey, encryption: serialization.KeySerializationEncryption) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
    )
