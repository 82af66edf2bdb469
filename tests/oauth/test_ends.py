"""When a token ends by the server's own clock, and banks that answer 403 for one that has."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bankview.domain.secret import Secret
from bankview.errors import BankRefusedError, SignInNeededError
from bankview.oauth.grants import TokenAuth
from bankview.oauth.token import Token, instant_after

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.oauth.client import OAuthClient
    from bankview.web import Sender
    from tests.oauth.conftest import AuthServer, Clock, Say

    Make = Callable[..., OAuthClient]

PLAN = "not allowed by your plan"
DAY, YEAR = 86_400, 365 * 86_400


def end(bank: AuthServer, oauth: Make, offset: Any, **settings: Any) -> timedelta | None:
    """Return how long a token lives whose reply says 600 s, and an end `offset` from now."""
    client = oauth(**{"believes_expires_at": True, **settings})
    now = client._now()
    said = int(now.timestamp()) + offset if type(offset) is int else offset
    bank.tell_token({"expires_at": said})
    expires_at = client.redeem(client.authorization_request(), "the-code").expires_at
    return expires_at - now if expires_at else None


@pytest.mark.parametrize("offset", [864_000, 1, 0, 9 * YEAR, -1, -DAY])
def test_a_plausible_end_counts_and_not_the_seconds(
    bank: AuthServer, oauth: Make, offset: int
) -> None:
    assert end(bank, oauth, offset) == timedelta(seconds=offset)


@pytest.mark.parametrize("offset", [-DAY - 1, 11 * YEAR, None, "soon", True, {}, 10**30, -(10**30)])
def test_an_end_that_makes_no_sense_leaves_the_seconds(
    bank: AuthServer, oauth: Make, offset: Any
) -> None:
    assert end(bank, oauth, offset) == timedelta(seconds=600)


def test_an_end_may_have_a_fraction(bank: AuthServer, oauth: Make, clock: Clock) -> None:
    said = clock.at.timestamp() + 7.5
    assert end(bank, oauth, said) == timedelta(seconds=7.5)


def test_an_end_is_ignored_unless_the_profile_believes_it(bank: AuthServer, oauth: Make) -> None:
    assert end(bank, oauth, 864_000, believes_expires_at=False) == timedelta(seconds=600)


def test_the_cap_holds_for_an_end_too(bank: AuthServer, oauth: Make) -> None:
    assert end(bank, oauth, 864_000, lifetime_cap=3600) == timedelta(hours=1)


def no_renewal(_: Token) -> Token:
    raise SignInNeededError(reason="nothing renews it")


@pytest.fixture
def signed_in(sender: Sender, clock: Clock) -> Sender:
    """A sender with a token of ten minutes, at a bank that answers 403 where others answer 401."""
    token = Token(
        Secret("first-0000"), expires_at=instant_after(clock.at, 600), obtained_at=clock.at
    )
    sender.session.auth = TokenAuth(token, no_renewal, now=clock, strict=True, forbidden=PLAN)
    return sender


def test_an_ended_token_is_not_sent(bank: AuthServer, signed_in: Sender, clock: Clock) -> None:
    clock.turn(599)
    bank.tell("/data")
    assert signed_in.send("GET", f"{bank.url}/data").status == 404
    clock.turn(1)
    with pytest.raises(SignInNeededError):
        signed_in.send("GET", f"{bank.url}/data")
    assert len(bank.seen) == 1


def test_403_with_a_good_token_is_the_plan(
    bank: AuthServer, signed_in: Sender, say: type[Say]
) -> None:
    bank.tell("/data", say(403))
    with pytest.raises(BankRefusedError, match=PLAN) as caught:
        signed_in.send("GET", f"{bank.url}/data")
    assert (caught.value.status, caught.value.host) == (403, "127.0.0.1")


def test_403_with_a_token_that_ended_on_its_way_asks_for_a_sign_in(
    bank: AuthServer, signed_in: Sender, clock: Clock, say: type[Say]
) -> None:
    until = threading.Event()
    bank.tell("/data", say(403, until=until))

    def turn() -> None:
        bank.arrived.wait(30)
        clock.turn(600)
        until.set()

    turning = threading.Thread(target=turn)
    turning.start()
    with pytest.raises(SignInNeededError, match="ended"):
        signed_in.send("GET", f"{bank.url}/data")
    turning.join()


def test_403_of_other_banks_goes_to_the_caller(
    bank: AuthServer, sender: Sender, clock: Clock, say: type[Say]
) -> None:
    bank.tell("/data", say(403))
    sender.session.auth = TokenAuth(Token(Secret("first-0000")), no_renewal, now=clock)
    assert sender.send("GET", f"{bank.url}/data").status == 403
