"""Grants without a redirect: shown, waited for, cancelled, and renewed without the person where that is possible."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bankview.domain.secret import Secret
from bankview.errors import (
    Interrupted,
    OAuthError,
    SignInDeniedError,
    SignInNeededError,
    UsageError,
)
from bankview.sync.front import Attempt, Step
from bankview.sync.home import keys_name
from bankview.sync.kept import load_token, save_token
from bankview.sync.session import open_session
from bankview.sync.sign_in import connect
from tests.oauth.conftest import JSON, Say

if TYPE_CHECKING:
    from bankview.banks import Bank
    from bankview.sync.home import Home
    from tests.oauth.conftest import Clock
    from tests.sync.conftest import OwnHome, Person, ToyBank

ISSUED = {"issued_token_type": "urn:ietf:params:oauth:token-type:access_token"}
#: A front whose person enters the code elsewhere.
ALONE = {"opens_codes": False}
PENDING = Say(400, {"error": "authorization_pending"}, JSON)


def device_given(url: str) -> dict[str, Any]:
    return {
        "device_code": "device-code-0001",
        "user_code": "WDJB-MJHT",
        "verification_uri": f"{url}/device",
        "verification_uri_complete": f"{url}/device?user_code=WDJB-MJHT",
        "expires_in": 600,
        "interval": 0.01,
    }


def with_grant(toy: ToyBank, grant: str, **client: Any) -> Bank:
    """Return the toy bank with another grant, and the endpoints it needs."""
    url = toy.server.url
    toy.server.tell("/device-codes", Say(200, device_given(url), JSON))
    given = {"auth_req_id": "request-0001", "expires_in": 120, "interval": 0.01}
    toy.server.tell("/backchannel", Say(200, given, JSON))
    server = replace(
        toy.bank.server,
        device_authorization_endpoint=f"{url}/device-codes",
        backchannel_authentication_endpoint=f"{url}/backchannel",
    )
    return replace(toy.bank, server=server, client=replace(toy.bank.client, grant=grant, **client))


def call(home: Home, name: str = "toy") -> None:
    with open_session(home, name) as session:
        session.get("accounts")


def granted(toy: ToyBank) -> list[str]:
    return [seen.fields["grant_type"].rpartition(":")[2] for seen in toy.server.at("/token")]


def test_a_device_s_code_is_shown_and_waited_for(home: Home, toy: ToyBank, person: Person) -> None:
    bank = with_grant(toy, "device_code")
    toy.server.tell("/token", PENDING, PENDING, *token_says(1))
    opened: list[str] = []

    def browse(url: str) -> bool:
        opened.append(url)
        return True

    assert connect(home, bank, person.front(open_browser=browse)) == "toy"
    shown = person.shown[0]
    assert (shown.step, shown.user_code, shown.seconds) == (Step.CODE, "WDJB-MJHT", 600)
    assert (shown.address, shown.url) == (
        f"{toy.server.url}/device",
        f"{toy.server.url}/device?user_code=WDJB-MJHT",
    )
    assert opened == [shown.url]
    assert granted(toy) == ["device_code"] * 3


def token_says(*numbers: int, **more: Any) -> list[Say]:
    return [
        Say(
            200,
            {
                "access_token": f"access-000{number}",
                "token_type": "Bearer",
                "expires_in": 600,
                **more,
            },
            JSON,
        )
        for number in numbers
    ]


def test_a_window_opens_no_browser_for_a_code(home: Home, toy: ToyBank, person: Person) -> None:
    opened: list[str] = []
    front = person.front(open_browser=opened.append, opens_codes=False)
    connect(home, with_grant(toy, "device_code"), front)
    assert not opened


def test_a_backchannel_request_shows_its_message(home: Home, toy: ToyBank, person: Person) -> None:
    bank = with_grant(toy, "ciba", hint=("login_hint", "household"), binding_message="Fjord 4711")
    connect(home, bank, person.front())
    shown = person.shown[0]
    assert (shown.step, shown.message, shown.seconds) == (Step.APPROVAL, "Fjord 4711", 120)


@pytest.mark.parametrize("grant", ["device_code", "ciba"])
def test_who_says_no_is_connected_to_nothing(
    home: Home, toy: ToyBank, person: Person, grant: str
) -> None:
    toy.server.tell("/token", PENDING, Say(400, {"error": "access_denied"}, JSON))
    with pytest.raises(SignInDeniedError):
        connect(home, with_grant(toy, grant, hint=("login_hint", "x")), person.front(**ALONE))
    assert home.secrets.read("token/toy") is None


@pytest.mark.parametrize("path", ["/device-codes", "/token"])
def test_cancelling_cuts_even_a_question_that_is_not_answered(
    home: Home, toy: ToyBank, person: Person, path: str
) -> None:
    bank, never = with_grant(toy, "device_code"), threading.Event()
    toy.server.tell(path, Say(200, until=never))
    attempt, ended = Attempt(), list[Exception]()

    def run() -> None:
        try:
            connect(home, bank, person.front(attempt=attempt, opens_codes=False))
        except Interrupted as error:
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    while not toy.server.at(path):
        toy.server.arrived.wait(1)
    attempt.stop()
    thread.join(30)
    never.set()
    assert ended


@pytest.mark.parametrize("grant", ["device_code", "ciba"])
def test_a_refresh_token_spares_the_person_and_without_one_they_are_needed(
    home: OwnHome, toy: ToyBank, person: Person, clock: Clock, grant: str
) -> None:
    home.toy = with_grant(toy, grant, hint=("login_hint", "x"))
    connect(home, home.toy, person.front(**ALONE))
    clock.turn(590)
    toy.server.tell("/token", *token_says(2))
    call(home)
    assert granted(toy)[-1] == "refresh_token"
    save_token(home, "toy", replace(load_token(home, "toy"), refresh_token=Secret("")))
    toy.server.dead.add("Bearer access-0002")
    with pytest.raises(SignInNeededError):
        call(home)


ANEW = {
    "client_credentials": ("client_credentials", {}),
    "urn:own:grant": ("grant", {}),
    "token_exchange": ("token-exchange", {"exchange": {"subject_token_from": "env"}}),
    "jwt_bearer": ("jwt-bearer", {}),
}


@pytest.mark.parametrize("grant", ANEW)
def test_what_needs_no_person_is_asked_for_anew(
    home: OwnHome, toy: ToyBank, person: Person, clock: Clock, grant: str
) -> None:
    name, client = ANEW[grant]
    home.toy = with_grant(toy, grant, **client)
    if grant == "jwt_bearer":
        home.toy = replace(home.toy, keys=("oauth.assertion.file",))
        home.secrets.write(keys_name("toy"), json.dumps({"oauth.assertion.file": "a.b.c"}))
    toy.server.tell("/token", *token_says(1, 2, **ISSUED))
    connect(home, home.toy, person.front())
    clock.turn(590)
    call(home)
    assert granted(toy) == [name, name]
    assert load_token(home, "toy").access_token == Secret("access-0002")


def test_a_refresh_token_comes_first_and_a_refused_one_is_no_end(
    home: OwnHome, toy: ToyBank, person: Person, clock: Clock
) -> None:
    home.toy = with_grant(toy, "client_credentials")
    refused = Say(400, {"error": "invalid_grant"}, JSON)
    toy.server.tell("/token", *token_says(1, refresh_token="refresh-1"), refused, *token_says(2))
    connect(home, home.toy, person.front())
    clock.turn(590)
    call(home)
    assert granted(toy) == ["client_credentials", "refresh_token", "client_credentials"]
    assert load_token(home, "toy").access_token == Secret("access-0002")


class TwoBanks:
    """The toy bank, and a second one that exchanges the first one's token."""

    def __init__(self, home: OwnHome, toy: ToyBank, person: Person, **exchange: str) -> None:
        self.home, self.toy, self.person = home, toy, person
        client = with_grant(toy, "token_exchange", exchange=exchange).client
        self.second = replace(toy.bank, id="second", client=client)
        home.banks = lambda: (home.toy, self.second)  # type: ignore[method-assign]
        connect(home, toy.bank, person.front())
        toy.server.tell_token(ISSUED)

    def connect(self) -> dict[str, str]:
        connect(self.home, self.second, self.person.front())
        return self.toy.server.at("/token")[-1].fields


