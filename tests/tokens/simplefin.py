"""SimpleFIN Bridge: a setup token that is claimed once, a login in the address, 24 calls a day, 90 days a call."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from tests.oauth.conftest import JSON, NOON, AuthServer, Say

if TYPE_CHECKING:
    from tests.oauth.conftest import Clock

USER, PASSWORD = "8F2B6D0E1C7A", "s3cr3t-pa55word-0001"
LOGIN = f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"
ROOT, CLAIM = "/simplefin", "CLAIM-0001-AAAA-BBBB"
A_DAY, DAYS = 24, 90
#: Rows of each account, one a day back from yesterday.
COUNTS = {"ACT-01": 85, "ACT-02": 30}
BANKS = {"ACT-01": ("CON-01", "First Federal"), "ACT-02": ("CON-02", "Second Savings")}
ASKED = {"version", "start-date", "end-date", "pending"}


class Bridge(AuthServer):
    """The bridge of one person, who may make a new setup token at any time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        #: What was claimed, and what is said to who claims.
        self.claimed = 0
        self.access = ""
        self.disabled = self.unpaid = False
        self.refused = 0
        self.errors: list[dict[str, str]] = []
        self.silent: set[str] = set()
        self.calls: list[datetime] = []
        super().__init__()

    def setup_token(self, address: str = "") -> str:
        """Return what the person copies."""
        return base64.b64encode((address or f"{self.url}{ROOT}/claim/{CLAIM}").encode()).decode()

    @property
    def access_url(self) -> str:
        return self.access or self.url.replace("://", f"://{USER}:{PASSWORD}@") + ROOT

    def next(self, path: str) -> Say:
        seen = self.seen[-1]
        if path == f"{ROOT}/claim/{CLAIM}":
            return self._claim(seen.method, seen.body)
        if seen.method != "GET" or path != f"{ROOT}/accounts":
            self.refused += 1
            return Say(405)
        if self.disabled or seen.headers.get("Authorization") != LOGIN:
            return Say(403, b"Forbidden")
        if self.unpaid:
            return Say(402, b"Payment required")
        return self._accounts(dict(parse_qsl(seen.query, strict_parsing=True)))

    def _claim(self, method: str, body: bytes) -> Say:
        if method != "POST" or body:
            self.refused += 1
            return Say(405)
        self.claimed += 1
        return (
            Say(403, b"Forbidden")
            if self.claimed > 1
            else Say(200, f"{self.access_url}\n".encode())
        )

    def _accounts(self, asked: dict[str, str]) -> Say:
        now = self._clock()
        self.calls = [*(at for at in self.calls if now - at < timedelta(days=1)), now]
        if len(self.calls) > A_DAY:
            return Say(429, {}, JSON)
        first, last = int(asked["start-date"]), int(asked["end-date"])
        if {*asked} != ASKED or asked["version"] != "2" or last - first > DAYS * 86_400:
            self.refused += 1
            return Say(400)
        accounts = [_account(key, first, last) for key in COUNTS if key not in self.silent]
        connections = [
            {"conn_id": id_, "name": name, "org_id": id_, "sfin_url": self.url}
            for id_, name in BANKS.values()
        ]
        return Say(
            200, {"errlist": self.errors, "connections": connections, "accounts": accounts}, JSON
        )


def _account(key: str, first: int, last: int) -> dict[str, Any]:
    days = [NOON.astimezone(UTC) - timedelta(days=n + 1) for n in range(COUNTS[key])]
    rows = [_row(int(day.timestamp())) for day in days]
    return {
        "id": key,
        "conn_id": BANKS[key][0],
        "name": "Checking",
        "currency": "USD",
        "balance": "100.00",
        "balance-date": int(NOON.timestamp()),
        "transactions": [row for row in rows if first <= row["posted"] < last],
    }


def _row(posted: int) -> dict[str, Any]:
    return {
        "id": f"TRN-{posted}",
        "posted": posted,
        "amount": "-1.25",
        "description": "CORNER DELI",
    }
