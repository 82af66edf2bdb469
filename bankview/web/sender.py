"""Sends one request at a time within limits, without redirects, and logs it."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from bankview import __version__
from bankview.errors import BankviewError, Interrupted, TooMuchError
from bankview.log import REDACTION
from bankview.log.http import Exchange
from bankview.web.failures import ours
from bankview.web.limits import TIMEOUT, Adapter, Connections
from bankview.web.links import TOKEN_PLACE
from bankview.web.network import Ways
from bankview.web.reply import Reply
from bankview.web.tls import tls_context

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

LOG = logging.getLogger(__name__)

#: The headers by which servers name an exchange, the usual one first.
_NAMES = ("X-Request-ID", "X-Correlation-ID", "Request-Id", "X-Trace-Id", "X-Fapi-Interaction-Id")

USER_AGENT = f"Bankview/{__version__} (personal read-only viewer)"

#: Seconds for one whole exchange; requests' own timeout is per read.
DEADLINE = 60.0

#: Bytes of a decoded body.
LARGEST_BODY = 20_000_000


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
        self._connections, self._ways = Connections(deadline, now), Ways(now)
        adapter = Adapter(self._connections, context or tls_context())
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
        at, started = datetime.now(UTC), self._now()
        if self._connections.stopped:
            raise Interrupted
        try:
            reply = self._sent(method, url, options)
        except BankviewError as error:
            took = self._now() - started
            _log(Exchange(at, method, url, milliseconds=took * 1000, error=type(error).__name__))
            raise
        reply = replace(reply, seconds=self._now() - started)
        took, name = reply.seconds * 1000, _name_of(reply)
        _log(Exchange(at, method, reply.url, reply.status, took, len(reply.body), name))
        return reply

    def _sent(self, method: str, url: str, options: Mapping[str, Any]) -> Reply:
        host = urlsplit(url).hostname or ""
        try:
            with self.session.request(
                method,
                url,
                stream=True,
                timeout=TIMEOUT,
                allow_redirects=False,
                proxies=self._ways.to(url),
                **options,
            ) as response:
                body = self._read(response, host)
        except (requests.RequestException, HTTPError, OSError) as error:
            if self._connections.stopped:
                raise Interrupted from None
            # The library names the address as it was sent, with a token where it stands in the path.
            raise ours(error, host) from (None if TOKEN_PLACE in url else error)
        return Reply(response.status_code, response.url, response.headers, body)

    def _read(self, response: requests.Response, host: str) -> bytes:
        parts: list[bytes] = []
        size = 0
        for part in response.iter_content(65_536):
            size += len(part)
            if size > self._largest:
                raise TooMuchError(
                    host,
                    f"the answer is larger than {self._largest // 1_000_000} MB",
                    unanswered=True,
                )
            parts.append(part)
        # A connection that was cut can look like the end of the answer.
        if self._connections.stopped:
            raise Interrupted
        return b"".join(parts)


def _name_of(reply: Reply) -> str:
    """Return what names an exchange in the bank's own log; nothing where the bank says no such thing."""
    names = (reply.headers.get(name, "") for name in _NAMES)
    return "".join(char for char in next(filter(None, names), "") if char.isprintable())[:80]


def _log(exchange: Exchange) -> None:
    if not LOG.isEnabledFor(logging.INFO):
        return
    clean = replace(
        exchange,
        url=REDACTION.clean_url(exchange.url),
        request_id=REDACTION.clean(exchange.request_id) if exchange.request_id else "",
    )
    LOG.info("%s", clean.short, extra={"exchange": clean})
