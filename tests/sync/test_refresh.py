"""Fetch what is new, and lose nothing when a bank misbehaves."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from bankview.banks import Partial, Skipped
from bankview.domain.connection import State
from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.errors import (
    BadBankDataError,
    BankUnavailableError,
    Interrupted,
    RateLimitedError,
    SignInNeededError,
    UsageError,
)
from bankview.store import connections, diary, ledger
from bankview.store.view import Filter, page, totals
from bankview.sync.refresh import refresh
from bankview.sync.schedule import upcoming
from bankview.sync.sign_in import connect
from tests.oauth.conftest import JSON, Clock, Say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bankview.domain.account import Account
    from bankview.domain.connection import Connection
    from bankview.sync.home import Home
    from tests.sync.conftest import OwnHome, Person, ToyBank


@pytest.fixture
def connected(home: OwnHome, toy: ToyBank, person: Person) -> OwnHome:
    toy.tell_accounts(Bruk="100.00", Spare="7.00")
    toy.tell_rows("Bruk", ("2026-03-01", "-10", "Coffee"), ("2026-03-01", "-10", "Coffee"))
    toy.tell_rows("Spare", ("2026-02-01", "7", "Interest"))
    connect(home, toy.bank, person.front())
    return home


def rows(home: Home) -> int:
    with closing(home.database()) as db:
        return totals(db, Filter()).count


def state(home: Home) -> Connection:
    with closing(home.database()) as db:
        found = connections.connection(db, "toy")
    assert found is not None
    return found


def test_a_first_fetch_takes_the_history_and_a_second_adds_nothing(connected: Home) -> None:
    first = refresh(connected, "toy")
    assert [(a.label, a.new, a.error) for a in first.accounts] == [
        ("Bruk", 2, None),
        ("Spare", 1, None),
    ]
    assert refresh(connected, "toy").new == 0
    assert rows(connected) == 3


def test_the_first_fetch_goes_as_far_back_as_the_bank_serves_and_later_ones_overlap(
    connected: Home, toy: ToyBank, clock: Clock
) -> None:
    refresh(connected, "toy")
    clock.turn(86_400)
    refresh(connected, "toy")
    asked = [seen.query for seen in toy.server.at("/api/accounts/key-Bruk/rows")]
    assert asked == ["since=2025-03-02", "since=2026-02-16"]


def test_pending_rows_are_replaced_as_a_set(connected: Home, toy: ToyBank) -> None:
    toy.tell_rows(
        "Bruk", ("2026-03-01", "-3", "Held"), ("2026-03-02", "-4", "Held"), status="pending"
    )
    assert refresh(connected, "toy").accounts[0].pending == 2
    toy.tell_rows("Bruk", ("2026-03-02", "-4.50", "Shop"))
    refresh(connected, "toy")
    with closing(connected.database()) as db:
        assert [row.amount for row in page(db, Filter(text="shop"))] == [-450]
        assert not page(db, Filter(status="pending"))


def test_each_run_is_written_down_for_the_person(
    connected: Home, toy: ToyBank, clock: Clock, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("an account of toy could not be fetched")
    toy.tell_rows("Bruk", ("2026-03-01", "-3", "Shop"), status="pending")
    refresh(connected, "toy")
    clock.turn(86_400)
    toy.tell_rows("Bruk", ("2026-03-02", "-3", "Shop"))
    toy.fail("/api/accounts/key-Spare/rows", Say(500))
    refresh(connected, "toy", attended=True)
    with closing(connected.database()) as db:
        told = [line.told for line in diary.lines(db)]
    assert [(one.account, one.sent, one.new, one.settled) for one in told] == [
        ("Bruk", 1, 1, 1),
        ("Spare", 0, 0, 0),
        ("Bruk", 1, 0, 0),
        ("Spare", 1, 1, 0),
    ]
    assert told[1].said == "Toy bank did not answer."
    assert not any((told[0].said, told[2].said))


def test_one_accounts_failure_stops_no_other(
    connected: Home, toy: ToyBank, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("an account of toy could not be fetched")
    toy.fail("/api/accounts/key-Bruk/rows", Say(500))
    report = refresh(connected, "toy")
    assert isinstance(report.accounts[0].error, BankUnavailableError)
    assert report.accounts[1].new == 1
    assert state(connected).state is State.OK


@pytest.mark.parametrize(
    "body", [b'[{"day":"2026-03-01","amount":NaN,"text":"x"}]', b"<html>", b"[1"]
)
def test_an_answer_that_is_no_json_changes_nothing(
    connected: Home, toy: ToyBank, body: bytes, expect_warning: Callable[[str], None]
) -> None:
    refresh(connected, "toy")
    expect_warning("an account of toy could not be fetched")
    toy.fail("/api/accounts/key-Bruk/rows", Say(200, body, JSON))
    assert isinstance(refresh(connected, "toy").accounts[0].error, BadBankDataError)
    assert rows(connected) == 3


def test_a_401_renews_once_and_goes_on(connected: Home, toy: ToyBank) -> None:
    toy.server.tell_token({"access_token": "access-0002", "refresh_token": "refresh-0002"})
    toy.fail("/api/accounts", Say(401), *_again(toy, "/api/accounts"))
    assert refresh(connected, "toy").new == 3
    assert len(toy.server.at("/token")) == 2


def test_a_401_for_ever_asks_for_a_sign_in_after_one_renewal(
    connected: Home, toy: ToyBank, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("toy could not be fetched")
    refresh(connected, "toy")
    toy.server.tell_token({"access_token": "access-0002", "refresh_token": "refresh-0002"})
    toy.fail("/api/accounts", Say(401, b"Unauthorized"))
    assert isinstance(refresh(connected, "toy").error, SignInNeededError)
    assert state(connected).state is State.SIGN_IN
    assert len(toy.server.at("/token")) == 2
    assert rows(connected) == 3


def test_a_dead_refresh_token_asks_for_a_sign_in(
    connected: Home, toy: ToyBank, clock: Clock, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("toy could not be fetched")
    clock.turn(700)
    toy.server.tell("/token", Say(400, {"error": "invalid_grant"}, JSON))
    assert isinstance(refresh(connected, "toy").error, SignInNeededError)
    assert state(connected).state is State.SIGN_IN


@pytest.mark.parametrize(
    "said", [Say(503, b"<html>down</html>"), Say(200, [1], JSON), Say(200, b"", JSON)]
)
def test_a_token_endpoint_that_is_down_costs_no_sign_in(
    connected: Home, toy: ToyBank, clock: Clock, said: Say, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("toy could not be fetched")
    clock.turn(700)
    toy.server.tell("/token", said)
    assert refresh(connected, "toy").error is not None
    assert state(connected).state is State.OK
    toy.server.tell_token({"access_token": "access-0002"})
    assert refresh(connected, "toy").new == 3


def test_a_bank_that_says_wait_is_left_alone_until_then(
    connected: Home, toy: ToyBank, clock: Clock, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("toy could not be fetched")
    toy.fail("/api/accounts", Say(429, b"", {"Retry-After": "7200"}))
    assert isinstance(refresh(connected, "toy").error, RateLimitedError)
    with closing(connected.database()) as db:
        assert upcoming(connected, db)[0].at == clock() + timedelta(hours=2)


def test_a_scheduled_run_comes_when_it_is_due_and_four_times_a_day(
    connected: Home, toy: ToyBank, clock: Clock
) -> None:
    for _ in range(48):
        refresh(connected, "toy", attended=False)
        clock.turn(1800)
    assert len(toy.server.at("/api/accounts")) == 1 + 4


def test_the_calls_an_hour_are_counted_and_nothing_is_sent_beyond(
    connected: OwnHome, toy: ToyBank, clock: Clock, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("toy could not be fetched")
    connected.toy = replace(toy.bank, calls_per_hour=5)
    refresh(connected, "toy")
    sent = len(toy.server.seen)
    assert isinstance(refresh(connected, "toy").error, RateLimitedError)
    assert len(toy.server.seen) <= sent + 2
    clock.turn(3601)
    toy.server.tell_token({"access_token": "access-0002"})
    assert refresh(connected, "toy").error is None


def test_stopping_between_pages_leaves_what_was_in_view(connected: Home, toy: ToyBank) -> None:
    refresh(connected, "toy")
    toy.tell_rows("Bruk", ("2026-03-02", "-99", "New"))
    with pytest.raises(Interrupted):
        refresh(connected, "toy", stop=lambda: True)
    assert rows(connected) == 3
    assert refresh(connected, "toy").new == 1


def test_what_the_bank_left_out_is_reported(connected: Home, toy: ToyBank) -> None:
    toy.server.tell(
        "/api/accounts/key-Bruk/rows", Say(200, [{"partial": "CREDIT_ACCOUNTS_FAILED"}], JSON)
    )
    assert refresh(connected, "toy").partial == ("CREDIT_ACCOUNTS_FAILED",)


def test_what_the_bank_left_out_is_asked_for_until_an_answer_is_whole(
    connected: Home, toy: ToyBank, clock: Clock
) -> None:
    refresh(connected, "toy")
    said = [{"partial": "CREDIT_ACCOUNTS_FAILED"}]
    toy.server.tell("/api/accounts/key-Bruk/rows", Say(200, said, JSON))
    refresh(connected, "toy")
    clock.turn(20 * 86_400)
    refresh(connected, "toy")
    clock.turn(20 * 86_400)
    toy.tell_rows("Bruk", ("2026-02-17", "-4", "Late"))
    assert refresh(connected, "toy").new == 1
    refresh(connected, "toy")
    asked = [seen.query for seen in toy.server.at("/api/accounts/key-Bruk/rows")[1:]]
    assert asked == ["since=2026-02-16"] * 3 + ["since=2026-03-28"]


def test_each_account_is_told_of_as_it_ends(connected: Home) -> None:
    told: list[Any] = []
    report = refresh(connected, "toy", tell=told.append)
    assert tuple(told) == report.accounts


def test_who_is_not_connected_cannot_be_fetched(home: Home) -> None:
    with pytest.raises(UsageError, match="bankview connections"):
        refresh(home, "nobody")


def test_a_days_backup_is_made_once(connected: Home, clock: Clock) -> None:
    refresh(connected, "toy")
    refresh(connected, "toy")
    assert len(list(connected.paths.backups.glob("*.db"))) == 1


def _again(toy: ToyBank, path: str) -> list[Say]:
    return [toy.server.next(path)]


def _together(
    get: Any, accounts: Sequence[Account], since: date
) -> Iterator[Transaction | Partial]:
    """Ask for the rows of several accounts at once, in the toy bank's way."""
    for said in get(
        "rows", {"of": [account.key for account in accounts], "since": since.isoformat()}
    ):
        if "partial" in said:
            yield Partial(said["partial"])
            continue
        money = Money.of(Decimal(said["amount"]), "NOK")
        day = date.fromisoformat(said["day"])
        yield Transaction(said["key"], Status.BOOKED, day, money, said["text"], raw=b"{}")


