"""Banks that give a person a token of their own, each against a strict server of its API over HTTP."""

from __future__ import annotations

import logging
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bankview.domain.connection import State
from bankview.errors import RateLimitedError, SignInNeededError, UnsafeRequestError
from bankview.sentences import say
from bankview.store import connections
from bankview.store.view import Filter, totals
from bankview.sync.refresh import refresh
from bankview.sync.session import open_session
from bankview.sync.sign_in import connect

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.domain.connection import Connection
    from tests.oauth.conftest import Clock
    from tests.tokens.conftest import PacedHome, Told


def rows(home: PacedHome) -> int:
    with closing(home.database()) as db:
        return totals(db, Filter()).count


def state(home: PacedHome, told: Told) -> Connection:
    with closing(home.database()) as db:
        found = connections.connection(db, told.api.name)
    assert found
    return found


@pytest.fixture
def connected(home: PacedHome, told: Told) -> PacedHome:
    connect(home, told.bank, told.front())
    return home


def test_a_first_sync_takes_the_whole_history_and_a_second_adds_nothing(
    connected: PacedHome, told: Told
) -> None:
    report = refresh(connected, told.api.name)
    assert (report.error, report.skipped) == (None, ())
    assert [account.error for account in report.accounts if account.error] == []
    assert rows(connected) == report.new == told.api.rows
    assert refresh(connected, told.api.name).new == 0
    assert rows(connected) == told.api.rows


def test_nothing_but_reading_is_asked_at_the_banks_pace(connected: PacedHome, told: Told) -> None:
    refresh(connected, told.api.name)
    assert {seen.method for seen in told.server.seen} == {"GET"}
    assert not told.server.refused
    assert bool(connected.waited) is bool(told.api.seconds)
    assert all(0 < wait <= told.api.seconds for wait in connected.waited)


def test_what_writes_never_leaves(connected: PacedHome, told: Told) -> None:
    with open_session(connected, told.api.name) as session:
        before = len(told.server.seen)
        for method in ("POST", "PUT"):
            with pytest.raises(UnsafeRequestError):
                session.send(method, "accounts", {})
        assert len(told.server.seen) == before


@pytest.mark.parametrize("entered", ["wrong-token-0001", "with a space", "no…token"])
def test_a_wrong_token_connects_to_nothing_and_is_said(
    home: PacedHome, told: Told, entered: str
) -> None:
    with pytest.raises(SignInNeededError) as raised:
        connect(home, told.bank, told.front(access_token=entered))
    assert told.bank.name in say(raised.value, told.bank.name).title
    with closing(home.database()) as db:
        assert not connections.connections(db)


def test_a_revoked_token_is_said_and_a_new_one_goes_on_where_it_was(
    connected: PacedHome, told: Told, clock: Clock, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("could not be fetched")
    refresh(connected, told.api.name)
    told.server.revoked = True
    report = refresh(connected, told.api.name)
    assert isinstance(report.error, SignInNeededError)
    assert told.bank.name in say(report.error, report.bank_name).title
    assert state(connected, told).state is State.SIGN_IN
    assert rows(connected) == told.api.rows
    told.server.revoked = False
    clock.turn(3600)
    assert connect(connected, told.bank, told.front()) == told.api.name
    assert refresh(connected, told.api.name).new == 0


@pytest.mark.parametrize("call", [1, 2])
def test_a_limit_is_kept_politely_and_nothing_is_lost(
    connected: PacedHome,
    told: Told,
    clock: Clock,
    call: int,
    expect_warning: Callable[[str], None],
) -> None:
    expect_warning("could not be fetched")
    told.server.crowded = call
    report = refresh(connected, told.api.name)
    assert isinstance(report.error, RateLimitedError)
    assert report.error.retry_after == told.api.wait
    kept = state(connected, told).not_before
    assert kept
    assert (kept - clock()).total_seconds() == told.api.wait
    clock.turn(told.api.wait)
    assert refresh(connected, told.api.name).error is None
    assert rows(connected) == told.api.rows


def test_no_token_is_in_a_log_an_address_or_a_word(
    connected: PacedHome,
    told: Told,
    caplog: pytest.LogCaptureFixture,
    expect_warning: Callable[[str], None],
) -> None:
    expect_warning("could not be fetched")
    caplog.set_level(logging.DEBUG, logger="bankview")
    refresh(connected, told.api.name)
    told.server.crowded = 1
    report = refresh(connected, told.api.name)
    told.server.close()
    broken = refresh(connected, told.api.name)
    with open_session(connected, told.api.name) as session:
        spoken = [repr(session.api), repr(session.connection), repr(report), repr(broken)]
        calls = session.database.run("SELECT endpoint FROM call")
    exchanges = [str(getattr(record, "exchange", "")) for record in caplog.records]
    text = "\n".join(
        [*spoken, *exchanges, str(calls), *(record.getMessage() for record in caplog.records)]
    )
    assert exchanges
    for secret in told.api.answers.values():
        assert secret not in text
