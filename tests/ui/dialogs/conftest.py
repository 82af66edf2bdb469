"""A home in memory with two accounts and a few invented rows, a worker, and the window's look."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, TypeVar

import pytest
from PySide6.QtCore import QObject

from bankview.domain.account import Account
from bankview.domain.connection import Connection
from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.paths import Paths
from bankview.store import connections, ledger
from bankview.sync.home import Home
from bankview.ui.colours import palette
from bankview.ui.style import Look
from bankview.ui.worker import Worker
from tests.sync.conftest import toy
from tests.ui.wearing import wear

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

__all__ = ["toy"]

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


C = TypeVar("C", bound=QObject)


def child(parent: QObject, kind: type[C], name: str = "") -> C:
    """Return the part of a dialog that is called `name`."""
    found = parent.findChild(kind, name) if name else parent.findChild(kind)
    assert isinstance(found, kind), name
    return found


def row(number: int, payee: str, minor: int, status: Status = Status.BOOKED) -> Transaction:
    """Return one invented row of November."""
    return Transaction(
        "key",
        status,
        date(2026, 11, number),
        Money(minor, "NOK"),
        payee,
        payee=payee,
        id=f"row-{number}-{payee}",
        raw=b"{}",
    )


@pytest.fixture
def look(qapp: QApplication) -> Iterator[QApplication]:
    """The window's look, light; what was there before comes back."""
    before = qapp.palette()
    wear(qapp, Look())
    qapp.setPalette(palette("light"))
    yield qapp
    qapp.setPalette(before)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    opened = Home.open(Paths.of(tmp_path / "home"), "memory", now=lambda: NOON)
    db = opened.database()
    connections.save_connection(db, Connection("fjord", "fjord", "Fjordbanken", created_at=NOON))
    for name, number in (("Brukskonto", "42020000011"), ("Sparekonto", "42020000022")):
        account = connections.save_account(
            db, Account(name, name, "NOK", number, connection_id="fjord")
        )
        rows = (row(3, "Kaffe & co", -4900), row(9, "=Lotto", 25000), row(12, "REMA 1000", -48620))
        mine = tuple(one.but(account_id=account.id, id=f"{name}-{one.id}") for one in rows)
        waiting = row(19, "Kiosk", -3900, Status.PENDING).but(
            account_id=account.id, id=f"{name}-wait"
        )
        # Sums differ by account, so that a test sees which rows were counted.
        kept = mine if name == "Brukskonto" else mine[:1]
        ledger.publish(db, account, ledger.Changes(insert=kept, pending=(waiting,)), NOON)
    db.close()
    yield opened
    opened.close()


@pytest.fixture
def worker(look: QApplication) -> Iterator[Worker]:
    made = Worker()
    yield made
    assert made.close()
