"""Writing rows: staged out of sight, published as a whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bankview.domain.money import Money
from bankview.domain.search import parse
from bankview.errors import BadBankDataError, StoreError
from bankview.store import answers, connections, ledger, progress, view, words
from bankview.store.ledger import Changes
from bankview.store.view import Filter

if TYPE_CHECKING:
    from bankview.domain.account import Account
    from bankview.domain.transaction import Transaction
    from tests.store.conftest import Book

START = date(2026, 1, 1)


def texts(book: Book, **filter_: Any) -> list[str]:
    return [row.text for row in view.page(book.db, Filter(**filter_))]


def rich(book: Book) -> Transaction:
    row: Transaction = book.row(
        3,
        -12345,
        "Kjøp 12.03 SHOP",
        payee="Rémi Ångström",
        value_on=date(2026, 1, 5),
        transacted_on=date(2026, 1, 2),
        counterparty_account="12345678903",
        raw_text="KJØP",
        reference="KID 0012",
        category="Groceries",
        balance_after=Money(500, "NOK"),
        original=Money(-1100, "EUR"),
        bank_id="77",
        raw=b'{"a": 1}',
    )
    return row


def test_a_row_comes_back_as_it_was_published(book: Book) -> None:
    account, row = book.account(), rich(book)
    book.publish(account, row)
    (found,) = ledger.known(book.db, account.id, START)
    assert found == row.but(account_key="", account_id=account.id)


def test_a_row_comes_back_as_it_was_staged(book: Book) -> None:
    account, row = book.account(), rich(book)
    ledger.stage(book.db, {account.id: [row]})
    (found,) = ledger.staged(book.db, account.id)
    assert found == row.but(account_key="", account_id=account.id)
    assert answers.unpacked(found.raw) == row.raw


def test_staged_rows_are_out_of_sight_and_in_order(book: Book) -> None:
    account = book.account()
    ledger.stage(book.db, {account.id: [book.row(2, 1, "b"), book.row(1, 1, "a")]})
    ledger.stage(book.db, {account.id: [book.row(3, 1, "c")]})
    assert [row.description for row in ledger.staged(book.db, account.id)] == ["b", "a", "c"]
    assert texts(book) == []


def test_publishing_empties_the_stage(book: Book) -> None:
    account = book.account()
    ledger.stage(book.db, {account.id: [rich(book)]})
    book.publish(account, rich(book))
    assert ledger.staged(book.db, account.id) == ()


def test_the_stage_of_one_account_is_dropped_alone(book: Book) -> None:
    one, two = book.account("1"), book.account("2")
    for account in (one, two):
        ledger.stage(book.db, {account.id: [rich(book)]})
    progress.forget(book.db, one.id)
    assert ledger.staged(book.db, one.id) == ()
    assert len(ledger.staged(book.db, two.id)) == 1


def test_the_banks_own_answer_is_kept(book: Book) -> None:
    book.publish(book.account(), rich(book))
    (row,) = view.page(book.db, Filter())
    assert view.raw(book.db, row.rowid) == b'{"a": 1}'


def test_a_row_in_another_currency_stops_the_whole_publication(book: Book) -> None:
    account = book.account()
    with pytest.raises(BadBankDataError, match="currency"):
        book.publish(account, book.row(1, 1), book.row(2, 1, currency="EUR"))
    assert texts(book) == []


def test_a_failure_in_the_middle_leaves_what_was_in_view(book: Book) -> None:
    account = book.account()
    book.publish(account, book.row(1, 1, "kept"), pending=(book.pending(2, 5, "held"),))
    with pytest.raises(StoreError):
        book.publish(account, book.row(2, 1, "new"), update=(book.row(9, 9, "unknown"),))
    assert texts(book) == ["held", "kept"]
    assert texts(book, text="new") == []


def test_rows_lie_in_the_order_of_days_over_all_accounts(book: Book) -> None:
    book.publish(book.account("1"), book.row(1, 1, "a"), book.row(3, 1, "c"))
    book.publish(book.account("2"), book.row(2, 1, "b"), book.row(3, 1, "d"))
    assert texts(book) == ["d", "c", "b", "a"]


def test_pending_rows_lie_above_all_booked_ones(book: Book) -> None:
    book.publish(book.account(), book.row(30, 1, "late"), pending=(book.pending(1, 1, "held"),))
    assert texts(book) == ["held", "late"]


def test_pending_rows_are_replaced_as_a_set(book: Book) -> None:
    account = book.account()
    book.publish(account, pending=(book.pending(1, 1, "old"), book.pending(2, 1, "stays")))
    book.publish(account, pending=(book.pending(2, 1, "stays"), book.pending(3, 1, "fresh")))
    assert texts(book) == ["fresh", "stays"]
    assert texts(book, text="old") == []


def test_the_same_pending_rows_again_touch_nothing(book: Book) -> None:
    account = book.account()
    held = (book.pending(2, 1, "two"), book.pending(1, 1, "one"))
    book.publish(account, pending=held)
    before = view.page(book.db, Filter())
    book.db.run("UPDATE doc SET s = 'untouched'")
    book.publish(account, pending=held)
    assert view.page(book.db, Filter()) == before
    assert book.db.run("SELECT DISTINCT s FROM doc") == [("untouched",)]


def test_pending_rows_of_another_account_stay(book: Book) -> None:
    book.publish(book.account("1"), pending=(book.pending(1, 1, "one"),))
    book.publish(book.account("2"), pending=(book.pending(1, 1, "two"),))
    assert sorted(texts(book)) == ["one", "two"]


def test_an_update_is_found_by_its_new_text_only(book: Book) -> None:
    account, row = book.account(), book.row(1, 1, "before")
    book.publish(account, row, book.row(1, 2, "other"))
    place = view.rowid_of(book.db, row.id)
    book.publish(account, update=(row.but(description="after", payee="after"),))
    assert texts(book, text="before") == []
    assert texts(book, text="after") == ["after"]
    assert view.rowid_of(book.db, row.id) == place


def test_a_changed_day_moves_the_row_with_all_that_hangs_on_it(book: Book) -> None:
    account, row = book.account(), rich(book)
    book.publish(account, row, book.row(5, 1, "between"))
    book.publish(account, update=(row.but(booked_on=date(2026, 1, 9)),))
    assert texts(book)[0] == row.description
    (found,) = (row for row in view.page(book.db, Filter(text="kjop")))
    moved = view.transaction(book.db, found.rowid)
    assert moved == row.but(booked_on=date(2026, 1, 9), account_key="", account_id=account.id)
    assert moved
    assert moved.raw == row.raw
    assert book.db.one("SELECT count(*) FROM doc") == 2


def test_rows_published_twice_are_there_once(book: Book) -> None:
    account, rows = book.account(), (book.row(1, 1), book.row(2, 2))
    book.publish(account, *rows)
    assert book.publish(account, *rows).new == 0
    assert len(texts(book)) == 2


def test_two_accounts_may_hold_the_same_row(book: Book) -> None:
    book.publish(book.account("1"), book.row(1, 1))
    book.publish(book.account("2"), book.row(1, 1))
    assert len(texts(book)) == 2


def unread(book: Book) -> list[int]:
    return [account.unread for account in connections.accounts(book.db)]


def new(book: Book) -> list[int]:
    """Return the days of the rows that are new, as the search finds them."""
    found = view.page(book.db, Filter(query=parse("is:new")))
    return [date.fromordinal(row.day).day - 1 for row in found]


def test_the_first_publication_brings_nothing_unread(book: Book) -> None:
    book.publish(book.account(), book.row(1, 1))
    assert unread(book) == [0]


def test_new_rows_count_as_unread_until_read(book: Book) -> None:
    account, first = book.account(), book.row(1, 1)
    book.publish(account, first)
    book.publish(account, book.row(2, 1), update=(first,), pending=(book.pending(3, 1),))
    assert unread(book) == [1]
    assert new(book) == [2]
    connections.mark_read(book.db, account.id)
    assert unread(book) == [0]
    assert new(book) == []


def test_a_row_stays_new_when_it_changes(book: Book) -> None:
    account, first = book.account(), book.row(2, 1, id="own")
    book.publish(account)
    book.publish(account, first)
    words.change(book.db, account.id, "own", note="mine")
    book.publish(account, update=(book.row(3, 5, "Other", id="own"),))
    assert new(book) == [3]
    assert [row.new for row in view.page(book.db, Filter())] == [True]


def test_publishing_says_when_and_clears_the_problem(book: Book) -> None:
    account = book.account()
    book.publish(account)
    (found,) = connections.accounts(book.db)
    assert found.last_success == datetime(2026, 3, 1, 12, tzinfo=UTC)


def balances(book: Book) -> list[int | None]:
    return [row.balance for row in view.page(book.db, Filter(), descending=False)]


def anchored(book: Book, minor: int | None) -> Account:
    found: Account = book.account(balance=None if minor is None else Money(minor, "NOK"))
    return found


def test_the_balance_is_walked_back_from_todays(book: Book) -> None:
    rows = (book.row(1, 100), book.row(2, -30), book.row(2, -50, "b"))
    book.publish(anchored(book, 1000), *rows)
    assert balances(book) == [1080, 1050, 1000]


def test_what_the_bank_says_of_a_balance_wins(book: Book) -> None:
    said = book.row(1, 100, balance_after=Money(7, "NOK"))
    book.publish(anchored(book, 1000), said, book.row(2, -30))
    assert balances(book) == [7, 1000]


def test_without_a_balance_none_is_made_up(book: Book) -> None:
    said = book.row(2, 100, balance_after=Money(7, "NOK"))
    book.publish(anchored(book, None), book.row(1, 1), said)
    assert balances(book) == [None, 7]


def test_pending_rows_have_no_balance(book: Book) -> None:
    book.publish(anchored(book, 1000), book.row(1, 100), pending=(book.pending(2, -5),))
    assert balances(book) == [1000, None]


def test_a_later_publication_walks_back_from_the_later_balance(book: Book) -> None:
    account = anchored(book, 1000)
    book.publish(account, book.row(1, 100))
    book.publish(replace(account, balance=Money(960, "NOK")), book.row(2, -40))
    assert balances(book) == [1000, 960]


def test_the_days_last_balance_is_what_a_day_ends_with(book: Book) -> None:
    account = anchored(book, 1000)
    rows = (book.row(1, 100), book.row(2, -30), book.row(2, -50, "b"))
    book.publish(account, *rows, pending=(book.pending(3, 1),))
    found = view.balances(book.db, account.id, date(2026, 1, 2))
    assert found == [(date(2026, 1, 2), 1080), (date(2026, 1, 3), 1000)]


def test_known_rows_begin_with_the_day_asked_for(book: Book) -> None:
    account = book.account()
    rows = (book.row(1, 1), book.row(2, 2), book.row(3, 3))
    book.publish(account, *rows, pending=(book.pending(4, 4),))
    found = ledger.known(book.db, account.id, date(2026, 1, 3))
    assert [row.amount.minor for row in found] == [2, 3]


def test_an_empty_publication_is_one(book: Book) -> None:
    done = ledger.publish(book.db, book.account(), Changes(), datetime(2026, 1, 1, tzinfo=UTC))
    assert (done.new, done.changed, done.pending) == (0, 0, 0)
