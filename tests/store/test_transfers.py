"""Transfers between own accounts are found as rows come, and kept as the person wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bankview.domain.money import Money
from bankview.domain.transfer import Side
from bankview.store import connections, transfers, view, words
from bankview.store.rows import TRANSFER
from bankview.store.view import Filter
from tests.store.conftest import NOON

if TYPE_CHECKING:
    from bankview.domain.transfer import Pair
    from tests.store.conftest import Book


def linked(book: Book) -> list[Pair]:
    found = book.db.run(
        "SELECT out_account, out_id, in_account, in_id FROM transfer WHERE state = 'linked'"
    )
    return [(Side(a, b), Side(c, d)) for a, b, c, d in found]


def marked(book: Book) -> int:
    return len([row for row in view.page(book.db, Filter()) if row.marks & TRANSFER])


def both(
    book: Book, out: dict[str, Any], into: dict[str, Any], days: int = 1, minor: int = 500
) -> Pair:
    """Publish one row of 500 out of the first account and one into the second; return them as a pair."""
    first, second = book.account("11"), book.account("22")
    a, b = book.row(3, -500, **out), book.row(3 + days, minor, **into)
    book.publish(first, a)
    book.publish(second, b)
    return Side(first.id, a.id), Side(second.id, b.id)


NAMED: dict[str, Any] = {"counterparty_account": "22"}


def test_the_other_account_s_number_makes_a_transfer(book: Book) -> None:
    pair = both(book, NAMED, {})
    assert (linked(book), marked(book)) == ([pair], 2)
    assert transfers.partner(book.db, *pair[0]) == pair[1]
    assert transfers.partner(book.db, *pair[1]) == pair[0]


@pytest.mark.parametrize(
    ("out", "into"),
    [
        ({"text": "Til ÅCCOUNT 22"}, {}),
        ({}, {"text": "From account 11"}),
        ({"kind": "transfers"}, {"kind": "transfers"}),
        ({"counterparty_account": " 2.2"}, {"kind": "transfers"}),
    ],
)
def test_names_and_what_both_banks_say_make_a_transfer_too(
    book: Book, out: dict[str, Any], into: dict[str, Any]
) -> None:
    pair = both(book, out, into)
    assert linked(book) == [pair]
    assert marked(book) == 2


def test_opposite_amounts_alone_are_asked_about(book: Book) -> None:
    pair = both(book, {}, {})
    assert (linked(book), marked(book)) == ([], 0)
    (said,) = transfers.suggestions(book.db)
    assert said.pair == pair


@pytest.mark.parametrize(
    ("out", "into", "days", "minor"),
    [
        (NAMED, {}, transfers.NEAR + 1, 500),
        (NAMED, {}, 1, 501),
        (NAMED, {}, 1, -500),
        ({"counterparty_account": "33"}, {}, 1, 500),
        (NAMED, {"counterparty_account": "33"}, 1, 500),
        ({"kind": "food.groceries"}, {}, 1, 500),
    ],
)
def test_what_does_not_fit_is_no_transfer(
    book: Book, out: dict[str, Any], into: dict[str, Any], days: int, minor: int
) -> None:
    both(book, out, into, days, minor)
    assert (linked(book), transfers.suggestions(book.db)) == ([], ())


@pytest.mark.parametrize("days", [-transfers.NEAR, transfers.NEAR])
def test_a_transfer_may_take_some_days_either_way(book: Book, days: int) -> None:
    both(book, NAMED, {}, days)
    assert marked(book) == 2


def test_a_pending_row_is_no_side_yet(book: Book) -> None:
    first, second = book.account("11"), book.account("22")
    book.publish(first, pending=(book.pending(3, -500, **NAMED),))
    book.publish(second, book.row(3, 500))
    assert (linked(book), transfers.suggestions(book.db)) == ([], ())


def test_in_two_currencies_both_must_give_the_number(book: Book) -> None:
    first, second = book.account("11"), book.account("22", currency="EUR")
    book.publish(first, book.row(3, -5000, counterparty_account="22"), book.row(9, -100))
    book.publish(
        second,
        book.row(4, 440, currency="EUR", counterparty_account="11"),
        book.row(9, 100, currency="EUR"),
    )
    assert (len(linked(book)), marked(book)) == (1, 2)
    assert transfers.suggestions(book.db) == ()


def test_what_is_declined_is_taken_apart_and_never_made_again(book: Book) -> None:
    pair = both(book, NAMED, {})
    assert transfers.undo(book.db, *pair[1], NOON)
    assert (linked(book), marked(book)) == ([], 0)
    assert not transfers.undo(book.db, *pair[1], NOON)
    first = connections.accounts(book.db)[0]
    book.publish(first, book.row(3, -7))
    assert (linked(book), transfers.suggestions(book.db)) == ([], ())


def test_a_suggestion_is_accepted_or_declined(book: Book) -> None:
    pair = both(book, {}, {})
    assert transfers.accept(book.db, pair, NOON)
    assert (linked(book), marked(book), transfers.suggestions(book.db)) == ([pair], 2, ())
    assert not transfers.accept(book.db, pair, NOON)
    transfers.decline(book.db, pair, NOON)
    assert (linked(book), marked(book), transfers.suggestions(book.db)) == ([], 0, ())
    assert transfers.accept(book.db, pair, NOON)  # the person thinks again
    assert marked(book) == 2


def test_what_was_asked_about_is_linked_when_a_number_comes(book: Book) -> None:
    pair = both(book, {}, {})
    (row,) = view.transactions(book.db, Filter(account_ids=(pair[0].account_id,)))
    account = connections.accounts(book.db)[0]
    book.publish(account, update=(row.but(counterparty_account="22"),))
    assert (linked(book), marked(book), transfers.suggestions(book.db)) == ([pair], 2, ())


def test_a_row_that_the_bank_says_anew_stays_in_its_transfer(book: Book) -> None:
    pair = both(book, NAMED, {})
    (row,) = view.transactions(book.db, Filter(account_ids=(pair[0].account_id,)))
    account = connections.accounts(book.db)[0]
    moved = row.but(description="Else", booked_on=row.booked_on.replace(day=20))
    book.publish(account, update=(moved,))
    words.change(book.db, *pair[0], note="Mine")
    assert (linked(book), marked(book)) == ([pair], 2)


def test_a_row_whose_amount_changes_leaves_its_transfer(book: Book) -> None:
    pair = both(book, NAMED, {})
    (row,) = view.transactions(book.db, Filter(account_ids=(pair[0].account_id,)))
    account = connections.accounts(book.db)[0]
    book.publish(account, update=(row.but(amount=Money(-501, row.amount.currency)),))
    assert (linked(book), marked(book)) == ([], 0)


def test_when_one_side_s_bank_is_forgotten_the_other_is_a_row_like_any_other(book: Book) -> None:
    from bankview.domain.connection import Connection

    pair = both(book, NAMED, {})
    connections.save_connection(book.db, Connection("other", "other", "Other"))
    book.db.run("UPDATE account SET connection_id = 'other' WHERE id = ?", (pair[1].account_id,))
    connections.forget_connection(book.db, "bank")
    assert (linked(book), marked(book)) == ([], 0)


@pytest.mark.parametrize("way", [1, -1])
def test_which_account_is_fetched_first_makes_no_difference(book: Book, way: int) -> None:
    first, second = book.account("11"), book.account("22")
    out = [book.row(3, -500, id="a", **NAMED), book.row(4, -500, id="b", **NAMED)]
    into = [book.row(3, 500, id="c"), book.row(4, 500, id="d")]
    for account, rows in [(first, out), (second, into)][::way]:
        book.publish(account, *rows)
    assert [(one.id, other.id) for one, other in linked(book)] == [("a", "c"), ("b", "d")]
