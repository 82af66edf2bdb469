"""Connections, accounts and the log of calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bankview.domain.account import Account, AccountType
from bankview.domain.connection import Connection, State
from bankview.domain.money import Money
from bankview.store import connections, ledger, view
from bankview.store.view import Filter

if TYPE_CHECKING:
    from pathlib import Path

    from bankview.store.database import Database
    from tests.store.conftest import Book

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FULL = Connection(
    "bank-2",
    "bank",
    "My bank",
    State.SIGN_IN,
    NOON,
    NOON + timedelta(days=180),
    NOON + timedelta(microseconds=250),
    NOON,
    NOON + timedelta(hours=1),
    "OfflineError",
    3,
)


def test_a_connection_comes_back_as_it_was_saved(db: Database) -> None:
    connections.save_connection(db, FULL)
    assert connections.connection(db, "bank-2") == FULL
    assert connections.connection(db, "bank-3") is None


def test_saving_a_connection_again_replaces_what_it_says(db: Database) -> None:
    for state in State:
        connections.save_connection(db, replace(FULL, state=state))
    assert connections.connections(db) == (replace(FULL, state=state),)


def test_connections_are_in_the_persons_order(db: Database) -> None:
    for name, position in (("a", 2), ("b", 1), ("c", 2)):
        connections.save_connection(db, Connection(name, "bank", "Bank", position=position))
    assert [found.id for found in connections.connections(db)] == ["b", "a", "c"]


def test_an_account_comes_back_as_it_was_saved(book: Book) -> None:
    said = Account(
        "k",
        "Card",
        "KWD",
        "1",
        "NO93",
        AccountType.CARD,
        Money(0, "KWD"),
        Money(-5, "KWD"),
        "Kari",
        connection_id="bank",
    )
    saved = connections.save_account(book.db, said)
    assert connections.accounts(book.db) == (saved,)
    assert saved == replace(said, id=saved.id, position=saved.position)


def test_what_a_bank_says_leaves_the_persons_own_words(book: Book) -> None:
    account = book.account()
    connections.rename_account(book.db, account.id, "  Household ")
    connections.hide_account(book.db, account.id, True)
    again = connections.save_account(book.db, replace(account, name="New name", own_name="x"))
    assert (again.own_name, again.hidden, again.name) == ("Household", True, "New name")


def test_an_empty_name_gives_the_banks_back(book: Book) -> None:
    account = book.account()
    connections.rename_account(book.db, account.id, "Mine")
    connections.rename_account(book.db, account.id, " ")
    assert connections.accounts(book.db)[0].label == account.name


def test_accounts_are_moved_among_those_of_their_connection(book: Book) -> None:
    a, b, c = (book.account(number) for number in "abc")
    connections.move_account(book.db, c.id, 0)
    assert [found.id for found in connections.accounts(book.db)] == [c.id, a.id, b.id]
    connections.move_account(book.db, c.id, 99)
    assert [found.id for found in connections.accounts(book.db)] == [a.id, b.id, c.id]


def test_accounts_of_one_connection_are_listed_alone(book: Book) -> None:
    mine = book.account("1")
    book.account("2")
    book.db.run("UPDATE account SET connection_id = 'other' WHERE id = 2")
    assert connections.accounts(book.db, "bank") == (mine,)


def test_calls_are_counted_by_what_is_asked(db: Database) -> None:
    calls = [(1, "rows", True), (1, "rows", False), (1, "accounts", False), (2, "rows", False)]
    for n, (account, endpoint, attended) in enumerate(calls):
        at = NOON + timedelta(minutes=n)
        connections.record_call(db, "bank", account, endpoint, attended, at)
    connections.record_call(db, "other", 1, "rows", False, NOON)
    assert len(connections.calls(db, "bank", NOON)) == 4
    assert len(connections.calls(db, "bank", NOON + timedelta(minutes=2))) == 2
    assert len(connections.calls(db, "bank", NOON, account_id=1)) == 3
    assert len(connections.calls(db, "bank", NOON, endpoint="rows", attended=False)) == 2
    assert connections.calls(db, "bank", NOON, attended=True) == (NOON,)


def test_old_calls_are_dropped(db: Database) -> None:
    connections.record_call(db, "bank", 1, "rows", True, NOON - timedelta(days=3))
    connections.record_call(db, "bank", 1, "rows", True, NOON)
    assert db.one("SELECT count(*) FROM call") == 1


def forgotten(book: Book) -> None:
    for connection, number in (("bank", "1"), ("other", "2")):
        connections.save_connection(book.db, Connection(connection, "bank", "Bank"))
        account = connections.save_account(
            book.db, Account("k", "A", "NOK", number, connection_id=connection)
        )
        rows = [book.row(n, n, f"{connection} canary {n}", raw=b"answer") for n in range(1, 40)]
        book.publish(account, *rows, pending=(book.pending(1, 1, f"{connection} held"),))
        ledger.stage(book.db, {account.id: rows[:3]})
        connections.record_call(book.db, connection, account.id, "rows", True, NOON)
    connections.forget_connection(book.db, "bank")


def test_a_forgotten_connection_leaves_no_row_behind(book: Book) -> None:
    forgotten(book)
    tables = {"connection": 1, "account": 1, "tx": 40, "detail": 40, "raw": 39, "doc": 40}
    tables |= {"staging": 3, "call": 1}
    found = {table: book.db.one(f"SELECT count(*) FROM {table}") for table in tables}
    assert found == tables
    assert view.totals(book.db, Filter(text="canary")).count == 39
    assert view.totals(book.db, Filter(text="bank")).count == 0


def test_the_search_index_is_whole_after_forgetting(book: Book) -> None:
    forgotten(book)
    book.db.run("INSERT INTO search(search, rank) VALUES('integrity-check', 1)")


def test_a_forgotten_account_s_number_is_not_given_again(book: Book) -> None:
    first = book.account("1")
    connections.forget_connection(book.db, "bank")
    assert book.account("2").id > first.id


def test_forgetting_empties_the_log_file(book: Book, path: Path) -> None:
    forgotten(book)
    assert path.with_name("ledger.db-wal").stat().st_size == 0


def test_the_search_index_holds_nothing_of_what_was_forgotten(book: Book) -> None:
    def size() -> int:
        return int(book.db.one("SELECT sum(length(block)) FROM search_data"))

    empty = size()
    book.publish(book.account(), *(book.row(n % 9, n, f"canary {n}") for n in range(1, 300)))
    connections.forget_connection(book.db, "bank")
    assert size() <= empty + 8
