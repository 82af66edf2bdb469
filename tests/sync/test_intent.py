"""What is asked for in our own name before a sign-in: the sign-in is for that, and what nobody uses is withdrawn."""

from __future__ import annotations

import json
import uuid
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bankview.banks import Intent
from bankview.errors import BadBankDataError, BankviewError, SignInDeniedError, TokenReplyError
from bankview.store import connections
from bankview.sync.disconnect import disconnect
from bankview.sync.front import Attempt
from bankview.sync.kept import load_token, save_token
from bankview.sync.session import open_session
from bankview.sync.sign_in import connect
from tests.oauth.conftest import JSON, TOKEN, Say
from tests.sync.conftest import answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.banks import Get, Post
    from bankview.domain.connection import Connection
    from tests.oauth.conftest import Clock
    from tests.sync.conftest import OwnHome, Person, ToyBank

ENDS = datetime(2026, 6, 1, 12, tzinfo=UTC)
OWN = {"access_token": "own-0001"}
HEADER = "x-fapi-interaction-id"


def ask(post: Post, _: datetime) -> str:
    name: str = post("intents", {"what": "accounts"})["id"]
    return name


def agreed(get: Get, name: str, _: Any) -> datetime | None:
    if get(["intents", name])["status"] != "agreed":
        raise SignInDeniedError("waiting", "nobody agreed")
    return ENDS


def end(delete: Callable[[str], object], name: str) -> None:
    delete(f"intents/{name}")


INTENT = Intent(
    "intents",
    ask,
    # The toy bank signs nothing: what an ID token has to say is for the tests of the OAuth client.
    lambda _: {},
    agreed,
    end,
)


@pytest.fixture
def asking(home: OwnHome, toy: ToyBank) -> OwnHome:
    """A home that knows the toy bank as one that wants to be asked first."""
    dialect = replace(
        toy.bank.dialect,
        intent=INTENT,
        writes=(("POST", "/intents"), ("DELETE", "/intents/{id}")),
        interaction=HEADER,
    )
    toy.bank = home.toy = replace(toy.bank, dialect=dialect)
    toy.server.tell_token(OWN, {})
    toy.server.tell("/api/intents", Say(201, {"id": "i-1"}, JSON))
    toy.server.tell("/api/intents/i-1", Say(200, {"status": "agreed"}, JSON))
    return home


def said(toy: ToyBank) -> list[tuple[str, str, str]]:
    """Return what came to the bank but questions for its metadata: method, path, and token."""
    return [
        (seen.method, seen.path, seen.headers.get("Authorization", "").removeprefix("Bearer "))
        for seen in toy.server.seen
        if not seen.path.startswith("/.well-known/")
    ]


def test_it_is_asked_for_first_and_in_our_own_name(
    asking: OwnHome, toy: ToyBank, person: Person
) -> None:
    connect(asking, toy.bank, person.front())
    assert said(toy) == [
        ("POST", "/token", ""),
        ("POST", "/api/intents", "own-0001"),
        ("POST", "/token", ""),
        ("GET", "/api/intents/i-1", "own-0001"),
        ("GET", "/api/accounts", "access-0001"),
    ]
    first, second = toy.server.at("/token")
    assert first.fields["grant_type"] == "client_credentials"
    assert first.fields["scope"] == "intents"
    assert second.fields["grant_type"] == "authorization_code"


def test_the_request_says_what_the_id_token_has_to(
    asking: OwnHome, toy: ToyBank, person: Person
) -> None:
    intent = replace(INTENT, claims=lambda name: {"intent": {"value": name}})
    dialect = replace(toy.bank.dialect, intent=intent)
    bank = replace(toy.bank, dialect=dialect)
    with pytest.raises(TokenReplyError, match="no ID token"):
        connect(asking, bank, person.front())
    asked = parse_qs(urlsplit(person.shown[0].url).query)["claims"][0]
    assert json.loads(asked) == {"id_token": {"intent": {"value": "i-1"}}}
    assert said(toy)[-1] == ("DELETE", "/api/intents/i-1", "own-0001")


