"""Connections that are read no longer than a deadline, and that another thread can cut."""

from __future__ import annotations

import io
import logging
import socket
import weakref
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

LOG = logging.getLogger(__name__)

#: Seconds to connect, and between two reads.
TIMEOUT = (5.0, 20.0)


class TooLongError(TimeoutError):
    """The exchange as a whole takes too long."""


class Clocked(io.RawIOBase):
    """A socket's answer, read until the exchange has taken too long; the socket's own timeout is per read."""

    def __init__(self, sock: socket.socket, ends: float, now: Callable[[], float]) -> None:
        self._sock, self._ends, self._now = sock, ends, now
        self._raw = sock.makefile("rb", 0)

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        """Read what is there; see `io.RawIOBase`.

        Raises:
            TooLongError: the exchange has taken too long.
        """
        left = self._ends - self._now()
        if left <= 0:
            raise TooLongError
        self._sock.settimeout(min(left, TIMEOUT[1]))
        read: int | None = self._raw.readinto(buffer)
        return read

    def close(self) -> None:
        """Let the socket go."""
        self._raw.close()
        super().close()


class Connections:
    """The connections of one sender: cut from another thread, and read no longer than the deadline."""

    def __init__(self, deadline: float, now: Callable[[], float]) -> None:
        self.deadline, self.now = deadline, now
        self.stopped = False
        self._live: weakref.WeakSet[HTTPConnection] = weakref.WeakSet()
        self._read: weakref.WeakSet[socket.socket] = weakref.WeakSet()

    def opening(self, connection: HTTPConnection) -> None:
        """Remember a connection that is about to be made."""
        self._live.add(connection)

    def opened(self, connection: HTTPConnection) -> None:
        """Let a connection go at once that was made while everything was stopped."""
        if self.stopped:
            connection.close()
            raise ConnectionAbortedError

    def reading(self, sock: socket.socket) -> Clocked:
        """Return an answer's stream; where the answer ends the connection, its socket lives on in the answer alone."""
        self._read.add(sock)
        return Clocked(sock, self.now() + self.deadline, self.now)

    def stop(self) -> None:
        """Cut every connection; from any thread."""
        self.stopped = True
        for sock in self._sockets():
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                LOG.debug("a connection had already ended")

    def _sockets(self) -> set[socket.socket]:
        while True:
            try:
                return {live.sock for live in self._live if live.sock} | set(self._read)
            except RuntimeError:
                LOG.debug("a connection was made in the meantime")


class Adapter(HTTPAdapter):
    """Connections within limits, over TLS contexts of our own making."""

    def __init__(self, connections: Connections, context: ssl.SSLContext) -> None:
        self._pools, self._context = _pools(connections), context
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of our own kind, over our TLS context."""
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Return the pools behind a proxy, of our own kind too."""
        manager = super().proxy_manager_for(proxy, ssl_context=self._context, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Leave the context alone: it already says what to trust and what to present."""


def _pools(connections: Connections) -> dict[str, type[HTTPConnectionPool]]:
    class Answer(HTTPResponse):
        def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
            super().__init__(sock, *args, **kwargs)
            unclocked, self.fp = self.fp, io.BufferedReader(connections.reading(sock))
            unclocked.close()

    class Plain(HTTPConnection):
        response_class = Answer

        def connect(self) -> None:
            connections.opening(self)
            super().connect()
            connections.opened(self)

    class Secure(HTTPSConnection):
        response_class = Answer

        def connect(self) -> None:
            connections.opening(self)
            super().connect()
            connections.opened(self)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
