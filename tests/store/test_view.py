"""Pages, fences and sums, held against a plain list that is filtered and sorted in Python."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from bankview.domain.money import Money
from bankview.domain.transaction import Status
from bankview.store import connections, view
from bankview.store.index import fold
from bankview.store.question import ask
from bankview.store.schema import PENDING
from bankview.store.view import Filter, Order, Row
from tests.export.conftest import entry

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.store.conftest import Book

WORDS = ["Kiwi", "kiwi", "REMA 1000", "Café Rémi", "Østre gate", "100%", "a_b", "x", "Vy AS", ""]
FILTERS = [
    Filter(),
    Filter(text="kiwi"),
    Filter(text="remi"),
    Filter(text="RÉMI café"),
    Filter(text="x"),
    Filter(text="zz"),
    Filter(text="vy 12"),
    Filter(text="100%"),
    Filter(text="%"),
    Filter(text="a_b"),
    Filter(text="_"),
    Filter(text="'\"; --"),
    Filter(since=date(2026, 1, 5)),
    Filter(until=date(2026, 1, 5)),
    Filter(since=date(2026, 1, 4), until=date(2026, 1, 6)),
    Filter(since=date(2026, 1, 6), until=date(2026, 1, 4)),
    Filter(status="booked", until=date(2026, 1, 9)),
    Filter(status="pending"),
    Filter(direction="in"),
    Filter(direction="out", low=500),
    Filter(low=200, high=900, text="kiwi"),
    Filter(account_ids=(1,)),
    Filter(account_ids=(1, 3)),
    Filter(account_ids=()),
    Filter(account_ids=(2,), text="kiwi", since=date(2026, 1, 3), direction="out"),
]


@pytest.fixture
def filled(book: Book) -> Book:
    random = Random(7)
    for number, currency in (("1", "NOK"), ("2", "NOK"), ("3", "EUR"), ("4", "NOK")):
        account = book.account(number, currency, balance=Money(1000, currency))
        rows = [
            book.row(
                random.randrange(12),
                random.randrange(-1500, 1500),
                random.choice(WORDS) or "-",
                payee=random.choice(WORDS),
                category=random.choice(["Food", "food", "Rent", ""]),
                currency=currency,
                id=f"{number}-{n}",
                status=Status.PENDING if n % 9 == 0 else Status.BOOKED,
            )
            for n in range(60)
        ]
        booked = [row for row in rows if row.status is Status.BOOKED]
        held = tuple(row for row in rows if row.status is Status.PENDING)
        book.publish(account, *booked, pending=held)
    connections.move_account(book.db, 3, 0)
    connections.hide_account(book.db, 4, True)
    return book


def texts_of(book: Book) -> dict[int, str]:
    return dict(book.db.run("SELECT id, s FROM doc"))


def wanted(book: Book, rows: list[Row], f: Filter) -> list[Row]:
    docs, ids = texts_of(book), (1, 2, 3) if f.account_ids is None else f.account_ids
    tests: list[Callable[[Row], bool]] = [
        lambda row: row.account_id in ids,
        lambda row: all(word in docs[row.rowid] for word in fold(f.text).split()),
        lambda row: not f.since or row.day >= f.since.toordinal(),
        lambda row: not f.until or row.day <= f.until.toordinal(),
        lambda row: f.status == "all" or row.pending == (f.status == "pending"),
        lambda row: f.direction == "both" or (row.amount > 0) == (f.direction == "in"),
        lambda row: f.low is None or abs(row.amount) >= f.low,
        lambda row: f.high is None or abs(row.amount) <= f.high,
    ]
    return [row for row in rows if all(test(row) for test in tests)]


def upper(text: str) -> str:
    return "".join(letter.upper() if letter.isascii() else letter for letter in text)


PLACE = {3: 0, 1: 1, 2: 2, 4: 3}
KEYS: dict[Order, Callable[[Row], Any]] = {
    Order.DATE: lambda row: row.rowid,
    Order.PAYEE: lambda row: (upper(row.payee).encode(), -row.rowid),
    Order.CATEGORY: lambda row: (upper(row.category).encode(), -row.rowid),
    Order.ACCOUNT: lambda row: (PLACE[row.account_id], -row.rowid),
    Order.AMOUNT: lambda row: (row.amount, row.rowid),
    Order.BALANCE: lambda row: (-(10**18) if row.balance is None else row.balance, row.rowid),
}


def everything(book: Book) -> list[Row]:
    return view.page(book.db, Filter(account_ids=(1, 2, 3, 4)), limit=1000)


def walked(book: Book, f: Filter, order: Order, descending: bool) -> list[Row]:
    found: list[Row] = []
    while more := view.page(
        book.db, f, order, descending, after=found[-1] if found else None, limit=7
    ):
        found += more
        assert len(found) <= 240
    return found


@pytest.mark.parametrize(("order", "descending"), list(product(Order, [True, False])))
def test_pages_follow_each_other_in_every_order(
    filled: Book, order: Order, descending: bool
) -> None:
    everyone = everything(filled)
    assert len(everyone) == 240
    for f in FILTERS:
        right = sorted(wanted(filled, everyone, f), key=KEYS[order], reverse=descending)
        assert walked(filled, f, order, descending) == right, f
        assert view.page(filled.db, f, order, descending, limit=1000) == right, f
        assert view.page(filled.db, f, order, descending, offset=5, limit=9) == right[5:14], f


@pytest.mark.parametrize(("order", "descending"), list(product(Order, [True, False])))
def test_fences_are_the_first_rows_of_the_pages(
    filled: Book, order: Order, descending: bool
) -> None:
    for f in (Filter(), Filter(text="i"), Filter(text="kiwi"), Filter(account_ids=(1, 3))):
        right = view.page(filled.db, f, order, descending, limit=1000)
        found = view.fences(filled.db, f, order, descending)
        assert list(found.keys) == right[:: view.PAGE]
        assert found.count == len(right)


def test_a_fence_leads_to_its_page(filled: Book) -> None:
    right = view.page(filled.db, Filter(), limit=1000)
    fence = view.fences(filled.db, Filter()).keys[1]
    assert [fence, *view.page(filled.db, Filter(), after=fence, limit=127)] == right[128:256]


@pytest.mark.parametrize("f", FILTERS)
def test_totals_are_per_currency(filled: Book, f: Filter) -> None:
    right = wanted(filled, everything(filled), f)
    out, in_ = Counter[str](), Counter[str]()
    for row in right:
        (in_ if row.amount > 0 else out)[row.currency] += row.amount
    found = view.totals(filled.db, f)
    assert found.count == len(right)
    assert found.sums == {
        currency: (out[currency], in_[currency])
        for currency in sorted({row.currency for row in right})
    }


def test_counts_know_hidden_accounts_too(filled: Book) -> None:
    assert view.counts(filled.db) == {1: 60, 2: 60, 3: 60, 4: 60}


@pytest.mark.parametrize("f", FILTERS)
def test_rows_for_export_are_oldest_first_then_by_id(filled: Book, f: Filter) -> None:
    right = sorted(
        (row.day, filled.db.one("SELECT text_id FROM detail WHERE id = ?", (row.rowid,)))
        for row in wanted(filled, everything(filled), f)
    )
    found = [(t.booked_on.toordinal(), t.id) for t in view.transactions(filled.db, f)]
    assert found == right
    assert [(e.day, e.id) for e in view.entries(filled.db, f)] == right


def test_an_entry_says_what_the_transaction_says(filled: Book) -> None:
    everything_ = Filter(status="all")
    rows = view.transactions(filled.db, everything_)
    found = [
        e._replace(tags=e.tags or "", note=e.note or "")
        for e in view.entries(filled.db, everything_)
    ]
    assert found == [entry(row) for row in rows]


def test_amounts_are_found_with_either_decimal_mark(book: Book) -> None:
    book.publish(book.account(), book.row(1, -48620), book.row(2, 12))
    for text in ("486,20", "486.20", "86,2"):
        assert [row.amount for row in view.page(book.db, Filter(text=text))] == [-48620]


def test_references_and_other_parties_are_found(book: Book) -> None:
    book.publish(book.account(), book.row(1, 1, reference="KID 00123", counterparty_account="987"))
    assert view.totals(book.db, Filter(text="00123")).count == 1
    assert view.totals(book.db, Filter(text="987")).count == 1


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("remi", "Rémi"),
        ("RÉMI", "remi"),
        ("orsta", "Ørsta"),
        ("ørsta", "ORSTA"),
        ("straße", "STRASSE"),
        ("lodz", "Łódź"),
        ("a  b", "a\u00a0b"),
        ("日本銀行", "日本銀行"),
    ],
)
def test_search_knows_neither_case_nor_accents(book: Book, typed: str, stored: str) -> None:
    book.publish(book.account(), book.row(1, 1, stored))
    assert view.totals(book.db, Filter(text=typed)).count == 1


def test_a_search_of_three_letters_uses_the_index(filled: Book) -> None:
    asked = ask(filled.db, Filter(text="kiwi"))
    plan = filled.db.run(
        f"EXPLAIN QUERY PLAN SELECT t.id FROM {asked.source} WHERE {asked.condition}"
        f" ORDER BY {asked.own} DESC LIMIT 9",
        asked.values,
    )
    said = " ".join(row[3] for row in plan)
    assert "VIRTUAL TABLE INDEX" in said
    assert ":L" in said
    assert "TEMP B-TREE" not in said


def test_where_a_row_lies_is_found_by_its_id(filled: Book) -> None:
    place = view.rowid_of(filled.db, "1-0")
    assert place
    found = view.transaction(filled.db, place)
    assert found
    assert found.id == "1-0"
    assert place > PENDING
    assert view.rowid_of(filled.db, "none") is None
    assert view.transaction(filled.db, 1) is None
    assert view.raw(filled.db, 1) == b""


def test_a_row_says_its_day(book: Book) -> None:
    book.publish(book.account(), book.row(4, 1), pending=(book.pending(5, 1),))
    days = [row.day for row in view.page(book.db, Filter())]
    assert days == [(date(2026, 1, 1) + timedelta(days=n)).toordinal() for n in (5, 4)]


def test_a_very_long_search_is_cut(filled: Book) -> None:
    assert view.totals(filled.db, Filter(text="kiwi " * 100_000)).count
    assert not view.totals(filled.db, Filter(text="z" * 100_000)).count


def test_hiding_an_account_hides_its_rows(book: Book) -> None:
    account = book.account()
    book.publish(account, book.row(1, 1))
    connections.hide_account(book.db, account.id, True)
    assert view.page(book.db, Filter()) == []
    assert len(view.page(book.db, Filter(account_ids=(account.id,)))) == 1
    assert replace(account, hidden=True) != account
