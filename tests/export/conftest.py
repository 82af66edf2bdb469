"""Rows to export: invented people, invented purchases."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from bankview.domain.account import Account
from bankview.domain.entry import Entry
from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction

if TYPE_CHECKING:
    from collections.abc import Callable

ACCOUNTS = {
    1: Account("k1", "Daglig", "NOK", number="12345678903", iban="NO9312345678903", id=1),
    2: Account("k2", "Valutakonto", "EUR", number="12345678938", own_name="Ferie; Europa", id=2),
}
BANKS = {1: "SpareBank 1 SMN", 2: 'Bank "To", AS'}


def transaction(**more: Any) -> Transaction:
    facts: dict[str, Any] = {
        "account_key": "k1",
        "status": Status.BOOKED,
        "booked_on": date(2026, 3, 2),
        "amount": Money(-24990, "NOK"),
        "description": "BUTIKK NORD 02.03",
        "id": "0f" * 16,
        "account_id": 1,
    }
    return Transaction(**{**facts, **more})


def entry(row: Transaction) -> Entry:
    """Return a row as the ledger hands it to a file."""
    return Entry(
        row.booked_on.toordinal(),
        row.id,
        row.account_id,
        int(row.status is Status.PENDING),
        row.amount.minor,
        row.payee,
        row.description,
        row.own_category,
        _ordinal(row.value_on),
        _ordinal(row.transacted_on),
        row.counterparty_account,
        row.raw_text,
        row.reference,
        row.balance_after.minor if row.balance_after else None,
        row.original.minor if row.original else None,
        row.original.currency if row.original else None,
        None if row.rate is None else str(row.rate),
        row.bank_id,
        ",".join(row.words.tags),
        row.words.note,
    )


def _ordinal(day: date | None) -> int | None:
    return day.toordinal() if day else None


@pytest.fixture
def make() -> Callable[..., Transaction]:
    """Return a function that makes a transaction."""
    return transaction


@pytest.fixture
def accounts() -> dict[int, Account]:
    return ACCOUNTS


@pytest.fixture
def banks() -> dict[int, str]:
    return BANKS


@pytest.fixture
def rows() -> list[Transaction]:
    """One row of each kind that a file has to get right."""
    return [
        transaction(payee="Butikk Nord", value_on=date(2026, 3, 3), bank_id="70000000001"),
        transaction(
            amount=Money(4125075, "NOK"),
            payee='Fjord "Data", AS',
            description="Lønn; mars\r\nmed tillegg\u2028 ",
            counterparty_account="98765432109",
            reference="0012345678",
            transacted_on=date(2026, 3, 1),
            balance_after=Money(-1, "NOK"),
            id="1f" * 16,
        ),
        transaction(
            amount=Money(-25713, "NOK"),
            description="-22,00 EUR BISTRO",
            payee='=HYPERLINK("http://evil.example")',
            original=Money(-2200, "EUR"),
            raw_text="+SUM(A1)",
            id="2f" * 16,
        ),
        transaction(
            account_id=2,
            amount=Money(0, "EUR"),
            status=Status.PENDING,
            description="@home ÆØÅ 🏦",
            category="Mat",
            original=Money(-1000, "JPY"),
            id="3f" * 16,
        ),
    ]
