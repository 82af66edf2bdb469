"""A small HTTP server on loopback for one redirect: threaded, bounded, and silent about what it is sent."""

from __future__ import annotations

import logging
import socket
import socketserver
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Protocol

from bankview.errors import BadRedirectError
from bankview.oauth.answer import LONGEST_ANSWER
from bankview.oauth.pages import HEADERS

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

    from bankview.oauth.pages import Pages

LOG = logging.getLogger(__name__)

#: Bytes of a request line, and of a whole request.
LONGEST_LINE = 8192
LARGEST_REQUEST = 65_536
#: Connections at a time on one address; the oldest gives way.
MOST_CONNECTIONS = 32
#: Seconds that a silent connection is kept.
SILENCE = 5
#: What a form is sent as.
FORM = "application/x-www-form-urlencoded"


class Door(Protocol):
    """What stands behind the server: where it is, and what becomes of an answer."""

    pages: Pages
    #: What a Host header may say; the redirect's path, and those of the two pages.
    hosts: frozenset[str]
    path: str
    done: str
    already: str

    @property
    def posted(self) -> bool:
        """Whether the answer that is waited for comes as a form."""

    def answer(self, query: str) -> str:
        """Take the query of a redirect, or a form, and return the path that the browser goes to; BadRedirectError refuses it."""

    def show(
        self, page: Callable[[bytes], None], begin: Callable[[], Callable[[bytes], object]]
    ) -> None:
        """Show how the sign-in ended: with `page` at once, or piece by piece through what `begin` returns."""


