"""HTTP exchanges as the log keeps them: one line each, never a body, nothing secret."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

#: Exchanges of this run that are kept to be looked at.
KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and how it was answered; `url`, `request_id` and `error` are clean already.

    `at` is when it was sent (UTC), `status` 0 where no answer came, `milliseconds` how long it took, `size` the bytes
    of the decoded body, `request_id` what names it in the bank's own log, and `error` why no answer came.
    """

    at: datetime
    method: str
    url: str
    status: int = 0
    milliseconds: float = 0.0
    size: int = 0
    request_id: str = ""
    error: str = ""

    @property
    def when(self) -> str:
        """The instant in ISO 8601 with milliseconds, in UTC."""
        return self.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    @property
    def cells(self) -> tuple[str, ...]:
        """The exchange as texts: when, method, URL, status, milliseconds, bytes, request id."""
        status = str(self.status) if self.status else self.error or "-"
        return (
            self.when,
            self.method,
            self.url,
            status,
            f"{self.milliseconds:.0f}",
            str(self.size),
            self.request_id or "-",
        )

    @property
    def short(self) -> str:
        """The exchange on a line without its query, for a log that is about other things."""
        _, method, url, status, took, size, _ = self.cells
        return f"{method} {url.partition('?')[0]} {status} {took} ms {size} bytes"

    def __str__(self) -> str:
        when, method, url, status, took, size, name = self.cells
        return f"{when} {method} {url} {status} {took} ms {size} bytes {name}"


class ExchangeFormatter(logging.Formatter):
    """Writes an exchange as its line; any other record under its time in UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line."""
        exchange = getattr(record, "exchange", None)
        return str(exchange) if isinstance(exchange, Exchange) else super().format(record)


class Recent(logging.Handler):
    """Keeps the last exchanges of this run in memory, from every thread."""

    def __init__(self, kept: int = KEPT) -> None:
        super().__init__()
        self._kept: deque[Exchange] = deque(maxlen=kept)
        #: How many there were, those that are no longer kept too.
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record's exchange, where it has one; called with the handler's lock held."""
        exchange = getattr(record, "exchange", None)
        if isinstance(exchange, Exchange):
            self._kept.append(exchange)
            self.count += 1

    def after(self, count: int) -> tuple[int, tuple[Exchange, ...]]:
        """Return how many there were by now, and those after the first `count` that are still kept, oldest first."""
        self.acquire()
        try:
            new = max(0, min(self.count - count, len(self._kept)))
            return self.count, tuple(self._kept)[len(self._kept) - new :]
        finally:
            self.release()
