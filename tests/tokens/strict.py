"""A strict server of a bank's API on loopback: it counts requests, keeps the pace, and refuses what is not reading."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from tests.oauth.conftest import JSON, AuthServer, Say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from tests.oauth.conftest import Clock, Seen

Query = dict[str, str]


@dataclass(frozen=True)
class Api:
    """What a bank's documents say of its API, in one small file a bank.

    `name` is the bank's id and `root` the path of its API; `answers` are what the person enters, `token_of` where a
    request has them. `dead` is said to a wrong or revoked token, `busy` to who comes too fast, which is who comes again
    within `seconds`; `wait` is for how many seconds a client stays away then. `answer` says the rest of `rows` rows, as of a day.
    """

    name: str
    root: str
    answers: Mapping[str, str]
    token_of: Callable[[Seen], str]
    token: str
    dead: Say
    answer: Callable[[str, Query, datetime], Say]
    rows: int
    busy: Say = field(default_factory=lambda: Say(429, {}, {**JSON, "Retry-After": "90"}))
    seconds: int = 0
    wait: int = 90


def said(body: Any, status: int = 200) -> Say:
    """Return a JSON answer."""
    return Say(status, body, JSON)


class StrictBank(AuthServer):
    """Serves one API to the one token that it knows."""

    def __init__(self, api: Api, clock: Clock) -> None:
        self.api, self._clock = api, clock
        self.revoked = False
        #: Which of the next calls is too fast, because somebody else uses the token too; 0 = none.
        self.crowded = 0
        self.refused = 0
        self._last: datetime | None = None
        super().__init__()

    def next(self, path: str) -> Say:
        seen = self.seen[-1]
        if seen.method != "GET" or not path.startswith(f"{self.api.root}/"):
            self.refused += 1
            return Say(405)
        if self.revoked or self.api.token_of(seen) != self.api.token:
            return self.api.dead
        if self._comes_too_fast():
            return self.api.busy
        query = dict(parse_qsl(seen.query, strict_parsing=bool(seen.query)))
        return self.api.answer(path.removeprefix(self.api.root), query, self._clock())

    def _comes_too_fast(self) -> bool:
        now, last = self._clock(), self._last
        self._last = now
        self.crowded -= 1
        early = last is not None and now - last < timedelta(seconds=self.api.seconds)
        return early or self.crowded == 0
