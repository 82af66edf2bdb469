"""Everything that a person does to the ledger is taken back whole, and done again just so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from bankview.domain.rule import Rule
from bankview.domain.transfer import Side
from bankview.store import ledger, links, rules, saved, words
from bankview.store.saved import Saved
from bankview.store.suggestions import Suggestion
from bankview.sync.merge import merge
from bankview.ui import deeds
from tests.store.conftest import NOON, Book, book, db, path

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.domain.account import Account
    from bankview.domain.transaction import Transaction
    from bankview.store.database import Database
    from bankview.ui.deeds import Deed

__all__ = ["book", "db", "path"]

#: What does not say what a person sees: numbers that SQLite counts by, the index's own tables, how often a bank was asked.
ASIDE = ("sqlite_", "search", "call", "diary")


@dataclass
class Scene:
    """Two accounts: rows that may be the same, rows that may be a transfer, and something of each that a person makes."""

    book: Book
    account: Account
    other: Account
    held: Transaction
    booked: Transaction
    settled: tuple[str, str]
    transfer: tuple[Side, Side]


@pytest.fixture
def scene(book: Book) -> Scene:
    account, other = book.account("11"), book.account("22")

    def answer(*rows: Transaction) -> None:
        since = date(2026, 1, 1)
        known = ledger.known(book.db, account.id, since)
        memory = links.memory(book.db, account.id, since)
        bare = [row.but(id="") for row in rows]
        ledger.publish(book.db, account, merge("me", known, bare, memory), NOON)

    hold, fuel = book.pending(3, -5000, "Visa", raw=b'{"a":1}'), book.pending(9, -90000, "Circle K")
    answer(hold, fuel)
    fuel_id = book.db.one("SELECT text_id FROM held WHERE facts LIKE '%Circle%'")
    words.change(book.db, account.id, fuel_id, note="Trip", tags=["car"])
    answer(hold, book.row(5, -5000, "Shop AS"), book.row(10, -61200, "CIRCLE K 10.01"))
    ids = {row.payee: row for row in ledger.known(book.db, account.id, date(2026, 1, 1))}
    book.publish(other, book.row(6, 5000, "Nettbank", id="in"))
    found = (Side(account.id, ids["Shop AS"].id), Side(other.id, "in"))
    held = book.db.one("SELECT text_id FROM held WHERE facts LIKE '%Visa%'")
    saved.put(book.db, Saved("Old", "payee:x"))
    rules.save(book.db, Rule("circle", category="Fuel"))
    rules.save(book.db, Rule("shop", category="Food", payee="The shop"))
    return Scene(
        book,
        account,
        other,
        hold.but(id=held),
        ids["Shop AS"],
        (fuel_id, ids["CIRCLE K 10.01"].id),
        found,
    )


def everything(db: Database) -> dict[str, list[Any]]:
    """Return all that lies in the ledger's own tables."""
    names = [name for (name,) in db.run("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    kept = [name for name in sorted(names) if not name.startswith(ASIDE)]
    found = {name: sorted(db.run(f"SELECT * FROM {name}"), key=repr) for name in kept}
    found["rule"] = [(one.id, one) for one in rules.rules(db)]
    found["found"] = sorted(db.run("SELECT rowid FROM search WHERE search MATCH 'sho'"))
    return found


def pair(scene: Scene) -> tuple[str, str]:
    return scene.held.id, scene.booked.id


DEEDS: dict[str, Callable[[Scene], Deed]] = {
    "note": lambda s: deeds.write([(s.account.id, s.booked.id)], {"note": "Lunch"}),
    "tags": lambda s: deeds.write([(s.account.id, s.booked.id)], {"tags": ("a", "b")}),
    "category": lambda s: deeds.write([(s.account.id, s.booked.id)], {"category": "Presents"}),
    "note gone": lambda s: deeds.write([(s.account.id, s.settled[1])], {"note": ""}),
    "checkmarks": lambda s: deeds.write(
        [(s.account.id, s.booked.id), (s.account.id, s.settled[1]), (s.other.id, "in")],
        {"checked": True},
    ),
    "search": lambda _: deeds.keep_search(Saved("New", "kiwi")),
    "search over another": lambda _: deeds.keep_search(Saved("old", "kiwi")),
    "search renamed": lambda _: deeds.keep_search(Saved("New", "payee:x"), Saved("Old", "payee:x")),
    "search in another case": lambda _: deeds.keep_search(Saved("OLD"), Saved("Old", "payee:x")),
    "search forgotten": lambda _: deeds.forget_search(Saved("Old", "payee:x")),
    "rule": lambda _: deeds.save_rule(Rule("visa", category="Cards")),
    "rule changed": lambda s: deeds.save_rule(Rule("shop", category="Bread", id=rule(s, 1))),
    "rule removed": lambda s: deeds.remove_rule(rule(s, 1)),
    "order of rules": lambda s: deeds.order_rules([rule(s, 1), rule(s, 0)]),
    "suggestion": lambda _: deeds.accept(Suggestion("Visa", "Cards", 1)),
    "suggestion refused": lambda _: deeds.refuse(Suggestion("Visa", "Cards", 1)),
    "same": lambda s: deeds.same(s.account.id, pair(s), NOON),
    "not the same": lambda s: deeds.not_same(s.account.id, pair(s), NOON),
    "link taken apart": lambda s: deeds.take_apart(s.account.id, s.settled[1], NOON),
    "transfer": lambda s: deeds.join(s.transfer, NOON),
    "no transfer": lambda s: deeds.decline(s.transfer, NOON),
    "account renamed": lambda s: deeds.rename_account(s.account.id, "Holidays"),
    "account hidden": lambda s: deeds.hide_account(s.account.id, hidden=True),
    "account moved": lambda s: deeds.move_account(s.account.id, 1),
}


def rule(scene: Scene, place: int) -> int:
    return rules.rules(scene.book.db)[place].id


@pytest.mark.parametrize("name", DEEDS)
def test_a_deed_is_taken_back_done_again_and_taken_back(scene: Scene, name: str) -> None:
    db = scene.book.db
    before = everything(db)
    undo = DEEDS[name](scene)(db)
    done = everything(db)
    assert done != before
    assert undo
    redo = undo(db)
    assert everything(db) == before
    assert redo
    undo = redo(db)
    assert everything(db) == done
    assert undo
    undo(db)
    assert everything(db) == before


def test_deeds_that_lean_on_each_other_are_taken_back_in_their_order(scene: Scene) -> None:
    db, states, back = scene.book.db, [], []
    for name in ("note", "same", "rule removed", "transfer", "category", "checkmarks"):
        states.append(everything(db))
        back.append(DEEDS[name](scene)(db))
    for undo, state in zip(reversed(back), reversed(states), strict=True):
        assert undo
        undo(db)
        assert everything(db) == state


@pytest.mark.parametrize("name", ["note gone", "link taken apart", "same"])
def test_what_changes_nothing_leaves_nothing_to_take_back(scene: Scene, name: str) -> None:
    deed = DEEDS[name](scene)
    assert deed(scene.book.db)
    assert deed(scene.book.db) is None


def test_a_link_is_not_made_again_where_another_took_its_place(scene: Scene) -> None:
    db, (pending, booked) = scene.book.db, scene.settled
    undo = deeds.take_apart(scene.account.id, booked, NOON)(db)
    assert links.accept(db, scene.account.id, (scene.held.id, booked), NOON)
    before = everything(db)
    assert undo
    undo(db)
    assert everything(db) == before
    assert links.linked_to(db, scene.account.id, booked) == scene.held.id != pending


def test_a_transfer_is_not_made_again_where_another_took_its_place(scene: Scene) -> None:
    db, (out, _) = scene.book.db, scene.transfer
    undo = deeds.join(scene.transfer, NOON)(db)
    assert undo
    redo = undo(db)
    scene.book.publish(scene.other, scene.book.row(7, 5000, "Nettbank", id="second"))
    assert deeds.join((out, Side(scene.other.id, "second")), NOON)(db)
    before = everything(db)
    assert redo
    redo(db)
    assert everything(db) == before
