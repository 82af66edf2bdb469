"""A bank of two accounts that lives day by day, and a home that knows it: everything follows from the number of the day."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bankview import keychain
from bankview.banks import Bank, Dialect
from bankview.domain.account import Account
from bankview.domain.connection import Connection
from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.oauth.registration import Client
from bankview.oauth.server import Server
from bankview.paths import Paths
from bankview.settings import HomeFile
from bankview.store import connections, view
from bankview.store.database import open_ledger
from bankview.store.view import Filter
from bankview.sync.home import Home
from tests.store import old_ledgers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = old_ledgers.KEY
START = date(2026, 1, 1)
KEYS = ("current", "savings")
#: Days that have passed before the first fetch.
PAST = 12

Facts = Counter[tuple[str, str, int, str]]


def _row(key: str, day: int, minor: int, text: str, status: Status) -> Transaction:
    said = f'{{"day":{day},"text":"{text}"}}'.encode()
    return Transaction(
        key, status, START + timedelta(days=day), Money(minor, "NOK"), text, raw=said
    )


def rows(key: str, today: int) -> list[Transaction]:
    """Return everything that an account has on a day, newest first: bookings, twins, and what is held."""
    found: list[Transaction] = []
    sign = -1 if key == "current" else 1
    for day in range(today):
        found.append(_row(key, day, sign * (100 + day), f"Shop {day}", Status.BOOKED))
        # Booked late, and under another text than while it was held.
        if day + 2 <= today:
            found.append(_row(key, day, sign * 77, f"Booked of {day}", Status.BOOKED))
        else:
            found.append(_row(key, day, sign * 70, f"Held {day}", Status.PENDING))
        if day % 3 == 0:
            found += [_row(key, day, sign * 5, "Coffee", Status.BOOKED)] * 2
    return sorted(found, key=lambda row: row.booked_on, reverse=True)


def accounts(today: int) -> Iterator[Account]:
    """Yield the accounts with their balances, as booked."""
    for key in KEYS:
        booked = (row for row in rows(key, today) if row.status is Status.BOOKED)
        total = sum(row.amount.minor for row in booked)
        yield Account(key, key.title(), "NOK", f"no-{key}", balance=Money(total, "NOK"))


def bank(today: int) -> Bank:
    """Return the bank as it answers on a day."""

    def transactions(_: Any, account: Account, since: date, **__: Any) -> Iterator[Transaction]:
        yield from (row for row in rows(account.key, today) if row.booked_on >= since)

    dialect = Dialect("world", lambda _: accounts(today), transactions)
    server = Server(issuer="https://127.0.0.1:9", token_endpoint="https://127.0.0.1:9/token")
    client = Client("bankview", grant="none")
    api = "https://127.0.0.1:9/api"
    return Bank("world", "World", "NO", dialect, api, server, client, "UTC", 365, 90, 0, 0)


class WorldHome(Home):
    """A home in a folder, on a day, whose keychain is in memory."""

    day = 0

    def find_bank(self, bank_id: str) -> Bank | None:
        return bank(self.day) if bank_id == "world" else None

    @classmethod
    def on(cls, folder: Path, day: int) -> WorldHome:
        """Open the home as the program does at its start, and connect the bank where it is not yet."""
        paths = Paths.of(folder)
        paths.create()
        home = cls(paths, keychain.open_keychain("memory"), KEY, lambda: noon(day))
        home.day = day
        home._open_ledger(HomeFile("world", "memory", recovery_kept=True), "memory")
        with closing(home.database()) as db:
            if connections.connection(db, "world") is None:
                connections.save_connection(db, Connection("world", "world", "World"))
        return home


def noon(day: int) -> datetime:
    """Return the instant at which the home lives on a day."""
    return datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=day)


def facts(found: Any) -> Facts:
    """Return what may be compared of rows: status, day, minor units and text, counted."""
    return Counter(
        (row.status.value, row.booked_on.isoformat(), row.amount.minor, row.description)
        for row in found
    )


def shown(ledger: Path) -> dict[str, Facts]:
    """Return what a ledger shows of each account; it is looked through on the way."""
    with closing(open_ledger(ledger, KEY, check=True)) as db:
        assert db.run("PRAGMA integrity_check") == [("ok",)]
        texts = dict(db.run("SELECT account_id, count(DISTINCT text_id) FROM detail GROUP BY 1"))
        assert db.one("SELECT count(*) FROM tx") == db.one("SELECT count(*) FROM doc")
        found = {key: Facts() for key in KEYS}
        for account in connections.accounts(db):
            mine = list(view.transactions(db, Filter(account_ids=(account.id,))))
            assert len(mine) == texts.get(account.id, 0)
            found[account.key] = facts(mine)
        return found


def right(day: int) -> dict[str, Facts]:
    """Return what a ledger shows that was fetched on a day."""
    return {key: facts(rows(key, day)) for key in KEYS}
