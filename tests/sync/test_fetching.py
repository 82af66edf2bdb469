"""A first history that is cut short goes on where it ended, and nothing is lost or doubled by it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bankview.banks import Cursor, Skipped
from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.errors import BankRefusedError, BankUnavailableError, Interrupted
from bankview.store import ledger
from bankview.store.view import Filter, transactions
from bankview.sync.refresh import refresh
from bankview.sync.sign_in import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bankview.domain.account import Account
    from bankview.sync.home import Home
    from tests.oauth.conftest import Clock
    from tests.sync.conftest import OwnHome, Person, ToyBank

FIRST = date(2025, 3, 10)
LATER = "an account of toy could not be fetched"


def made(key: str, day: date, text: str, minor: int = -100, bank_id: str = "") -> Transaction:
    money = Money(minor, "NOK")
    return Transaction(key, Status.BOOKED, day, money, text, bank_id=bank_id, raw=b"{}")


@dataclass
class Archive:
    """A bank with a row each week, twins among them, that answers by windows or pages and fails when told to."""

    calls: list[tuple[str, date, date | None]] = field(default_factory=list)
    fails_at: int = 0
    more: list[Transaction] = field(default_factory=list)

    def rows(self, key: str) -> list[Transaction]:
        days = [FIRST + timedelta(days=7 * n) for n in range(51)]
        found = [made(key, day, f"Week {n}") for n, day in enumerate(days)]
        twins = [made(key, day, "Coffee", -5) for day in days[::5] for _ in range(2)]
        return sorted([*found, *twins, *self.more], key=lambda row: row.booked_on, reverse=True)

    def count(self, *call: Any) -> None:
        self.calls.append(call)
        if len(self.calls) == self.fails_at:
            raise BankUnavailableError("bank.example", "answered 503")

    def by_window(
        self, _: Any, account: Account, since: date, until: date | None = None
    ) -> Iterator[Transaction]:
        rows = [row for row in self.rows(account.key) if row.booked_on >= since]
        rows = [row for row in rows if until is None or row.booked_on <= until]
        # What fails has sent a row before, so that half a window is staged.
        yield from rows[:1]
        self.count(account.key, since, until)
        yield from rows[1:]

    def together(
        self, _: Any, asked: Sequence[Account], since: date, until: date | None = None
    ) -> Iterator[Transaction]:
        self.count("together", since, until)
        for account in asked:
            yield from (
                row
                for row in self.rows(account.key)
                if row.booked_on >= since and (until is None or row.booked_on <= until)
            )

    def by_page(
        self, _: Any, account: Account, since: date, resume: str | None = None
    ) -> Iterator[Transaction | Cursor | Skipped]:
        rows = [row for row in self.rows(account.key) if row.booked_on >= since]
        at = int(resume or 0)
        while at < len(rows):
            # What fails has sent two rows of its page before.
            yield from rows[at : at + 2]
            self.count(account.key, since, resume)
            yield from rows[at + 2 : at + 4]
            if at == 0:
                yield Skipped("a row that cannot be read", b"{}")
            at += 4
            if resume is not None and at < len(rows):
                yield Cursor(str(at))


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch) -> Archive:
    # Each row is committed by itself, so that halves of windows and pages are staged.
    monkeypatch.setattr("bankview.sync.fetching.BATCH", 1)
    return Archive()


@pytest.fixture
def windowed(home: OwnHome, toy: ToyBank, person: Person, archive: Archive) -> OwnHome:
    """A home whose bank takes a last day."""
    dialect = replace(toy.bank.dialect, transactions=archive.by_window, windows=True)
    home.toy = replace(toy.bank, dialect=dialect, unattended_per_day=0)
    connect(home, home.toy, person.front())
    return home


@pytest.fixture
def paged(windowed: OwnHome, archive: Archive) -> OwnHome:
    """A home whose bank answers in pages."""
    dialect = replace(
        windowed.toy.dialect, transactions=archive.by_page, windows=False, resumes=True
    )
    windowed.toy = replace(windowed.toy, dialect=dialect)
    return windowed


def shown(home: Home) -> list[tuple[date, str]]:
    with closing(home.database()) as db:
        return sorted((row.booked_on, row.description) for row in transactions(db, Filter()))


def right(archive: Archive, times: int = 1) -> list[tuple[date, str]]:
    return sorted((row.booked_on, row.description) for row in archive.rows("k")) * times


def staged(home: Home) -> int:
    with closing(home.database()) as db:
        return len(ledger.staged(db, 1))


def test_a_history_comes_in_windows_newest_first(windowed: Home, archive: Archive) -> None:
    assert refresh(windowed, "toy").accounts[0].error is None
    assert shown(windowed) == right(archive)
    firsts = [since for _, since, _ in archive.calls]
    assert len(firsts) == 13
    assert firsts == sorted(firsts, reverse=True)


@pytest.mark.parametrize("fails_at", range(1, 14))
def test_a_history_that_was_cut_short_goes_on_where_it_ended(
    windowed: Home, archive: Archive, fails_at: int, expect_warning: Callable[[str], None]
) -> None:
    expect_warning(LATER)
    archive.fails_at = fails_at
    assert refresh(windowed, "toy").accounts[0].error
    assert shown(windowed) == []
    before = {since for _, since, _ in archive.calls[: fails_at - 1]}
    archive.calls.clear()
    archive.fails_at = 0
    assert refresh(windowed, "toy").accounts[0].error is None
    assert shown(windowed) == right(archive)
    # What may have changed since is asked for again: this month, and the one in which the overlap begins.
    again = {since for _, since, _ in archive.calls} & before
    assert again <= {date(2026, 3, 1), date(2026, 2, 1)}
    assert staged(windowed) == 0


def test_what_was_booked_meanwhile_is_there_once(
    windowed: Home, archive: Archive, clock: Clock, expect_warning: Callable[[str], None]
) -> None:
    expect_warning(LATER)
    archive.fails_at = 8
    refresh(windowed, "toy")
    clock.turn(86_400)
    archive.more = [made("key-Bruk", date(2026, 2, day), "Booked late") for day in (20, 28)]
    archive.fails_at = 0
    refresh(windowed, "toy")
    assert shown(windowed) == right(archive)


def test_a_stop_between_windows_keeps_what_is_whole(windowed: Home, archive: Archive) -> None:
    with pytest.raises(Interrupted):
        refresh(windowed, "toy", stop=lambda: len(archive.calls) == 5)
    assert shown(windowed) == []
    kept = staged(windowed)
    assert kept > 10
    assert refresh(windowed, "toy").accounts[0].error is None
    assert shown(windowed) == right(archive)


def test_several_accounts_share_each_window(
    windowed: OwnHome, toy: ToyBank, archive: Archive
) -> None:
    toy.tell_accounts(Bruk="100.00", Spare="7.00")
    dialect = replace(windowed.toy.dialect, together=archive.together)
    windowed.toy = replace(windowed.toy, dialect=dialect)
    archive.fails_at = 5
    assert not [one.error for one in refresh(windowed, "toy").accounts if one.error]
    assert shown(windowed) == sorted(right(archive, 2))
    # The fifth failed: each account's rest came by itself, and nothing that was there already.
    shared = {since for key, since, _ in archive.calls[:4] if key == "together"}
    alone = {since for key, since, _ in archive.calls if key != "together"}
    assert shared & alone <= {date(2026, 3, 1), date(2026, 2, 1)}


def test_the_next_fetch_asks_for_the_overlap_alone(
    windowed: Home, archive: Archive, clock: Clock
) -> None:
    refresh(windowed, "toy")
    archive.calls.clear()
    clock.turn(86_400)
    archive.more = [made("key-Bruk", date(2026, 2, 27), f"New {n}") for n in range(4)]
    assert refresh(windowed, "toy").new == 4
    assert archive.calls == [("key-Bruk", date(2026, 2, 16), None)]


@pytest.mark.parametrize("fails_at", [1, 2, 7, 18])
def test_pages_go_on_at_the_page_that_failed(
    paged: Home, archive: Archive, fails_at: int, expect_warning: Callable[[str], None]
) -> None:
    expect_warning(LATER)
    archive.fails_at = fails_at
    assert refresh(paged, "toy").accounts[0].error
    archive.calls.clear()
    archive.fails_at = 0
    report = refresh(paged, "toy").accounts[0]
    assert report.error is None
    assert report.skipped == ("a row that cannot be read",)
    assert shown(paged) == right(archive)
    pages = -(-len(archive.rows("k")) // 4)
    assert len(archive.calls) == pages - fails_at + 1


def test_a_page_that_moved_on_by_a_row_does_not_double_it(
    paged: Home, archive: Archive, expect_warning: Callable[[str], None]
) -> None:
    expect_warning(LATER)
    archive.more = [
        made("key-Bruk", date(2026, 2, 25), "Named", n, bank_id=f"id-{n}") for n in range(9)
    ]
    archive.fails_at = 3
    refresh(paged, "toy")
    archive.more.append(made("key-Bruk", date(2026, 3, 1), "Just now"))
    archive.fails_at = 0
    refresh(paged, "toy")
    named = [text for _, text in shown(paged) if text == "Named"]
    assert len(named) == 9


def test_a_link_that_the_bank_knows_no_more_begins_anew(
    paged: OwnHome, archive: Archive, expect_warning: Callable[[str], None]
) -> None:
    expect_warning(LATER)
    archive.fails_at = 4
    refresh(paged, "toy")
    archive.fails_at = 0

    def forgetful(get: Any, account: Account, since: date, resume: str = "") -> Iterator[Any]:
        if resume:
            raise BankRefusedError("bank.example", 404)
        yield from archive.by_page(get, account, since, resume)

    paged.toy = replace(paged.toy, dialect=replace(paged.toy.dialect, transactions=forgetful))
    assert refresh(paged, "toy").accounts[0].error is None
    assert shown(paged) == right(archive)


def test_links_are_tried_for_an_hour(
    paged: Home, archive: Archive, clock: Clock, expect_warning: Callable[[str], None]
) -> None:
    expect_warning(LATER)
    archive.fails_at = 4
    refresh(paged, "toy")
    archive.fails_at = 0
    archive.calls.clear()
    clock.turn(3601)
    refresh(paged, "toy")
    assert archive.calls[0][2] == ""
    assert shown(paged) == right(archive)
