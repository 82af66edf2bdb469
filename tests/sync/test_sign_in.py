"""Connect, renew in place, disconnect."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest

from bankview.banks import Ask
from bankview.domain.connection import State
from bankview.domain.secret import Secret
from bankview.errors import (
    BadRedirectError,
    BankUnavailableError,
    Interrupted,
    OAuthError,
    SignInDeniedError,
    SignInNeededError,
    UsageError,
)
from bankview.oauth.ways import Ways
from bankview.store import connections
from bankview.store.view import Filter, totals
from bankview.sync.disconnect import disconnect
from bankview.sync.front import Attempt, Step
from bankview.sync.kept import load_token, read_answers
from bankview.sync.refresh import refresh
from bankview.sync.sign_in import connect
from tests.oauth.conftest import JSON, Clock, Say
from tests.sync.conftest import Person, ToyBank, answer, come_back

if TYPE_CHECKING:
    from bankview.banks import Bank
    from bankview.domain.connection import Connection
    from bankview.sync.home import Home
    from tests.sync.conftest import OwnHome


def stored(home: Home) -> tuple[Connection, ...]:
    with closing(home.database()) as db:
        return connections.connections(db)


def test_a_person_signs_in_and_the_accounts_are_there(
    home: Home, toy: ToyBank, person: Person
) -> None:
    assert connect(home, toy.bank, person.front()) == "toy"
    with closing(home.database()) as db:
        assert [account.name for account in connections.accounts(db, "toy")] == ["Bruk"]


def test_the_link_is_shown_before_the_browser_opens_and_again_after(
    home: Home, toy: ToyBank, person: Person
) -> None:
    connect(home, toy.bank, person.front())
    assert [(show.step, show.browser_opened) for show in person.shown] == [
        (Step.WAITING, False),
        (Step.WAITING, True),
        (Step.FETCHING, False),
    ]
    assert person.shown[0].url.startswith(toy.bank.server.authorization_endpoint)


def test_token_and_answers_are_in_the_keychain(home: Home, toy: ToyBank, person: Person) -> None:
    bank = replace(toy.bank, asks=(Ask("client_secret", "Client secret", secret=True),))
    connect(home, bank, person.front())
    assert load_token(home, "toy").access_token == Secret("access-0001")
    assert read_answers(home, "toy") == {"client_secret": "my client_secret"}


def test_consent_ends_when_the_profile_says(
    home: Home, toy: ToyBank, person: Person, clock: Clock
) -> None:
    connect(home, toy.bank, person.front())
    ends = stored(home)[0].consent_ends
    assert ends is not None
    assert (ends - clock()).days == 90


def test_the_same_person_again_is_renewed_in_place(
    home: Home, toy: ToyBank, person: Person, clock: Clock
) -> None:
    connect(home, toy.bank, person.front())
    refresh(home, "toy")
    clock.turn(3600)
    toy.server.tell(
        "/api/accounts",
        Say(200, [{"key": "fresh", "name": "Bruk", "number": "no-Bruk", "balance": "100"}], JSON),
    )
    toy.server.tell(
        "/api/accounts/fresh/rows",
        Say(200, [{"day": "2026-03-01", "amount": "-10", "text": "Coffee"}], JSON),
    )
    assert connect(home, toy.bank, person.front()) == "toy"
    refresh(home, "toy")
    with closing(home.database()) as db:
        assert len(connections.accounts(db)) == 1
        assert totals(db, Filter()).count == 1


def test_another_person_at_the_same_bank_is_another_connection(
    home: Home, toy: ToyBank, person: Person
) -> None:
    connect(home, toy.bank, person.front())
    toy.tell_accounts(Other="5.00")
    assert connect(home, toy.bank, person.front()) == "toy-2"
    assert [connection.id for connection in stored(home)] == ["toy", "toy-2"]


def test_a_pasted_address_takes_the_listeners_place(
    home: Home, toy: ToyBank, person: Person
) -> None:
    def paste() -> str:
        return f"  {answer(person.shown[0].url)} \n"

    assert connect(home, toy.bank, person.front(paste=paste, open_browser=lambda _: False)) == "toy"


def test_another_thread_may_paste_while_the_listener_waits(
    home: Home, toy: ToyBank, person: Person
) -> None:
    attempt = Attempt()

    def browse(address: str) -> bool:
        with pytest.raises(BadRedirectError):
            attempt.paste(answer(address, state="wrong"))
        attempt.paste(answer(address))
        return True

    assert connect(home, toy.bank, person.front(attempt=attempt, open_browser=browse)) == "toy"


def test_denied_consent_keeps_nothing(home: Home, toy: ToyBank, person: Person) -> None:
    attempt = Attempt()

    def browse(address: str) -> bool:
        attempt.paste(answer(address, error="access_denied"))
        return True

    with pytest.raises(SignInDeniedError):
        connect(home, toy.bank, person.front(attempt=attempt, open_browser=browse))
    assert not stored(home)
    assert not toy.server.at("/token")


def test_cancel_ends_the_wait_at_once(home: Home, toy: ToyBank, person: Person) -> None:
    attempt = Attempt()

    def browse(_: str) -> bool:
        attempt.stop()
        return True

    with pytest.raises(Interrupted):
        connect(home, toy.bank, person.front(attempt=attempt, open_browser=browse))
    assert not stored(home)


def test_a_code_is_redeemed_once_even_when_it_fails(
    home: Home, toy: ToyBank, person: Person
) -> None:
    toy.server.tell("/token", Say(400, {"error": "invalid_grant"}, JSON))
    with pytest.raises(OAuthError):
        connect(home, toy.bank, person.front())
    assert len(toy.server.at("/token")) == 1
    assert not stored(home)


def test_a_bank_that_is_down_for_a_moment_does_not_cost_a_new_sign_in(
    home: Home, toy: ToyBank, person: Person
) -> None:
    toy.fail("/api/accounts", Say(503))
    assert connect(home, toy.bank, person.front()) == "toy"
    toy.tell_accounts(Bruk="100.00")
    assert refresh(home, "toy").new == 1


def test_a_failed_renewal_leaves_the_healthy_connection_alone(
    home: Home, toy: ToyBank, person: Person
) -> None:
    connect(home, toy.bank, person.front())
    before = stored(home)
    toy.server.tell_token({"access_token": "access-0002"})
    toy.fail("/api/accounts", Say(503))
    with pytest.raises(BankUnavailableError):
        connect(home, toy.bank, person.front())
    assert stored(home) == before
    assert load_token(home, "toy").access_token == Secret("access-0001")


def test_disconnect_revokes_and_removes_the_secrets_and_keeps_the_rows(
    home: Home, toy: ToyBank, person: Person
) -> None:
    connect(home, toy.bank, person.front())
    refresh(home, "toy")
    assert disconnect(home, "toy").confirmed
    assert stored(home)[0].state is State.DISCONNECTED
    with pytest.raises(SignInNeededError):
        load_token(home, "toy")
    with closing(home.database()) as db:
        assert totals(db, Filter()).count == 1


def test_secrets_go_even_when_the_bank_does_not_confirm(
    home: Home, toy: ToyBank, person: Person
) -> None:
    connect(home, toy.bank, person.front())
    toy.server.tell("/revoke", Say(503))
    assert not disconnect(home, "toy").confirmed
    with pytest.raises(SignInNeededError):
        load_token(home, "toy")


def test_forget_removes_the_rows_too(home: Home, toy: ToyBank, person: Person) -> None:
    connect(home, toy.bank, person.front())
    refresh(home, "toy")
    disconnect(home, "toy", forget=True)
    with closing(home.database()) as db:
        assert not connections.connections(db)
        assert not connections.accounts(db)
        assert totals(db, Filter()).count == 0


def test_who_is_not_connected_cannot_be_disconnected(home: Home) -> None:
    with pytest.raises(UsageError, match="bankview connections"):
        disconnect(home, "nobody")


def test_a_browser_that_comes_back_with_a_wrong_state_does_not_end_the_wait(
    home: Home, toy: ToyBank, person: Person
) -> None:
    from urllib.error import HTTPError

    def browse(address: str) -> bool:
        with pytest.raises(HTTPError):
            come_back(address, state="somebody else's")
        return person.front().open_browser(address)

    assert connect(home, toy.bank, person.front(open_browser=browse)) == "toy"


def pushing(home: OwnHome, toy: ToyBank, **ways: Any) -> Bank:
    """Return the bank with an endpoint for pushed requests, asked in these ways."""
    address = f"{toy.server.url}/par"
    server = replace(toy.bank.server, pushed_authorization_request_endpoint=address)
    home.toy = replace(toy.bank, server=server, client=replace(toy.bank.client, ways=Ways(**ways)))
    return home.toy


def test_a_sign_in_that_is_cancelled_while_it_is_pushed_opens_no_browser(
    home: OwnHome, toy: ToyBank, person: Person
) -> None:
    gate, attempt, opened = threading.Event(), Attempt(), list[str]()
    told = {"request_uri": "urn:x:1", "expires_in": 60}
    toy.server.tell("/par", Say(201, told, JSON, gate))
    bank = pushing(home, toy)

    def stop() -> None:
        while not toy.server.at("/par"):
            toy.server.arrived.wait(30)
            toy.server.arrived.clear()
        attempt.stop()
        gate.set()

    thread = threading.Thread(target=stop)
    thread.start()

    def browse(url: str) -> bool:
        opened.append(url)
        return True

    front = person.front(attempt=attempt, open_browser=browse)
    with pytest.raises(Interrupted):
        connect(home, bank, front)
    thread.join()
    assert not opened
    assert not person.shown


def test_opening_again_pushes_the_same_request_anew(
    home: OwnHome, toy: ToyBank, person: Person
) -> None:
    """A request_uri is good once and for a minute (RFC 9126 §2.2): a second browser needs another one."""
    told = [Say(201, {"request_uri": f"urn:x:{n}", "expires_in": 60}, JSON) for n in (1, 2)]
    toy.server.tell("/par", *told)
    attempt, opened = Attempt(), list[str]()

    def browse(url: str) -> bool:
        opened.extend((url, attempt.address(url)))
        first, second = (pushed.fields for pushed in toy.server.at("/par"))
        assert first == second
        with urlopen(f"{first['redirect_uri']}?code=c&state={first['state']}") as page:
            return bool(page.read())

    front = person.front(attempt=attempt, open_browser=browse)
    assert connect(home, pushing(home, toy), front) == "toy"
    assert [parse_qs(urlsplit(url).query)["request_uri"] for url in opened] == [
        ["urn:x:1"],
        ["urn:x:2"],
    ]


def test_a_link_that_is_good_again_is_opened_as_it_is(
    home: Home, toy: ToyBank, person: Person
) -> None:
    attempt = Attempt()
    connect(home, toy.bank, person.front(attempt=attempt))
    (url, *_) = [show.url for show in person.shown]
    assert attempt.address(url) == url


def test_less_than_was_asked_for_in_detail_is_shown(
    home: OwnHome, toy: ToyBank, person: Person
) -> None:
    asked = ({"type": "account_information"}, {"type": "card_information"})
    toy.server.tell_token({"authorization_details": [dict(asked[0])]})
    client = replace(toy.bank.client, ways=Ways(authorization_details=asked))
    home.toy = replace(toy.bank, client=client)
    connect(home, home.toy, person.front())
    assert person.shown[-1].lacking == ("card_information",)


def test_a_push_that_fails_opens_no_browser(home: OwnHome, toy: ToyBank, person: Person) -> None:
    toy.server.tell("/par", Say(503))
    with pytest.raises(BankUnavailableError):
        connect(home, pushing(home, toy), person.front())
    assert not person.shown


def test_a_form_cannot_be_pasted(home: OwnHome, toy: ToyBank, person: Person) -> None:
    bank = pushing(home, toy, response_mode="form_post")
    with pytest.raises(UsageError, match="leave out --paste"):
        connect(home, bank, person.front(paste=lambda: ""))
    assert not toy.server.at("/par")
