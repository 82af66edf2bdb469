"""Three ports on 127.0.0.1: TLS, plain http for eyes, and TLS that asks for a client certificate."""

from __future__ import annotations

import logging
import os
import socket
import socketserver
import ssl
import struct
import sys
import threading
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from bankview.errors import PortBusyError
from bankview.sandbox.messages import Answer, DroppedError, Port, Request, text_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LOG = logging.getLogger(__name__)

HOST = "127.0.0.1"
#: Bytes of a request's body; nothing that a client sends is large.
LARGEST_BODY = 1_000_000
#: Seconds that a connection may stay silent.
IDLE = 30
#: How often three ports in a row are looked for.
TRIES = 100


class Listener(ThreadingHTTPServer):
    """One port. The TLS handshake happens in the connection's own thread, so that a silent peer blocks nobody."""

    daemon_threads = True
    block_on_close = False
    # On Windows the option lets a stranger share the port; elsewhere it only skips the wait after the last run.
    allow_reuse_address = os.name == "posix"
    request_queue_size = 128

    def __init__(self, port: int) -> None:
        self.role = Port.API
        self.app: Callable[[Request], Answer] = _nobody
        self.date: Callable[[], str] | None = None
        self.context: ssl.SSLContext | None = None
        super().__init__((HOST, port), Handler)

    def server_bind(self) -> None:
        """Bind without asking the network for this computer's name, as the base class does."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.socket.getsockname()[1]

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Shake hands where this port speaks TLS, and handle the connection."""
        request.settimeout(IDLE)
        if self.context is None:
            super().finish_request(request, client_address)
            return
        with self.context.wrap_socket(request, server_side=True) as secure:
            super().finish_request(secure, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """Log a mistake of ours; a peer that goes away or distrusts us is daily life."""
        if isinstance(sys.exception(), (ConnectionError, TimeoutError, ssl.SSLError, DroppedError)):
            LOG.debug("a connection ended early")
            return
        LOG.error("a request could not be handled", exc_info=True)  # noqa: LOG014, G201, RUF100


def _nobody(_request: Request) -> Answer:
    return text_answer(503, "Not open yet.")


class Handler(BaseHTTPRequestHandler):
    """Reads one request after the other and sends the app's answers."""

    protocol_version = "HTTP/1.1"
    server: Listener
    # Headers and body leave in one packet, and no answer waits for the peer's acknowledgement.
    wbufsize = 65_536
    disable_nagle_algorithm = True

    def handle(self) -> None:
        """Serve requests until the peer leaves; a reset is sent where the app wants one."""
        try:
            super().handle()
        except DroppedError:
            at_once = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
            self.close_connection = True

    def do_GET(self) -> None:
        """Answer any method alike: the app says which it takes."""
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            self.close_connection = True
            self._send(text_answer(413, "Too much."))
            return
        body = self.rfile.read(int(length))
        if self.headers.get("Host", "").rpartition(":")[0] not in {HOST, "localhost"}:
            self._send(text_answer(421, "This address is not ours."))
            return
        path, _, query = self.path.partition("?")
        # A header that comes twice is one list (RFC 9110 §5.3), and no proof or token then.
        headers = {name.lower(): ", ".join(self.headers.get_all(name, [])) for name in self.headers}
        role, peer = self.server.role, self._peer()
        self._send(self.server.app(Request(role, self.command, path, query, headers, body, peer)))

    do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = do_GET  # noqa: N815

    def _peer(self) -> bytes:
        """Return the certificate that TLS has asked of the client and verified; nothing where it did not ask."""
        if not isinstance(self.connection, ssl.SSLSocket):
            return b""
        return self.connection.getpeercert(binary_form=True) or b""

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if isinstance(answer.body, bytes):
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)
        else:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for piece in filter(None, answer.body):
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def version_string(self) -> str:
        """Name the bank in the Server header."""
        return "Fjordbanken"

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the bank's clock for the Date header."""
        return self.server.date() if self.server.date else super().date_time_string(timestamp)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing: the calls are kept elsewhere, and a windowed build has no stderr."""


class Ports:
    """The three listeners: bound when made, served between `open` and `close`."""

    def __init__(self, port: int = 0) -> None:
        self._listeners = _bound(port)
        self.first = self._listeners[0].server_port
        self._threads = ExitStack()

    def open(
        self,
        app: Callable[[Request], Answer],
        date: Callable[[], str],
        contexts: Mapping[Port, ssl.SSLContext],
    ) -> None:
        """Serve `app` on all three, each port with its TLS context where it has one."""
        for listener, role in zip(self._listeners, Port, strict=True):
            listener.app, listener.date, listener.role = app, date, role
            listener.context = contexts.get(role)
            thread = threading.Thread(
                target=listener.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True
            )
            thread.start()
            self._threads.callback(thread.join)
            self._threads.callback(listener.shutdown)

    def close(self) -> None:
        """Stop listening; connections that are open end with the process."""
        self._threads.close()
        for listener in self._listeners:
            listener.server_close()


def _bound(port: int) -> list[Listener]:
    """Return listeners on three ports in a row.

    Raises:
        PortBusyError: `port` was asked for, and it or one of the next two is taken.
    """
    for _ in range(1 if port else TRIES):
        listeners: list[Listener] = []
        try:
            listeners.append(Listener(port))
            first = listeners[0].server_port
            listeners.extend(Listener(first + step) for step in (1, 2))
        except (OSError, OverflowError):
            for listener in listeners:
                listener.server_close()
        else:
            return listeners
    raise PortBusyError(HOST, port + len(listeners))
