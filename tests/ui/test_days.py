"""A bank's day is the same from UTC−12 to UTC+14, on the days when clocks change, and at every place it is shown."""

from __future__ import annotations

import io
import time
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from babel import Locale

from bankview.banks import dialects
from bankview.domain.account import Account
from bankview.domain.transaction import Transaction
from bankview.export import presets
from bankview.store import connections, ledger, view
from bankview.store.database import open_memory
from bankview.store.view import Filter
from bankview.sync.merge import merge
from bankview.ui.models.transactions import SORT_ROLE, Column, TransactionsModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bankview.domain.entry import Entry

HERE = ["Etc/GMT+12", "America/St_Johns", "UTC", "Europe/Oslo", "Asia/Kathmandu", "Etc/GMT-14"]
BANKS = ["Etc/GMT+12", "Europe/Lisbon", "Europe/Oslo", "Pacific/Auckland", "Pacific/Kiritimati"]
#: Ordinary days, and days on which clocks change in one of these zones or another, and a leap day.
DAYS = ["2024-02-29", "2025-12-31", "2026-03-29", "2026-10-25", "2026-04-05", "2026-09-27"]
ACCOUNT = Account("key-1", "Daglig", "EUR", number="12345678903", connection_id="bank")


@pytest.fixture(params=HERE)
def _here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This computer in another zone."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def instants(day: date, zone: ZoneInfo) -> list[datetime]:
    """Return the first and the last second of a bank's day, and its noon."""
    first = datetime(day.year, day.month, day.day, tzinfo=zone)
    following = day + timedelta(days=1)
    end = datetime(following.year, following.month, following.day, tzinfo=zone)
    return [first, first + timedelta(hours=12), end.astimezone(UTC) - timedelta(seconds=1)]


def sparebank1(day: date, zone: ZoneInfo) -> list[dict[str, Any]]:
    """Return rows whose days are instants: epoch milliseconds, ISO with an offset, ISO in UTC."""
    said = [
        form
        for instant in instants(day, zone)
        for form in (
            int(instant.timestamp() * 1000),
            instant.isoformat(),
            instant.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        )
    ]
    return [
        {"bookingStatus": "BOOKED", "date": each, "interestDate": each, "amount": Decimal(n + 1)}
        for n, each in enumerate(said)
    ]


def stet(day: date, zone: ZoneInfo) -> list[dict[str, Any]]:
    """Return rows whose days are days, or instants."""
    said = [day.isoformat(), *(instant.isoformat() for instant in instants(day, zone))]
    return [
        {
            "transactionAmount": {"currency": "EUR", "amount": f"{n + 1}.00"},
            "creditDebitIndicator": "CRDT",
            "status": "BOOK",
            "bookingDate": each,
            "valueDate": each,
        }
        for n, each in enumerate(said)
    ]


def told(name: str, day: date, zone: ZoneInfo) -> list[Transaction]:
    """Return what a dialect makes of it."""
    rows = {"sparebank1": sparebank1, "stet": stet}[name](day, zone)
    dialect = dialects()[name].at(zone)
    found = dialect.transactions(lambda *_: {"transactions": rows}, ACCOUNT, day)
    made = [row for row in found if isinstance(row, Transaction)]
    assert len(made) == len(rows)
    return made


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize("zone", BANKS)
@pytest.mark.parametrize("name", ["sparebank1", "stet"])
def test_a_day_is_a_day_at_the_bank_in_the_ledger_on_the_screen_and_in_the_file(
    name: str, zone: str
) -> None:
    for text in DAYS:
        day = date.fromisoformat(text)
        rows = told(name, day, ZoneInfo(zone))
        with closing(open_memory("days")) as db:
            account = connections.save_account(db, ACCOUNT)
            ledger.publish(db, account, merge("me", (), rows), datetime(2026, 12, 1, tzinfo=UTC))
            kept = list(view.transactions(db, Filter(since=day, until=day)))
            days = written(list(view.entries(db, Filter(since=day, until=day))), account)
            pages = view.page(db, Filter(), limit=99)
            assert not view.totals(db, Filter(since=day + timedelta(days=1))).count
            assert not view.totals(db, Filter(until=day - timedelta(days=1))).count
        assert {row.booked_on for row in kept} == {day}
        assert {row.value_on for row in kept} == {day}
        assert len(kept) == len(rows)
        assert shown(pages) == {day}
        assert days == {text}


def shown(pages: list[view.Row]) -> set[date]:
    model = TransactionsModel()
    model.today = date(2026, 12, 1)
    model.show(len(pages), lambda _: pages)
    places = [model.index(n, Column.DATE) for n in range(len(pages))]
    days = {model.data(place, SORT_ROLE) for place in places}
    for place in places:
        day = model.data(place, SORT_ROLE)
        assert model.data(place).split()[1] == str(day.day)
    return days


def written(rows: list[Entry], account: Account) -> set[str]:
    out = io.BytesIO()
    places = {account.id: account}
    presets.write("standard", iter(rows), places, {account.id: "Bank"}, out, Locale("en"))
    header, *lines = out.getvalue().decode().splitlines()
    at = header.split(",").index("booking_date")
    return {line.split(",")[at] for line in lines}
