"""Links between what was pending and what is booked: made, asked about, declined and undone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bankview.domain.words import Words
from bankview.store import ledger, links, view, words
from bankview.store.story import story
from bankview.store.view import Filter
from bankview.sync.merge import merge
from tests.store.conftest import NOON

if TYPE_CHECKING:
    from bankview.domain.account import Account
    from bankview.domain.transaction import Transaction
    from bankview.store.ledger import Changes
    from bankview.store.story import Story
    from tests.store.conftest import Book

SINCE = date(2026, 1, 1)


@dataclass
class Sync:
    """Takes answers of one account as a sync does, an hour apart."""

    book: Book
    account: Account
    hours: int = 0

    def answer(self, *rows: Transaction) -> Changes:
        db, own = self.book.db, self.account.id
        known, memory = ledger.known(db, own, SINCE), links.memory(db, own, SINCE)
        changes = merge("me", known, [row.but(id="") for row in rows], memory)
        self.hours += 1
        ledger.publish(db, self.account, changes, NOON + timedelta(hours=self.hours))
        return changes

    def write(self, row: Transaction, **said: Any) -> None:
        words.change(self.book.db, self.account.id, row.id, **said)

    def story(self, row: Transaction) -> Story:
        return story(self.book.db, row.but(account_id=self.account.id))

    def words(self, row: Transaction) -> Words:
        found = next(r for r in view.transactions(self.book.db, Filter()) if r.id == row.id)
        return found.words

    def shown(self) -> list[tuple[str, bool]]:
        return [(row.text, row.pending) for row in view.page(self.book.db, Filter())]


@pytest.fixture
def sync(book: Book) -> Sync:
    return Sync(book, book.account())


def test_the_booked_row_takes_over_what_the_person_wrote(sync: Sync, book: Book) -> None:
    (held,) = sync.answer(book.pending(3, -61200, "Circle K")).pending
    sync.write(held, note="Trip", tags=["car"], category="Fuel", checked=True)
    (row,) = sync.answer(book.row(5, -61200, "CIRCLE K 04.01")).insert
    assert sync.words(row) == Words("Trip", ("car",), "Fuel", checked=True)
    (shown,) = view.page(book.db, Filter(text="trip car fuel"))
    assert (shown.category, shown.noted, shown.pending) == ("Fuel", True, False)


def test_what_the_bank_said_while_it_was_pending_is_kept(sync: Sync, book: Book) -> None:
    sync.answer(book.pending(3, -100000, "Circle K"))
    sync.answer(book.pending(3, -100000, "Circle K"))
    (row,) = sync.answer(book.row(5, -61200, "CIRCLE K 04.01")).insert
    was = sync.story(row).was
    assert was is not None
    assert (was.row.amount.minor, was.row.description) == (-100000, "Circle K")
    assert was.row.booked_on == date(2026, 1, 4)
    assert was.first_seen == NOON + timedelta(hours=1)
    assert was.gone == NOON + timedelta(hours=3)


def asked(sync: Sync, book: Book) -> tuple[Transaction, Transaction]:
    """Return a pending row with a note and a booked one that may be the same."""
    (held,) = sync.answer(book.pending(3, -5000, "Visa")).pending
    sync.write(held, note="Trip")
    (row,) = sync.answer(book.row(5, -5000, "Shop AS")).insert
    return held, row


def test_what_may_be_the_same_is_asked_and_nothing_is_moved(sync: Sync, book: Book) -> None:
    held, row = asked(sync, book)
    assert [other.id for other in sync.story(row).others] == [held.id]
    assert sync.words(row) == Words()


def test_accepted_it_is_linked_with_its_words(sync: Sync, book: Book) -> None:
    held, row = asked(sync, book)
    sync.write(row, tags=["own"])
    assert links.accept(book.db, sync.account.id, (held.id, row.id), NOON)
    assert sync.words(row) == Words("Trip", ("own",))
    assert sync.story(row).was is not None
    assert sync.story(row).others == ()


def test_declined_it_is_never_asked_again(sync: Sync, book: Book) -> None:
    held, row = asked(sync, book)
    links.decline(book.db, sync.account.id, (held.id, row.id), NOON)
    sync.answer(book.row(5, -5000, "Shop AS"))
    assert sync.story(row).others == ()
    assert sync.words(row) == Words()


def test_a_pending_row_that_is_said_to_be_booked_leaves_the_view_and_stays_out(
    sync: Sync, book: Book
) -> None:
    held, booked = book.pending(3, -4990, "Kiosk"), book.row(4, -4990, "Kiosk AS")
    (pending,) = sync.answer(held).pending
    (row,) = sync.answer(held, booked).insert
    assert [other.id for other in sync.story(pending).others] == [row.id]
    assert links.accept(book.db, sync.account.id, (pending.id, row.id), NOON)
    assert sync.shown() == [("Kiosk AS", False)]
    assert view.counts(book.db)[sync.account.id] == 1
    sync.answer(held, booked)
    assert sync.shown() == [("Kiosk AS", False)]
    links.undo(book.db, sync.account.id, row.id, NOON)
    assert sync.shown() == [("Kiosk", True), ("Kiosk AS", False)]
    assert view.counts(book.db)[sync.account.id] == 2
    sync.answer(held, booked)
    assert sync.shown() == [("Kiosk", True), ("Kiosk AS", False)]


def test_undone_the_words_go_back_and_the_pair_is_asked_no_more(sync: Sync, book: Book) -> None:
    (held,) = sync.answer(book.pending(3, -4990, "Kiosk")).pending
    sync.write(held, note="Trip", checked=True)
    booked = book.row(5, -4990, "Kiosk")
    (row,) = sync.answer(booked).insert
    sync.write(row, tags=["since"])
    assert links.undo(book.db, sync.account.id, row.id, NOON)
    assert sync.words(row) == Words(tags=("since",))
    assert words.words_of(book.db, sync.account.id, held.id) == Words("Trip", checked=True)
    sync.answer(booked)
    assert sync.story(row).was is None
    assert sync.story(row).others == ()


def test_undone_it_is_asked_about_another_row_that_comes_later_and_linked_by_no_one_else(
    sync: Sync, book: Book
) -> None:
    (held,) = sync.answer(book.pending(3, -4990, "Kiosk")).pending
    sync.write(held, note="Trip")
    first, second = book.row(5, -4990, "Kiosk"), book.row(6, -4990, "Kiosk Torshov")
    (wrong,) = sync.answer(first).insert
    links.undo(book.db, sync.account.id, wrong.id, NOON)
    (right,) = sync.answer(first, second).insert
    assert sync.words(right) == Words()
    assert [other.id for other in sync.story(right).others] == [held.id]
    assert links.accept(book.db, sync.account.id, (held.id, right.id), NOON)
    assert (sync.words(wrong), sync.words(right)) == (Words(), Words("Trip"))


def test_what_is_written_of_a_pending_row_that_was_booked_meanwhile_reaches_the_booked_one(
    sync: Sync, book: Book
) -> None:
    (held,) = sync.answer(book.pending(3, -4990, "Kiosk")).pending
    (row,) = sync.answer(book.row(5, -4990, "Kiosk")).insert
    sync.write(held, note="Late")
    assert sync.words(row) == Words("Late")


def test_a_row_without_a_link_has_none_to_undo(sync: Sync, book: Book) -> None:
    (row,) = sync.answer(book.row(5, -4990)).insert
    assert not links.undo(book.db, sync.account.id, row.id, NOON)


def test_a_row_that_is_linked_is_given_to_nobody_else(sync: Sync, book: Book) -> None:
    one, two = sync.answer(book.pending(3, -5000, "Visa"), book.pending(4, -5000, "Visa")).pending
    (row,) = sync.answer(book.row(5, -5000, "Shop AS")).insert
    assert links.accept(book.db, sync.account.id, (one.id, row.id), NOON)
    assert not links.accept(book.db, sync.account.id, (two.id, row.id), NOON)


def test_a_merge_that_was_thought_out_before_a_person_decided_changes_nothing_of_it(
    sync: Sync, book: Book
) -> None:
    held, booked = book.pending(3, -4990, "Kiosk"), book.row(4, -4990, "Kiosk")
    (pending,) = sync.answer(held).pending
    db, own = book.db, sync.account.id
    changes = merge("me", (), [held.but(id=""), booked.but(id="")], links.memory(db, own, SINCE))
    late = replace(changes, links=changes.suggestions, suggestions=())
    sync.answer(held, booked)
    links.decline(db, own, changes.suggestions[0], NOON)
    ledger.publish(db, sync.account, late, NOON)
    assert sync.story(booked.but(id=changes.suggestions[0][1])).was is None
    assert pending.id == changes.suggestions[0][0]


def test_what_vanished_long_ago_is_forgotten_unless_something_was_written_or_came_of_it(
    sync: Sync, book: Book
) -> None:
    plain, noted, became = sync.answer(
        book.pending(1, -111, "a"), book.pending(1, -222, "b"), book.pending(1, -333, "c")
    ).pending
    sync.write(noted, note="kept")
    sync.answer(book.row(2, -333, "c"))
    sync.hours = 24 * 100
    sync.answer()
    left = {own for (own,) in book.db.run("SELECT text_id FROM held")}
    assert left == {noted.id, became.id}
    assert plain.id not in left
