"""The list of what recurs: by payee and currency, without transfers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from bankview.domain.recurring import Interval
from bankview.domain.rule import Rule
from bankview.store import connections, rules
from bankview.store.recurring import recurring

if TYPE_CHECKING:
    from tests.store.conftest import Book

TODAY = date(2026, 7, 1)
FIRSTS = (0, 31, 59, 90, 120, 151)


def monthly(book: Book, minor: int = -500, text: str = "Rent", **facts: Any) -> list[Any]:
    return [book.row(day, minor, text, **facts) for day in FIRSTS]


def names(book: Book) -> list[str]:
    return [one.name for one in recurring(book.db, TODAY)]


def test_what_recurs_is_listed_the_next_first(book: Book) -> None:
    weekly = [book.row(176 - 7 * n, -50, f"GYM {n}") for n in range(6)]
    book.publish(book.account(), *monthly(book), *weekly, book.row(5, -9, "Once"))
    first, second = recurring(book.db, TODAY)
    assert (first.name, first.currency, first.rhythm.interval) == ("Rent", "NOK", Interval.MONTHLY)
    assert (second.name, second.rhythm.interval, second.rhythm.count) == (
        "GYM 0",
        Interval.WEEKLY,
        6,
    )
    assert first.rhythm.next == TODAY
    assert second.rhythm.next == date(2026, 7, 3)


def test_what_ended_comes_last(book: Book) -> None:
    ended = [book.row(day, -5, "A") for day in (0, 7, 14, 21)]
    book.publish(book.account(), *monthly(book), *ended)
    assert [(one.name, one.rhythm.ended) for one in recurring(book.db, TODAY)] == [
        ("Rent", False),
        ("A", True),
    ]


def test_in_and_out_and_each_currency_stand_apart(book: Book) -> None:
    book.publish(book.account(), *monthly(book, text="X"), *monthly(book, 900, "X"))
    book.publish(book.account("2", currency="EUR"), *monthly(book, text="X", currency="EUR"))
    found = [(one.currency, one.rhythm.typical) for one in recurring(book.db, TODAY)]
    assert sorted(found) == [("EUR", -500), ("NOK", -500), ("NOK", 900)]


def test_transfers_pending_rows_and_hidden_accounts_are_left_out(book: Book) -> None:
    account = book.account()
    book.publish(account, *monthly(book, kind="transfers"), *monthly(book, text="Y"))
    assert names(book) == ["Y"]
    connections.hide_account(book.db, account.id, hidden=True)
    assert names(book) == []
    book.publish(book.account("2"), pending=tuple(book.pending(day, -5) for day in FIRSTS))
    assert names(book) == []


def test_a_rule_s_name_brings_payees_together(book: Book) -> None:
    rows = [book.row(day, -500, f"Rent {'abcdef'[n]}") for n, day in enumerate(FIRSTS)]
    book.publish(book.account(), *rows)
    assert names(book) == []
    rules.save(book.db, Rule("rent", payee="Landlord"))
    assert names(book) == ["Landlord"]
