"""Banks that give tokens for keys of a person's own: signed in, read at their pace, renewed without the person."""

from __future__ import annotations

import json
import logging
import threading
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bankview.domain.connection import State
from bankview.errors import (
    AccountLimitedError,
    BadBankDataError,
    ClientRefusedError,
    SignInNeededError,
    UnsafeRequestError,
)
from bankview.paths import Paths
from bankview.sentences import say
from bankview.store import connections
from bankview.store.view import Filter, totals
from bankview.sync import ask, kept
from bankview.sync.disconnect import disconnect
from bankview.sync.refresh import refresh
from bankview.sync.session import open_session
from bankview.sync.sign_in import connect
from tests.oauth.conftest import Clock, Say
from tests.sync.own_keys import Told, told
from tests.tokens.conftest import PacedHome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bankview.domain.connection import Connection

DAY = 86_400


@pytest.fixture
def clock() -> Clock:
    return Clock()


def opened(tmp_path: Path, bank: Told, clock: Clock) -> PacedHome:
    home = PacedHome.open(
        Paths.of(tmp_path / "home"), "passphrase", passphrase=lambda: "open", now=clock
    )
    home.toy, home.waited = bank.bank, []
    return home


@pytest.fixture(params=["bunq", "gocardless"])
def any_bank(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Told]:
    """Each bank in turn."""
    found = told(request.param, tmp_path, clock)
    yield found
    found.server.close()


@pytest.fixture
def any_home(tmp_path: Path, any_bank: Told, clock: Clock) -> Iterator[PacedHome]:
    home = opened(tmp_path, any_bank, clock)
    connect(home, any_bank.bank, any_bank.front())
    yield home
    home.close()


@pytest.fixture
def bunq(tmp_path: Path, clock: Clock) -> Iterator[Told]:
    found = told("bunq", tmp_path, clock)
    yield found
    found.server.close()


@pytest.fixture
def bunq_home(tmp_path: Path, bunq: Told, clock: Clock) -> Iterator[PacedHome]:
    home = opened(tmp_path, bunq, clock)
    yield home
    home.close()


@pytest.fixture
def cardless(tmp_path: Path, clock: Clock) -> Iterator[Told]:
    found = told("gocardless", tmp_path, clock)
    yield found
    found.server.close()


@pytest.fixture
def cardless_home(tmp_path: Path, cardless: Told, clock: Clock) -> Iterator[PacedHome]:
    home = opened(tmp_path, cardless, clock)
    connect(home, cardless.bank, cardless.front())
    yield home
    home.close()


def count(home: PacedHome) -> int:
    with closing(home.database()) as db:
        return totals(db, Filter()).count


def state(home: PacedHome) -> Connection:
    with closing(home.database()) as db:
        (found,) = connections.connections(db)
    return found


# -- both ------------------------------------------------------------------------------------------------------------


def test_a_first_sync_takes_the_history_and_a_second_adds_nothing(
    any_home: PacedHome, any_bank: Told, clock: Clock
) -> None:
    first = refresh(any_home, any_bank.bank.id)
    assert (first.error, first.skipped, first.partial) == (None, (), ())
    assert [account.error for account in first.accounts if account.error] == []
    assert count(any_home) == first.new > 100
    clock.turn(3600)
    assert refresh(any_home, any_bank.bank.id).new == 0


def test_a_token_that_ended_is_renewed_and_kept_without_the_person(
    any_home: PacedHome, any_bank: Told, clock: Clock
) -> None:
    id_ = any_bank.bank.id
    before = kept.load_token(any_home, id_)
    refresh(any_home, id_)
    clock.turn(3600)
    getattr(any_bank.service, "doors", None) and any_bank.service.doors.expire_access()
    getattr(any_bank.service, "tokens", None) and any_bank.service.tokens.expire_access()
    any_bank.server.seen.clear()
    assert refresh(any_home, id_).error is None
    assert len(any_bank.server.posted()) == 1
    after = kept.load_token(any_home, id_)
    assert after.access_token != before.access_token
    assert after.session == before.session
    any_bank.server.seen.clear()
    clock.turn(3600)
    refresh(any_home, id_)
    assert any_bank.server.posted() == []


