"""What a person's categories teach is offered, counted, and never applied unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.domain.rule import Rule
from bankview.store import rules, suggestions, view, words
from bankview.store.suggestions import Suggestion
from bankview.store.view import Filter

if TYPE_CHECKING:
    from tests.store.conftest import Book


def shown(book: Book) -> list[str]:
    return [row.own_category for row in view.transactions(book.db, Filter())]


def taught(book: Book, *categories: str, others: int = 2) -> None:
    """Publish rows of one payee, of which the first ones have these categories."""
    account = book.account()
    rows = [
        book.row(n, -n - 1, f"Buy {n}", payee="Kiøsk" if n % 2 else "KIØSK")
        for n in range(len(categories) + others)
    ]
    book.publish(account, *rows, book.row(50, -1, "Kiosk & Bar", category="Bars"))
    for row, category in zip(rows, categories, strict=False):
        words.change(book.db, account.id, row.id, category=category)


def test_a_category_is_offered_for_the_payee_s_other_rows_and_changes_none(book: Book) -> None:
    taught(book, "Snacks")
    assert suggestions.suggestions(book.db) == (Suggestion("KIØSK", "Snacks", 2),)
    assert shown(book) == ["Snacks", "", "", "Bars"]


def test_the_category_that_was_given_most_often_is_offered(book: Book) -> None:
    taught(book, "Snacks", "Food", "Snacks")
    assert [one.category for one in suggestions.suggestions(book.db)] == ["Snacks"]


def test_of_equal_ones_the_last_is_offered(book: Book) -> None:
    taught(book, "Snacks", "Food")
    assert [one.category for one in suggestions.suggestions(book.db)] == ["Food"]


def test_what_is_accepted_becomes_a_rule_that_can_be_taken_back(book: Book) -> None:
    taught(book, "Snacks")
    (said,) = suggestions.suggestions(book.db)
    kept = suggestions.accept(book.db, said)
    assert shown(book) == ["Snacks", "Snacks", "Snacks", "Bars"]
    assert suggestions.suggestions(book.db) == ()
    rules.remove(book.db, kept.id)
    assert shown(book) == ["Snacks", "", "", "Bars"]


def test_what_is_refused_is_not_offered_again_but_another_category_is(book: Book) -> None:
    taught(book, "Snacks")
    (said,) = suggestions.suggestions(book.db)
    suggestions.refuse(book.db, said)
    suggestions.refuse(book.db, said)
    assert suggestions.suggestions(book.db) == ()
    account, row = book.account("2"), book.row(60, -9, payee="kiøsk")
    book.publish(account, row, book.row(61, -9, payee="kiøsk"))
    words.change(book.db, account.id, row.id, category="Food")
    assert [one.category for one in suggestions.suggestions(book.db)] == ["Food"]


def test_what_a_rule_filed_already_is_not_offered(book: Book) -> None:
    taught(book, "Snacks")
    rules.save(book.db, Rule("kiosk", category="Other"))
    assert suggestions.suggestions(book.db) == ()


def test_where_nothing_is_taught_nothing_is_offered(book: Book) -> None:
    taught(book)
    assert suggestions.suggestions(book.db) == ()
