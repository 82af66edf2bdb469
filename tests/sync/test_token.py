"""What a person asks of the bank about an access, what is kept of the answer, and what the app never asks."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bankview.domain.connection import State
from bankview.domain.secret import Secret
from bankview.errors import KeychainLockedError, MetadataError, SignInNeededError, UsageError
from bankview.oauth.endpoints.said import Said
from bankview.store import connections
from bankview.sync import token
from bankview.sync.disconnect import UNCONFIRMED, disconnect
from bankview.sync.kept import load_token
from bankview.sync.reach import oauth_client
from bankview.sync.refresh import refresh
from bankview.sync.session import open_session
from bankview.sync.sign_in import connect
from tests.oauth.conftest import JSON, NOON, Say

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.oauth.conftest import Clock
    from tests.sync.conftest import OwnHome, Person, ToyBank


@pytest.fixture
def home(home: OwnHome, toy: ToyBank, person: Person) -> OwnHome:
    """A home that is connected to a bank with every endpoint."""
    url = toy.server.url
    more: Any = {
        "introspection_endpoint": f"{url}/introspect",
        "userinfo_endpoint": f"{url}/userinfo",
    }
    home.toy = replace(toy.bank, server=replace(toy.bank.server, **more))
    toy.server.tell("/introspect", Say(200, {"active": True}, JSON))
    toy.server.tell("/userinfo", Say(200, {"sub": "k-1"}, JSON))
    connect(home, home.toy, person.front())
    toy.server.seen.clear()
    return home


def connection(home: OwnHome) -> Any:
    with closing(home.database()) as db:
        return connections.connection(db, "toy")


def test_the_bank_is_asked_with_the_token_that_is_kept(home: OwnHome, toy: ToyBank) -> None:
    assert token.introspect(home, "toy") == Said({"active": True})
    assert token.userinfo(home, "toy") == Said({"sub": "k-1"})
    assert toy.server.at("/introspect")[0].fields["token"] == "access-0001"
    assert toy.server.at("/userinfo")[0].headers["Authorization"] == "Bearer access-0001"


def test_a_token_that_has_ended_is_renewed_before_it_is_asked_about(
    home: OwnHome, toy: ToyBank, clock: Clock
) -> None:
    toy.server.tell_token({"access_token": "access-0002"})
    clock.turn(601)
    token.introspect(home, "toy")
    assert toy.server.at("/introspect")[0].fields["token"] == "access-0002"


def test_a_renewal_is_saved(home: OwnHome, toy: ToyBank) -> None:
    toy.server.tell_token({"access_token": "access-0002", "refresh_token": "refresh-0002"})
    fresh = token.refresh(home, "toy")
    assert fresh.access_token == Secret("access-0002")
    assert load_token(home, "toy") == fresh


def test_what_is_ended_at_the_bank_needs_a_sign_in_and_keeps_its_secrets(
    home: OwnHome, toy: ToyBank
) -> None:
    said = token.revoke(home, "toy")
    assert said == {"refresh_token": "confirmed", "access_token": "confirmed"}
    assert (connection(home).state, connection(home).problem) == (State.SIGN_IN, "")
    assert load_token(home, "toy")


@pytest.mark.parametrize("status", [503, 400])
def test_what_the_bank_did_not_confirm_is_noted(home: OwnHome, toy: ToyBank, status: int) -> None:
    toy.server.tell("/revoke", Say(status, b"", {"Retry-After": "30"}))
    assert "confirmed" not in token.revoke(home, "toy").values()
    assert (connection(home).state, connection(home).problem) == (State.SIGN_IN, UNCONFIRMED)


def test_a_disconnection_that_was_not_confirmed_is_noted_too(home: OwnHome, toy: ToyBank) -> None:
    toy.server.tell("/revoke", Say(503))
    assert not disconnect(home, "toy").confirmed
    assert (connection(home).state, connection(home).problem) == (State.DISCONNECTED, UNCONFIRMED)


@pytest.mark.parametrize("ask", [token.introspect, token.userinfo, token.refresh, token.revoke])
def test_who_is_not_connected_is_asked_nothing(
    home: OwnHome, toy: ToyBank, ask: Callable[..., object]
) -> None:
    with pytest.raises(UsageError):
        ask(home, "nobody")
    disconnect(home, "toy")
    toy.server.seen.clear()
    with pytest.raises(SignInNeededError):
        ask(home, "toy")
    home.toy = replace(home.toy, client=replace(home.toy.client, grant="token"))
    assert not toy.server.seen


def test_a_bank_without_the_endpoints_says_so(home: OwnHome, toy: ToyBank) -> None:
    home.toy = toy.bank
    for ask in (token.introspect, token.userinfo):
        with pytest.raises(MetadataError):
            ask(home, "toy")


def test_a_whole_run_asks_nothing_about_the_access(home: OwnHome, toy: ToyBank) -> None:
    """O42: introspection is for who asks for it."""
    assert refresh(home, "toy").error is None
    paths = {seen.path for seen in toy.server.seen}
    assert "/api/accounts" in paths
    assert not paths & {"/introspect", "/userinfo"}


def test_the_metadata_is_asked_for_at_sign_in_and_at_no_renewal(
    home: OwnHome, toy: ToyBank, person: Person, clock: Clock
) -> None:
    """O24: what the server publishes is kept."""
    place = "/.well-known/oauth-authorization-server"
    toy.server.tell_metadata()
    connect(home, home.toy, person.front())
    assert len(toy.server.at(place)) == 1
    for _ in range(3):
        clock.turn(601)
        with open_session(home, "toy") as session:
            session.get("accounts")
    assert len(toy.server.at(place)) == 1
    assert len(toy.server.at("/token")) == 4


def test_the_file_of_what_is_published_holds_no_secret(
    home: OwnHome, toy: ToyBank, person: Person
) -> None:
    toy.server.tell_metadata()
    connect(home, home.toy, person.front())
    (file,) = home.paths.discovery.iterdir()
    kept = load_token(home, "toy")
    for secret in (kept.access_token, kept.refresh_token):
        assert secret.reveal() not in file.read_text()


def test_when_the_access_ends_unused_is_remembered_with_each_run(
    home: OwnHome, toy: ToyBank, person: Person, clock: Clock
) -> None:
    toy.server.tell_token({"refresh_token_expires_in": 86_400})
    connect(home, home.toy, person.front())
    assert connection(home).access_ends == NOON + timedelta(days=1)
    clock.turn(3600)
    toy.server.tell_token({"access_token": "access-0002", "refresh_token_expires_in": 172_800})
    refresh(home, "toy")
    assert connection(home).access_ends == NOON + timedelta(days=2, hours=1)


def test_a_token_that_the_keychain_did_not_take_is_offered_again(
    home: OwnHome,
    toy: ToyBank,
    monkeypatch: pytest.MonkeyPatch,
    expect_warning: Callable[[str], None],
) -> None:
    """R03."""
    expect_warning("the keychain did not take the renewed access")

    def locked(*_: str) -> None:
        raise KeychainLockedError

    toy.server.tell_token({"access_token": "access-0002", "refresh_token": "refresh-0002"})
    with monkeypatch.context() as patch:
        patch.setattr(home.secrets, "write", locked)
        token.refresh(home, "toy")
    assert home.unsaved
    with open_session(home, "toy"):
        pass
    assert not home.unsaved
    assert load_token(home, "toy").refresh_token == Secret("refresh-0002")


def test_a_server_clock_is_kept_for_the_next_process(home: OwnHome, clock: Clock) -> None:
    clocks = home.clocks
    clocks.of("toy").learn(NOON + timedelta(seconds=59.5), 0)
    again = type(clocks)(home.paths.clocks, clock)
    assert again.of("toy").skew == 60
    assert again.of("other").skew == 0
    home.paths.clocks.write_text('{"toy": "late", "other": 1e12}')
    assert type(clocks)(home.paths.clocks, clock).of("toy").skew == 0


def test_a_client_counts_by_its_banks_clock(home: OwnHome) -> None:
    client = oauth_client(home, home.toy, {})
    assert client.clock is home.clocks.of("toy")
