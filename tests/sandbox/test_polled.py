"""What polls for an approval is held to its pace, its client and its one use, on a clock that is handed in."""

from __future__ import annotations

import pytest
from oauthlib.oauth2.rfc6749.errors import AccessDeniedError, InvalidGrantError
from oauthlib.oauth2.rfc8628.errors import (
    AuthorizationPendingError,
    ExpiredTokenError,
    SlowDownError,
)

from bankview.sandbox.faults import Faults
from bankview.sandbox.polled import Pending, Polled


class Waiting:
    """One request of one client, and the clock."""

    def __init__(self, interval: float = 5) -> None:
        self.time = 1000.0
        self.polled = Polled(lambda: self.time, Faults())
        pending = Pending("ours", ("accounts",), self.time + 60, "WDJB-MJHT", interval=interval)
        self.handle = self.polled.add(pending)

    def poll(self, after: float, client_id: str = "ours") -> Pending:
        self.time += after
        return self.polled.redeem(self.handle, client_id)


def test_it_is_pending_until_somebody_has_said_yes_and_good_for_one_use() -> None:
    waiting = Waiting()
    with pytest.raises(AuthorizationPendingError):
        waiting.poll(0)
    waiting.polled.decide("wdjb mjht", "household", allowed=True)
    assert waiting.poll(5).customer == "household"
    with pytest.raises(InvalidGrantError):
        waiting.poll(5)


def test_who_asks_too_soon_has_to_wait_five_seconds_more_for_good() -> None:
    waiting = Waiting()
    with pytest.raises(AuthorizationPendingError):
        waiting.poll(0)
    with pytest.raises(SlowDownError):
        waiting.poll(4.9)
    with pytest.raises(SlowDownError):
        waiting.poll(9.9)
    waiting.polled.decide("WDJB-MJHT", "household", allowed=True)
    with pytest.raises(SlowDownError):
        waiting.poll(14.9)
    assert waiting.poll(20).customer == "household"


def test_who_said_no_is_told_once() -> None:
    waiting = Waiting()
    waiting.polled.decide("WDJB-MJHT", "", allowed=False)
    with pytest.raises(AccessDeniedError):
        waiting.poll(0)
    with pytest.raises(InvalidGrantError):
        waiting.poll(5)


def test_it_ends() -> None:
    waiting = Waiting()
    waiting.polled.decide("WDJB-MJHT", "household", allowed=True)
    with pytest.raises(ExpiredTokenError):
        waiting.poll(60)


def test_it_is_another_client_s_for_nobody() -> None:
    waiting = Waiting()
    waiting.polled.decide("WDJB-MJHT", "household", allowed=True)
    with pytest.raises(InvalidGrantError):
        waiting.poll(0, "stranger")
    assert waiting.poll(5)


def test_a_code_is_found_as_people_write_it_until_it_is_decided_or_over() -> None:
    waiting = Waiting()
    for written in ("WDJB-MJHT", "wdjbmjht", " WDJB MJHT "):
        assert waiting.polled.by_code(written)
    assert waiting.polled.by_code("") is None
    assert waiting.polled.by_code("WDJB-MJHX") is None
    waiting.time += 60
    assert waiting.polled.by_code("WDJB-MJHT") is None
