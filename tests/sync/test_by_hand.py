"""Accounts that a person keeps by hand, over a real ledger: what they hold, their rows, files, and taking it back."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import pytest

from bankview.domain.account import Account
from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.domain.transfer import Side
from bankview.errors import UsageError
from bankview.paths import Paths
from bankview.store import connections, links, transfers, view, words
from bankview.sync import by_hand, imports
from bankview.sync.home import Home
from bankview.sync.targets import Chosen
from bankview.ui import deeds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bankview.store.database import Database
    from bankview.ui.deeds import Deed

OPENED = date(2026, 3, 10)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """An empty home in memory."""
    with closing(Home.open(Paths.of(tmp_path / "home"), "memory")) as made:
        yield made


@pytest.fixture
def db(home: Home) -> Iterator[Database]:
    with closing(home.database()) as made:
        yield made


def kept(held: int = 100_00) -> by_hand.Kept:
    return Account("by-hand:1", "Cash", "NOK", opened=OPENED), Money(held, "NOK")


def row(day: int, minor: int, text: str = "Coffee") -> Transaction:
    return Transaction("", Status.BOOKED, date(2026, 3, day), Money(minor, "NOK"), text, payee=text)


def held(db: Database) -> str:
    return str(connections.accounts(db)[0].balance)


def seen(db: Database) -> list[tuple[str, str, str]]:
    """Return day, text and the balance after each row, oldest first."""
    rows = db.run("SELECT t.id / 1048576, t.description, t.balance FROM tx t ORDER BY t.id")
    return [
        (date.fromordinal(day).isoformat(), text, str(Money(after, "NOK")))
        for day, text, after in rows
    ]


def turn(db: Database, deed: Deed | None) -> Deed:
    assert deed
    back = deed(db)
    assert back
    return back


def test_what_it_holds_is_the_opening_and_all_rows_since(home: Home, db: Database) -> None:
    own = by_hand.keep(db, kept(), home.now())
    for number, one in enumerate((row(12, -30_00), row(9, -5_00), row(10, -1_00))):
        by_hand.write(db, own.id, f"{number}", one, home.now())
    assert held(db) == "69.00"
    assert [after for *_, after in seen(db)] == ["100.00", "99.00", "69.00"]
    assert by_hand.account(db, own.id) == (connections.accounts(db)[0], Money(100_00, "NOK"))


def test_each_deed_is_taken_back_and_done_again(home: Home, db: Database) -> None:
    first = turn(db, deeds.keep_account(kept(), home.now()))
    own = connections.accounts(db)[0].id
    states = [(held(db), seen(db))]
    undos = []
    for text_id, wanted in (
        ("a", row(12, -30_00)),
        ("a", row(14, 5_00, "Change")),
        ("b", row(11, -1_00)),
        ("a", None),
    ):
        undos.append(turn(db, deeds.write_row(own, text_id, wanted, home.now())))
        states.append((held(db), seen(db)))
    redos = []
    for undo, before in zip(reversed(undos), reversed(states[:-1]), strict=True):
        redos.append(turn(db, undo))
        assert (held(db), seen(db)) == before
    again = turn(db, first)
    assert connections.accounts(db) == ()
    assert connections.connections(db) == ()
    turn(db, again)
    for redo, after in zip(reversed(redos), states[1:], strict=True):
        turn(db, redo)
        assert (held(db), seen(db)) == after


def test_the_account_itself_may_be_changed(home: Home, db: Database) -> None:
    own = by_hand.keep(db, kept(), home.now())
    by_hand.write(db, own.id, "a", row(12, -30_00), home.now())
    changed = Account("by-hand:1", "Purse", "NOK", id=own.id, opened=date(2026, 3, 13))
    back = turn(db, deeds.keep_account((changed, Money(50_00, "NOK")), home.now()))
    assert connections.accounts(db)[0].label == "Purse"
    assert (held(db), seen(db)[0][2]) == ("50.00", "50.00")
    turn(db, back)
    assert connections.accounts(db)[0].label == "Cash"
    assert (held(db), seen(db)[0][2]) == ("70.00", "70.00")


def test_what_was_said_of_a_row_is_there_when_it_is(home: Home, db: Database) -> None:
    own = by_hand.keep(db, kept(), home.now())
    by_hand.write(db, own.id, "a", row(12, -30_00), home.now())
    words.change(db, own.id, "a", note="with Ola", category="food")
    back = turn(db, deeds.write_row(own.id, "a", None, home.now()))
    turn(db, back)
    (found,) = view.transactions(db, view.Filter())
    assert (found.words.note, found.own_category) == ("with Ola", "food")


def test_it_is_found_by_what_it_says_now(home: Home, db: Database) -> None:
    own = by_hand.keep(db, kept(), home.now())
    by_hand.write(db, own.id, "a", row(12, -30_00, "Bakery"), home.now())
    by_hand.write(db, own.id, "a", row(12, -30_00, "Florist"), home.now())
    found = [list(view.transactions(db, view.Filter(text=one))) for one in ("bakery", "florist")]
    assert list(map(len, found)) == [0, 1]


def test_a_file_comes_into_it_and_goes_again(home: Home, db: Database, tmp_path: Path) -> None:
    own = by_hand.keep(db, kept(), home.now())
    by_hand.write(db, own.id, "a", row(12, -30_00), home.now())
    by_hand.write(db, own.id, "b", row(15, -7_00, "Taxi"), home.now())
    path = tmp_path / "rows.csv"
    path.write_text(
        "Date;Text;Amount\n09.03.2026;Before;-1,00\n12.03.2026;Coffee;-30,00\n13.03.2026;Books;-9,00\n15.03.2026;Cab;-7,00\n"
    )
    plan = imports.commit(home, imports.prepare(home, path, Chosen(own.id)))
    assert (plan.new, plan.known, plan.uncertain) == (2, 1, 1)
    assert held(db) == "47.00"
    assert ("2026-03-09", "Before", "100.00") in seen(db)
    (asked,) = db.run("SELECT pending_id, booked_id FROM pair")
    links.accept(db, own.id, asked, home.now())
    assert held(db) == "54.00"
    by_hand.write(db, own.id, "c", row(16, -2_00), home.now())
    imports.undo(home, plan.id)
    assert held(db) == "61.00"
    assert by_hand.account(db, own.id) == (connections.accounts(db)[0], Money(100_00, "NOK"))
    assert [text for _, text, _ in seen(db)] == ["Coffee", "Taxi", "Coffee"]


def test_what_the_bank_says_counts_and_goes_with_its_file(
    home: Home, db: Database, tmp_path: Path
) -> None:
    own = by_hand.keep(db, kept(), home.now())
    path = tmp_path / "rows.csv"
    path.write_text("Date;Text;Amount;Balance\n13.03.2026;Books;-9,00;500,00\n")
    plan = imports.commit(home, imports.prepare(home, path, Chosen(own.id)))
    assert held(db) == "500.00"
    by_hand.write(db, own.id, "a", row(14, -2_00), home.now())
    assert held(db) == "498.00"
    imports.undo(home, plan.id)
    assert held(db) == "98.00"


def test_half_of_a_transfer_that_goes_leaves_no_transfer(home: Home, db: Database) -> None:
    own = by_hand.keep(db, kept(), home.now())
    other = Account("by-hand:2", "Drawer", "NOK", opened=OPENED)
    far = by_hand.keep(db, (other, Money(0, "NOK")), home.now())
    by_hand.write(db, own.id, "a", row(12, -30_00, "Drawer"), home.now())
    by_hand.write(db, far.id, "b", row(12, 30_00, "Cash"), home.now())
    transfers.accept(db, (Side(own.id, "a"), Side(far.id, "b")), home.now())
    assert transfers.partner(db, far.id, "b")
    back = turn(db, deeds.write_row(own.id, "a", None, home.now()))
    assert not transfers.partner(db, far.id, "b")
    turn(db, back)
    assert len(seen(db)) == 2


def test_an_account_with_rows_is_not_closed(home: Home, db: Database) -> None:
    own = by_hand.keep(db, kept(), home.now())
    by_hand.write(db, own.id, "a", row(12, -30_00), home.now())
    assert not by_hand.close(db, own.id)
    assert held(db) == "70.00"


def test_a_bank_s_account_takes_no_rows_by_hand(home: Home, db: Database) -> None:
    own = connections.save_account(db, Account("k", "Daily", "NOK", connection_id="bank"))
    with pytest.raises(UsageError):
        by_hand.write(db, own.id, "a", row(12, -1), home.now())
    kept_too = by_hand.keep(db, kept(), home.now())
    euros = row(12, -1).but(amount=Money(-1, "EUR"))
    with pytest.raises(UsageError):
        by_hand.write(db, kept_too.id, "a", euros, home.now())
    assert seen(db) == []
