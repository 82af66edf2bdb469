"""A thousand calls cause one token request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.oauth.grants import TokenAuth
from bankview.oauth.token import NONE_YET
from bankview.web import Api

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.oauth.client import OAuthClient
    from bankview.web import Sender
    from tests.oauth.conftest import AuthServer, Clock, Say

JSON = {"Content-Type": "application/json"}


def test_a_thousand_gets_cause_exactly_one_token_request(
    bank: AuthServer,
    oauth: Callable[..., OAuthClient],
    sender: Sender,
    clock: Clock,
    say: type[Say],
) -> None:
    bank.tell_token({"access_token": "access-0001", "expires_in": 600})
    bank.tell("/accounts", say(200, {}, JSON))
    client = oauth()
    auth = TokenAuth(NONE_YET, lambda _: client.client_credentials(), now=clock, anew=True)
    sender.session.auth = auth
    api = Api(bank.url, sender.send)
    for _ in range(1_000):
        api.get("accounts")
        clock.turn(0.5)
    assert len(bank.at("/token")) == 1
    assert len(bank.at("/accounts")) == 1_000
    clock.turn(100)
    api.get("accounts")
    assert len(bank.at("/token")) == 2
