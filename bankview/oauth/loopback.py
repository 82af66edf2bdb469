"""Waits at a redirect address on this computer for the bank's answer from the person's own browser (RFC 8252 §7.3)."""

from __future__ import annotations

import errno
import socket
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bankview.errors import PortBusyError, SignInError, UsageError
from bankview.oauth import pages
from bankview.oauth.listener import Server
from bankview.oauth.waiting import PasteBack

if TYPE_CHECKING:
    from collections.abc import Callable

    Serve = Callable[[socket.AddressFamily, tuple[str, int]], Server]

__all__ = ["Loopback", "PasteBack", "warns"]

#: Seconds that an open page waits for the verdict, and that a closing listener waits for the page to be fetched.
VERDICT_WAIT = 60.0
FAREWELL = 1.0

_FAMILIES = {
    "127.0.0.1": ((socket.AF_INET, "127.0.0.1"),),
    "::1": ((socket.AF_INET6, "::1"),),
    # A browser may try either address of the name first, so that both must be ours.
    "localhost": ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")),
}
#: Errors that mean that this computer has no such address at all (IPv6 switched off).
_NO_SUCH_ADDRESS = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})
#: On Windows 10048 says that a port is taken, and 10013 that it lies in a reserved range.
_TAKEN = frozenset({errno.EADDRINUSE, 10013, 10048})


class Loopback(PasteBack):
    """Listens at a redirect address until it is closed; use it in a `with`, and only while a sign-in goes on.

    An address without a port gets any free one, which `redirect_uri` then names; one with a port gets exactly that. At
    https, where a browser `warns` of it, it listens only once it is told to: until then an answer can be pasted.

    Raises:
        PortBusyError: the port is taken by another program.
        UsageError: it is no address on this computer.
    """

    def __init__(self, redirect_uri: str) -> None:
        super().__init__(redirect_uri)
        host, port, self.path = _parts(redirect_uri)
        self.pages = pages.load()
        slash = "/" if self.path in {"/done", "/already"} else ""
        self.done, self.already = f"/done{slash}", f"/already{slash}"
        self._redirected = self._shown = self._showing = 0
        self._servers: tuple[Server, ...] = ()
        far = warns(redirect_uri)
        if far:
            self.port = port
        else:
            self._servers = _listen(partial(Server, door=self), host, port)
            self.port = self._servers[0].server_port
            self.redirect_uri = redirect_uri if port else _with_port(redirect_uri, self.port)
        names = {"127.0.0.1", "localhost", "[::1]"}
        usual = 443 if far else 80
        self.hosts = frozenset({f"{name}:{self.port}" for name in names}) | (
            names if self.port == usual else frozenset()
        )
        for server in self._servers:
            server.start()

    def listen(self) -> None:
        """Listen at an https address, with a certificate that this computer has just made; from any thread.

        Raises:
            PortBusyError: the port is taken by another program.
        """
        if self._servers:
            return
        from bankview.oauth.own_certificate import server_context  # noqa: PLC0415 - rarely needed

        host, port, _ = _parts(self.redirect_uri)
        servers = _listen(partial(Server, door=self, tls=server_context()), host, port)
        for server in servers:
            server.start()
        with self._change:
            late, self._servers = self._closed, servers
        if late:
            self.close()

    def close(self) -> None:
        """Stop listening, once the browser has seen how it ended or a second has gone by."""
        with self._change:
            if self._verdict is not None and not self._cancelled:
                self._change.wait_for(lambda: self._shown >= self._redirected, FAREWELL)
        super().close()
        with self._change:
            self._change.wait_for(lambda: not self._showing, FAREWELL)
        for server in self._servers:
            server.close()

    @property
    def posted(self) -> bool:
        """Whether the answer that is waited for comes as a form."""
        return self._request is not None and self._request.posted

    def answer(self, query: str) -> str:
        """Take the query of a request to the redirect's path, or the form in it, and return where the browser goes next.

        Raises:
            BadRedirectError: it is not the answer we wait for; nothing has changed.
        """
        if not self._latch("?" + query, final=True):
            return self.already
        with self._change:
            self._redirected += 1
        return self.done

    def show(
        self, page: Callable[[bytes], None], begin: Callable[[], Callable[[bytes], object]]
    ) -> None:
        """Show how the sign-in ended; while that is open, say what to do, and add the end as it comes."""
        with self._change:
            self._showing += 1
        try:
            if self._verdict is not None:
                page(self.pages.verdict(self._verdict))
            elif self._waited and not self._closed:
                self._show_later(begin())
            else:
                page(self.pages.waiting)
        finally:
            with self._change:
                self._showing -= 1
                self._shown += 1
                self._change.notify_all()

    def _show_later(self, write: Callable[[bytes], object]) -> None:
        write(self.pages.head + self.pages.waiting)
        with self._change:
            self._change.wait_for(lambda: self._verdict is not None or self._closed, VERDICT_WAIT)
            verdict = self._verdict
        write((b"" if verdict is None else self.pages.verdict(verdict)) + self.pages.tail)


def warns(redirect_uri: str) -> bool:
    """Return whether a redirect address can be listened at with a certificate that no browser knows.

    It is an https address on this computer with a port of its own: 443 is no ordinary program's.
    """
    try:
        _, port, _ = _parts(redirect_uri)
    except UsageError:
        return False
    return bool(port) and urlsplit(redirect_uri).scheme == "https"


def _parts(redirect_uri: str) -> tuple[str, int, str]:
    """Return host, port (0: any) and path of a redirect address."""
    try:
        parts = urlsplit(redirect_uri)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    host = parts.hostname or ""
    listens = parts.scheme == "http" or (parts.scheme == "https" and port)
    if not listens or host not in _FAMILIES or "#" in redirect_uri or port == 0:
        raise UsageError(
            f"{redirect_uri!r} is not an address on this computer; write http://127.0.0.1/callback or the like"
        )
    return host, port or 0, parts.path or "/"


def _with_port(redirect_uri: str, port: int) -> str:
    """Return the address with a port, and not a byte else changed: servers compare them exactly."""
    netloc = urlsplit(redirect_uri).netloc
    return redirect_uri.replace(netloc, f"{netloc.rstrip(':')}:{port}", 1)


def _listen(serve: Serve, host: str, port: int) -> tuple[Server, ...]:
    """Return servers bound to every address of a host, on one port."""
    for _ in range(20):
        try:
            return _bind(serve, host, port)
        except PortBusyError:
            # The free port that one family gave may be taken in the other: try the next.
            if port:
                raise
    raise SignInError("no free port was found")


def _bind(serve: Serve, host: str, port: int) -> tuple[Server, ...]:
    bound: list[Server] = []
    try:
        for family, address in _FAMILIES[host]:
            here = bound[0].server_port if bound else port
            try:
                bound.append(serve(family, (address, here)))
            except OSError as error:
                if not (bound and error.errno in _NO_SUCH_ADDRESS):
                    raise _busy(error, address, here) from error
    except SignInError:
        for server in bound:
            server.server_close()
        raise
    return tuple(bound)


def _busy(error: OSError, host: str, port: int) -> SignInError:
    if error.errno in _TAKEN:
        return PortBusyError(host, port)
    return SignInError(f"port {port} on {host} cannot be used: {error.strerror}")
