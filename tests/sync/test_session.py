"""One renewal for all who ask, saved before its use."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bankview.domain.secret import Secret
from bankview.errors import (
    KeychainLockedError,
    RateLimitedError,
    SignInNeededError,
)
from bankview.oauth.client import OAuthClient
from bankview.oauth.registration import Client
from bankview.oauth.server import Server
from bankview.oauth.token import Token
from bankview.paths import Paths
from bankview.sync.access import renew
from bankview.sync.home import Home, utc_now
from bankview.sync.kept import load_token, save_token
from bankview.sync.renewal import Marker
from bankview.sync.session import open_session
from bankview.sync.sign_in import connect
from tests.oauth.conftest import JSON, AuthServer, Say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bankview.banks import Bank
    from tests.oauth.conftest import Clock
    from tests.sync.conftest import OwnHome, Person, ToyBank


class RotatingServer(AuthServer):
    """Gives a new refresh token each time; an old one that comes again ends everything."""

    #: Seconds that an access token lasts.
    life = 600

    def __init__(self) -> None:
        super().__init__()
        self.valid, self.reused, self.renewed = "refresh-0", False, 0
        self._guard = threading.Lock()

    def next(self, path: str) -> Say:
        sent = self.seen[-1].fields["refresh_token"]
        with self._guard:
            if self.reused or sent != self.valid:
                self.reused = True
                return Say(400, {"error": "invalid_grant"}, JSON)
            self.renewed += 1
            self.valid = f"refresh-{self.renewed}"
            return Say(200, {**token(self.renewed), "expires_in": self.life}, JSON)


def token(number: int) -> Mapping[str, object]:
    return {
        "access_token": f"access-{number}",
        "token_type": "Bearer",
        "expires_in": 600,
        "refresh_token": f"refresh-{number}",
    }


def oauth(url: str) -> OAuthClient:
    server = Server(issuer=url, token_endpoint=f"{url}/token", insecure_http=True)
    return OAuthClient(server, Client("bankview"), now=utc_now)


def renew_often(folder: str, url: str, times: int) -> None:
    """What one process does: four threads that each find their token stale, again and again."""
    home = Home.open(Paths.of(Path(folder)), "passphrase", passphrase=lambda: "open")
    client = oauth(url)

    def run() -> None:
        for _ in range(times):
            renew(home, "toy", client, load_token(home, "toy"))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_no_refresh_token_is_ever_used_twice_by_threads_or_processes(tmp_path: Path) -> None:
    server = RotatingServer()
    home = Home.open(Paths.of(tmp_path), "passphrase", passphrase=lambda: "open")
    save_token(home, "toy", Token(Secret("access-0"), refresh_token=Secret("refresh-0")))
    context = multiprocessing.get_context("spawn")
    others = [
        context.Process(target=renew_often, args=(str(tmp_path), server.url, 5)) for _ in range(3)
    ]
    for process in others:
        process.start()
    for process in others:
        process.join(120)
    server.close()
    assert [process.exitcode for process in others] == [0, 0, 0]
    assert not server.reused
    assert load_token(home, "toy").refresh_token == Secret(server.valid)


def test_who_waited_takes_what_was_renewed_meanwhile(
    home: Home, person: Person, toy: ToyBank
) -> None:
    connect(home, toy.bank, person.front())
    stale = Token(Secret("an older one"), refresh_token=Secret("refresh-0001"))
    fresh = renew(home, "toy", oauth(toy.server.url), stale)
    assert fresh.access_token == Secret("access-0001")
    assert len(toy.server.at("/token")) == 1


def test_a_renewed_token_is_in_the_keychain_before_it_is_used(
    home: Home, person: Person, toy: ToyBank
) -> None:
    connect(home, toy.bank, person.front())
    toy.server.tell_token({"access_token": "access-0002", "refresh_token": "refresh-0002"})
    renew(home, "toy", oauth(toy.server.url), load_token(home, "toy"))
    kept = json.loads(home.secrets.read("token/toy") or "")
    assert "refresh-0002" in json.dumps(kept)


def test_a_keychain_that_refuses_does_not_cost_the_renewed_token(
    home: Home,
    person: Person,
    toy: ToyBank,
    monkeypatch: pytest.MonkeyPatch,
    expect_warning: Callable[[str], None],
) -> None:
    expect_warning("the keychain did not take the renewed access")
    connect(home, toy.bank, person.front())
    toy.server.tell_token({"access_token": "access-0002", "refresh_token": "refresh-0002"})

    def locked(*_: str) -> None:
        raise KeychainLockedError

    with monkeypatch.context() as patch:
        patch.setattr(home.secrets, "write", locked)
        renew(home, "toy", oauth(toy.server.url), load_token(home, "toy"))
    assert load_token(home, "toy").refresh_token == Secret("refresh-0002")
    save_token(home, "toy", load_token(home, "toy"))
    assert not home.unsaved


def test_a_renewal_that_was_cut_off_says_so_when_the_bank_refuses(
    home: Home, person: Person, toy: ToyBank
) -> None:
    connect(home, toy.bank, person.front())
    client, stale = oauth(toy.server.url), load_token(home, "toy")
    name = hashlib.sha256(b"toy").hexdigest()[:16]
    Marker.of(home.paths.locks / f"{name}.renewing", stale).write(1)
    toy.server.tell("/token", Say(400, {"error": "invalid_grant"}, JSON))
    with pytest.raises(SignInNeededError) as caught:
        renew(home, "toy", client, stale)
    assert caught.value.reason == "interrupted while renewing"


def test_a_token_near_its_end_is_renewed_before_the_call(
    home: Home, person: Person, toy: ToyBank, clock: Callable[[], object]
) -> None:
    connect(home, toy.bank, person.front())
    home.now = lambda: utc_now().replace(year=2026, month=3, day=2, hour=12) + timedelta(minutes=59)
    toy.server.tell_token({"access_token": "access-0002", "refresh_token": "refresh-0002"})
    with open_session(home, "toy") as session:
        session.get("accounts")
    assert toy.server.at("/api/accounts")[-1].headers["Authorization"] == "Bearer access-0002"


def test_a_session_cannot_leave_its_bank_or_write(home: Home, person: Person, toy: ToyBank) -> None:
    from bankview.errors import UnsafeRequestError

    connect(home, toy.bank, person.front())
    with open_session(home, "toy") as session:
        with pytest.raises(UnsafeRequestError):
            session.get("../token")
        with pytest.raises(UnsafeRequestError):
            session.api.request("POST", "accounts")


@pytest.fixture
def connected(home: OwnHome, toy: ToyBank, person: Person) -> OwnHome:
    connect(home, toy.bank, person.front())
    return home


def psd2(toy: ToyBank) -> Bank:
    """Return the bank as one that counts calls without a person."""
    return replace(
        toy.bank, unattended_per_day=2, dialect=replace(toy.bank.dialect, psu="PSU-IP-Address")
    )


def test_calls_without_a_person_are_counted_by_endpoint_and_over_sessions(
    connected: OwnHome, toy: ToyBank, clock: Clock
) -> None:
    connected.toy = psd2(toy)
    toy.server.tell("/api/x", *[Say(200, {}, JSON)] * 5)
    toy.server.tell("/api/y", Say(200, {}, JSON))
    for _ in range(2):
        with open_session(connected, "toy", attended=False) as session:
            session.get("x")
    with open_session(connected, "toy", attended=False) as session:
        with pytest.raises(RateLimitedError) as limited:
            session.get("x")
        session.get("y")
    assert limited.value.retry_after == 86_400
    with open_session(connected, "toy") as session:
        session.get("x")
    clock.turn(86_401)
    with open_session(connected, "toy", attended=False) as session:
        session.get("x")
    assert len(toy.server.at("/api/x")) == 4


def test_the_persons_address_is_told_while_they_are_there(connected: OwnHome, toy: ToyBank) -> None:
    connected.toy = psd2(toy)
    toy.server.tell("/api/x", *[Say(200, {}, JSON)] * 2)
    for attended in (True, False):
        with open_session(connected, "toy", attended=attended) as session:
            session.get("x")
    with_person, alone = toy.server.at("/api/x")
    assert with_person.headers["PSU-IP-Address"] == "127.0.0.1"
    assert "PSU-IP-Address" not in alone.headers
