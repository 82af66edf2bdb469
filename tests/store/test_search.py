"""The search language over a ledger, held against a plain filter over all rows in Python."""

from __future__ import annotations

from datetime import date
from functools import cache
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bankview import categories
from bankview.domain import category as tree
from bankview.domain.connection import Connection
from bankview.domain.search import Key, Query, Term, amounts, days, parse
from bankview.domain.transaction import Status, Transaction
from bankview.store import connections, view, words
from bankview.store.database import open_ledger
from bankview.store.index import fold, text_of
from bankview.store.view import Filter, Order
from bankview.words import category_texts
from tests.store.conftest import KEY, Book

if TYPE_CHECKING:
    from collections.abc import Iterator

PAYEES = [
    "Kiwi",
    "REMA 1000",
    "Café  Rémi",
    "Østre gate",
    "100%",
    "a_b",
    "Vy AS",
    "",
    " Ærlig\tKaffe ",
]
CATEGORIES = ["Food", "food", "DAGLIGVARE", "5411", "", "food", "Hobby, own"]
VALUES = {
    Key.WORD: ["kiwi", "rema 1000", "é", "00", "%", "zz", "note", "-"],
    Key.PAYEE: [
        "kiwi",
        "rema",
        "cafe remi",
        "ø",
        "%",
        "_",
        "x",
        "vy as",
        "kaffe",
        "big store",
        '"',
    ],
    Key.TEXT: ["text 1", "kiwi", "zz", "e"],
    Key.NOTE: ["gift", "for anna", "é", "zz"],
    Key.TAG: ["trip", "tr", "bergen 2026", "zz"],
    Key.CATEGORY: ["food", "groceries", "food.groceries", "Groceries", "hobby", "none", "zz", "o"],
    Key.ACCOUNT: ["account 1", "savings", "1234", "12 34", "zz", "s"],
    Key.BANK: ["bank", "other", "zz"],
    Key.AMOUNT: [">5", "<=5,5", "1..9", "-3", ">-3", "5.25", "+1..", "zz", "..4", "1,005"],
    Key.DATE: [
        "2026",
        "2026-01-05",
        ">2026-01-05",
        "..2026-01-07",
        "2026-01-03..2026-01",
        "zz",
        "2030",
    ],
    Key.CURRENCY: ["nok", "JPY", "n", "zz"],
    Key.IS: ["in", "out", "pending", "booked", "checked", "transfer", "zz"],
}
TERMS = st.sampled_from([(key, value) for key, values in VALUES.items() for value in values])
QUERIES = st.lists(
    st.builds(
        lambda said, negated, exact: Term(
            said[0], said[1], negated, exact and said[0] not in {Key.AMOUNT, Key.DATE, Key.WORD}
        ),
        TERMS,
        st.booleans(),
        st.booleans(),
    ),
    min_size=1,
    max_size=3,
    unique=True,
).map(lambda terms: Query(tuple(terms)))


@pytest.fixture(scope="module", params=[1, 2])
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Book]:
    db = open_ledger(tmp_path_factory.mktemp("ledger") / "ledger.db", KEY, create=True)
    book, random = Book(db), Random(request.param)
    connections.save_connection(db, Connection("bank", "bank", "My Bank"))
    for number, currency in (("1", "NOK"), ("12.34", "JPY"), ("3", "NOK")):
        account = book.account(number, currency)
        rows = [
            book.row(
                random.randrange(12),
                random.randrange(-12, 12) * 100 + random.choice([0, 25, 50]),
                random.choice(["text 1", "Kiwi text", "Crème", ""]),
                payee=random.choice(PAYEES),
                category=random.choice(CATEGORIES),
                currency=currency,
                id=f"{number}-{n}",
                status=Status.PENDING if n % 9 == 0 else Status.BOOKED,
            )
            for n in range(90)
        ]
        booked = [row for row in rows if row.status is Status.BOOKED]
        book.publish(account, *booked, pending=tuple(row for row in rows if row not in booked))
        for row in random.sample(rows, 25):
            words.change(
                db,
                account.id,
                row.id,
                note=random.choice(["", "Gift", "for Anna", "Crème  brûlée"]),
                tags=random.choice([(), ("trip",), ("Trip", "Bergen 2026")]),
                category=random.choice(["", "", "food.groceries", "transfers", "Hobby", "5411"]),
                checked=random.random() < 0.5,
            )
    connections.rename_account(db, 3, "Savings")
    yield book
    db.close()


def has(text: str, term: Term) -> bool:
    word, said = fold(term.value), fold(text)
    return not word or (said == word if term.exact else word in said)


def kind(row: Transaction) -> tuple[str, str]:
    """Return the category in force: an id of the tree or nothing, and its text."""
    own = row.words.category
    return (own if tree.place(own) else "") if own else row.kind, row.own_category


