"""What a person has to allow in their bank's own app, too: shown, asked for, cancelled, and everything fetched at once after."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bankview.domain.connection import State
from bankview.errors import BankRefusedError, Interrupted, SignInTimedOutError
from bankview.store import connections
from bankview.sync import sign_in
from bankview.sync.disconnect import disconnect
from bankview.sync.front import Attempt, Step
from bankview.sync.refresh import refresh
from bankview.sync.sign_in import connect
from tests.oauth.conftest import JSON, Say

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.banks import Bank, Get
    from tests.oauth.conftest import Clock
    from tests.sync.conftest import OwnHome, Person, ToyBank

REFUSED = Say(403, {"code": "forbidden.insufficient_permissions"}, JSON)
YES = Say(200, [], JSON)


def allowed(get: Get) -> bool:
    try:
        get("allowed")
    except BankRefusedError:
        return False
    return True


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "EVERY", 0.01)


@pytest.fixture
def bank(toy: ToyBank, home: OwnHome) -> Bank:
    dialect = replace(
        toy.bank.dialect,
        allowed=allowed,
        at_once=True,
        minutes=15,
        logout="logout",
        writes=(("POST", "/logout"),),
    )
    home.toy = replace(toy.bank, dialect=dialect)
    toy.server.tell("/api/allowed", YES)
    toy.server.tell("/api/logout", Say(200, {}, JSON))
    return home.toy


def test_the_person_is_sent_to_the_app_and_asked_for_until_it_is_allowed(
    home: OwnHome, toy: ToyBank, bank: Bank, person: Person
) -> None:
    toy.server.tell("/api/allowed", REFUSED, Say(503), REFUSED, YES)
    assert connect(home, bank, person.front()) == "toy"
    steps = [show.step for show in person.shown]
    assert steps == [Step.WAITING, Step.WAITING, Step.APPROVAL, Step.FETCHING]
    assert [show.minutes for show in person.shown[:3]] == [15, 15, 5]
    assert (person.shown[2].app, person.shown[2].seconds) == ("Toy bank", 300)
    # Nothing but that was asked before.
    assert [seen.path for seen in toy.server.seen[-5:]] == ["/api/allowed"] * 4 + ["/api/accounts"]


def test_who_does_not_allow_it_in_time_is_connected_to_nothing(
    home: OwnHome, toy: ToyBank, bank: Bank, person: Person, clock: Clock
) -> None:
    def late(get: Get) -> bool:
        clock.turn(100)
        return False

    never = replace(bank, dialect=replace(bank.dialect, allowed=late))
    with pytest.raises(SignInTimedOutError) as raised:
        connect(home, never, person.front())
    assert raised.value.minutes == 5
    assert home.secrets.read("token/toy") is None


def test_cancelling_ends_the_wait_for_the_app(
    home: OwnHome, toy: ToyBank, bank: Bank, person: Person
) -> None:
    toy.server.tell("/api/allowed", REFUSED)
    attempt, ended = Attempt(), list[Exception]()

    def run() -> None:
        try:
            connect(home, bank, person.front(attempt=attempt))
        except Interrupted as error:
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    while not toy.server.at("/api/allowed"):
        toy.server.arrived.wait(1)
    attempt.stop()
    thread.join(30)
    assert ended
    assert home.secrets.read("token/toy") is None


def test_each_sign_in_fetches_the_whole_history_that_is_served_after_it(
    home: OwnHome, toy: ToyBank, bank: Bank, person: Person, clock: Clock
) -> None:
    connect(home, bank, person.front())
    refresh(home, "toy")
    refresh(home, "toy")
    connect(home, bank, person.front())
    report = refresh(home, "toy")
    assert (report.new, report.error) == (0, None)
    whole = (clock().date() - timedelta(days=365)).isoformat()
    asked = [seen.query for seen in toy.server.at("/api/accounts/key-Bruk/rows")]
    assert [query == f"since={whole}" for query in asked] == [True, False, True]


def test_leaving_ends_the_access_by_the_banks_own_way(
    home: OwnHome, toy: ToyBank, bank: Bank, person: Person
) -> None:
    connect(home, bank, person.front())
    assert disconnect(home, "toy").confirmed
    (out,) = toy.server.at("/api/logout")
    assert (out.method, out.headers["Authorization"]) == ("POST", "Bearer access-0001")
    assert not toy.server.at("/revoke")
    assert home.secrets.read("token/toy") is None


def test_leaving_a_bank_that_is_down_is_not_confirmed_and_removes_the_keys_all_the_same(
    home: OwnHome,
    toy: ToyBank,
    bank: Bank,
    person: Person,
    expect_warning: Callable[[str], None],
) -> None:
    expect_warning("could not be revoked")
    connect(home, bank, person.front())
    toy.server.tell("/api/logout", Say(503))
    assert not disconnect(home, "toy").confirmed
    with closing(home.database()) as db:
        found = connections.connection(db, "toy")
    assert found
    assert found.state is State.DISCONNECTED
    assert home.secrets.read("token/toy") is None
