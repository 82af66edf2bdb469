"""A scriptable authorization server on loopback, over plain http and over TLS, and clients for it."""

from __future__ import annotations

import ipaddress
import json
import ssl
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bankview.oauth.client import Client, OAuthClient
from bankview.oauth.server import Server
from bankview.web import Sender

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from email.message import Message
    from pathlib import Path

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Seen:
    """A request as the server got it."""

    method: str
    path: str
    query: str
    headers: Message
    body: bytes

    @property
    def fields(self) -> dict[str, str]:
        pairs = parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=True)
        assert len(dict(pairs)) == len(pairs), "a field is repeated"
        return dict(pairs)


@dataclass(frozen=True)
class Say:
    """What the server says; it waits for `until`, where given, before it does."""

    status: int = 200
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    until: threading.Event | None = None

    @property
    def bytes(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class AuthServer:
    """Answers each path with what it was told, in order; the last answer stays. Other paths are 404."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.seen: list[Seen] = []
        self.arrived = threading.Event()
        #: Authorization headers that are answered 401, whatever the path.
        self.dead: set[str] = set()
        self._say: dict[str, list[Say]] = defaultdict(list)
        self._http = _Quiet(("127.0.0.1", 0), _handler(self))
        if context:
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(0.01,), daemon=True, name="bank"
        )
        self._thread.start()

    def tell(self, path: str, *says: Say) -> None:
        self._say[path] = list(says)

    def tell_token(self, *replies: Mapping[str, Any]) -> None:
        """Answer token requests with these members, over a sound reply."""
        says = [Say(200, {**TOKEN, **reply}, JSON) for reply in replies or ({},)]
        self.tell("/token", *says)

    def tell_metadata(
        self, path: str = "/.well-known/oauth-authorization-server", **changes: Any
    ) -> None:
        document = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "revocation_endpoint": f"{self.url}/revoke",
            "code_challenge_methods_supported": ["S256"],
            **changes,
        }
        kept = {name: value for name, value in document.items() if value is not None}
        self.tell(path, Say(200, kept, JSON))

    def next(self, path: str) -> Say:
        says = self._say[path]
        if not says:
            return Say(404)
        return says.pop(0) if len(says) > 1 else says[0]

    def at(self, path: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.path == path]

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


JSON = {"Content-Type": "application/json"}
TOKEN = {
    "access_token": "access-0001",
    "token_type": "Bearer",
    "expires_in": 600,
    "refresh_token": "refresh-0001",
}


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing: clients hang up and refuse certificates as they should."""


def _handler(server: AuthServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            path, _, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            server.seen.append(Seen(self.command, path, query, self.headers, body))
            server.arrived.set()
            dead = self.headers.get("Authorization") in server.dead
            say = Say(401) if dead else server.next(path)
            if say.until:
                say.until.wait(30)
            self.send_response(say.status)
            for name, value in {"Content-Length": str(len(say.bytes)), **say.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(say.bytes)

        do_GET = do_POST = do_PUT = answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    return Handler


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def turn(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bank() -> Iterator[AuthServer]:
    server = AuthServer()
    yield server
    server.close()


@pytest.fixture
def elsewhere() -> Iterator[AuthServer]:
    """Another server, that nothing may be sent to."""
    server = AuthServer()
    yield server
    server.close()


@pytest.fixture
def say() -> type[Say]:
    return Say


@pytest.fixture
def known(bank: AuthServer) -> Server:
    """The bank's server, its endpoints known."""
    return Server(
        issuer=bank.url,
        authorization_endpoint=f"{bank.url}/authorize",
        token_endpoint=f"{bank.url}/token",
        revocation_endpoint=f"{bank.url}/revoke",
        insecure_http=True,
    )


@pytest.fixture
def oauth(known: Server, clock: Clock) -> Iterator[Callable[..., OAuthClient]]:
    """Return a function that makes clients of the bank: `oauth(authentication="none", …)`."""
    made: list[OAuthClient] = []

    def make(server: Server | None = None, **settings: Any) -> OAuthClient:
        client = Client(**{"client_id": "bankview", "scope": "accounts", **settings})
        made.append(OAuthClient(server or known, client, now=clock))
        return made[-1]

    yield make
    for client in made:
        client.sender.session.close()


@pytest.fixture
def sender() -> Iterator[Sender]:
    sender = Sender()
    yield sender
    sender.session.close()


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
def tls_bank() -> Iterator[Callable[..., AuthServer]]:
    """Return a function that starts a bank over TLS with this certificate and key."""
    started: list[AuthServer] = []

    def start(certificate: Path, key: Path, client_ca: Path | None = None) -> AuthServer:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        if client_ca:
            context.load_verify_locations(client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
        started.append(AuthServer(context))
        return started[-1]

    yield start
    for server in started:
        server.close()
