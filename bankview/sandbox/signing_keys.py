"""The key with which our clients sign: its private half for their profiles, its public half for the bank (RFC 7517)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey

from bankview.sandbox.files import write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "signing.key"


def prepare(folder: Path) -> None:
    """See to it that `folder` holds signing.key, a private key on P-256 as PEM for the owner alone."""
    if (folder / NAME).exists():
        return
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    write(folder / NAME, pem)


def public(folder: Path) -> Mapping[str, str]:
    """Return the public half as a JWK without a name: what our clients sign names no key."""
    key = ECKey.import_key((folder / NAME).read_bytes())
    return {name: str(value) for name, value in key.as_dict(private=False).items()}
