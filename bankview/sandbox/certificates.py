"""The sandbox's own certificate authority, its server's certificate and one for a client (RFC 5280)."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bankview.sandbox.files import write
from bankview.sandbox.open_energy_tokens import thumbprint

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

    from bankview.sandbox.messages import Port

#: How long the authority and what it signs are good for; browsers and systems refuse more than 825 days of a leaf.
AUTHORITY_DAYS, LEAF_DAYS = 3650, 800
SELF_SIGNED = "self-signed"
#: A leaf is made anew when less than this is left.
SPARE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key, in files beside each other."""

    certificate: Path
    key: Path

    @classmethod
    def at(cls, folder: Path, name: str) -> Pair:
        """Return the pair that goes by this name."""
        return cls(folder / f"{name}.pem", folder / f"{name}.key")

    def load(self) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        """Return certificate and key."""
        key = serialization.load_pem_private_key(self.key.read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return x509.load_pem_x509_certificate(self.certificate.read_bytes()), key

    def save(self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        """Write both, the key first and for the owner alone."""
        write(
            self.key,
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ),
        )
        write(self.certificate, certificate.public_bytes(serialization.Encoding.PEM), 0o644)

    def is_fresh(self, now: datetime) -> bool:
        """Tell whether both are there and good for a while."""
        if not (self.certificate.exists() and self.key.exists()):
            return False
        return self.load()[0].not_valid_after_utc - now > SPARE


def prepare(folder: Path, now: datetime) -> None:
    """See to it that `folder` holds what is needed as .pem and .key, good for a while from `now`.

    There are ca, and server, client and client-b, which it signed, and self-signed, a client's that nobody did.
    """
    authority = Pair.at(folder, "ca")
    renewed = not authority.is_fresh(now)
    if renewed:
        authority.save(*_authority(now))
    for name, purpose in (
        ("server", ExtendedKeyUsageOID.SERVER_AUTH),
        ("client", ExtendedKeyUsageOID.CLIENT_AUTH),
        ("client-b", ExtendedKeyUsageOID.CLIENT_AUTH),
    ):
        leaf = Pair.at(folder, name)
        if renewed or not leaf.is_fresh(now):
            leaf.save(*_leaf(name, purpose, authority, now))
    alone = Pair.at(folder, SELF_SIGNED)
    if not alone.is_fresh(now):
        alone.save(*_alone(now))


def contexts(folder: Path, api: Port, certificate: Port) -> dict[Port, ssl.SSLContext]:
    """Return the TLS contexts of the two ports that speak it; the second takes only clients that it knows.

    Those are clients whom our CA signed, and the one that signed itself (RFC 8705 §2.2).
    """
    made = {api: _server_context(folder), certificate: _server_context(folder)}
    made[certificate].verify_mode = ssl.CERT_REQUIRED
    for name in ("ca", SELF_SIGNED):
        made[certificate].load_verify_locations(str(folder / f"{name}.pem"))
    return made


def self_signed_thumbprint(folder: Path) -> str:
    """Return the `x5t#S256` of the certificate that a client signed itself (RFC 8705 §3.1)."""
    return thumbprint(Pair.at(folder, SELF_SIGNED).load()[0].public_bytes(Encoding.DER))


def _server_context(folder: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(str(folder / "server.pem"), str(folder / "server.key"))
    return context


def _name(text: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Fjordbanken (demo)"),
            x509.NameAttribute(NameOID.COMMON_NAME, text),
        ]
    )


def begun(
    subject: x509.Name, public: CertificatePublicKeyTypes, now: datetime, days: int
) -> x509.CertificateBuilder:
    """Return a certificate with what every one of ours has; issuer and purpose are still to be said."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def usage(*names: str) -> x509.KeyUsage:
    """Return which of the usages of RFC 5280 §4.2.1.3 a key has."""
    every = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement "
        "key_cert_sign crl_sign encipher_only decipher_only"
    )
    return x509.KeyUsage(**{name: name in names for name in every.split()})


def _authority(now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Sandbox authority")
    builder = (
        begun(name, key.public_key(), now, AUTHORITY_DAYS)
        .issuer_name(name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage("key_cert_sign", "crl_sign"), critical=True)
    )
    return builder.sign(key, hashes.SHA256()), key


def _alone(now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Sandbox self-signed")
    builder = (
        begun(name, key.public_key(), now, LEAF_DAYS)
        .issuer_name(name)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage("digital_signature"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
    )
    return builder.sign(key, hashes.SHA256()), key


def _leaf(
    name: str, purpose: x509.ObjectIdentifier, authority: Pair, now: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    ca, ca_key = authority.load()
    key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    builder = (
        begun(_name(f"Sandbox {name}"), key.public_key(), now, LEAF_DAYS)
        .issuer_name(ca.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage("digital_signature"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False
        )
    )
    return builder.sign(ca_key, hashes.SHA256()), key
