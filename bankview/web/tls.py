"""What TLS trusts and presents (RFC 8446)."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import truststore

if TYPE_CHECKING:
    from pathlib import Path


def tls_context(
    *,
    ca: Path | None = None,
    certificate: Path | None = None,
    key: Path | None = None,
    password: str | None = None,
) -> ssl.SSLContext:
    """Return a context that trusts the system's roots (and `ca` besides), and presents `certificate` where given.

    Raises:
        OSError: a file cannot be read or is no certificate or key (ssl.SSLError is one).
    """
    context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca:
        context.load_verify_locations(cafile=str(ca))
    if certificate:
        context.load_cert_chain(str(certificate), str(key) if key else None, password)
    return context