class Server(ThreadingHTTPServer):
    """Accepts on one address. Each connection has a thread, so that a silent one keeps nobody waiting."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    # Elsewhere it lets a port be used again at once; on Windows it would let others take it from us.
    allow_reuse_address = sys.platform != "win32"
    allow_reuse_port = False

    def __init__(
        self,
        family: socket.AddressFamily,
        address: tuple[str, int],
        door: Door,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.address_family = family
        self.door, self._tls = door, tls
        self._live: dict[int, socket.socket] = {}
        self._guard = threading.Lock()
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Bind, without the look-up of our own name that http.server adds and that can take half a minute."""
        exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
        if exclusive is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, exclusive, 1)
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def get_request(self) -> tuple[Any, Any]:
        """Accept; the hands are shaken in the connection's own thread."""
        connection, client = super().get_request()
        if self._tls is None:
            return connection, client
        wrapped = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return wrapped, client

    def start(self) -> None:
        """Serve in a thread of its own."""
        threading.Thread(
            target=self.serve_forever, args=(0.05,), daemon=True, name="sign-in listener"
        ).start()

    def close(self) -> None:
        """Stop accepting, give the port back, and hang up on whoever is still there."""
        self.shutdown()
        self.server_close()
        with self._guard:
            left = list(self._live.values())
        for connection in left:
            _hang_up(connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give a connection its thread; of too many, the oldest goes."""
        crowd: list[socket.socket] = []
        with self._guard:
            while len(self._live) >= MOST_CONNECTIONS:
                crowd.append(self._live.pop(next(iter(self._live))))
            self._live[id(request)] = request
        for oldest in crowd:
            _hang_up(oldest)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that has ended."""
        with self._guard:
            self._live.pop(id(request), None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the base class's
        """Say nothing on stderr, which a windowed app does not have: browsers hang up as they like."""
        LOG.debug("a connection to the sign-in listener broke: %s", sys.exception())


class _Handler(BaseHTTPRequestHandler):
    """Answers one request and hangs up. Nothing of the request is ever written back."""

    server: Server
    raw_requestline: bytes
    protocol_version = "HTTP/1.1"
    #: Of a request that cannot be read; by the base class's own, refusals would go out without a status line.
    default_request_version = "HTTP/1.1"
    timeout = SILENCE

    def setup(self) -> None:
        super().setup()
        self.rfile = _Bounded(self.rfile)  # type: ignore[assignment]

    def parse_request(self) -> bool:
        if len(self.raw_requestline) > LONGEST_LINE:
            self.requestline, self.request_version, self.command = "", "HTTP/1.1", ""
            self.send_error(414)
            return False
        return super().parse_request()

    def do_GET(self) -> None:
        """Check in this order: host, path, origin; then state, issuer, error and code."""
        door = self.server.door
        path, _, query = self.path.partition("?")
        hosts = self.headers.get_all("Host") or [""]
        if any(host.lower() not in door.hosts for host in hosts):
            self.send_error(400)
        elif path == door.done:
            door.show(self._page, self._begin_page)
        elif path == door.already:
            self._page(door.pages.already)
        elif path != door.path:
            self.send_error(404)
        elif "Origin" in self.headers:
            self.send_error(400)
        else:
            self._take(query)

    def do_POST(self) -> None:
        """Take an answer that comes as a form, where one was asked for (OAuth 2.0 Form Post Response Mode §2).

        It comes from the bank's page, from another site that is, so that any Origin is right, "null" included; only
        our state makes it an answer. A script's request is none: the browser itself goes along with a form.
        """
        door = self.server.door
        if not door.posted:
            self._not_allowed()
            return
        form = self._form()
        hosts = self.headers.get_all("Host") or [""]
        if any(host.lower() not in door.hosts for host in hosts):
            self.send_error(400)
        elif self.path.partition("?")[0] != door.path:
            self.send_error(404)
        elif form is None or self.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
            self.send_error(400)
        else:
            self._take(form)

    def _form(self) -> str | None:
        """Return a request's form as it was sent; None where it has none that is sound."""
        lengths = self.headers.get_all("Content-Length") or []
        length = lengths[0] if len(lengths) == 1 else ""
        if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdecimal()):
            return None
        if len(length) > 5 or int(length) > LONGEST_ANSWER:
            return None
        body = self.rfile.read(int(length))
        if self.headers.get_content_type() != FORM or len(body) != int(length):
            return None
        return body.decode("ascii") if body.isascii() else None

    def _take(self, query: str) -> None:
        try:
            where = self.server.door.answer(query)
        except BadRedirectError as error:
            LOG.info("a request to the sign-in listener was refused: %s", error.reason)
            self._page(self.server.door.pages.refused, 400)
            return
        # Away from the address that holds the code, so that it stays out of the address bar and the history.
        self._begin(303, {**HEADERS, "Location": where, "Content-Length": "0"})

    def __getattr__(self, name: str) -> Callable[[], None]:
        if not name.startswith("do_"):
            raise AttributeError(name)
        return self._not_allowed

    def _not_allowed(self) -> None:
        methods = "GET, POST" if self.server.door.posted else "GET"
        self._begin(405, {"Allow": methods, "Content-Length": "0", "Connection": "close"})

    def _begin(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _begin_page(self) -> Callable[[bytes], object]:
        self._begin(200, HEADERS)
        return self.wfile.write

    def _page(self, content: bytes, status: int = 200) -> None:
        body = self.server.door.pages.whole(content)
        self._begin(status, {**HEADERS, "Content-Length": str(len(body))})
        self.wfile.write(body)

    def send_error(self, code: int, *_: object) -> None:
        """Refuse in one line; the default page would repeat the request."""
        body = b"Nothing here.\n"
        kind = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body))}
        self._begin(code, {**HEADERS, **kind})
        self.wfile.write(body)

    def version_string(self) -> str:
        return "Bankview"

    def log_message(self, *_: object) -> None:
        """Write nothing: the request line holds the code."""


class _Bounded:
    """Reads a request up to a limit; a larger one is cut off like a broken connection."""

    def __init__(self, source: Any) -> None:
        self._source, self._left = source, LARGEST_REQUEST

    def readline(self, limit: int) -> bytes:
        if self._left <= 0:
            raise ConnectionAbortedError("the request is too large")
        line: bytes = self._source.readline(min(limit, LONGEST_LINE + 1))
        self._left -= len(line)
        return line

    def read(self, size: int) -> bytes:
        if size > self._left:
            raise ConnectionAbortedError("the request is too large")
        self._left -= size
        body: bytes = self._source.read(size)
        return body

    def close(self) -> None:
        self._source.close()


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        LOG.debug("a connection to the sign-in listener had already ended")
