"""A bank that wants some seconds between two calls gets them, and no more than them."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bankview.errors import Interrupted, RateLimitedError
from bankview.sync.session import open_session
from bankview.sync.sign_in import connect
from tests.oauth.conftest import Say

if TYPE_CHECKING:
    from tests.oauth.conftest import Clock
    from tests.sync.conftest import OwnHome, Person, ToyBank


@pytest.fixture
def waited(
    home: OwnHome, toy: ToyBank, person: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> list[float]:
    """How long was waited; each wait turns the clock."""
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        clock.turn(seconds)

    monkeypatch.setattr(home, "wait", wait)
    home.toy = replace(toy.bank, seconds_between_calls=60)
    connect(home, home.toy, person.front())
    return waits


def test_only_what_is_left_is_waited_for_also_after_the_sign_in(
    home: OwnHome, clock: Clock, waited: list[float]
) -> None:
    with open_session(home, "toy") as session:
        clock.turn(20)
        session.get("accounts")
        session.get("accounts")
        clock.turn(61)
        session.get("accounts")
    assert waited == [40, 60]


def test_another_session_keeps_the_same_pace(home: OwnHome, waited: list[float]) -> None:
    for _ in range(2):
        with open_session(home, "toy") as session:
            session.get("accounts")
    assert waited == [60, 60]


def test_a_clock_that_was_set_back_makes_no_wait_longer(
    home: OwnHome, clock: Clock, waited: list[float]
) -> None:
    with open_session(home, "toy") as session:
        clock.turn(-86_400)
        session.get("accounts")
    assert waited == [60]


def test_a_limit_without_a_time_lasts_as_long_as_the_pace(
    home: OwnHome, toy: ToyBank, waited: list[float]
) -> None:
    with open_session(home, "toy") as session:
        for said, meant in ((Say(429), 60), (Say(429, headers={"Retry-After": "7"}), 7)):
            toy.fail("/api/accounts", said)
            with pytest.raises(RateLimitedError) as raised:
                session.get("accounts")
            assert raised.value.retry_after == meant


def test_a_home_that_stops_waits_no_longer(home: OwnHome) -> None:
    ended: list[Exception] = []

    def run() -> None:
        try:
            home.wait(600)
        except Interrupted as error:
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    while thread.is_alive():
        home.stop()
        thread.join(0.01)
    assert ended
