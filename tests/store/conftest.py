"""A ledger in a folder of its own, and short ways to fill it with invented rows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bankview.domain.account import Account
from bankview.domain.connection import Connection
from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.store import connections, ledger
from bankview.store.database import Database, open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = bytes(range(32))
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
START = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Book:
    """A ledger with one connection, and the verbs that its tests use."""

    db: Database

    def account(self, number: str = "1", currency: str = "NOK", **facts: Any) -> Account:
        """Save an account of the bank `bank`."""
        said = Account(f"k{number}", f"Account {number}", currency, number, **facts)
        return connections.save_account(self.db, replace(said, connection_id="bank"))

    def row(self, day: int, minor: int, text: str = "Shop", **facts: Any) -> Transaction:
        """Return a row, `day` days after the first of January, whose id follows from all that is given."""
        facts = {"status": Status.BOOKED, "payee": text, **facts}
        currency = facts.pop("currency", "NOK")
        own = hashlib.sha256(repr((day, minor, text, facts)).encode()).hexdigest()[:32]
        amount = Money(minor, currency)
        facts.setdefault("id", own)
        return Transaction(
            "k", booked_on=START + timedelta(days=day), amount=amount, description=text, **facts
        )

    def pending(self, day: int, minor: int, text: str = "Hold", **facts: Any) -> Transaction:
        """Return a pending row."""
        return self.row(day, minor, text, status=Status.PENDING, **facts)

    def publish(
        self,
        account: Account,
        *insert: Transaction,
        update: tuple[Transaction, ...] = (),
        pending: tuple[Transaction, ...] = (),
    ) -> ledger.Published:
        """Publish rows as a sync does."""
        return ledger.publish(self.db, account, ledger.Changes(insert, update, pending), NOON)


@pytest.fixture
def key() -> bytes:
    """The ledger's key."""
    return KEY


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger lies."""
    return tmp_path / "ledger.db"


@pytest.fixture
def db(path: Path) -> Iterator[Database]:
    """A new ledger."""
    made = open_ledger(path, KEY, create=True)
    yield made
    made.close()


@pytest.fixture
def book(db: Database) -> Book:
    """A new ledger with one connection."""
    connections.save_connection(db, Connection("bank", "bank", "Bank"))
    return Book(db)
