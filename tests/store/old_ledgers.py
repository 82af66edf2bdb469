"""Writes a small ledger of this code's schema version, with what must still be in it after any later step beside it.

Run it before a step is appended to `schema.STEPS`: `python -m tests.store.old_ledgers`.
"""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bankview.domain.account import Account, AccountType
from bankview.domain.connection import Connection, State
from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.store import connections, ledger, view
from bankview.store.database import open_ledger
from bankview.store.schema import STEPS
from bankview.store.view import Filter

if TYPE_CHECKING:
    from bankview.store.database import Database

FOLDER = Path(__file__).with_name("ledgers")
#: Invented, and the same for every fixture.
KEY = bytes(range(100, 132))
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
START = date(2024, 2, 27)


def _row(n: int, currency: str, status: Status = Status.BOOKED) -> Transaction:
    said = f'{{"n":{n},"text":"Café {n % 5}"}}'
    return Transaction(
        "k",
        status,
        START + timedelta(days=n % 9),
        Money((n - 12) * 1249, currency),
        f"Café {n % 5}",
        value_on=START + timedelta(days=n % 9 + 1) if n % 2 else None,
        transacted_on=START if n % 3 else None,
        payee=f"Payee {n % 7}",
        counterparty_account="DE00" if n % 4 == 0 else "",
        raw_text=f"RAW {n}",
        reference=f"KID {n}",
        category="Food" if n % 6 == 0 else "",
        balance_after=Money(n, currency) if n % 10 == 0 else None,
        original=Money(-n, "KWD") if n % 11 == 0 else None,
        bank_id=f"bank-{n}" if n % 2 else "",
        raw=said.encode(),
        id=f"{currency}-{status}-{n}",
    )


def fill(db: Database) -> None:
    """Put a little of everything into a new ledger."""
    connections.save_connection(
        db, Connection("toy", "toy", "Toy bank", State.OK, NOON, None, NOON, NOON, None, "", 1)
    )
    for key, currency in (("k1", "NOK"), ("k2", "JPY")):
        said = Account(
            key,
            f"Account {key}",
            currency,
            f"no-{key}",
            f"NO{key}",
            AccountType.SAVINGS,
            Money(1_000_000, currency),
            owner="Kari",
            connection_id="toy",
        )
        account = connections.save_account(db, said)
        booked = tuple(_row(n, currency) for n in range(24))
        held = tuple(_row(n, currency, Status.PENDING) for n in range(2))
        ledger.publish(db, account, ledger.Changes(booked, (), held), NOON)
    connections.rename_account(db, 1, "Household")
    connections.hide_account(db, 2, hidden=True)
    connections.record_call(db, "toy", 1, "accounts", False, NOON)
    ledger.stage(db, {1: [_row(99, "NOK")]})


def _said(row: Transaction) -> list[Any]:
    days = [day and str(day) for day in (row.booked_on, row.value_on, row.transacted_on)]
    sums = [
        money and f"{money} {money.currency}"
        for money in (row.amount, row.balance_after, row.original)
    ]
    words = [row.description, row.payee, row.counterparty_account, row.raw_text, row.reference]
    return [row.id, row.account_id, row.status, *days, *sums, *words, row.category, row.bank_id]


def facts(db: Database) -> dict[str, Any]:
    """Return what must be in it for ever, as plain values."""
    everything = Filter(account_ids=(1, 2))
    return {
        "connections": [
            [one.id, one.bank_id, one.name, one.state, str(one.last_success), one.position]
            for one in connections.connections(db)
        ],
        "accounts": [
            [one.id, one.key, one.label, one.currency, one.number, one.hidden, one.position]
            for one in connections.accounts(db)
        ],
        "rows": [_said(row) for row in view.transactions(db, everything)],
        "answers": [
            view.raw(db, row.rowid).decode() for row in view.page(db, everything, limit=999)
        ],
        "found": view.totals(db, Filter(account_ids=(1, 2), text="cafe 3")).count,
        "balances": [[str(day), own] for day, own in view.balances(db, 1, START)],
        "calls": len(connections.calls(db, "toy", NOON - timedelta(days=9))),
    }


def main() -> None:
    """Write the fixture of this version."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"step-{len(STEPS)}.db"
    path.unlink(missing_ok=True)
    with closing(open_ledger(path, KEY, create=True)) as db:
        fill(db)
        path.with_suffix(".json").write_text(
            json.dumps(facts(db), ensure_ascii=False) + "\n", "utf-8"
        )
        db.run("PRAGMA wal_checkpoint(TRUNCATE)")
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


if __name__ == "__main__":
    main()
