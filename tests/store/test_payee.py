"""What a payee came to in twelve months, against slow plain Python over the same rows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from bankview.domain.money import Money
from bankview.domain.transaction import Status
from bankview.store import connections, view
from bankview.store.payee import year
from bankview.store.view import Filter

if TYPE_CHECKING:
    from bankview.domain.transaction import Transaction
    from tests.store.conftest import Book


@pytest.fixture
def rows(book: Book) -> list[Transaction]:
    """Two years of a shop on three accounts, of which the last is hidden, and in two currencies; with another shop's."""
    for number, currency in (("11", "NOK"), ("22", "EUR"), ("33", "NOK"), ("44", "NOK")):
        account = book.account(number, currency=currency, balance=Money(0, currency))
        names = ("Kiosk", "KIOSK", "Kiosks")
        kept = [
            book.row(
                day, -day - int(number), names[day % 3], id=f"{number}-{day}", currency=currency
            )
            for day in range(-400, 330, 8)
        ]
        book.publish(account, *kept, pending=(book.pending(320, -1, "Kiosk", currency=currency),))
    connections.hide_account(book.db, 4, hidden=True)
    return list(view.transactions(book.db, Filter(account_ids=(1, 2, 3, 4))))


@pytest.mark.parametrize("own", [1, 2, 4])
@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 11, 20), date(2025, 12, 1)),
        (date(2026, 1, 1), date(2025, 2, 1)),
        (date(2026, 12, 31), date(2026, 1, 1)),
    ],
)
def test_a_year(book: Book, rows: list[Transaction], own: int, today: date, first: date) -> None:
    row = next(one for one in rows if one.account_id == own and one.payee == "Kiosk")
    until = (today.year, today.month)
    wanted = [
        one
        for one in rows
        if one.payee.lower() == "kiosk"
        and one.status is Status.BOOKED
        and one.amount.currency == row.amount.currency
        and (one.account_id != 4 or own == 4)
        and one.booked_on >= first
        and (one.booked_on.year, one.booked_on.month) <= until
    ]
    found = year(book.db, row, today)
    assert found.count == len(wanted) > 20
    assert found.total == sum(one.amount.minor for one in wanted)
    assert next(month for month, _ in found.months) == first
    assert len(found.months) == 12
    for month, minor in found.months:
        assert minor == sum(
            one.amount.minor for one in wanted if one.booked_on.replace(day=1) == month
        )
