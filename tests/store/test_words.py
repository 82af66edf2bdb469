"""A person's own words: written beside what the bank says, and never touched by it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from bankview.domain.words import Words, apart, tidy_tags, together
from bankview.store import connections, ledger, view, words
from bankview.store.view import Filter, Order

if TYPE_CHECKING:
    from bankview.domain.account import Account
    from bankview.domain.transaction import Transaction
    from tests.store.conftest import Book


def texts(book: Book, **filter_: Any) -> list[str]:
    return [row.text for row in view.page(book.db, Filter(**filter_))]


def written(book: Book, **said: Any) -> tuple[Account, Transaction]:
    """Return a booked row about which something is written, and its account."""
    account, row = book.account(), book.row(3, -100, "Kiosk", category="Food")
    book.publish(account, row)
    words.change(book.db, account.id, row.id, **said)
    return account, row


def found(book: Book, row: Transaction) -> Words:
    rowid = view.rowid_of(book.db, row.id)
    assert rowid is not None
    stored = view.transaction(book.db, rowid)
    assert stored is not None
    return stored.words


ALL: dict[str, Any] = {
    "note": "For Ann",
    "tags": ("gift", "Ann"),
    "category": "Presents",
    "checked": True,
}


def test_words_come_back_as_they_were_written(book: Book) -> None:
    account, row = written(book, **ALL)
    assert found(book, row) == words.words_of(book.db, account.id, row.id) == Words(**ALL)


def test_what_is_not_named_stays(book: Book) -> None:
    account, row = written(book, **ALL)
    before, after = words.change(book.db, account.id, row.id, note="")
    assert before == Words(**ALL)
    assert after == before.but(note="") == found(book, row)


def test_words_that_are_taken_back_leave_nothing(book: Book) -> None:
    account, row = written(book, note="x")
    words.change(book.db, account.id, row.id, note=" ")
    assert book.db.one("SELECT count(*) FROM words") == 0


@pytest.mark.parametrize("word", ["ann", "gift", "presents", "kiosk"])
def test_note_tags_and_category_are_found(book: Book, word: str) -> None:
    written(book, **ALL)
    assert texts(book, text=word) == ["Kiosk"]


def test_what_is_no_longer_written_is_no_longer_found(book: Book) -> None:
    account, row = written(book, **ALL)
    words.change(book.db, account.id, row.id, note="", tags=(), category="")
    assert [texts(book, text=word) for word in ("ann", "gift", "presents")] == [[], [], []]
    assert texts(book, text="food") == ["Kiosk"]


def test_the_person_s_category_wins_over_the_bank_s(book: Book) -> None:
    _, row = written(book, **ALL)
    assert [r.category for r in view.page(book.db, Filter(), Order.CATEGORY)] == ["Presents"]
    assert [r.own_category for r in view.transactions(book.db, Filter())] == ["Presents"]
    assert texts(book, text="food") == []
    (known,) = ledger.known(book.db, row.account_id or 1, date(2026, 1, 1))
    assert known.category == "Food"


def test_a_category_taken_back_gives_the_bank_s_back(book: Book) -> None:
    account, row = written(book, **ALL)
    words.change(book.db, account.id, row.id, category="")
    assert [r.category for r in view.page(book.db, Filter())] == ["Food"]


def test_the_table_s_row_says_that_there_is_a_note_or_a_checkmark(book: Book) -> None:
    account, row = written(book, note="x")
    (shown,) = view.page(book.db, Filter())
    assert (shown.noted, shown.checked) == (True, False)
    words.change(book.db, account.id, row.id, note="", checked=True)
    (shown,) = view.page(book.db, Filter())
    assert (shown.noted, shown.checked) == (False, True)


def test_a_sync_that_changes_the_row_touches_no_word(book: Book) -> None:
    account, row = written(book, **ALL)
    changed = row.but(description="Kiosk AS", category="Snacks", booked_on=date(2026, 1, 9))
    book.publish(account, update=(changed,))
    assert found(book, row) == Words(**ALL)
    assert texts(book, text="gift presents") == ["Kiosk AS"]
    assert [r.category for r in view.page(book.db, Filter())] == ["Presents"]
    words.change(book.db, account.id, row.id, category="")
    assert [r.category for r in view.page(book.db, Filter())] == ["Snacks"]


def test_the_same_row_again_is_no_change_though_a_person_wrote(book: Book) -> None:
    from bankview.sync.merge import merge

    account, row = written(book, **ALL)
    known = ledger.known(book.db, account.id, date(2026, 1, 1))
    changes = merge("me", known, [row.but(id="")])
    assert (changes.insert, changes.update) == ((), ())


def test_words_of_a_pending_row_stay_while_it_is_replaced(book: Book) -> None:
    account, row = book.account(), book.pending(3, -100, "Hold")
    book.publish(account, pending=(row,))
    words.change(book.db, account.id, row.id, **ALL)
    book.publish(account, pending=(row.but(description="Hold 2"), book.pending(4, -1, "Other")))
    assert found(book, row) == Words(**ALL)
    assert texts(book, text="gift") == ["Hold 2"]


def test_categories_and_tags_in_use_are_offered(book: Book) -> None:
    account, row = written(book, **ALL)
    other = book.row(4, -1, category="food")
    book.publish(account, other)
    words.change(book.db, account.id, other.id, tags=["Zoo"])
    assert [name.casefold() for name in words.categories(book.db)] == ["food", "presents"]
    assert words.tags(book.db) == ("Ann", "gift", "Zoo")
    assert row.words == Words()


def test_what_was_written_goes_with_its_bank_when_that_is_forgotten(book: Book) -> None:
    written(book, **ALL)
    connections.forget_connection(book.db, "bank")
    assert [
        book.db.one(f"SELECT count(*) FROM {table}") for table in ("words", "held", "pair")
    ] == [0, 0, 0]


def test_tags_are_kept_once_whatever_their_case_and_without_commas() -> None:
    assert tidy_tags([" a  b ", "A B,c", "", ",", "C", "d"]) == ("a b", "c", "d")


def test_words_of_two_rows_are_joined_without_loss() -> None:
    one, two = Words("a", ("x",), "", checked=False), Words("b", ("X", "y"), "Food", checked=True)
    assert together(one, two) == Words("a\nb", ("x", "y"), "Food", checked=True)
    assert together(one, one) == one


def test_taken_apart_a_row_has_what_it_had_and_what_was_written_since() -> None:
    before, pending = Words("a", ("x",)), Words("b", ("y",), "Food", checked=True)
    joined = together(before, pending)
    assert apart(joined, joined, before) == before
    assert apart(joined.but(note="new"), joined, before) == before.but(note="new")


def test_a_row_that_the_bank_says_anew_keeps_what_its_marks_say(book: Book) -> None:
    account = book.account()
    row = book.row(0, -100, "Kiwi")
    book.publish(account, row)
    words.change(book.db, account.id, row.id, note="mine", category="food.groceries", checked=True)
    (before,) = view.page(book.db, Filter())
    said = words.with_words(book.db, account.id, [row.but(reference="KID 7")])
    book.publish(account, update=tuple(said))
    (after,) = view.page(book.db, Filter())
    assert (after.noted, after.checked, after.filed) == (True, True, "food.groceries")
    assert after.marks == before.marks