def test_access_ends_as_the_bank_agreed(asking: OwnHome, toy: ToyBank, person: Person) -> None:
    connect(asking, toy.bank, person.front())
    assert connection(asking).consent_ends == ENDS


def connection(home: OwnHome) -> Connection:
    with closing(home.database()) as db:
        (found,) = connections.connections(db)
    return found


def test_a_renewal_keeps_what_it_was_asked_for(
    asking: OwnHome, toy: ToyBank, person: Person, clock: Clock
) -> None:
    connect(asking, toy.bank, person.front())
    toy.server.tell_token({"access_token": "access-0002", "session": "another"})
    clock.turn(599)
    with open_session(asking, "toy") as session:
        session.get("accounts")
    token = load_token(asking, "toy")
    assert (token.access_token.reveal(), token.session) == ("access-0002", "i-1")
    assert token.session_ends == ENDS


def test_disconnecting_withdraws_it_in_our_own_name(
    asking: OwnHome, toy: ToyBank, person: Person
) -> None:
    connect(asking, toy.bank, person.front())
    toy.server.tell_token(OWN)
    done = disconnect(asking, "toy")
    assert done.confirmed
    assert dict(done.revocations)["consent"] == "confirmed"
    assert ("DELETE", "/api/intents/i-1", "own-0001") in said(toy)
    assert said(toy)[-1][1] == "/revoke"


def test_a_token_that_nothing_was_asked_for_withdraws_nothing(
    asking: OwnHome, toy: ToyBank, person: Person
) -> None:
    connect(asking, toy.bank, person.front())
    token = load_token(asking, "toy")
    save_token(asking, "toy", replace(token, extra={}))
    assert disconnect(asking, "toy").confirmed
    assert not [seen for seen in toy.server.seen if seen.method == "DELETE"]


def test_a_bank_that_does_not_withdraw_it_is_told(
    asking: OwnHome, toy: ToyBank, person: Person, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("access at toy could not be revoked")
    connect(asking, toy.bank, person.front())
    toy.server.tell_token(OWN)
    toy.server.tell("/api/intents/i-1", Say(500))
    assert not disconnect(asking, "toy").confirmed
    assert asking.secrets.read("token/toy") is None


@pytest.mark.parametrize("how", ["declined", "not agreed", "no code"])
def test_what_nobody_will_use_is_withdrawn(
    asking: OwnHome, toy: ToyBank, person: Person, how: str
) -> None:
    front = person.front()
    if how == "declined":
        attempt = Attempt()
        front = person.front(attempt=attempt, open_browser=partial(declined, attempt))
    if how == "not agreed":
        toy.server.tell("/api/intents/i-1", Say(200, {"status": "waiting"}, JSON))
    if how == "no code":
        own = Say(200, {**TOKEN, **OWN}, JSON)
        toy.server.tell("/token", own, Say(400, {"error": "invalid_grant"}, JSON))
    with pytest.raises(BankviewError):
        connect(asking, toy.bank, front)
    assert said(toy)[-1] == ("DELETE", "/api/intents/i-1", "own-0001")
    assert asking.secrets.read("token/toy") is None


def declined(attempt: Attempt, address: str) -> bool:
    attempt.paste(answer(address, error="access_denied"))
    return True


def test_each_call_has_a_name_of_its_own(asking: OwnHome, toy: ToyBank, person: Person) -> None:
    connect(asking, toy.bank, person.front())
    names = [seen.headers[HEADER] for seen in toy.server.seen if seen.path.startswith("/api/")]
    assert len({*names}) == len(names) == 3
    assert all(str(uuid.UUID(name)) == name for name in names)


def test_an_answer_to_another_call_is_not_read(
    asking: OwnHome, toy: ToyBank, person: Person
) -> None:
    connect(asking, toy.bank, person.front())
    toy.server.tell("/api/accounts", Say(200, [], {**JSON, HEADER: str(uuid.uuid4())}))
    with open_session(asking, "toy") as session, pytest.raises(BadBankDataError, match=HEADER):
        session.get("accounts")
