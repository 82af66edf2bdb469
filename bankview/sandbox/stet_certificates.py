"""Certificates as a third party under PSD2 has them: QWACs for TLS, a QSealC for signing (ETSI TS 119 495)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bankview.sandbox import stet_statements as statements
from bankview.sandbox.certificates import LEAF_DAYS, SPARE, Pair, begun, usage
from bankview.sandbox.files import write

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

#: The third party that this bank knows; its authority is the one that its identifier names.
THIRD_PARTY = "PSDNO-FSA-12345"
AUTHORITY, AUTHORITY_ID = "Finanstilsynet (demo)", "NO-FSA"
BOTH = ("PSP_AI", "PSP_IC")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a certificate is for, and which roles it carries."""

    purpose: str
    roles: tuple[str, ...]


KINDS = {
    "qwac": Kind(statements.WEB, BOTH),
    "qwac-ai": Kind(statements.WEB, ("PSP_AI",)),
    "qseal": Kind(statements.SEAL, BOTH),
}


@dataclass(frozen=True, slots=True)
class Party:
    """Who a certificate speaks for, and in which roles."""

    organization: str
    roles: tuple[str, ...] = ()

    def may(self, client_id: str, role: str) -> bool:
        """Tell whether it may act for a client in a role."""
        return bool(client_id) and self.organization == client_id and role in self.roles


NOBODY = Party("")


def prepare(folder: Path, now: datetime) -> None:
    """See to it that `folder` holds each of `KINDS` as .pem and .key, signed by the authority that is there."""
    authority = Pair.at(folder, "ca")
    for name, kind in KINDS.items():
        leaf = Pair.at(folder, name)
        if not _is_fresh(leaf, authority, now):
            _make(leaf, name, kind, authority, now)


def read_party(peer: bytes) -> Party:
    """Return who a DER certificate of a TLS client speaks for: nobody where it is none for web sites under PSD2."""
    try:
        certificate = x509.load_der_x509_certificate(peer)
        stated = statements.read(certificate)
    except ValueError:
        return NOBODY
    names = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_IDENTIFIER)
    if stated.purpose != statements.WEB or len(names) != 1:
        return NOBODY
    return Party(str(names[0].value), stated.roles)


def seal_key(folder: Path) -> rsa.RSAPublicKey:
    """Return the key that the registered third party's signatures are verified with."""
    certificate = x509.load_pem_x509_certificate((folder / "qseal.pem").read_bytes())
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    return key


def _is_fresh(leaf: Pair, authority: Pair, now: datetime) -> bool:
    if not (leaf.certificate.exists() and leaf.key.exists()):
        return False
    certificate = x509.load_pem_x509_certificate(leaf.certificate.read_bytes())
    try:
        certificate.verify_directly_issued_by(authority.load()[0])
    except (InvalidSignature, ValueError):
        return False
    return certificate.not_valid_after_utc - now > SPARE


def _make(leaf: Pair, name: str, kind: Kind, authority: Pair, now: datetime) -> None:
    ca, ca_key = authority.load()
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "NO"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Bankview (demo)"),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, THIRD_PARTY),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Sandbox {name}"),
        ]
    )
    stated = statements.Statements(kind.purpose, kind.roles, AUTHORITY, AUTHORITY_ID)
    made = (
        begun(subject, key.public_key(), now, LEAF_DAYS)
        .issuer_name(ca.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.UnrecognizedExtension(statements.EXTENSION, stated.encode()), critical=False
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False
        )
    )
    if kind.purpose == statements.WEB:
        both = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
        made = made.add_extension(usage("digital_signature"), critical=True).add_extension(
            x509.ExtendedKeyUsage(both), critical=False
        )
    else:
        made = made.add_extension(usage("digital_signature", "content_commitment"), critical=True)
    coded = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    write(leaf.key, coded)
    certificate = made.sign(ca_key, hashes.SHA256())
    write(leaf.certificate, certificate.public_bytes(serialization.Encoding.PEM), 0o644)
