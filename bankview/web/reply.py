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


#: What a limit of a day is told by where Retry-After is not: of one account, then of all calls; in seconds.
_LIMITS = ("x-ratelimit-account-success", "x-ratelimit")


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

    @property
    def limit(self) -> tuple[int | None, bool]:
        """Seconds until the next call may be made, and whether only one account's are used up; see `retry_after`.

        GoCardless tells it by headers of its own, which some of its servers spell as HTTP_X_….
        """
        said = {name.lower().replace("_", "-"): text for name, text in self.headers.items()}
        for limit in _LIMITS:
            left, reset = (
                said.get(f"{limit}-{name}") or said.get(f"http-{limit}-{name}") or ""
                for name in ("remaining", "reset")
            )
            if left.strip() == "0":
                # Negative ones were seen, where the time is over.
                seconds = reset.strip().removeprefix("-")
                if seconds.isdecimal():
                    gone = reset.strip().startswith("-")
                    return 1 if gone else min(max(int(seconds[:9]), 1), 86_400), limit == _LIMITS[0]
        return self.retry_after, False

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
