"""SimpleFIN over HTTP, against a strict bridge: a token that is claimed once, an access that nobody sees, and many banks."""

from __future__ import annotations

import json
import logging
import traceback
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bankview import log
from bankview.banks import Partial, find_bank
from bankview.domain.connection import State
from bankview.errors import (
    BadBankDataError,
    BankRefusedError,
    BankUnavailableError,
    ClaimedTokenError,
    KeychainError,
    RateLimitedError,
    SetupTokenError,
    SignInNeededError,
    UnsafeRequestError,
)
from bankview.log.http import Recent
from bankview.paths import Paths
from bankview.sentences import say
from bankview.store import connections
from bankview.store.view import Filter, totals
from bankview.sync import kept
from bankview.sync.front import Front
from bankview.sync.refresh import refresh
from bankview.sync.session import open_session
from bankview.sync.sign_in import connect
from tests.oauth.conftest import Say
from tests.tokens.conftest import PacedHome, _dated
from tests.tokens.simplefin import A_DAY, CLAIM, COUNTS, LOGIN, PASSWORD, ROOT, USER, Bridge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bankview.banks import Bank
    from bankview.domain.account import Account
    from tests.oauth.conftest import Clock

ID = "simplefin"


@pytest.fixture
def bridge(clock: Clock) -> Iterator[Bridge]:
    server = Bridge(clock)
    yield server
    server.close()


@pytest.fixture
def bank(bridge: Bridge, clock: Clock) -> Bank:
    """The bank as it ships, at a bridge on this computer, which only a profile of one's own can name."""
    shipped = find_bank(ID)
    assert shipped
    own = (_dated(shipped.dialect.accounts, clock), _dated(shipped.dialect.transactions, clock))
    dialect = replace(shipped.dialect, accounts=own[0], transactions=own[1])
    return replace(shipped, api=f"{bridge.url}{ROOT}", dialect=dialect)


@pytest.fixture
def home(tmp_path: Path, bank: Bank, clock: Clock) -> Iterator[PacedHome]:
    opened = PacedHome.open(
        Paths.of(tmp_path / "home"), "passphrase", passphrase=lambda: "open", now=clock
    )
    opened.toy, opened.waited = bank, []
    yield opened
    opened.close()


def enters(token: str) -> Front:
    return Front(lambda _: token, lambda _: None, lambda _: False)


@pytest.fixture
def connected(home: PacedHome, bank: Bank, bridge: Bridge) -> PacedHome:
    assert connect(home, bank, enters(bridge.setup_token())) == ID
    return home


def rows(home: PacedHome) -> int:
    with closing(home.database()) as db:
        return totals(db, Filter()).count


def state(home: PacedHome) -> State:
    with closing(home.database()) as db:
        found = connections.connection(db, ID)
    assert found
    return found.state


def test_one_call_brings_all_banks_and_a_second_sync_adds_nothing(
    connected: PacedHome, bridge: Bridge
) -> None:
    assert len(bridge.calls) == 1
    report = refresh(connected, ID)
    assert (report.error, report.partial, report.told) == (None, (), ())
    assert len(bridge.calls) == 2
    assert rows(connected) == report.new == sum(COUNTS.values())
    assert refresh(connected, ID).new == 0
    assert (len(bridge.calls), bridge.claimed, bridge.refused) == (3, 1, 0)


