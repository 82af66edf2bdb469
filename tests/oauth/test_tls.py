"""Only a server that can prove its name gets a code or a token."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bankview.domain.secret import Secret
from bankview.errors import BankUnavailableError, MetadataError
from bankview.oauth.client import OAuthClient
from bankview.oauth.registration import Client
from bankview.oauth.server import Server, discover
from bankview.oauth.token import Token
from bankview.web import Sender, tls_context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.oauth.conftest import AuthServer, Clock

    Start = Callable[..., AuthServer]


@dataclass(frozen=True)
class Certificates:
    """A certificate authority of a test's own, and what it signed, as PEM files."""

    folder: Path
    ca: Path
    key: ec.EllipticCurvePrivateKey
    name: x509.Name

    def sign(self, *hosts: str, ended: bool = False, selfmade: bool = False) -> tuple[Path, Path]:
        """Return certificate and key for these hosts."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, hosts[0])])
        names: list[x509.GeneralName] = [
            x509.IPAddress(ipaddress.ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
            for host in hosts
        ]
        signed = _certificate(
            subject,
            subject if selfmade else self.name,
            key,
            key if selfmade else self.key,
            x509.SubjectAlternativeName(names),
            datetime.now(UTC) + timedelta(days=-1 if ended else 1),
        )
        path = self.folder / f"{len(list(self.folder.iterdir()))}.pem"
        path.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        key_path = path.with_suffix(".key")
        key_path.write_bytes(_pem(key))
        return path, key_path


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    by: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
    until: datetime,
) -> x509.Certificate:
    builder = x509.CertificateBuilder(
        issuer, subject, key.public_key(), x509.random_serial_number()
    )
    builder = builder.not_valid_before(until - timedelta(days=3)).not_valid_after(until)
    builder = builder.add_extension(
        extension, critical=isinstance(extension, x509.BasicConstraints)
    )
    return builder.sign(by, hashes.SHA256())


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    folder = tmp_path / "certificates"
    folder.mkdir()
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "A test's own authority")])
    constraints = x509.BasicConstraints(ca=True, path_length=0)
    root = _certificate(name, name, key, key, constraints, datetime.now(UTC) + timedelta(days=1))
    ca = folder / "ca.pem"
    ca.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    return Certificates(folder, ca, key, name)


@pytest.fixture
def tls_bank(auth_server: type[AuthServer]) -> Iterator[Callable[..., AuthServer]]:
    """Return a function that starts a bank over TLS with this certificate and key."""
    started: list[AuthServer] = []

    def start(certificate: Path, key: Path, client_ca: Path | None = None) -> AuthServer:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        if client_ca:
            context.load_verify_locations(client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
        started.append(auth_server(context))
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.fixture
def trusting(certificates: Certificates, clock: Clock) -> Iterator[Callable[..., OAuthClient]]:
    """Return a function that makes clients which trust the test's own authority."""
    made: list[OAuthClient] = []

    def make(server: Server, **tls: Any) -> OAuthClient:
        context = tls_context(**{"ca": certificates.ca, **tls})
        made.append(OAuthClient(server, Client(client_id="bankview"), context=context, now=clock))
        return made[-1]

    yield make
    for client in made:
        client.sender.session.close()


def server_at(bank: AuthServer) -> Server:
    return Server(
        issuer=bank.url,
        authorization_endpoint=f"{bank.url}/authorize",
        token_endpoint=f"{bank.url}/token",
    )


OLD = Token(Secret("access-old"), refresh_token=Secret("refresh-old"))


def test_a_sign_in_works_over_tls(
    certificates: Certificates, tls_bank: Start, trusting: Callable[..., OAuthClient]
) -> None:
    bank = tls_bank(*certificates.sign("127.0.0.1"))
    bank.tell_metadata()
    bank.tell_token()
    sender = Sender(context=tls_context(ca=certificates.ca))
    client = trusting(discover(Server(issuer=bank.url), sender.send))
    token = client.redeem(client.authorization_request(), "the-code")
    assert client.refresh(token).access_token.reveal() == "access-0001"
    sender.session.close()


@pytest.mark.parametrize(
    "flaw",
    [
        {"hosts": ("127.0.0.1",), "selfmade": True},
        {"hosts": ("192.0.2.1",)},
        {"hosts": ("bank.example",)},
        {"hosts": ("127.0.0.1",), "ended": True},
    ],
    ids=["made by itself", "another address", "another name", "ended"],
)
def test_a_certificate_that_proves_nothing_ends_the_exchange(
    certificates: Certificates,
    tls_bank: Start,
    trusting: Callable[..., OAuthClient],
    flaw: dict[str, Any],
) -> None:
    hosts = flaw.pop("hosts")
    bank = tls_bank(*certificates.sign(*hosts, **flaw))
    bank.tell_token()
    with pytest.raises(BankUnavailableError, match="secure"):
        trusting(server_at(bank)).refresh(OLD)
    assert not bank.seen


def test_an_authority_that_nobody_trusts_ends_the_exchange(
    certificates: Certificates, tls_bank: Start, clock: Clock
) -> None:
    bank = tls_bank(*certificates.sign("127.0.0.1"))
    client = OAuthClient(server_at(bank), Client(client_id="bankview"), now=clock)
    with pytest.raises(BankUnavailableError, match="secure"):
        client.refresh(OLD)
    assert not bank.seen
    client.sender.session.close()


def test_an_old_tls_is_not_spoken() -> None:
    assert tls_context().minimum_version >= ssl.TLSVersion.TLSv1_2


def test_plain_http_gets_no_token_however_the_server_got_there(
    bank: AuthServer, trusting: Callable[..., OAuthClient]
) -> None:
    with pytest.raises(MetadataError, match="https"):
        trusting(replace(server_at(bank), insecure_http=False)).refresh(OLD)
    assert not bank.seen


def test_l03_a_client_certificate_is_presented_and_not_sent_in_the_body(
    certificates: Certificates,
    tls_bank: Callable[..., AuthServer],
    trusting: Callable[..., OAuthClient],
) -> None:
    bank = tls_bank(*certificates.sign("127.0.0.1"), certificates.ca)
    bank.tell_token()
    certificate, key = certificates.sign("bankview.example")
    client = trusting(server_at(bank), certificate=certificate, key=key)
    client.refresh(OLD)
    assert bank.seen[0].fields.keys() == {"grant_type", "refresh_token", "client_id"}
