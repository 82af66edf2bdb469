"""A person's rules: what they meet, what they change, and that taking one back leaves no trace."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bankview.domain.category import Source
from bankview.domain.connection import Connection
from bankview.domain.rule import Rule, Ruled
from bankview.store import connections, late, ledger, links, rules, view, words
from bankview.store.database import open_ledger
from bankview.store.index import fold
from bankview.store.matching import Matcher
from bankview.store.view import Filter
from tests.store.conftest import KEY, NOON, Book

if TYPE_CHECKING:
    from bankview.domain.account import Account
    from bankview.domain.transaction import Transaction


def met(rule: Rule, minor: int = -100, payee: str = "Café Bjølsen", text: str = "VISA 12") -> bool:
    return bool(Matcher([replace(rule, category="x")]).ruled(minor, 1, payee, text))


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        (Rule("cafe"), True),
        (Rule("BJOLSEN"), True),
        (Rule("visa  12"), True),
        (Rule("cafe visa"), False),  # one text, not two
        (Rule("tea"), False),
        (Rule("\u0301"), False),  # nothing is left of it
        (Rule("cafe", whole=True), False),
        (Rule("cafe  BJØLSEN", whole=True), True),
        (Rule(direction="out"), True),
        (Rule(direction="in"), False),
        (Rule(low=100, high=100), True),
        (Rule(low=101), False),
        (Rule(high=99), False),
        (Rule(account_id=1), True),
        (Rule("cafe", account_id=2), False),
    ],
)
def test_a_rule_meets_rows_by_all_of_its_conditions(rule: Rule, wanted: bool) -> None:
    assert met(rule) == wanted


def test_nothing_goes_neither_in_nor_out() -> None:
    assert [met(Rule(direction=way), 0) for way in ("in", "out", "both")] == [False, False, True]


def test_of_several_rules_the_first_that_gives_something_gives_it() -> None:
    said = Matcher(
        [Rule("a", payee="A"), Rule("a", category="one"), Rule("a", False, category="two")]
    )
    assert said.ruled(1, 1, "a", "") == Ruled("one", "A")


@given(st.text(max_size=8), st.text(max_size=8), st.text(max_size=4))
def test_the_search_s_text_tells_off_no_rule_that_meets_the_row(
    payee: str, text: str, wanted: str
) -> None:
    match = Matcher([Rule(wanted, category="x")])
    doc = fold(f"{payee} {text} NOK 1.00")
    assert match.ruled(1, 1, payee, text, doc) == match.ruled(1, 1, payee, text)


@pytest.mark.parametrize("rule", [Rule(category="x"), Rule(" ", category="x"), Rule("a")])
def test_a_rule_that_says_nothing_is_refused(book: Book, rule: Rule) -> None:
    with pytest.raises(ValueError, match="a rule"):
        rules.save(book.db, rule)
    with pytest.raises(ValueError, match="a rule"):
        rules.preview(book.db, rule)


FOOD = Rule("kiosk", category="food.groceries", payee="The kiosk")


def shown(book: Book, **asked: Any) -> list[tuple[str, str, str, Source]]:
    return [
        (row.description, row.own_category, row.ruled.payee, row.category_source)
        for row in view.transactions(book.db, Filter(**asked))
    ]


def filled(book: Book) -> Account:
    account = book.account()
    book.publish(
        account,
        book.row(1, -100, "Kiosk 7", category="Snacks", kind="food"),
        book.row(2, -200, "Bakery"),
        pending=(book.pending(3, -50, "KIOSK"),),
    )
    return account


RULED = [
    ("Kiosk 7", "food.groceries", "The kiosk", Source.RULE),
    ("Bakery", "", "", Source.NONE),
    ("KIOSK", "food.groceries", "The kiosk", Source.RULE),
]


def test_a_new_rule_files_the_rows_that_are_there(book: Book) -> None:
    filled(book)
    assert rules.save(book.db, FOOD).id == 1
    assert shown(book) == RULED
    assert [row.category for row in view.page(book.db, Filter())] == [
        "food.groceries",
        "",
        "food.groceries",
    ]


def test_rows_that_come_later_are_filed_as_they_come(book: Book) -> None:
    rules.save(book.db, FOOD)
    filled(book)
    assert shown(book) == RULED


def test_rows_are_found_by_what_rules_say(book: Book) -> None:
    filled(book)
    rules.save(book.db, FOOD)
    found = ["Kiosk 7", "KIOSK"]
    assert [row[0] for row in shown(book, text="groceries")] == found
    assert [row[0] for row in shown(book, text="the kiosk")] == found
    assert shown(book, text="snacks") == []


def test_a_preview_says_how_many_rows_would_change_and_changes_none(book: Book) -> None:
    filled(book)
    before = shown(book)
    said = rules.preview(book.db, FOOD)
    assert (said.count, [row.description for row in said.rows]) == (2, ["KIOSK", "Kiosk 7"])
    assert (shown(book), rules.rules(book.db)) == (before, ())
    kept = rules.save(book.db, FOOD)
    assert rules.preview(book.db, kept).count == 0
    assert rules.preview_removal(book.db, kept.id).count == 2


def test_a_preview_shows_the_newest_rows_alone(book: Book) -> None:
    account = book.account()
    book.publish(account, *(book.row(n, -n - 1, f"Kiosk {n}") for n in range(30)))
    said = rules.preview(book.db, FOOD)
    assert (said.count, len(said.rows)) == (30, rules.SHOWN)
    assert said.rows[0].description == "Kiosk 29"


def test_a_rule_that_is_removed_takes_back_what_it_did(book: Book) -> None:
    filled(book)
    before = state(book)
    rules.remove(book.db, rules.save(book.db, FOOD).id)
    assert state(book) == before


def test_what_the_person_says_wins_and_gives_way_to_the_rule_again(book: Book) -> None:
    account = filled(book)
    rules.save(book.db, FOOD)
    row = next(iter(view.transactions(book.db, Filter(text="kiosk 7"))))
    words.change(book.db, account.id, row.id, category="Treats")
    assert shown(book)[0] == ("Kiosk 7", "Treats", "The kiosk", Source.PERSON)
    rules.save(book.db, Rule("kiosk", category="leisure"))
    assert [r.category for r in view.page(book.db, Filter(text="kiosk 7"))] == ["Treats"]
    words.change(book.db, account.id, row.id, category="")
    assert shown(book) == RULED


def test_nothing_of_what_the_bank_says_is_overwritten(book: Book) -> None:
    account = filled(book)
    before = ledger.known(book.db, account.id, NOON.date().replace(month=1))
    rules.save(book.db, FOOD)
    assert ledger.known(book.db, account.id, NOON.date().replace(month=1)) == before
    (row,) = view.transactions(book.db, Filter(text="kiosk 7"))
    assert (row.payee, row.category, row.kind) == ("Kiosk 7", "Snacks", "food")


def test_what_the_bank_says_anew_is_filed_anew(book: Book) -> None:
    account = filled(book)
    rules.save(book.db, FOOD)
    row = next(iter(view.transactions(book.db, Filter(text="kiosk 7"))))
    book.publish(account, update=(row.but(description="Bar", payee="Bar", ruled=Ruled()),))
    assert shown(book)[0] == ("Bar", "Snacks", "", Source.BANK)


def test_the_same_pending_rows_again_stay_filed(book: Book) -> None:
    account = filled(book)
    rules.save(book.db, FOOD)
    book.publish(account, pending=(book.pending(3, -50, "KIOSK"),))
    assert shown(book) == RULED


def test_a_row_that_is_pending_again_is_filed_again(book: Book) -> None:
    account, hold, paid = book.account(), book.pending(3, -50, "KIOSK"), book.row(4, -50, "Kiosk")
    rules.save(book.db, FOOD)
    book.publish(account, paid, pending=(hold,))
    links.accept(book.db, account.id, (hold.id, paid.id), NOON)
    links.undo(book.db, account.id, paid.id, NOON)
    assert shown(book)[0] == RULED[2]


def test_the_order_of_rules_decides(book: Book) -> None:
    filled(book)
    first = rules.save(book.db, FOOD)
    second = rules.save(book.db, Rule("kiosk 7", category="leisure"))
    assert [row[1] for row in shown(book)] == ["food.groceries", "", "food.groceries"]
    rules.reorder(book.db, [second.id])
    assert [one.id for one in rules.rules(book.db)] == [second.id, first.id]
    assert [row[1] for row in shown(book)] == ["leisure", "", "food.groceries"]


def test_a_changed_rule_keeps_its_place_and_changes_its_rows(book: Book) -> None:
    filled(book)
    kept = rules.save(book.db, FOOD)
    rules.save(book.db, Rule("bakery", category="food"))
    rules.save(book.db, replace(kept, text="bakery", payee=""))
    assert [one.text for one in rules.rules(book.db)] == ["bakery", "bakery"]
    assert [row[1:] for row in shown(book)] == [
        ("Snacks", "", Source.BANK),
        ("food.groceries", "", Source.RULE),
        ("", "", Source.NONE),
    ]


def test_a_rule_goes_with_the_account_that_it_is_about(book: Book) -> None:
    account = filled(book)
    rules.save(book.db, replace(FOOD, account_id=account.id))
    rules.save(book.db, FOOD)
    connections.forget_connection(book.db, "bank")
    assert [one.account_id for one in rules.rules(book.db)] == [None]
    assert book.db.one("SELECT count(*) FROM named") == 0


def test_rows_of_hidden_accounts_are_filed_too(book: Book) -> None:
    account = filled(book)
    connections.hide_account(book.db, account.id, hidden=True)
    rules.save(book.db, FOOD)
    assert shown(book, account_ids=(account.id,)) == RULED


def state(book: Book) -> list[Any]:
    """Return all that rules may touch."""
    return [
        book.db.run("SELECT id, category, marks FROM tx ORDER BY id"),
        book.db.run("SELECT id, bank_category FROM detail ORDER BY id"),
        book.db.run("SELECT * FROM named ORDER BY id"),
        book.db.run("SELECT * FROM doc ORDER BY id"),
    ]


TEXTS = ("Kiosk", "Kiøsk Ås", "Bar", "b")
RULES = st.builds(
    Rule,
    text=st.sampled_from(("", *TEXTS)),
    whole=st.booleans(),
    direction=st.sampled_from(("both", "in", "out")),
    low=st.none() | st.integers(0, 3),
    account_id=st.none() | st.integers(1, 2),
    category=st.sampled_from(("", "food", "Mine")),
    payee=st.sampled_from(("", "Somebody")),
).filter(
    lambda rule: bool((rule.text or rule.low or rule.account_id) and (rule.category or rule.payee))
)
ROWS = st.lists(
    st.tuples(st.sampled_from(TEXTS), st.integers(-4, 4), st.sampled_from(("", "Own"))), max_size=6
)
STEPS = st.lists(
    st.tuples(st.sampled_from(("save", "remove", "reorder")), RULES, st.integers(0, 3)), max_size=6
)


def put(book: Book, rows: list[tuple[str, int, str]]) -> None:
    for number in ("1", "2"):
        account = book.account(number)
        made: list[Transaction] = [
            book.row(n, minor, text, id=f"{number}-{n}", category="Bank", kind="food")
            for n, (text, minor, _) in enumerate(rows)
        ]
        book.publish(account, *made)
        for row, (_, _, own) in zip(made, rows, strict=True):
            words.change(book.db, account.id, row.id, category=own)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS, STEPS)
def test_whatever_became_of_the_rules_the_rows_say_what_the_last_of_them_say(
    rows: list[tuple[str, int, str]], steps: list[tuple[str, Rule, int]]
) -> None:
    with (
        TemporaryDirectory() as folder,
        closing(open_ledger(Path(folder) / "a.db", KEY, create=True)) as one,
        closing(open_ledger(Path(folder) / "b.db", KEY, create=True)) as other,
    ):
        for db in (one, other):
            connections.save_connection(db, Connection("bank", "bank", "Bank"))
        walked, fresh = Book(one), Book(other)
        put(walked, rows)
        for verb, rule, n in steps:
            known = rules.rules(one)
            if verb == "save":
                rules.save(one, rule)
            elif known and verb == "remove":
                rules.remove(one, known[n % len(known)].id)
            elif known:
                rules.reorder(one, [known[n % len(known)].id])
        for rule in rules.rules(one):
            rules.save(other, rule)
        put(fresh, rows)
        assert state(walked) == state(fresh)


def test_a_change_of_many_rows_is_seen_at_once_and_found_later(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(late, "AT_ONCE", 3)
    monkeypatch.setattr(late, "BATCH", 2)
    account = book.account()
    rows = [book.row(n, -100 - n, "Kiwi") for n in range(5)]
    book.publish(account, *rows, book.row(9, -1, "Rema"))
    kept = rules.save(book.db, Rule("kiwi", category="food.groceries", payee="Corner"))

    def found(text: str) -> int:
        return view.totals(book.db, Filter(text=text)).count

    assert [row.category for row in view.page(book.db, Filter(text="kiwi"))] == [
        "food.groceries"
    ] * 5
    assert (found("corner"), found("groceries")) == (0, 0)
    # A row that changes or goes meanwhile is not late any more, or is so where it moved to.
    book.publish(account, update=(rows[0].but(booked_on=rows[3].booked_on),))
    assert late.catch_up(book.db)
    assert (found("corner"), found("groceries"), found("kiwi")) == (5, 5, 5)
    assert not late.catch_up(book.db)
    rules.remove(book.db, kept.id)
    assert found("kiwi") == 5
    assert late.catch_up(book.db)
    assert (found("corner"), found("groceries"), found("kiwi")) == (0, 0, 5)
    book.db.run("INSERT INTO search(search, rank) VALUES('integrity-check', 1)")


def test_to_write_at_length_leaves_the_connection_as_it_was(book: Book) -> None:
    def settings() -> list[int]:
        names = ("cache_size", "wal_autocheckpoint")
        return [book.db.one(f"PRAGMA {name}") for name in names]

    before = settings()
    with pytest.raises(ValueError, match="condition"):
        rules.save(book.db, Rule())
    rules.save(book.db, Rule("kiwi", category="food"))
    assert settings() == before


def test_a_rule_that_names_payees_alone_writes_no_row_of_the_table(book: Book) -> None:
    filled(book)
    book.db.run("CREATE TEMP TRIGGER t UPDATE ON tx BEGIN SELECT raise(ABORT, 'written'); END")
    kept = rules.save(book.db, Rule("bakery", payee="The bakery"))
    assert [payee for *_, payee, _ in shown(book)] == ["", "The bakery", ""]
    rules.remove(book.db, kept.id)
    assert [payee for *_, payee, _ in shown(book)] == ["", "", ""]
