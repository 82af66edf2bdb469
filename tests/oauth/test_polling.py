"""Asking until a person has approved elsewhere: each answer, on a clock that only the wait moves."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bankview.domain.secret import Secret
from bankview.errors import (
    BadRedirectError,
    BankUnavailableError,
    ClientRefusedError,
    Interrupted,
    OAuthError,
    OfflineError,
    RateLimitedError,
    SignInDeniedError,
    SignInTimedOutError,
    TokenReplyError,
)
from bankview.oauth.polling import Pace, Patience, poll
from bankview.oauth.token import Token
from tests.oauth.conftest import NOON, Clock

if TYPE_CHECKING:
    from collections.abc import Sequence

TOKEN = Token(Secret("access-0001"))
PENDING = OAuthError("bank", "authorization_pending")
SLOWER = RateLimitedError("bank")
SILENT = BankUnavailableError("bank", "timed out")


class Server:
    """Gives its answers in order, the last one for ever, and notes when it was asked."""

    def __init__(self, *answers: Exception | Token) -> None:
        self.clock = Clock()
        self.answers: Sequence[Exception | Token] = answers
        self.asked: list[float] = []

    def ask(self) -> Token:
        self.asked.append((self.clock.at - NOON).total_seconds())
        number = min(len(self.asked), len(self.answers)) - 1
        answer = self.answers[number]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def poll(self, interval: float = 5, life: float = 600) -> Token:
        pace = Pace(interval, NOON, NOON + timedelta(seconds=life))
        return poll(self.ask, pace, wait=self.clock.turn, now=self.clock)


def test_it_asks_at_the_interval_until_the_person_has_approved() -> None:
    server = Server(PENDING, PENDING, TOKEN)
    assert server.poll(interval=7) is TOKEN
    assert server.asked == [7, 14, 21]


def test_slow_down_adds_five_seconds_for_good() -> None:
    server = Server(PENDING, SLOWER, PENDING, SLOWER, PENDING, TOKEN)
    server.poll()
    assert server.asked == [5, 10, 20, 30, 45, 60]


def test_a_server_that_says_how_long_to_wait_is_left_alone_so_long() -> None:
    server = Server(RateLimitedError("bank", 42), PENDING, TOKEN)
    server.poll()
    assert server.asked == [5, 47, 57]


@pytest.mark.parametrize("error", [SILENT, OfflineError("bank", "no route")])
def test_a_server_that_does_not_answer_is_asked_half_as_often_each_time(error: Exception) -> None:
    server = Server(error, error, error, PENDING, TOKEN)
    server.poll()
    assert server.asked == [5, 15, 35, 75, 80]


def test_an_outage_with_a_time_is_waited_for() -> None:
    server = Server(BankUnavailableError("bank", "answered 503", 90), TOKEN)
    server.poll()
    assert server.asked == [5, 95]


def test_nothing_is_asked_after_the_end() -> None:
    server = Server(PENDING)
    with pytest.raises(SignInTimedOutError) as raised:
        server.poll(life=22)
    assert server.asked == [5, 10, 15, 20]
    assert raised.value.minutes == 1
    assert server.clock.at == NOON + timedelta(seconds=22)


def test_a_wait_longer_than_the_time_that_is_left_ends_with_it() -> None:
    server = Server(RateLimitedError("bank", 10_000))
    with pytest.raises(SignInTimedOutError):
        server.poll(life=60)
    assert server.asked == [5]
    assert server.clock.at == NOON + timedelta(seconds=60)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (OAuthError("bank", "access_denied", "no"), SignInDeniedError),
        (OAuthError("bank", "expired_token"), SignInTimedOutError),
        (OAuthError("bank", "invalid_grant"), OAuthError),
        (OAuthError("bank", "transaction_failed"), OAuthError),
        (ClientRefusedError("bank", "invalid_client"), ClientRefusedError),
        (TokenReplyError("bank", "a page"), TokenReplyError),
        (Interrupted(), Interrupted),
    ],
)
def test_every_other_answer_ends_it(answer: Exception, error: type[Exception]) -> None:
    server = Server(PENDING, answer, TOKEN)
    with pytest.raises(error):
        server.poll()
    assert server.asked == [5, 10]


@given(
    st.lists(st.sampled_from([PENDING, SLOWER, SILENT, RateLimitedError("bank", 3)]), max_size=40),
    st.floats(0.5, 60),
)
def test_it_never_asks_sooner_than_the_interval_and_what_slow_down_added(
    answers: list[Exception], interval: float
) -> None:
    server = Server(*answers, TOKEN)
    try:
        server.poll(interval=interval)
    except SignInTimedOutError:
        assert server.clock.at >= NOON + timedelta(seconds=600)
    least = interval
    for number, (before, after) in enumerate(zip(server.asked, server.asked[1:], strict=False)):
        least += 5 if isinstance(answers[number], RateLimitedError) else 0
        assert after - before >= least - 1e-6


def test_cancelling_ends_a_wait_at_once_and_cuts_what_is_being_asked() -> None:
    stopped: list[bool] = []
    patience = Patience(lambda: stopped.append(True))
    ended: list[Exception] = []

    def wait() -> None:
        try:
            patience.wait(3600)
        except Interrupted as error:
            ended.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    patience.cancel()
    thread.join(30)
    assert ended
    assert stopped == [True]
    with pytest.raises(Interrupted):
        patience.wait(0)


def test_a_wait_that_nobody_cancels_ends_by_itself() -> None:
    Patience(lambda: None).wait(0.001)


def test_no_address_can_be_pasted_into_it() -> None:
    with pytest.raises(BadRedirectError):
        Patience(lambda: None).accept("http://127.0.0.1/callback?code=x")