@pytest.fixture
def at_once(connected: OwnHome, toy: ToyBank) -> OwnHome:
    connected.toy = replace(toy.bank, dialect=replace(toy.bank.dialect, together=_together))
    return connected


def one(name: str, text: str) -> dict[str, str]:
    return {"key": f"key-{name}", "day": "2026-03-01", "amount": "-1", "text": text}


def test_the_rows_of_all_accounts_come_in_one_call(at_once: OwnHome, toy: ToyBank) -> None:
    toy.server.tell(
        "/api/rows", Say(200, [one("Spare", "a"), one("Bruk", "b"), one("Bruk", "c")], JSON)
    )
    report = refresh(at_once, "toy")
    assert [(a.label, a.new) for a in report.accounts] == [("Bruk", 2), ("Spare", 1)]
    asked = [seen.path for seen in toy.server.seen if seen.path.startswith("/api/")]
    assert asked[-2:] == ["/api/accounts", "/api/rows"]


@pytest.mark.parametrize(
    "says",
    [
        Say(500, {}, JSON),
        Say(200, [one("Bruk", "b"), {"partial": "CARDS_FAILED"}], JSON),
        Say(200, b"no JSON", JSON),
    ],
    ids=["error", "left out", "no answer"],
)
def test_what_fails_together_is_fetched_account_by_account(
    at_once: OwnHome, toy: ToyBank, says: Say
) -> None:
    toy.server.tell("/api/rows", says)
    report = refresh(at_once, "toy")
    assert [(a.label, a.new, a.error) for a in report.accounts] == [
        ("Bruk", 2, None),
        ("Spare", 1, None),
    ]


