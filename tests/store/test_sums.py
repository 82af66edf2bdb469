"""The sums of charts and overview, each against slow plain Python over the same rows."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from bankview.domain.category import place
from bankview.domain.money import Money
from bankview.domain.rule import Rule
from bankview.domain.transaction import Status
from bankview.store import connections, rules, sums, transfers, view, words
from bankview.store.flows import Flow
from bankview.store.index import fold
from bankview.store.view import Filter
from tests.store.conftest import NOON, START

if TYPE_CHECKING:
    from collections.abc import Callable

    from bankview.domain.transaction import Transaction
    from tests.store.conftest import Book

TEXTS = ("Kiosk", "KIOSK", "Bakery", "Rent", "Møbel")
BANKS = (("", ""), ("Mat", "food"), ("Mat", "food.groceries"), ("5411", ""), ("Odd", ""))
SINCE, UNTIL = START + timedelta(days=20), START + timedelta(days=150)
ENDS = [(SINCE, UNTIL), (START, START), (date(2025, 1, 1), date(2026, 12, 31))]


@pytest.fixture
def full(book: Book) -> Book:
    """A ledger with some of everything: three accounts, two currencies, a hidden one, rules, words, transfers."""
    chance = random.Random(7)
    for number, currency in (("11", "NOK"), ("22", "NOK"), ("33", "EUR"), ("44", "NOK")):
        account = book.account(number, currency=currency, balance=Money(100_000, currency))
        rows = []
        for n in range(60):
            name, kind = chance.choice(BANKS)
            day, minor = chance.randrange(180), chance.randrange(-900, 300)
            facts = {"category": name, "kind": kind, "id": f"{number}-{n}", "currency": currency}
            rows.append(book.row(day, minor, chance.choice(TEXTS), **facts))
        way = {"11": -1, "22": 1}.get(number, 0) * 5000
        moved = [book.row(50, way, "Move", id=f"{number}-m", kind="transfers")] if way else []
        book.publish(account, *rows, *moved, pending=(book.pending(9, -1, currency=currency),))
        for row in rows[:9]:
            words.change(book.db, account.id, row.id, category=chance.choice(("Mine", "travel")))
    rules.save(book.db, Rule("bakery", category="food.restaurants", payee="Baker’s"))
    rules.save(book.db, Rule("rent", low=500, category="transfers"))
    connections.hide_account(book.db, 4, hidden=True)
    assert book.db.one("SELECT count(*) FROM transfer WHERE state = 'linked'") == 1
    return book


def category_of(row: Transaction) -> str:
    if row.words.category or row.ruled.category:
        return row.own_category
    return row.kind or {"Mat": "food", "5411": "food.groceries"}.get(row.category, row.category)


def counted(book: Book, since: date, until: date, *ids: int) -> list[Transaction]:
    """Return the booked rows of a period that are no transfers, in plain Python."""
    rows = view.transactions(book.db, Filter(account_ids=ids or None, status="booked"))
    return [
        row
        for row in rows
        if since <= row.booked_on <= until
        and category_of(row) != "transfers"
        and transfers.partner(book.db, row.account_id, row.id) is None
    ]


def slowly(rows: list[Transaction], key: Callable[[Transaction], object]) -> dict[object, Flow]:
    found: dict[object, Flow] = defaultdict(Flow)
    for row in rows:
        minor = row.amount.minor
        group = (row.amount.currency, key(row))
        found[group] = found[group].plus(min(minor, 0), max(minor, 0))
    return dict(found)


@pytest.mark.parametrize("ids", [None, (1,), (1, 3), (4,)])
@pytest.mark.parametrize(("since", "until"), ENDS)
def test_months(full: Book, since: date, until: date, ids: tuple[int, ...] | None) -> None:
    found = sums.by_month(full.db, since, until, ids)
    wanted = slowly(
        counted(full, since, until, *ids or ()), lambda row: row.booked_on.replace(day=1)
    )
    flat = {(money, month): flow for money, all_ in found.items() for month, flow in all_.items()}
    assert {group: flow for group, flow in flat.items() if flow != Flow()} == wanted
    months = {(day.year, day.month) for day in (since, until)}
    assert months <= {(day.year, day.month) for all_ in found.values() for day in all_}


@pytest.mark.parametrize("ids", [None, (1,), (1, 3), (4,)])
@pytest.mark.parametrize(("since", "until"), ENDS)
def test_categories(full: Book, since: date, until: date, ids: tuple[int, ...] | None) -> None:
    found = sums.by_category(full.db, since, until, ids)
    rows = counted(full, since, until, *ids or ())
    flat = {(money, one.name): one.flow for money, all_ in found.items() for one in all_}
    assert flat == slowly(rows, category_of)
    assert sum(one.count for all_ in found.values() for one in all_) == len(rows)
    for all_ in found.values():
        assert [one.flow.out for one in all_] == sorted(one.flow.out for one in all_)


@pytest.mark.parametrize(("since", "until"), ENDS)
def test_payees(full: Book, since: date, until: date) -> None:
    found = sums.by_payee(full.db, since, until)
    rows = counted(full, since, until)
    flat = {(money, fold(one.name)): one.flow for money, all_ in found.items() for one in all_}
    assert flat == slowly(rows, lambda row: fold(row.ruled.payee or row.payee))
    assert sum(one.count for all_ in found.values() for one in all_) == len(rows)
    assert "baker’s" in {name for _, name in flat} or since == START
    assert [len(all_) for all_ in sums.by_payee(full.db, since, until, limit=1).values()] == [
        1 for _ in found
    ]


def test_payees_are_one_whatever_case_accents_and_blanks_but_stores_of_a_chain_are_not(
    book: Book,
) -> None:
    names = ("Kafé  Nord", "KAFE NORD", "Rema 1000 12", "Rema 1000 13")
    book.publish(book.account(), *(book.row(n, -100, name) for n, name in enumerate(names)))
    found = sums.by_payee(book.db, START, START + timedelta(days=9))["NOK"]
    assert [(fold(one.name), one.flow.out) for one in found] == [
        ("kafe nord", -200),
        ("rema 1000 12", -100),
        ("rema 1000 13", -100),
    ]


def test_the_last_days_end_today(full: Book) -> None:
    today = START + timedelta(days=100)
    wanted = slowly(counted(full, today - timedelta(days=29), today), lambda _: "")
    found = sums.last_days(full.db, today)
    assert {(money, ""): flow for money, flow in found.items()} == wanted
    assert sums.last_days(full.db, date(2030, 1, 1)) == {"EUR": Flow(), "NOK": Flow()}


def test_two_months_are_put_side_by_side(full: Book) -> None:
    found = sums.months_compared(full.db, date(2026, 2, 9), date(2026, 3, 31))
    for n, (first, last) in enumerate(
        [(date(2026, 2, 1), date(2026, 2, 28)), (date(2026, 3, 1), date(2026, 3, 31))]
    ):
        wanted = slowly(counted(full, first, last), category_of)
        flat = {
            (money, name): flows[n]
            for money, all_ in found.items()
            for name, flows in all_.items()
            if flows[n] != Flow()
        }
        assert flat == {group: flow for group, flow in wanted.items() if flow != Flow()}


@pytest.mark.parametrize("ids", [None, (1,), (1, 3)])
@pytest.mark.parametrize(("since", "until"), ENDS)
def test_balances_of_days(
    full: Book, since: date, until: date, ids: tuple[int, ...] | None
) -> None:
    rows = [
        row
        for row in view.transactions(full.db, Filter(account_ids=ids))
        if row.status is Status.BOOKED
    ]
    currencies = {1: "NOK", 2: "NOK", 3: "EUR"}
    held: dict[str, int] = defaultdict(int)
    for own in ids or (1, 2, 3):
        held[currencies[own]] += 100_000
    found = {one.currency: one for one in sums.balances_by_day(full.db, since, until, ids)}
    assert list(found) == sorted(held)
    for currency, series in found.items():
        assert series.first == since
        for n in range((until - since).days + 1):
            later = sum(
                row.amount.minor
                for row in rows
                if row.amount.currency == currency and row.booked_on > since + timedelta(days=n)
            )
            assert series.balances[n] == held[currency] - later
        assert len(series.balances) == (until - since).days + 1


def test_an_account_without_a_balance_has_no_series(book: Book) -> None:
    book.publish(book.account(), book.row(1, -1))
    assert sums.balances_by_day(book.db, START, START) == ()


def test_what_is_undone_counts_again(book: Book) -> None:
    first, second = book.account("11"), book.account("22")
    book.publish(first, book.row(1, -500, id="a", counterparty_account="22"))
    book.publish(second, book.row(1, 500, id="b"))
    month = START
    assert sums.by_month(book.db, month, month)["NOK"][month] == Flow()
    whole = (month, month + timedelta(days=30))
    assert sums.by_month(book.db, *whole)["NOK"][month] == Flow()
    transfers.undo(book.db, first.id, "a", NOON)
    assert sums.by_month(book.db, *whole)["NOK"][month] == Flow(-500, 500)
    words.change(book.db, first.id, "a", category="transfers")
    assert sums.by_month(book.db, *whole)["NOK"][month] == Flow(0, 500)
    assert place("transfers")
