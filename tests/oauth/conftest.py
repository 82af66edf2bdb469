"""A scriptable authorization server on loopback, clients for it, and visitors of the sign-in listener."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

import pytest

from bankview.oauth.authorization import new_request
from bankview.oauth.client import OAuthClient
from bankview.oauth.loopback import Loopback
from bankview.oauth.registration import Client
from bankview.oauth.server import Server
from bankview.web import Sender

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Mapping
    from email.message import Message
    from http.client import HTTPMessage

    from bankview.oauth.authorization import AuthorizationRequest
    from bankview.oauth.loopback import PasteBack

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Seen:
    """A request as the server got it."""

    method: str
    path: str
    query: str
    headers: Message
    body: bytes
    port: int

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
        """Say nothing: clients hang up as they should."""


def _handler(server: AuthServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def answer(self) -> None:
            path, _, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            port = self.client_address[1]
            server.seen.append(Seen(self.command, path, query, self.headers, body, port))
            server.arrived.set()
            dead = self.headers.get("Authorization") in server.dead
            say = Say(401) if dead else server.next(path)
            if say.until:
                say.until.wait(30)
            # Without a Date header: it would be the real clock beside the one that a test turns.
            self.send_response_only(say.status)
            for name, value in {"Content-Length": str(len(say.bytes)), **say.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(say.bytes)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

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
    server = AuthServer()
    yield server
    server.close()


@pytest.fixture
def auth_server() -> type[AuthServer]:
    return AuthServer


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
    """Return a function that makes clients of the bank."""
    made: list[OAuthClient] = []

    def make(server: Server | None = None, finish: Any = None, **settings: Any) -> OAuthClient:
        client = Client(**{"client_id": "bankview", "scope": "accounts", **settings})
        made.append(OAuthClient(server or known, client, now=clock, finish=finish))
        return made[-1]

    yield make
    for client in made:
        client.sender.session.close()


@pytest.fixture
def sender() -> Iterator[Sender]:
    sender = Sender()
    yield sender
    sender.session.close()


class Reply(NamedTuple):
    status: int
    headers: HTTPMessage
    body: bytes


class Visitor:
    """Comes to a listener: as a browser does that the bank sent back, and as nobody should."""

    server = Server(
        issuer="https://bank.example",
        authorization_endpoint="https://bank.example/authorize",
        token_endpoint="https://bank.example/token",
    )

    def expect(self, listener: PasteBack, **changes: Any) -> AuthorizationRequest:
        server = replace(self.server, **changes)
        request = new_request(server, "bankview", listener.redirect_uri)
        listener.expect(request)
        return request

    def fetch(
        self,
        listener: Loopback,
        target: str,
        method: str = "GET",
        host: str = "127.0.0.1",
        **headers: str,
    ) -> Reply:
        with closing(HTTPConnection(host, listener.port, timeout=10)) as connection:
            connection.putrequest(method, target, skip_host="Host" in headers)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())

    def come_back(
        self,
        listener: Loopback,
        request: AuthorizationRequest,
        host: str = "127.0.0.1",
        **fields: str,
    ) -> Reply:
        """Come back from the bank as a browser does, without going on to the next page."""
        query = urlencode({"code": "the-code", "state": request.state, **fields})
        return self.fetch(listener, f"{listener.path}?{query}", host=host)


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture
def listener() -> Iterator[Loopback]:
    with Loopback("http://127.0.0.1/callback") as listener:
        yield listener
        listener.cancel()