def test_a_bank_that_wants_a_rest_is_not_asked_account_by_account(
    at_once: OwnHome, toy: ToyBank, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("toy could not be fetched")
    toy.server.tell("/api/rows", Say(429, b"", {"Retry-After": "60"}))
    report = refresh(at_once, "toy")
    assert isinstance(report.error, RateLimitedError)
    assert not [seen for seen in toy.server.seen if seen.path.endswith("key-Bruk/rows")]


def test_a_row_that_cannot_be_read_is_told_and_kept_and_the_others_are_here(
    connected: OwnHome, toy: ToyBank
) -> None:
    plain = toy.bank.dialect.transactions

    def some(get: Any, account: Account, since: date) -> Iterator[Any]:
        yield Skipped("transactions[0].amount: is no amount", b'{"amount": "much"}')
        yield from plain(get, account, since)

    connected.toy = replace(toy.bank, dialect=replace(toy.bank.dialect, transactions=some))
    report = refresh(connected, "toy")
    assert [(a.new, len(a.skipped), a.error) for a in report.accounts] == [
        (2, 1, None),
        (1, 1, None),
    ]
    with closing(connected.database()) as db:
        (kept,) = ledger.unreadable(db, report.accounts[0].account_id)
    assert kept == ("transactions[0].amount: is no amount", b'{"amount": "much"}')
    connected.toy = toy.bank
    assert not refresh(connected, "toy").skipped
    with closing(connected.database()) as db:
        assert ledger.unreadable(db, report.accounts[0].account_id) == ()