def test_another_connection_s_token_is_exchanged(
    home: OwnHome, toy: ToyBank, person: Person
) -> None:
    sent = TwoBanks(home, toy, person, subject_token_from="toy").connect()
    assert sent["subject_token"] == "access-0001"
    assert sent["subject_token_type"].endswith(":access_token")


def test_another_connection_s_refresh_token_is_exchanged_where_the_profile_says_so(
    home: OwnHome, toy: ToyBank, person: Person
) -> None:
    kind = "urn:ietf:params:oauth:token-type:refresh_token"
    both = TwoBanks(home, toy, person, subject_token_from="toy", subject_token_type=kind)
    assert both.connect()["subject_token"] == "refresh-0001"


def test_another_connection_s_token_is_renewed_before_it_is_exchanged(
    home: OwnHome, toy: ToyBank, person: Person, clock: Clock
) -> None:
    both = TwoBanks(home, toy, person, subject_token_from="toy")
    clock.turn(590)
    toy.server.tell("/token", *token_says(5), *token_says(6, **ISSUED))
    assert both.connect()["subject_token"] == "access-0005"
    assert load_token(home, "toy").access_token == Secret("access-0005")


def test_a_token_that_was_ended_before_its_time_is_renewed_and_exchanged_once_more(
    home: OwnHome, toy: ToyBank, person: Person
) -> None:
    both = TwoBanks(home, toy, person, subject_token_from="toy")
    refused = Say(400, {"error": "invalid_request"}, JSON)
    toy.server.tell("/token", refused, *token_says(5), *token_says(6, **ISSUED))
    assert both.connect()["subject_token"] == "access-0005"
    assert granted(toy)[-3:] == ["token-exchange", "refresh_token", "token-exchange"]


