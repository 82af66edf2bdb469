"""The next run of a connection, as its runs were: failures, waits, and a computer without a network."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bankview.errors import OfflineError
from bankview.store import connections
from bankview.sync.due import Why
from bankview.sync.refresh import refresh
from bankview.sync.schedule import Upcoming, chance, upcoming
from bankview.sync.sign_in import connect
from tests.oauth.conftest import Clock, Say

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.sync.home import Home
    from tests.sync.conftest import OwnHome, Person, ToyBank

MINUTE = timedelta(minutes=1)
FAILED = "toy could not be fetched"


@pytest.fixture
def connected(home: OwnHome, toy: ToyBank, person: Person) -> OwnHome:
    toy.server.tell_token({"expires_in": 9_999_999})
    home.toy = replace(toy.bank, unattended_per_day=0)
    connect(home, home.toy, person.front())
    refresh(home, "toy")
    return home


def following(home: Home) -> Upcoming:
    with closing(home.database()) as db:
        return upcoming(home, db, lambda _: 1.0)[0]


def runs(home: Home, clock: Clock) -> int:
    with closing(home.database()) as db:
        return len(
            connections.calls(
                db, "toy", clock() - timedelta(days=1), endpoint=connections.RUN, attended=False
            )
        )


def rest(home: Home, clock: Clock) -> float:
    at = following(home).at
    assert at
    return (at - clock()) / MINUTE


def test_failures_in_a_row_rest_longer_each_time_and_a_success_ends_that(
    connected: Home, toy: ToyBank, clock: Clock, expect_warning: Callable[[str], None]
) -> None:
    expect_warning(FAILED)
    plain = toy.server.next("/api/accounts")
    toy.fail("/api/accounts", Say(500))
    rests = []
    clock.turn(7200)
    for _ in range(6):
        refresh(connected, "toy", attended=False)
        rests.append(rest(connected, clock))
        clock.turn(int(rests[-1] * 60))
    assert rests == [5, 10, 20, 40, 60, 60]
    assert following(connected).why is Why.FAILED
    toy.fail("/api/accounts", plain)
    refresh(connected, "toy", attended=False)
    assert following(connected).why is Why.SCHEDULE


@pytest.mark.parametrize(
    ("answer", "minutes"),
    [
        ((429, "0"), 5),
        ((429, "7200"), 120),
        ((429, "junk"), 60),
        ((503, "7200"), 120),
        ((503, ""), 5),
    ],
)
def test_what_a_bank_says_of_when_to_come_back_is_obeyed(
    connected: Home,
    toy: ToyBank,
    clock: Clock,
    answer: tuple[int, str],
    minutes: int,
    expect_warning: Callable[[str], None],
) -> None:
    expect_warning(FAILED)
    clock.turn(7200)
    toy.fail("/api/accounts", Say(answer[0], b"", {"Retry-After": answer[1]}))
    refresh(connected, "toy", attended=False)
    assert rest(connected, clock) == minutes


def test_without_a_network_no_run_is_counted_and_the_next_try_comes_soon(
    connected: OwnHome, toy: ToyBank, clock: Clock, expect_warning: Callable[[str], None]
) -> None:
    expect_warning(FAILED)

    def offline(_: Any) -> Any:
        raise OfflineError("bank.example", "its name could not be resolved")

    online = connected.toy
    connected.toy = replace(online, dialect=replace(online.dialect, accounts=offline))
    clock.turn(7200)
    for _ in range(5):
        refresh(connected, "toy", attended=False)
        assert rest(connected, clock) == 1
        assert following(connected).why is Why.OFFLINE
        clock.turn(60)
    assert runs(connected, clock) == 0
    connected.toy = online
    refresh(connected, "toy", attended=False)
    assert runs(connected, clock) == 1
    assert following(connected).why is Why.SCHEDULE


def test_three_days_asleep_cost_one_run(connected: Home, toy: ToyBank, clock: Clock) -> None:
    before = len(toy.server.at("/api/accounts"))
    clock.turn(3 * 86_400)
    for _ in range(10):
        refresh(connected, "toy", attended=False)
        clock.turn(60)
    assert len(toy.server.at("/api/accounts")) == before + 1


def test_chance_is_the_same_when_asked_twice_and_spread_over_the_range() -> None:
    drawn = [chance(f"toy {n}") for n in range(200)]
    assert drawn == [chance(f"toy {n}") for n in range(200)]
    assert all(0 <= each < 1 for each in drawn)
    assert min(drawn) < 0.1
    assert max(drawn) > 0.9
