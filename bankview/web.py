"""One HTTP request: limits, no redirects, our errors, and JSON whose numbers stay exact."""

from __future__ import annotations

import io
import json
import logging
import re
import socket
import ssl
import time
import weakref
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import SplitResult, quote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import msgspec
import requests
import truststore
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NameResolutionError, NewConnectionError

from bankview import __version__
from bankview.errors import (
    BadBankDataError,
    BankRefusedError,
    BankUnavailableError,
    EmptyAnswerError,
    Interrupted,
    OfflineError,
    RateLimitedError,
    SignInNeededError,
    TooMuchError,
    UnsafeRequestError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

LOG = logging.getLogger(__name__)

USER_AGENT = f"Bankview/{__version__} (personal read-only viewer)"
#: Seconds to connect, and between two reads.
TIMEOUT = (5.0, 20.0)
#: Seconds for one whole exchange; requests' own timeout is per read.
DEADLINE = 60.0
#: Bytes of a decoded body.
LARGEST_BODY = 20_000_000


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer, read to its end. `sent_at` is the server's Date header (UTC), `seconds` the time it took."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    seconds: float = 0.0

    @property
    def host(self) -> str:
        """The host that answered."""
        return urlsplit(self.url).hostname or ""

    @property
    def sent_at(self) -> datetime | None:
        """The server's clock, where it says."""
        return _instant(self.headers.get("Date", ""))

    @property
    def retry_after(self) -> int | None:
        """Seconds to wait (RFC 9110 §10.2.3), at most a day; None where the server does not say so sensibly."""
        text = self.headers.get("Retry-After", "").strip()
        if text.isdecimal():
            return min(int(text[:9]), 86_400)
        until, now = _instant(text), self.sent_at
        if until is None or now is None:
            return None
        return min(max(int((until - now).total_seconds()), 0), 86_400)

    def json(self) -> Any:
        """Return the decoded body; see `decode`.

        Raises:
            EmptyAnswerError: there is no body.
            BadBankDataError: it is not sound JSON.
        """
        if not self.body:
            raise EmptyAnswerError(self.host)
        return decode(self.body, self.host)


def _instant(text: str) -> datetime | None:
    """Return an HTTP date (RFC 9110 §5.6.7) as an instant in UTC, or None where it is none."""
    try:
        instant = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


def decode(body: bytes, host: str = "") -> Any:
    """Return decoded JSON; fractions are Decimal, never float.

    Raises:
        BadBankDataError: not JSON (RFC 8259), or NaN, repeated names, absurd numbers or nesting, lone surrogates.
    """
    try:
        text = body.decode("utf-8-sig")
        value = json.loads(
            text,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_refuse,
            object_pairs_hook=_object,
        )
        if "\\ud" in text.lower():
            json.dumps(value, ensure_ascii=False, default=str).encode()
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise BadBankDataError(
            "body", f"is not sound JSON ({type(error).__name__})", host
        ) from None
    return value


def encode(value: Any) -> bytes:
    """Return what `decode` returned as indented JSON, with every number as exact as it came."""
    encoder = msgspec.json.Encoder(decimal_format="number")
    return msgspec.json.format(encoder.encode(value), indent=2) + b"\n"


def _decimal(text: str) -> Decimal:
    if len(text) > 64:
        raise ValueError("a number is too long")
    return Decimal(text)


def _integer(text: str) -> int:
    if len(text) > 32:
        raise ValueError("a number is too long")
    return int(text)


def _refuse(text: str) -> None:
    raise ValueError(f"{text} is not JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name is repeated in an object")
    return value


class _TooLongError(TimeoutError):
    """The exchange as a whole takes too long."""


class _Clocked(io.RawIOBase):
    """A socket's answer, read until the exchange has taken too long; the socket's own timeout is per read."""

    def __init__(self, sock: socket.socket, ends: float, now: Callable[[], float]) -> None:
        self._sock, self._ends, self._now = sock, ends, now
        self._raw = sock.makefile("rb", 0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        left = self._ends - self._now()
        if left <= 0:
            raise _TooLongError
        self._sock.settimeout(min(left, TIMEOUT[1]))
        read: int | None = self._raw.readinto(buffer)
        return read

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Connections:
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

    def reading(self, sock: socket.socket) -> _Clocked:
        """Return an answer's stream; where the answer ends the connection, its socket lives on in the answer alone."""
        self._read.add(sock)
        return _Clocked(sock, self.now() + self.deadline, self.now)

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


class _Adapter(HTTPAdapter):
    """Connections within limits, over TLS contexts of our own making."""

    def __init__(self, connections: _Connections, context: ssl.SSLContext) -> None:
        self._pools, self._context = _pools(connections), context
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, ssl_context=self._context, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Leave the context alone: it already says what to trust and what to present."""


def _pools(connections: _Connections) -> dict[str, type[HTTPConnectionPool]]:
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


def tls_context(
    *,
    ca: Path | None = None,
    certificate: Path | None = None,
    key: Path | None = None,
    password: str | None = None,
) -> ssl.SSLContext:
    """Return a context that trusts the system's roots (and `ca` besides), and presents `certificate` where given.

    Raises:
        OSError: a file cannot be read or is no certificate or key (ssl.SSLError is one).
    """
    context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca:
        context.load_verify_locations(cafile=str(ca))
    if certificate:
        context.load_cert_chain(str(certificate), str(key) if key else None, password)
    return context


def own_address(url: str) -> str:
    """Return the address of this computer on the way to a URL's host; nothing is sent for it."""
    host = urlsplit(url).hostname or ""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, 9, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.connect(place)
            return str(probe.getsockname()[0])
    except OSError:
        return "127.0.0.1"


class Sender:
    """Sends requests over one `requests.Session`, within limits, and tells other threads how to cut it short.

    `session` may be any requests session (OAuth2Session is one). A `.netrc`, environment certificates and cookies of
    other banks are out of reach; the system's proxies are used.
    """

    def __init__(
        self,
        session: requests.Session | None = None,
        context: ssl.SSLContext | None = None,
        *,
        deadline: float = DEADLINE,
        largest: int = LARGEST_BODY,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take over a session.

        Args:
            session: any requests session; a new one where None.
            context: what to trust and to present; the system's roots where None.
            deadline: seconds for one whole answer.
            largest: bytes of a decoded body.
            now: seconds that only grow.
        """
        self.session = session or requests.Session()
        self._largest, self._now = largest, now
        self._connections = _Connections(deadline, now)
        adapter = _Adapter(self._connections, context or tls_context())
        self.session.mount("https://", adapter)
        self.session.mount("http://", adapter)
        self.session.trust_env = False
        self.session.headers["User-Agent"] = USER_AGENT

    def stop(self) -> None:
        """Cut every exchange in flight; they and all later ones raise Interrupted. Callable from any thread."""
        self._connections.stop()

    def send(self, method: str, url: str, **options: Any) -> Reply:
        """Return the answer to one request; redirects are answers. `options` are those of `requests.request`.

        Raises:
            OfflineError: the host's name could not be resolved or the network is unreachable.
            BankUnavailableError: no answer, no sound TLS, or an answer over the limits.
            Interrupted: `stop` was called.
        """
        host = urlsplit(url).hostname or ""
        started = self._now()
        if self._connections.stopped:
            raise Interrupted
        try:
            with self.session.request(
                method,
                url,
                stream=True,
                timeout=TIMEOUT,
                allow_redirects=False,
                proxies=_proxies(url),
                **options,
            ) as response:
                body = self._read(response, host)
        except (requests.RequestException, HTTPError, OSError) as error:
            if self._connections.stopped:
                raise Interrupted from None
            raise _ours(error, host) from error
        reply = Reply(
            response.status_code, response.url, response.headers, body, self._now() - started
        )
        LOG.info(
            "%s %s %d %.0f ms %d bytes", method, url, reply.status, reply.seconds * 1000, len(body)
        )
        return reply

    def _read(self, response: requests.Response, host: str) -> bytes:
        parts: list[bytes] = []
        size = 0
        for part in response.iter_content(65_536):
            size += len(part)
            if size > self._largest:
                raise TooMuchError(
                    host, f"the answer is larger than {self._largest // 1_000_000} MB"
                )
            parts.append(part)
        # A connection that was cut can look like the end of the answer.
        if self._connections.stopped:
            raise Interrupted
        return b"".join(parts)


def _proxies(url: str) -> dict[str, str]:
    host = urlsplit(url).hostname or ""
    return {} if proxy_bypass(host) else getproxies()


def _ours(error: Exception, host: str) -> BankUnavailableError | OfflineError:
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while isinstance(cause, BaseException) and len(causes) < 8:
        causes.append(cause)
        cause = getattr(cause, "reason", None) or cause.__cause__ or cause.__context__
    if any(isinstance(cause, NameResolutionError) for cause in causes):
        return OfflineError(host, "its name could not be resolved")
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return BankUnavailableError(host, "no secure connection could be made")
    if any(isinstance(cause, _TooLongError) for cause in causes):
        return TooMuchError(host, "the answer took too long")
    if isinstance(error, requests.Timeout):
        return TooMuchError(host, "it did not answer in time")
    if any(
        isinstance(cause, OSError) and cause.errno in {101, 113, 10051, 10065} for cause in causes
    ):
        return OfflineError(host, "the network cannot be reached")
    refused = any(isinstance(cause, NewConnectionError) for cause in causes)
    return BankUnavailableError(
        host, "it could not be reached" if refused else "the connection broke"
    )


#: What a request body, a path or a bank's listed write is made of.
_UNSAFE_PATH = re.compile(
    r"(^|/)\.{1,2}([/;]|$)|//|\\|%2e|%2f|%5c|[\x00-\x20\x7f?#]", re.IGNORECASE
)

#: What is in no link: what is not printable ASCII.
_UNSAFE_LINK = re.compile(r"[^\x21-\x7e]|\\")


class Link(str):
    """An address that an answer gave, to be resolved against the path `base` that was asked (RFC 3986 §5)."""

    __slots__ = ("base",)
    base: str | Iterable[str | int]

    def __new__(cls, href: str, base: str | Iterable[str | int]) -> Self:
        """Return the link of an answer to `base`."""
        link = super().__new__(cls, href)
        link.base = base
        return link


class Api:
    """A client that never leaves its root URL and only reads, save for the writes that a bank lists."""

    def __init__(
        self,
        root: str,
        send: Callable[..., Reply],
        *,
        headers: Mapping[str, str] | None = None,
        writes: Iterable[tuple[str, str]] = (),
    ) -> None:
        self.root = root.rstrip("/")
        self._send, self._headers, self._writes = send, dict(headers or {}), frozenset(writes)

    def url(self, path: str | Iterable[str | int] = "") -> str:
        """Return the URL of a path below the root, given as text or as parts that are quoted one by one.

        Raises:
            UnsafeRequestError: the path would leave the root.
        """
        if not isinstance(path, str):
            parts = [str(part) for part in path]
            if any(part in {"", ".", ".."} for part in parts):
                raise UnsafeRequestError("a part of the path is empty or dots")
            return "/".join([self.root, *(quote(part, "", errors="replace") for part in parts)])
        if _UNSAFE_PATH.search(path) or urlsplit(path).scheme:
            raise UnsafeRequestError("the path would leave the bank's root address")
        path = path.removeprefix("/")
        return f"{self.root}/{path}" if path else self.root

    def follow(self, href: str, base: str | Iterable[str | int]) -> str:
        """Return the URL of a link in the answer to `base`: on the bank's own origin, below its root or not.

        Banks link to other base paths than the one that was called. The token may go to all of the origin and to
        nowhere else.

        Raises:
            UnsafeRequestError: the link leads to another origin, or is no plain URL.
        """
        asked = self.url(base)
        try:
            link, root = urlsplit(urljoin(asked, href)), urlsplit(self.root)
            same = _origin(link) == _origin(root)
        except ValueError:
            raise UnsafeRequestError("a link of the bank's answer is no URL") from None
        if not same:
            raise UnsafeRequestError("a link of the bank's answer leads to another origin")
        if _UNSAFE_LINK.search(href) or _UNSAFE_PATH.search(link.path):
            raise UnsafeRequestError("a link of the bank's answer is no plain URL")
        query = f"?{link.query}" if link.query else ""
        return f"{root.scheme}://{root.netloc}{link.path or '/'}{query}"

    def request(self, method: str, path: str | Iterable[str | int] = "", **options: Any) -> Reply:
        """Return the raw answer to a permitted request, whatever its status.

        Raises:
            UnsafeRequestError: the path leaves the root, or the method writes and the bank does not list it.
        """
        url = self.url(path)
        if method != "GET" and not self._permitted(method, url):
            raise UnsafeRequestError(
                f"{method} is not among the requests this bank's profile permits"
            )
        headers = {**self._headers, **options.pop("headers", {})}
        return self._send(method, url, headers=headers, **options)

    def _permitted(self, method: str, url: str) -> bool:
        path = url.removeprefix(self.root)
        return any(
            method == verb
            and re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)), path)
            for verb, template in self._writes
        )

    def get(
        self, path: str | Iterable[str | int] = "", params: Any = None, headers: Any = None
    ) -> Any:
        """Return the decoded JSON of a GET; a `Link` is followed.

        Raises:
            UnsafeRequestError: the path leaves the root, or the link the origin.
            SignInNeededError, RateLimitedError, BankUnavailableError, BankRefusedError: by `check`.
            BadBankDataError: the answer is not sound JSON.
        """
        if isinstance(path, Link):
            url, headers = self.follow(path, path.base), {**self._headers, **(headers or {})}
            return check(self._send("GET", url, params=params, headers=headers)).json()
        return check(self.request("GET", path, params=params, headers=headers or {})).json()


def _origin(url: SplitResult) -> tuple[object, ...]:
    """Return scheme, host, port, and who logs in within the address itself, which nobody may."""
    port = url.port or {"https": 443, "http": 80}.get(url.scheme)
    return url.scheme, url.hostname, port, url.username, url.password


def check(reply: Reply) -> Reply:
    """Return a 2xx reply as it is; raise what any other status means to a caller."""
    status, host = reply.status, reply.host
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return reply
    if status == HTTPStatus.UNAUTHORIZED:
        raise SignInNeededError(host, "401")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise RateLimitedError(host, reply.retry_after)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise BankUnavailableError(host, f"answered {status}", reply.retry_after)
    if status < HTTPStatus.BAD_REQUEST:
        raise BankUnavailableError(host, "answered with a redirect")
    raise BankRefusedError(host, status, _code(body := _body(reply)), empty=_is_empty(body))


def _body(reply: Reply) -> dict[str, Any]:
    """Return an error's body where it is an object, else an empty one."""
    try:
        body = reply.json()
    except BadBankDataError:
        return {}
    return body if isinstance(body, dict) else {}


def _code(body: dict[str, Any]) -> str:
    """Return the first error code of a body in any of the shapes banks use, or nothing."""
    errors = body.get("errors")
    if isinstance(errors, list) and errors:
        body = errors[0] if isinstance(errors[0], dict) else {}
    message = body.get("message")
    # STET banks write their own code as the message, and the HTTP status in words as the error.
    if isinstance(message, str) and re.fullmatch(r"[A-Z][A-Z0-9_]{2,39}", message):
        return message
    code = body.get("code") or body.get("error") or ""
    return code if isinstance(code, str) else ""


def _is_empty(body: dict[str, Any]) -> bool:
    """Return whether a body is an answer rather than an error: it has lists, all are empty, and it names no error."""
    lists = [value for value in body.values() if isinstance(value, list)]
    named = {"code", "error", "errors", "message"} & body.keys()
    return bool(lists) and not any(lists) and not named
