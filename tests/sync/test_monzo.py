"""Monzo over HTTP against its strict sandbox, on a clock: what is served when, and tokens that are good once."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest

from bankview.banks import find_bank
from bankview.domain.connection import State
from bankview.errors import SignInNeededError
from bankview.paths import Paths
from bankview.sandbox import monzo
from bankview.sandbox.books.shelf import Shelf
from bankview.sandbox.faults import Faults
from bankview.sandbox.messages import Port, Request
from bankview.sandbox.monzo_authorization import ACCESS_LIFE, CLIENT_ID, secret_of
from bankview.store import connections
from bankview.store.view import Filter, totals
from bankview.sync import sign_in
from bankview.sync.disconnect import disconnect
from bankview.sync.front import Front
from bankview.sync.refresh import refresh
from bankview.sync.sign_in import connect
from bankview.sync.token import revoke
from tests.oauth.conftest import AuthServer, Say
from tests.sync.conftest import OwnHome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bankview.banks import Ask, Bank
    from bankview.sync.home import Home
    from tests.oauth.conftest import Clock

ID = "monzo"


class Server(AuthServer):
    """The sandbox's Monzo behind a port of its own."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        today = clock().date()
        self.folder = folder
        self.books = Shelf(folder, folder, 1500, today, lambda: clock().date()).books
        self.bank = monzo.opened(folder, self.books, Faults(), lambda: clock().timestamp())
        super().__init__()

    def next(self, path: str) -> Say:
        seen = self.seen[-1]
        headers = {name.lower(): text for name, text in seen.headers.items()}
        request = Request(Port.API, seen.method, path, seen.query, headers, seen.body)
        answer = self.bank.answer(request)
        return Say(answer.status, answer.body, answer.headers)

    def sign_in(self, address: str) -> bool:
        """Do what the person and their browser do."""
        wanted = self.bank.server.wanted(urlsplit(address).query)
        location = self.bank.server.allow(wanted, "household")
        threading.Thread(target=lambda: urlopen(location).read(), daemon=True).start()
        return True

    def asked(self, name: str) -> list[str]:
        """Return what came of a parameter of the calls for rows."""
        calls = self.at(f"{monzo.ROOT}/transactions")
        return [parse_qs(seen.query)[name][0] for seen in calls]

    @property
    def count(self) -> int:
        """How many rows there are."""
        books = self.books["household"]
        return sum(len([*books.rows(one.id, date.min, date.max)]) for one in books.accounts)


@pytest.fixture
def server(tmp_path: Path, clock: Clock) -> Iterator[Server]:
    (tmp_path / "bank").mkdir()
    made = Server(tmp_path / "bank", clock)
    yield made
    made.close()


@pytest.fixture
def bank(server: Server, clock: Clock) -> Bank:
    shipped = find_bank(ID)
    assert shipped
    endpoints = replace(
        shipped.server,
        authorization_endpoint=f"{server.url}{monzo.AUTHORIZE}",
        token_endpoint=f"{server.url}{monzo.TOKEN}",
        insecure_http=True,
    )
    client = replace(shipped.client, redirect_uri="http://127.0.0.1/callback")
    transactions = partial(shipped.dialect.transactions, today=lambda: clock().date())
    return replace(
        shipped,
        api=f"{server.url}{monzo.ROOT}",
        server=endpoints,
        client=client,
        dialect=replace(shipped.dialect, transactions=transactions),
    )


@pytest.fixture
def home(tmp_path: Path, bank: Bank, clock: Clock) -> Iterator[OwnHome]:
    opened = OwnHome.open(
        Paths.of(tmp_path / "home"), "passphrase", passphrase=lambda: "open", now=clock
    )
    opened.toy = bank
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "EVERY", 0.01)


@pytest.fixture
def signed_in(home: OwnHome, bank: Bank, server: Server) -> Callable[[], None]:
    answers = {"client_id": CLIENT_ID, "client_secret": secret_of(server.folder)}

    def ask(one: Ask) -> str:
        return answers[one.name]

    def sign() -> None:
        assert connect(home, bank, Front(ask, lambda _: None, server.sign_in)) == ID

    return sign


def rows(home: Home) -> int:
    with closing(home.database()) as db:
        return totals(db, Filter()).count


def test_everything_comes_right_after_the_sign_in_and_later_syncs_ask_for_no_more_than_is_served(
    home: OwnHome, server: Server, clock: Clock, signed_in: Callable[[], None]
) -> None:
    signed_in()
    report = refresh(home, ID)
    assert (report.error, report.told, report.skipped) == (None, (), ())
    assert [one.error for one in report.accounts if one.error] == []
    assert rows(home) == server.count
    server.seen.clear()
    clock.turn(3600)
    again = refresh(home, ID)
    assert (again.error, again.new) == (None, 0)
    assert min(server.asked("since")) >= "2025-12-04"
    assert set(server.asked("limit")) == {"100"}


def test_what_was_fetched_too_late_is_told_and_comes_with_the_next_sign_in(
    home: OwnHome, server: Server, clock: Clock, signed_in: Callable[[], None]
) -> None:
    signed_in()
    clock.turn(monzo.FRESH + 1)
    report = refresh(home, ID)
    assert report.error is None
    assert len(report.told) == 1
    assert "sign in again to get the rest" in report.told[0]
    assert 0 < rows(home) < server.count
    assert refresh(home, ID).told == ()
    signed_in()
    assert refresh(home, ID).told == ()
    assert rows(home) == server.count


def test_a_refresh_token_is_shown_once_and_the_next_one_is_kept(
    home: OwnHome, server: Server, clock: Clock, signed_in: Callable[[], None]
) -> None:
    signed_in()
    for _ in range(3):
        clock.turn(ACCESS_LIFE + 1)
        assert refresh(home, ID).error is None
    shown = [seen.fields.get("refresh_token", "") for seen in server.at(monzo.TOKEN)]
    assert len(shown) == len({*shown}) == 4


def test_what_is_allowed_no_longer_needs_a_sign_in(
    home: OwnHome,
    server: Server,
    signed_in: Callable[[], None],
    expect_warning: Callable[[str], None],
) -> None:
    expect_warning("could not be fetched")
    signed_in()
    refresh(home, ID)
    server.bank.server.opens = lambda _: None  # type: ignore[method-assign,assignment]
    report = refresh(home, ID)
    assert isinstance(report.error, SignInNeededError)
    with closing(home.database()) as db:
        found = connections.connection(db, ID)
    assert found
    assert found.state is State.SIGN_IN
    assert rows(home) == server.count


@pytest.mark.parametrize("leave", [disconnect, revoke])
def test_leaving_ends_both_tokens(
    home: OwnHome, server: Server, signed_in: Callable[[], None], leave: Callable[[Home, str], Any]
) -> None:
    signed_in()
    leave(home, ID)
    (out,) = server.at(f"{monzo.ROOT}/oauth2/logout")
    assert out.method == "POST"
    (grant,) = server.bank.server._grants.values()
    assert (grant.access, grant.refresh) == ("", "")
