"""An HTTP answer as a value (RFC 9110)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bankview.errors import EmptyAnswerError
from bankview.web.json import decode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


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
