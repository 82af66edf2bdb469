"""The category in force: the person's, else a rule's, else what the bank's means in the tree, else the bank's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.store import view, words

if TYPE_CHECKING:
    from tests.store.conftest import Book


def test_what_the_bank_says_counts_by_its_place_in_the_tree(book: Book) -> None:
    account = book.account()
    known = book.row(1, -100, category="Mat og drikke", kind="food.groceries")
    foreign = book.row(2, -100, category="Diverse")
    none = book.row(3, -100)
    book.publish(account, known, foreign, none)
    assert [row.filed for row in view.page(book.db, view.Filter())] == [
        "",
        "Diverse",
        "food.groceries",
    ]


def test_the_persons_word_wins_whether_the_tree_has_it_or_not(book: Book) -> None:
    account = book.account()
    row = book.row(1, -100, category="Mat og drikke", kind="food.groceries")
    book.publish(account, row)
    (kept,) = view.transactions(book.db, view.Filter())
    for own in ("gifts", "For Ann"):
        words.change(book.db, account.id, kept.id, category=own)
        assert [row.filed for row in view.page(book.db, view.Filter())] == [own]
