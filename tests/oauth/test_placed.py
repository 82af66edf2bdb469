"""Tokens elsewhere than in the Authorization header."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bankview.domain.secret import Secret
from bankview.errors import SignInNeededError
from bankview.oauth.placed import PlacedToken
from bankview.oauth.token import Token
from bankview.web import TOKEN_PLACE, Api, Sender

if TYPE_CHECKING:
    from tests.oauth.conftest import AuthServer, Clock, Say


def api(bank: AuthServer, sender: Sender, clock: Clock, place: str, token: str) -> Api:
    def renew(_: Token) -> Token:
        raise SignInNeededError(reason="refused")

    sender.session.auth = PlacedToken(place, Token(Secret(token)), renew, now=clock)
    return Api(f"{bank.url}/api", sender.send)


def test_a_header_of_its_own_has_the_token_alone(
    bank: AuthServer, sender: Sender, clock: Clock, say: type[Say]
) -> None:
    bank.tell("/api/me", say(200, b"{}"))
    api(bank, sender, clock, "X-Token", "token-0001").get("me")
    assert bank.seen[0].headers["X-Token"] == "token-0001"
    assert "Authorization" not in bank.seen[0].headers


def test_a_place_in_the_path_is_filled_on_the_way_and_empty_again_in_the_answer(
    bank: AuthServer, sender: Sender, clock: Clock
) -> None:
    own = api(bank, sender, clock, TOKEN_PLACE, "token-0001")
    reply = own.request("GET", ["by", TOKEN_PLACE, "day"], params={"note": TOKEN_PLACE})
    seen = bank.seen[0]
    assert (seen.path, seen.query) == ("/api/by/token-0001/day", "note=~token~")
    assert "Authorization" not in seen.headers
    assert reply.url == f"{bank.url}/api/by/~token~/day?note=~token~"


@pytest.mark.parametrize("token", ["..", "a/b", "a?b", "%2e%2e", "", "a b", "ä"])
def test_what_leads_elsewhere_is_no_token(
    bank: AuthServer, sender: Sender, clock: Clock, token: str
) -> None:
    with pytest.raises(SignInNeededError):
        api(bank, sender, clock, TOKEN_PLACE, token).get(["by", TOKEN_PLACE])
    assert not bank.seen


def test_a_refused_token_is_asked_for_anew_and_not_sent_again(
    bank: AuthServer, sender: Sender, clock: Clock, say: type[Say]
) -> None:
    bank.tell("/api/by/token-0001", say(401))
    with pytest.raises(SignInNeededError):
        api(bank, sender, clock, TOKEN_PLACE, "token-0001").get(["by", TOKEN_PLACE])
    assert len(bank.seen) == 1
