"""A token as a value: its end, its scope, its secrets, and its form for the keychain."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bankview.domain.secret import Secret
from bankview.errors import SignInNeededError
from bankview.log import REDACTION
from bankview.oauth.token import Token

if TYPE_CHECKING:
    from tests.oauth.conftest import Clock

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FULL = Token(
    access_token=Secret("canary-access"),
    token_type="Bearer",
    expires_at=NOON + timedelta(seconds=600.5),
    refresh_token=Secret("canary-refresh"),
    refresh_expires_at=NOON + timedelta(days=30),
    scope="accounts balances",
    extra={"id_token": "canary-id-token", "n": 7, "deep": {"list": [None, True, "ø"]}},
    obtained_at=NOON,
)


def test_a_token_comes_back_from_the_keychain_as_it_went_in() -> None:
    assert Token.from_json(FULL.to_json()) == FULL
    bare = Token(Secret("access-0001"))
    assert Token.from_json(bare.to_json()) == bare


def test_its_end_is_kept_as_an_instant_and_not_as_seconds_left() -> None:
    kept = json.loads(FULL.to_json())["token-1"]
    assert kept["expires_at"] == "2026-03-02T12:10:00.500000+00:00"
    assert "expires_in" not in kept


def test_instants_of_another_zone_are_kept_in_utc() -> None:
    elsewhere = (NOON + timedelta(hours=1)).astimezone(timezone(timedelta(hours=5)))
    back = Token.from_json(replace(FULL, expires_at=elsewhere).to_json())
    assert back.expires_at == elsewhere
    assert back.expires_at.tzinfo is UTC


def test_what_goes_to_the_keychain_is_ascii() -> None:
    assert FULL.to_json().isascii()


def test_fractions_among_the_other_members_survive() -> None:
    token = replace(FULL, extra={"rate": Decimal("1.5")})
    assert Token.from_json(token.to_json()).extra == {"rate": Decimal("1.5")}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "7",
        "{}",
        '{"token-1": null}',
        '{"token-1": {}}',
        '{"token-2": {"access_token": "x"}}',
        FULL.to_json()[:-20],
        FULL.to_json().replace("2026-03-02T", "yesterday "),
        FULL.to_json().replace('"canary-access"', "7"),
        "\ud800",
    ],
)
def test_anything_else_in_the_keychain_asks_for_a_sign_in(text: str) -> None:
    with pytest.raises(SignInNeededError):
        Token.from_json(text)


@given(st.text())
def test_no_text_is_a_token_by_chance(text: str) -> None:
    with pytest.raises(SignInNeededError):
        Token.from_json(text)


def test_a_token_does_not_show_its_secrets() -> None:
    shown = f"{FULL} {FULL!r} {[FULL]} {FULL.access_token} {FULL.access_token!r}"
    assert "canary" not in shown
    assert "accounts balances" in shown


def test_a_token_cannot_be_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(FULL)
    with pytest.raises(TypeError):
        copy.deepcopy(FULL)


def test_every_secret_of_a_token_is_hidden_from_logs() -> None:
    REDACTION.forget()
    Token.from_json(FULL.to_json())
    assert "canary" not in REDACTION.clean("canary-access canary-refresh canary-id-token")


def test_seconds_left_are_counted_from_now(clock: Clock) -> None:
    assert FULL.expires_in(clock.at) == 600.5
    clock.turn(700.5)
    assert FULL.expires_in(clock.at) == -100


def test_without_a_known_end_there_are_no_seconds_left(clock: Clock) -> None:
    endless = replace(FULL, expires_at=None)
    assert endless.expires_in(clock.at) is None
    assert not endless.ends_within(10**9, clock.at)


@pytest.mark.parametrize(
    ("asked", "missing"),
    [
        ("accounts balances", ()),
        ("balances accounts", ()),
        ("", ()),
        ("accounts payments cards", ("payments", "cards")),
        ("Accounts", ("Accounts",)),
    ],
)
def test_scopes_are_compared_as_sets(asked: str, missing: tuple[str, ...]) -> None:
    assert FULL.missing(asked) == missing