def test_two_that_find_a_token_ended_renew_it_once(
    any_home: PacedHome, any_bank: Told, clock: Clock
) -> None:
    id_ = any_bank.bank.id
    clock.turn(3600)
    with open_session(any_home, id_) as one, open_session(any_home, id_) as two:
        getattr(any_bank.service, "doors", None) and any_bank.service.doors.expire_access()
        getattr(any_bank.service, "tokens", None) and any_bank.service.tokens.expire_access()
        any_bank.server.seen.clear()
        # One endpoint has its own pace, so that each asks another.
        paths = ("user/42/monetary-account", "user/42/monetary-account/1001/payment")
        if id_ == "gocardless":
            paths = ("institutions/", "institutions/FJORDBANKEN_FJORNO22/")
        sessions = zip((one, two), paths, strict=True)
        threads = [threading.Thread(target=each.api.get, args=(path,)) for each, path in sessions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(any_bank.server.posted()) == 1


def test_wrong_keys_connect_to_nothing_and_are_said_with_what_helps(
    tmp_path: Path, any_bank: Told, clock: Clock
) -> None:
    home = opened(tmp_path, any_bank, clock)
    with closing(home), pytest.raises(ClientRefusedError) as raised:
        connect(home, any_bank.bank, any_bank.front(client_secret="wrong"))
    said = say(raised.value, any_bank.bank.name)
    assert any_bank.bank.name in said.title
    assert "make a new" in said.detail
    assert said.action == "sign_in"


def test_nothing_is_sent_but_what_the_dialect_lists(any_home: PacedHome, any_bank: Told) -> None:
    refresh(any_home, any_bank.bank.id)
    listed = {path.strip("/") for _, path in any_bank.bank.dialect.writes}
    assert {path.strip("/") for path in any_bank.server.posted()} <= listed
    with open_session(any_home, any_bank.bank.id) as session:
        before = len(any_bank.server.seen)
        for method, path in (
            ("POST", "user/42/monetary-account/1001/payment"),
            ("POST", "user/42/monetary-account/1001/draft-payment"),
            ("PUT", "user/42/card/1"),
            ("DELETE", "user/42"),
            ("POST", "session-server/1"),
            ("POST", "payments/"),
            ("PUT", "requisitions/1/"),
        ):
            with pytest.raises(UnsafeRequestError):
                session.send(method, path, {})
        assert len(any_bank.server.seen) == before


def test_no_secret_is_in_a_log_or_a_word(
    any_home: PacedHome, any_bank: Told, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="bankview")
    report = refresh(any_home, any_bank.bank.id)
    token = kept.load_token(any_home, any_bank.bank.id)
    with open_session(any_home, any_bank.bank.id) as session:
        spoken = [repr(session.api), repr(session.connection), repr(report), repr(token)]
    exchanges = [str(getattr(record, "exchange", "")) for record in caplog.records]
    text = "\n".join([*spoken, *exchanges, *(record.getMessage() for record in caplog.records)])
    device: dict[str, str] = token.extra.get("device", {})
    secrets = [token.access_token.reveal(), token.refresh_token.reveal(), *device.values()]
    assert exchanges
    for secret in filter(None, [*secrets, any_bank.answers["client_secret"]]):
        assert secret not in text


# -- bunq ------------------------------------------------------------------------------------------------------------


def test_bunq_installs_a_key_once_and_signs_what_opens_a_session(
    bunq_home: PacedHome, bunq: Told
) -> None:
    connect(bunq_home, bunq.bank, bunq.front())
    assert bunq.server.posted() == ["installation", "device-server", "session-server"]
    assert state(bunq_home).consent_ends is None
    names = [seen.headers["X-Bunq-Client-Request-Id"] for seen in bunq.server.seen]
    assert len(set(names)) == len(names)
    signed = ["X-Bunq-Client-Signature" in seen.headers for seen in bunq.server.seen]
    assert signed == [False, True, True, False]
    tokens = [seen.headers.get("X-Bunq-Client-Authentication") for seen in bunq.server.seen]
    assert tokens[0] is None
    assert tokens[1] == tokens[2] != tokens[3]
    device = json.loads(bunq.server.seen[1].body)
    assert device == {"description": "Bankview", "secret": bunq.answers["client_secret"]}


def test_bunq_is_asked_no_faster_than_three_times_in_three_seconds(
    bunq_home: PacedHome, bunq: Told
) -> None:
    connect(bunq_home, bunq.bank, bunq.front())
    assert refresh(bunq_home, "bunq").error is None
    assert all(0 < wait <= 1 for wait in bunq_home.waited)
    assert len(bunq_home.waited) > 4


def test_bunq_s_installation_that_is_gone_is_made_anew(
    bunq_home: PacedHome, bunq: Told, clock: Clock
) -> None:
    connect(bunq_home, bunq.bank, bunq.front())
    clock.turn(3600)
    bunq.service.doors.forget()
    bunq.server.seen.clear()
    assert refresh(bunq_home, "bunq").error is None
    assert bunq.server.posted() == [
        "session-server",
        "installation",
        "device-server",
        "session-server",
    ]


def test_bunq_s_key_that_was_deleted_is_said_and_a_new_one_goes_on(
    bunq_home: PacedHome, bunq: Told, clock: Clock, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("could not be fetched")
    connect(bunq_home, bunq.bank, bunq.front())
    refresh(bunq_home, "bunq")
    rows = count(bunq_home)
    clock.turn(3600)
    bunq.service.doors.expire_access()
    bunq.service.doors._key = "a-new-key"
    report = refresh(bunq_home, "bunq")
    assert isinstance(report.error, ClientRefusedError)
    assert state(bunq_home).state is State.SIGN_IN
    assert connect(bunq_home, bunq.bank, bunq.front(client_secret="a-new-key")) == "bunq"
    assert refresh(bunq_home, "bunq").error is None
    assert count(bunq_home) == rows


@pytest.mark.parametrize("path", ["/payment", "/monetary-account"])
def test_an_answer_that_bunq_did_not_sign_so_is_not_believed(
    bunq_home: PacedHome, bunq: Told, path: str, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("could not be fetched")
    connect(bunq_home, bunq.bank, bunq.front())

    def spoil(asked: str, say: Say) -> Say:
        return replace(say, body=say.bytes + b" ") if asked.endswith(path) else say

    bunq.server.spoil = spoil
    report = refresh(bunq_home, "bunq")
    errors = [report.error, *(account.error for account in report.accounts)]
    assert any(isinstance(error, BadBankDataError) for error in errors)
    assert count(bunq_home) == 0


def test_an_answer_of_bunq_without_a_signature_is_read(bunq_home: PacedHome, bunq: Told) -> None:
    connect(bunq_home, bunq.bank, bunq.front())
    bunq.server.spoil = lambda _, say: replace(say, headers={})
    assert refresh(bunq_home, "bunq").error is None


def test_bunq_s_403_opens_a_new_session_and_once_only(
    bunq_home: PacedHome, bunq: Told, clock: Clock, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("could not be fetched")
    connect(bunq_home, bunq.bank, bunq.front())
    clock.turn(3600)
    bunq.server.seen.clear()
    forbidden = Say(403, {"Error": [{"error_description": "Insufficient authorisation."}]})
    bunq.server.spoil = lambda path, say: forbidden if path.endswith("payment") else say
    report = refresh(bunq_home, "bunq")
    assert all(account.error for account in report.accounts)
    assert len(report.accounts) > 1
    assert bunq.server.posted() == ["session-server"]


def test_bunq_s_maintenance_is_said_and_mends_itself(
    bunq_home: PacedHome, bunq: Told, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("could not be fetched")
    connect(bunq_home, bunq.bank, bunq.front())
    bunq.server.spoil = lambda _, __: Say(491, {"Error": [{"error_description": "x"}]})
    report = refresh(bunq_home, "bunq")
    assert report.error
    assert "did not answer" in say(report.error, "bunq").title
    assert state(bunq_home).state is State.OK


# -- GoCardless ------------------------------------------------------------------------------------------------------


def test_an_access_ends_with_its_agreement(cardless_home: PacedHome, clock: Clock) -> None:
    ends = state(cardless_home).consent_ends
    assert ends
    assert (ends - clock()).days == 180
    assert state(cardless_home).name == "Fjordbanken"


def test_after_the_refresh_token_the_secrets_give_the_next(
    cardless_home: PacedHome, cardless: Told, clock: Clock
) -> None:
    clock.turn(31 * DAY)
    cardless.server.seen.clear()
    assert refresh(cardless_home, "gocardless").error is None
    assert cardless.server.posted() == ["token/refresh", "token/new"]


def test_an_ended_agreement_needs_the_person_and_loses_nothing(
    cardless_home: PacedHome,
    cardless: Told,
    clock: Clock,
    expect_warning: Callable[[str], None],
) -> None:
    expect_warning("could not be fetched")
    refresh(cardless_home, "gocardless")
    rows = count(cardless_home)
    with closing(cardless_home.database()) as db:
        before = [account.id for account in connections.accounts(db)]
    clock.turn(181 * DAY)
    assert isinstance(refresh(cardless_home, "gocardless").error, SignInNeededError)
    assert state(cardless_home).state is State.SIGN_IN
    assert connect(cardless_home, cardless.bank, cardless.front()) == "gocardless"
    refresh(cardless_home, "gocardless")
    with closing(cardless_home.database()) as db:
        assert [account.id for account in connections.accounts(db)] == before
    assert count(cardless_home) >= rows


def test_one_account_s_limit_leaves_the_others_and_says_when(
    cardless_home: PacedHome,
    cardless: Told,
    clock: Clock,
    expect_warning: Callable[[str], None],
) -> None:
    expect_warning("could not be fetched")
    limit = {
        "http_x_ratelimit_account_success_remaining": "0",
        "http_x_ratelimit_account_success_reset": "7200",
    }
    limited: list[str] = []

    def spoil(path: str, say: Say) -> Say:
        if not path.endswith("/transactions/"):
            return say
        limited.append(path)
        return Say(429, {"type": "RateLimitError"}, limit) if path == limited[0] else say

    cardless.server.spoil = spoil
    report = refresh(cardless_home, "gocardless")
    assert report.error is None
    first, *others = report.accounts
    assert isinstance(first.error, AccountLimitedError)
    assert "no more updates of this account" in say(first.error, "Fjordbanken").title
    assert others
    assert all(account.error is None for account in others)
    not_before = state(cardless_home).not_before
    assert not_before
    assert (not_before - clock()).total_seconds() == 7200


def test_the_daily_limit_of_all_accounts_is_told_with_its_end(
    cardless_home: PacedHome, clock: Clock, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("could not be fetched")
    for _ in range(3):
        assert refresh(cardless_home, "gocardless").error is None
        clock.turn(60)
    report = refresh(cardless_home, "gocardless")
    assert isinstance(report.error, AccountLimitedError)
    assert report.error.retry_after
    assert DAY - 600 < report.error.retry_after <= DAY
    clock.turn(report.error.retry_after)
    assert refresh(cardless_home, "gocardless").error is None


def test_disconnecting_deletes_the_requisition(cardless_home: PacedHome, cardless: Told) -> None:
    session = kept.load_token(cardless_home, "gocardless").session
    assert disconnect(cardless_home, "gocardless").confirmed
    last = cardless.server.seen[-1]
    assert (last.method, last.path) == ("DELETE", f"/gocardless/requisitions/{session}/")


def test_banks_are_listed_once_the_secrets_are_entered(
    cardless_home: PacedHome, cardless: Told
) -> None:
    found: Any = ask.institutions(cardless_home, cardless.bank, cardless.answers)
    assert ("FJORDBANKEN_FJORNO22:Fjordbanken", "Fjordbanken (NO)") in found
