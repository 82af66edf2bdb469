"""The certificate by which a licensed holder is known to banks (X.509, RFC 5280; PSD2 as in ETSI TS 119 495)."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID, ObjectIdentifier

from bankview.banks._private_key import (
    KINDS,
    PrivateKey,
    Subject,
    load_private_key,
    locked,
    new_request,
    unlocked,
)
from bankview.banks._qualified import Role, roles
from bankview.errors import KeyFileError
from bankview.words import tr, tr_n

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

__all__ = [
    "KINDS",
    "Certificate",
    "PrivateKey",
    "Role",
    "Subject",
    "key_fits",
    "load_private_key",
    "locked",
    "new_request",
    "problems",
    "read_certificate",
    "unlocked",
]

_QC_STATEMENTS = ObjectIdentifier("1.3.6.1.5.5.7.1.3")
#: How long before its end a certificate is worth a word: a new one takes weeks.
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says. Instants are in UTC.

    `organisation_id` is the organizationIdentifier (2.5.4.97), such as PSDFR-ACPR-12345; `thumbprint` is its SHA-256
    as x5t#S256 has it (RFC 8705 §3.1); `public_key` is SubjectPublicKeyInfo in DER.
    """

    subject: str
    organisation_id: str
    issuer: str
    not_before: datetime
    not_after: datetime
    roles: tuple[Role, ...]
    thumbprint: str
    public_key: bytes = field(repr=False)


def read_certificate(data: bytes, name: str = "certificate") -> Certificate:
    """Return what a certificate says, the first one where a PEM file holds a chain; DER is read too. `name` is for errors.

    Raises:
        KeyFileError: it is no certificate.
    """
    try:
        found = (
            x509.load_pem_x509_certificate(data)
            if b"-----BEGIN" in data
            else x509.load_der_x509_certificate(data)
        )
        return _read(found)
    except (ValueError, UnsupportedAlgorithm):
        raise KeyFileError(name, tr("it holds no certificate (PEM or DER)")) from None


def _read(found: x509.Certificate) -> Certificate:
    public = found.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return Certificate(
        subject=_name(found.subject),
        organisation_id=_first(found.subject, NameOID.ORGANIZATION_IDENTIFIER),
        issuer=_name(found.issuer),
        not_before=found.not_valid_before_utc,
        not_after=found.not_valid_after_utc,
        roles=_roles(found),
        thumbprint=_thumbprint(found),
        public_key=public,
    )


def _name(name: x509.Name) -> str:
    """Return whom a name is about: the common name, else the organisation, else all of it (RFC 4514)."""
    return (
        _first(name, NameOID.COMMON_NAME)
        or _first(name, NameOID.ORGANIZATION_NAME)
        or name.rfc4514_string()
    )


def _first(name: x509.Name, oid: ObjectIdentifier) -> str:
    values = [attribute.value for attribute in name.get_attributes_for_oid(oid)]
    return next((value for value in values if isinstance(value, str)), "")


def _roles(found: x509.Certificate) -> tuple[Role, ...]:
    try:
        extension = found.extensions.get_extension_for_oid(_QC_STATEMENTS).value
    except x509.ExtensionNotFound:
        return ()
    return roles(extension.value) if isinstance(extension, x509.UnrecognizedExtension) else ()


def _thumbprint(found: x509.Certificate) -> str:
    return base64.urlsafe_b64encode(found.fingerprint(hashes.SHA256())).decode().rstrip("=")


def key_fits(certificate: Certificate, key: PrivateKey) -> bool:
    """Return whether a key is the certificate's own."""
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return public == certificate.public_key


def problems(
    certificate: Certificate,
    key: PrivateKey | None,
    client_id: str,
    roles_needed: tuple[Role, ...],
    now: datetime,
) -> list[str]:
    """Return what speaks against a certificate, in sentences; nothing where all is well.

    Args:
        certificate: as `read_certificate` returns it.
        key: its private key; None where that is not known yet.
        client_id: what the bank calls us; empty where that is not known yet.
        roles_needed: what the holder has to be licensed for.
        now: an instant with a zone.
    """
    return [
        *_of_time(certificate, now),
        *_of_holder(certificate, key, client_id),
        *(_missing(role) for role in roles_needed if role not in certificate.roles),
    ]


def ends_soon(certificate: Certificate, now: datetime) -> str:
    """Return a sentence where a certificate is good for less than 30 days more; nothing otherwise."""
    left = certificate.not_after - now
    if not timedelta(0) <= left < SOON:
        return ""
    return tr_n("The certificate ends in {n} day.", "The certificate ends in {n} days.", left.days)


def _of_time(certificate: Certificate, now: datetime) -> Iterator[str]:
    left = certificate.not_after - now
    if left < timedelta(0):
        yield tr("The certificate ended on {day}.", day=certificate.not_after.date())
    elif certificate.not_before > now:
        yield tr("The certificate is valid from {day} on.", day=certificate.not_before.date())


def _of_holder(certificate: Certificate, key: PrivateKey | None, client_id: str) -> Iterator[str]:
    if key is not None and not key_fits(certificate, key):
        yield tr("The private key is not the certificate's.")
    # PSDFR-ACPR-12345: banks take the whole of it or the number alone into the client ID.
    number = certificate.organisation_id.rpartition("-")[2]
    if client_id and number.lower() not in client_id.lower():
        yield tr(
            "The client ID does not hold the certificate's organisation number {number}.",
            number=number,
        )


def _missing(role: Role) -> str:
    match role:
        case Role.ACCOUNT_INFORMATION:
            return tr("The certificate lacks the role account information (PSP_AI).")
        case Role.CARD_ISSUING:
            return tr("The certificate lacks the role that may ask for funds (PSP_IC).")
        case _:
            return tr("The certificate lacks the role {role}.", role=role)