def test_the_days_calls_are_kept_and_nothing_is_sent_beyond_them(
    connected: PacedHome, bridge: Bridge, clock: Clock, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("could not be fetched")
    for _ in range(A_DAY - 1):
        assert refresh(connected, ID).error is None
    report = refresh(connected, ID)
    assert isinstance(report.error, RateLimitedError)
    assert report.error.retry_after == 86_400
    assert len(bridge.calls) == A_DAY
    clock.turn(86_401)
    assert refresh(connected, ID).error is None


def test_a_token_that_was_used_is_said_with_what_to_do(
    home: PacedHome, bank: Bank, bridge: Bridge
) -> None:
    bridge.claimed = 1
    with pytest.raises(ClaimedTokenError) as raised:
        connect(home, bank, enters(bridge.setup_token()))
    said = str(say(raised.value, "SimpleFIN Bridge"))
    assert "may have been used before" in said
    assert "disable the token there" in said
    with closing(home.database()) as db:
        assert not connections.connections(db)


@pytest.mark.parametrize(
    "entered",
    ["", "no token", "aHR0cDovLw==", "bm90IGFuIGFkZHJlc3M=", "…", "A" * 4001],
    ids=lambda text: text[:6],
)
def test_what_is_no_setup_token_is_sent_nowhere(
    home: PacedHome, bank: Bank, bridge: Bridge, entered: str
) -> None:
    with pytest.raises(SetupTokenError) as raised:
        connect(home, bank, enters(entered))
    assert "Copy the whole of it" in str(say(raised.value, bank.name))
    assert not bridge.seen


@pytest.mark.parametrize(
    "address",
    [
        "http://bridge.example/simplefin/claim/x",
        "https://127.0.0.1/simplefin/claim/x",
        "https://localhost/simplefin/claim/x",
        "https://[::1]/simplefin/claim/x",
        "https://[::ffff:10.0.0.1]/simplefin/claim/x",
        "https://192.168.1.1/simplefin/claim/x",
        "https://169.254.169.254/simplefin/claim/x",
        "https://0.0.0.0/simplefin/claim/x",
        "https://user@bridge.example/simplefin/claim/x",
    ],
)
def test_a_setup_token_leads_to_no_bridge_of_this_network_and_never_without_tls(
    home: PacedHome, bank: Bank, bridge: Bridge, address: str
) -> None:
    with pytest.raises(SetupTokenError):
        connect(home, bank, enters(bridge.setup_token(address)))
    assert not bridge.seen


def test_a_shipped_profile_lets_no_bridge_on_this_computer_in(
    home: PacedHome, bank: Bank, bridge: Bridge
) -> None:
    shipped = replace(bank, api="https://bridge.simplefin.org/simplefin")
    for address in ("", bridge.url.replace("http:", "https:") + "/simplefin/claim/x"):
        with pytest.raises(SetupTokenError):
            connect(home, shipped, enters(bridge.setup_token(address)))
    assert not bridge.seen


@pytest.mark.parametrize(
    "access",
    [
        "no address",
        "https://bridge.example/simplefin",
        "https://user:secret0001@127.0.0.1/simplefin",
        "http://user:secret0001@bridge.example/simplefin",
        "https://user:secret0001@bridge.example/simplefin?x=1",
        "https://user:secret0001@[::1/simplefin",
    ],
)
def test_an_access_that_leads_anywhere_else_is_not_used(
    home: PacedHome, bank: Bank, bridge: Bridge, access: str
) -> None:
    bridge.access = access
    with pytest.raises(BadBankDataError) as raised:
        connect(home, bank, enters(bridge.setup_token()))
    assert "secret0001" not in str(raised.value)


def test_what_was_claimed_is_in_the_keychain_before_anything_else_happens(
    home: PacedHome, bank: Bank, bridge: Bridge
) -> None:
    def killed(_: object) -> Iterator[Account | Partial]:
        yield Partial("begun")
        raise KeyboardInterrupt

    dying = replace(bank, dialect=replace(bank.dialect, accounts=killed))
    with pytest.raises(KeyboardInterrupt):
        connect(home, dying, enters(bridge.setup_token()))
    # The same setup token goes on where that ended, and is not claimed again.
    assert connect(home, bank, enters(bridge.setup_token())) == ID
    assert bridge.claimed == 1
    assert refresh(home, ID).error is None
    # With the connection it has its place: the setup token is worth nothing from here on.
    with pytest.raises(ClaimedTokenError):
        connect(home, bank, enters(bridge.setup_token()))


def test_a_keychain_that_takes_nothing_costs_no_token(
    home: PacedHome, bank: Bank, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise KeychainError("full")

    monkeypatch.setattr(home.secrets, "write", full)
    with pytest.raises(KeychainError):
        connect(home, bank, enters(bridge.setup_token()))
    assert not bridge.claimed


def test_a_bridge_that_is_down_costs_no_token(home: PacedHome, bank: Bank, bridge: Bridge) -> None:
    setup, claim = bridge.setup_token(), f"{ROOT}/claim/{CLAIM}"
    was, bridge._claim = bridge._claim, lambda *_: Say(503)  # type: ignore[method-assign]
    with pytest.raises(BankUnavailableError):
        connect(home, bank, enters(setup))
    bridge._claim = was  # type: ignore[method-assign]
    assert connect(home, bank, enters(setup)) == ID
    assert [seen.headers["Content-Length"] for seen in bridge.at(claim)] == ["0", "0"]


def test_a_disabled_access_is_said_and_a_new_setup_token_goes_on_where_it_was(
    connected: PacedHome, bank: Bank, bridge: Bridge, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("could not be fetched")
    refresh(connected, ID)
    bridge.disabled = True
    report = refresh(connected, ID)
    assert isinstance(report.error, SignInNeededError)
    assert state(connected) is State.SIGN_IN
    assert rows(connected) == sum(COUNTS.values())
    bridge.disabled, bridge.claimed = False, 0
    assert connect(connected, bank, enters(bridge.setup_token())) == ID
    assert refresh(connected, ID).new == 0


def test_a_subscription_that_ended_is_said(
    connected: PacedHome, bridge: Bridge, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("could not be fetched")
    bridge.unpaid = True
    report = refresh(connected, ID)
    assert isinstance(report.error, BankRefusedError)
    assert "wants to be paid" in str(say(report.error, "SimpleFIN Bridge"))
    assert state(connected) is State.OK


def test_one_banks_trouble_is_a_sentence_of_it_and_the_others_go_on(
    connected: PacedHome, bridge: Bridge
) -> None:
    bridge.errors = [
        {"code": "con.auth", "msg": "Authentication failed", "conn_id": "CON-02"},
        {"code": "act.missingdata", "msg": "Some rows are missing", "account_id": "ACT-01"},
    ]
    bridge.silent = {"ACT-02"}
    report = refresh(connected, ID)
    assert report.error is None
    assert report.told == (
        "Second Savings needs you to sign in again, at SimpleFIN Bridge.",
        "First Federal: Some rows are missing.",
    )
    assert rows(connected) == COUNTS["ACT-01"]
    bridge.errors, bridge.silent = [], set()
    again = refresh(connected, ID)
    assert (again.told, rows(connected)) == ((), sum(COUNTS.values()))


def test_nothing_but_reading_leaves_once_it_is_claimed(
    connected: PacedHome, bridge: Bridge
) -> None:
    refresh(connected, ID)
    assert [seen.method for seen in bridge.seen] == ["POST", "GET", "GET"]
    with open_session(connected, ID) as session:
        for method in ("POST", "PUT", "DELETE"):
            with pytest.raises(UnsafeRequestError):
                session.send(method, f"claim/{CLAIM}", {})
    assert len(bridge.seen) == 3


def test_no_secret_is_in_a_log_an_address_a_word_or_an_error(
    home: PacedHome,
    bank: Bank,
    bridge: Bridge,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    expect_warning: Callable[[str], None],
) -> None:
    expect_warning("could not be fetched")
    caplog.set_level(logging.DEBUG, logger="bankview")
    log.install(tmp_path / "app.log", http_log=tmp_path / "http.log", recent=Recent())
    connect(home, bank, enters(bridge.setup_token()))
    report = refresh(home, ID)
    with open_session(home, ID) as session:
        # What is not known by its value has to be hidden by how it is sent.
        log.REDACTION.forget()
        reply = session.request(["info"])
        spoken = [repr(session), repr(session.api), repr(reply), repr(report)]
        spoken.append(str(session.database.run("SELECT endpoint FROM call")))
        bridge.close()
        session.sender.session.close()
        with pytest.raises(BankUnavailableError) as raised:
            session.get(["accounts"])
        spoken.append("".join(traceback.format_exception(raised.value)))
    spoken += [repr(refresh(home, ID)), repr(kept.load_token(home, ID))]
    with pytest.raises(BankUnavailableError) as lost:
        connect(home, bank, enters(bridge.setup_token()))
    spoken.append("".join(traceback.format_exception(lost.value)))
    spoken += [path.read_text() for path in tmp_path.glob("*.log")]
    spoken += [record.getMessage() for record in caplog.records]
    text = "\n".join(spoken)
    assert "/simplefin/accounts" in text
    for secret in (PASSWORD, LOGIN.split()[1], CLAIM, bridge.setup_token(), bridge.access_url):
        assert secret not in text


def test_a_login_that_is_repeated_by_others_is_hidden_however_it_is_written(
    connected: PacedHome,
) -> None:
    log.REDACTION.forget()
    refresh(connected, ID)
    for text in (LOGIN, f"it was {PASSWORD}", f"{USER}:{PASSWORD}"):
        assert PASSWORD not in log.REDACTION.clean(text)
        assert LOGIN.split()[1] not in log.REDACTION.clean(text)


def test_the_setup_token_is_not_kept_and_the_access_is_in_the_keychain_alone(
    connected: PacedHome, tmp_path: Path
) -> None:
    assert kept.read_answers(connected, ID) == {}
    token = kept.load_token(connected, ID)
    assert token.access_token.reveal().endswith(PASSWORD)
    assert PASSWORD not in json.dumps(dict(token.extra))
    for path in filter(lambda one: one.is_file(), tmp_path.rglob("*")):
        assert PASSWORD.encode() not in path.read_bytes(), path