def filed(row: Transaction, term: Term, texts: set[str]) -> bool:
    id_, text = kind(row)
    if term.value == "none":
        return not id_ and not text
    said = {own: {own, own.rpartition(".")[2], name} for own, name in category_texts().items()}
    word = fold(term.value)
    ids = {own for own, names in said.items() if word in map(fold, names)}
    if not ids and not term.exact:
        ids = {own for own, name in category_texts().items() if word in fold(name)}
    if not term.exact:
        ids |= {own for own in said if tree.parent(own) in ids}
    if id_:
        return id_ in ids
    if not row.words.category and categories.of_bank(text) in ids:
        return True
    named = {one for one in texts if fold(one) == word}
    if not named and not term.exact:
        named = {one for one in texts if word in fold(one)}
    return text in named


class Oracle:
    """All rows, and what each term says of one."""

    def __init__(self, book: Book) -> None:
        self.rows = list(view.transactions(book.db, Filter()))
        self.accounts = {account.id: account for account in connections.accounts(book.db)}
        self.texts = {kind(row)[1] for row in self.rows if not kind(row)[0]} - {""}

    def holds(self, row: Transaction, term: Term) -> bool:
        if not term.is_understood:
            term = term.as_word()
        return self._says(row, term) != term.negated

    def _says(self, row: Transaction, term: Term) -> bool:
        account = self.accounts[row.account_id]
        number = account.number
        return {
            Key.WORD: lambda: fold(term.value) in text_of(row),
            Key.PAYEE: lambda: has(row.payee or row.description, term),
            Key.TEXT: lambda: has(row.description, term),
            Key.NOTE: lambda: bool(row.words.note) and has(row.words.note, term),
            Key.TAG: lambda: any(has(tag, term) for tag in row.words.tags),
            Key.CATEGORY: lambda: filed(row, term, self.texts),
            Key.ACCOUNT: lambda: (
                any(has(name, term) for name in (account.label, account.name, number))
                or number.replace(".", "") == term.value.replace(" ", "")
            ),
            Key.BANK: lambda: has("My Bank", term) or has("bank", term),
            Key.AMOUNT: lambda: self._sized(row, term),
            Key.DATE: lambda: self._dated(row, term),
            Key.CURRENCY: lambda: row.amount.currency.lower().startswith(term.value.lower()),
            Key.IS: lambda: {
                "in": row.amount.minor > 0,
                "out": row.amount.minor < 0,
                "pending": row.status is Status.PENDING,
                "booked": row.status is Status.BOOKED,
                "checked": row.words.checked,
                "transfer": kind(row)[0] == "transfers",
            }[term.value],
        }[term.key]()

    @staticmethod
    def _sized(row: Transaction, term: Term) -> bool:
        asked = amounts(term.value)
        assert asked
        size = row.amount.amount if asked.signed else abs(row.amount.amount)
        low, high = asked.low, asked.high
        if asked.open:
            return (low is None or size > low) and (high is None or size < high)
        return (low is None or size >= low) and (high is None or size <= high)

    @staticmethod
    def _dated(row: Transaction, term: Term) -> bool:
        asked = days(term.value)
        assert asked
        return (asked.since or date.min) <= row.booked_on <= (asked.until or date.max)


@cache
def oracle(book: Book) -> Oracle:
    return Oracle(book)


@given(query=QUERIES)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_results_are_those_of_a_plain_filter(filled: Book, query: Query) -> None:
    known = oracle(filled)
    wanted = [row.id for row in known.rows if all(known.holds(row, term) for term in query.terms)]
    asked = Filter(query=query)
    assert [row.id for row in view.transactions(filled.db, asked)] == wanted
    for order in (Order.DATE, Order.BALANCE):
        assert len(view.page(filled.db, asked, order, limit=1000)) == len(wanted)
    totals = view.totals(filled.db, asked)
    assert totals.count == len(wanted)
    assert sum((sum(pair) for pair in totals.sums.values()), 0) == sum(
        row.amount.minor for row in known.rows if row.id in set(wanted)
    )


@given(query=QUERIES, first=st.integers(0, 30), count=st.integers(0, 60))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_sums_of_a_part_are_those_of_its_rows(
    filled: Book, query: Query, first: int, count: int
) -> None:
    for order in Order:
        rows = view.page(filled.db, Filter(query=query), order, offset=0, limit=1000)
        rows = rows[first : first + count]
        found = view.part(filled.db, Filter(query=query), order, True, first, count)
        sums: dict[str, tuple[int, int]] = {}
        for row in rows:
            out, into = sums.get(row.currency, (0, 0))
            sums[row.currency] = (out + min(row.amount, 0), into + max(row.amount, 0))
        assert (found.count, found.sums) == (len(rows), sums)


@given(text=st.text())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_breaks_the_ledger(filled: Book, text: str) -> None:
    view.page(filled.db, Filter(query=parse(text)))