def test_an_exchange_that_is_refused_again_is_said_and_not_tried_for_ever(
    home: OwnHome, toy: ToyBank, person: Person
) -> None:
    both = TwoBanks(home, toy, person, subject_token_from="toy")
    refused = Say(400, {"error": "invalid_request"}, JSON)
    toy.server.tell("/token", refused, *token_says(5), refused)
    with pytest.raises(OAuthError):
        both.connect()
    assert granted(toy)[-3:] == ["token-exchange", "refresh_token", "token-exchange"]


@pytest.mark.parametrize(
    ("exchange", "error"),
    [
        ({"subject_token_from": "nobody"}, UsageError),
        ({"subject_token_from": "toy", "subject_token_type": "id_token"}, SignInNeededError),
    ],
)
def test_a_token_that_is_not_there_is_said(
    home: OwnHome, toy: ToyBank, person: Person, exchange: dict[str, str], error: type[Exception]
) -> None:
    both = TwoBanks(home, toy, person, **exchange)
    with pytest.raises(error):
        both.connect()


def test_connections_that_exchange_each_other_s_tokens_are_refused(
    home: OwnHome, toy: ToyBank, person: Person
) -> None:
    both = TwoBanks(home, toy, person, subject_token_from="toy")
    both.connect()
    wanted = {"subject_token_from": "second"}
    home.toy = with_grant(toy, "token_exchange", exchange=wanted)
    with pytest.raises(UsageError, match="comes from itself"):
        both.connect()


def test_what_was_entered_is_exchanged_and_kept_for_the_next_time(
    home: OwnHome, toy: ToyBank, person: Person
) -> None:
    from bankview.banks import Ask

    asks = (Ask("subject_token", "Token", secret=True),)
    bank = with_grant(toy, "token_exchange", exchange={"subject_token_from": "env"})
    toy.server.tell_token(ISSUED)
    connect(home, replace(bank, asks=asks), person.front())
    assert toy.server.at("/token")[-1].fields["subject_token"] == "my subject_token"
