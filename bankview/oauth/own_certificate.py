"""A certificate for an https redirect address on this computer: made for one sign-in, signed by itself, never kept."""

from __future__ import annotations

import ipaddress
import secrets
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

#: How long it is good for; clocks differ.
_LIFETIME, _SKEW = timedelta(days=1), timedelta(hours=1)


def server_context() -> ssl.SSLContext:
    """Return a context that presents a new certificate of 127.0.0.1, ::1 and localhost (RFC 5280, TLS 1.2 at least).

    It has all that browsers ask of one before they let a person go on: a name, a purpose, a short life.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    # The library takes a key from a file only: it sees one that a word of this moment locks.
    lock = secrets.token_urlsafe(32)
    kept = key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(lock.encode())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    with tempfile.TemporaryDirectory(prefix="bankview-") as folder:
        both = Path(folder) / "both.pem"
        both.touch(mode=0o600)
        both.write_bytes(kept + _certificate(key).public_bytes(Encoding.PEM))
        context.load_cert_chain(str(both), password=lock)
    return context


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    now = datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Bankview on this computer")])
    addresses = (ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1"))
    names = (x509.DNSName("localhost"), *map(x509.IPAddress, addresses))
    usage = x509.KeyUsage(True, *[False] * 8)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + _LIFETIME)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
