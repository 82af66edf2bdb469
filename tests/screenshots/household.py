"""An invented household at three banks, the same to the last øre each time: what pictures of the window show."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from bankview.domain.account import Account, AccountType
from bankview.domain.connection import Connection, State
from bankview.domain.money import Money
from bankview.domain.rule import Rule
from bankview.domain.transaction import Status, Transaction
from bankview.paths import Paths
from bankview.store import connections, diary, ledger, rules, saved, words
from bankview.sync.home import Home
from bankview.sync.merge import account_identity, merge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bankview.store.database import Database

#: The instant at which all pictures are taken.
NOW = datetime(2026, 11, 20, 13, 2, tzinfo=UTC)
#: The day from which the household keeps rows: fourteen months.
FIRST = date(2025, 9, 20)

#: Payee, memo, category, minor units, and every how many days from which one on.
_OFTEN = (
    ("REMA 1000 Torshov", "Card", "food.groceries", -21_890, 4, 1),
    ("REMA 1000 Grünerløkka", "Card", "food.groceries", -48_620, 9, 0),
    ("Kiwi Storo", "Card", "food.groceries", -31_240, 7, 3),
    ("Vinmonopolet", "Card", "food.groceries", -28_980, 17, 5),
    ("Café Løvetann", "Card", "food.restaurants", -14_250, 8, 2),
    ("Ruter", "Ticket", "transport.public", -4_200, 5, 2),
    ("Circle K Sinsen", "Card", "transport.car", -61_300, 19, 6),
    ("Bremarka Idrettslag", "Treningsavgift", "leisure.sport", -145_000, 90, 15),
    ("Norli Bokhandel", "Card", "leisure", -34_900, 31, 12),
    ("Vitusapotek", "Card", "health", -18_760, 26, 9),
    ("Clas Ohlson", "Card", "housing.home", -42_960, 43, 20),
    ("Vipps · Ingrid Moe", "Bursdag", "gifts", -25_000, 37, 11),
)
#: Payee, memo, category, minor units and day of the month.
_MONTHLY = (
    ("Fjellheim Skole", "Lønn", "income.salary", 4_231_000, 12),
    ("OBOS Eiendom", "Husleie", "housing.rent", -1_275_000, 1),
    ("Hafslund Strøm", "Faktura", "housing.bills", -124_370, 14),
    ("Telenor", "Mobil", "housing.bills", -54_900, 20),
    ("Bremarka barnehage", "Foreldrebetaling", "children", -324_000, 5),
    ("Spotify", "Premium Family", "leisure.media", -19_900, 8),
    ("reMarkable", "Connect subscription", "leisure.media", -3_900, 19),
    ("Gjensidige", "Innboforsikring", "insurance", -38_200, 3),
)
_SAVED = 300_000


def home(folder: Path) -> Home:
    """Return a new home that holds the household, its clock at `NOW`."""
    made = empty(folder)
    with closing(made.database()) as db:
        fill(db)
    return made


def empty(folder: Path) -> Home:
    """Return a new home without a bank, its clock at `NOW`."""
    return Home.open(Paths.of(folder), "passphrase", passphrase=lambda: "open", now=lambda: NOW)


def fill(db: Database) -> None:
    """Write the household into a ledger."""
    early, behind = NOW - timedelta(hours=3), NOW - timedelta(days=18)
    _bank(db, "sparebank1-smn", "SpareBank 1 SMN", last_success=NOW)
    _bank(db, "dnb", "DNB", state=State.SIGN_IN, last_success=behind)
    ends = NOW + timedelta(days=6, hours=8)
    _bank(db, "credit-agricole-paris", "Crédit Agricole", last_success=early, consent_ends=ends)
    daily = _account(db, "sparebank1-smn", "Brukskonto", "42023177045", 4_821_367)
    _keep(db, daily, tuple(_everyday()))
    _keep(db, daily, (*_everyday(), *_fresh()))
    put_by = _account(db, "sparebank1-smn", "Sparekonto", "42023188098", 21_248_000)
    _keep(db, put_by, tuple(_saved_up()))
    shared = _account(db, "sparebank1-smn", "Felleskonto", "42023199071", 987_415)
    _keep(db, shared, tuple(_shared()))
    card = _account(db, "sparebank1-smn", "Mastercard", "5413 •••• 4471", -631_840)
    _keep(db, card, tuple(_abroad()))
    _account(db, "dnb", "Lønnskonto", "12034455667", 3_190_255)
    _account(db, "dnb", "BSU", "12034455675", 14_000_000)
    current = _account(db, "credit-agricole-paris", "Compte courant", "FR7612345", 341_255, "EUR")
    _keep(db, current, tuple(_french()))
    _account(db, "credit-agricole-paris", "Livret A", "FR7654321", 483_205, "EUR")
    old = _account(db, "dnb", "Gammel konto", "12034400000", 0)
    connections.hide_account(db, old.id, hidden=True)
    _write_words(db, daily)
    _write_diary(db)


def _bank(db: Database, id_: str, name: str, **more: object) -> None:
    made = Connection(id_, id_, name, created_at=NOW, last_attempt=NOW, **more)  # type: ignore[arg-type]
    connections.save_connection(db, made)


def _account(
    db: Database, bank: str, name: str, number: str, minor: int, currency: str = "NOK"
) -> Account:
    kind = AccountType.SAVINGS if name in {"Sparekonto", "BSU", "Livret A"} else AccountType.CURRENT
    balance = Money(minor, currency)
    made = Account(name, name, currency, number, type=kind, balance=balance, connection_id=bank)
    return connections.save_account(db, made)


def _keep(db: Database, account: Account, rows: tuple[Transaction, ...]) -> None:
    known = ledger.known(db, account.id, FIRST)
    changes = merge(account_identity(account.connection_id, account), known, rows)
    ledger.publish(db, account, changes, NOW)


def _row(day: date, payee: str, memo: str, kind: str, minor: int, **more: object) -> Transaction:
    said = {"beskrivelse": f"{payee.upper()} {day:%d.%m}", "beløp": f"{minor / 100:.2f}"}
    money = Money(minor, str(more.pop("currency", "NOK")))
    made = Transaction("key", Status.BOOKED, day, money, memo, payee=payee, kind=kind)
    return made.but(
        raw=json.dumps(said, ensure_ascii=False).encode(),
        raw_text=f"VAREKJØP {payee.upper()} DATO {day:%d.%m} KL. 17.42 VISA *4471",
        reference=f"{day:%Y %m%d} {abs(minor) % 10_000:04d}",
        value_on=day,
        **more,
    )


def _days() -> Iterator[tuple[int, date]]:
    last = NOW.date() - timedelta(days=1)
    for number in range((last - FIRST).days + 1):
        yield number, FIRST + timedelta(days=number)


def _everyday() -> Iterator[Transaction]:
    for number, day in _days():
        for payee, memo, kind, minor, every, first in _OFTEN:
            if number % every == first % every:
                said = f"{memo} {day - timedelta(days=1):%-d %b}" if memo == "Card" else memo
                # Nobody buys the same twice: it varies by a tenth or two, and always as much.
                varied = minor * (100 + number * 7 % 37 - 18) // 100
                yield _row(day, payee, said, kind, varied, transacted_on=day - timedelta(days=1))
        for payee, memo, kind, minor, of_month in _MONTHLY:
            if day.day == of_month:
                yield _row(day, payee, memo, kind, minor)
        if day.day == 15:
            yield _row(day, "Til Sparekonto", "Fast sparing", "transfers", -_SAVED)


def _fresh() -> Iterator[Transaction]:
    """What came since the last look: two that the bank only holds, and a bonus."""
    today = NOW.date()
    for payee, minor in (("REMA 1000 Torshov", -31_240), ("Narvesen Oslo S", -3_900)):
        held = _row(today, payee, "Reserved", "food.groceries", minor)
        yield held.but(status=Status.PENDING, value_on=None)
    yield _row(today, "Æ · REMA 1000", "Bonus oktober", "food.groceries", 7_640)


def _saved_up() -> Iterator[Transaction]:
    for _, day in _days():
        if day.day == 15:
            yield _row(day, "Fra Brukskonto", "Fast sparing", "transfers", _SAVED)
        if (day.month, day.day) == (12, 31):
            yield _row(day, "SpareBank 1 SMN", "Renter", "income.interest", 612_300)


def _shared() -> Iterator[Transaction]:
    for number, day in _days():
        if number % 11 == 4:
            yield _row(day, "Meny Sagene", "Card", "food.groceries", -64_350 - number * 13)
        if day.day == 2:
            yield _row(day, "Ola Nordmann", "Felles", "", 600_000)


def _abroad() -> Iterator[Transaction]:
    for number, day in _days():
        if number % 23 == 7:
            yield _row(
                day,
                "SNCF Connect",
                "Paris Gare de Lyon",
                "travel",
                -92_760 - number,
                original=Money(-7_890, "EUR"),
            )
        if number % 41 == 9:
            yield _row(day, "H&M Karl Johan", "Card", "shopping.clothes", -79_800)


def _french() -> Iterator[Transaction]:
    for number, day in _days():
        if number % 9 == 2:
            yield _row(day, "Monoprix", "CB", "food.groceries", -3_865 - number, currency="EUR")
        if day.day == 28:
            yield _row(day, "Lycée Voltaire", "Virement", "income.salary", 118_000, currency="EUR")


def _write_words(db: Database, daily: Account) -> None:
    """Write what the person wrote: notes, tags, categories of their own, rules and searches."""
    mine = [row for row in reversed(ledger.known(db, daily.id, FIRST)) if "Løvetann" in row.payee]
    words.change(db, daily.id, mine[0].id, note="Lunch with Kari, half is hers", tags=("shared",))
    for row in mine[:3]:
        words.change(db, daily.id, row.id, category="leisure")
    rules.save(db, Rule(text="narvesen", category="food.restaurants", payee="Narvesen"))
    rules.save(db, Rule(text="circle k", category="transport.car", direction="out"))
    rules.save(db, Rule(text="ola nordmann", category="Household", low=100_000))
    saved.put(db, saved.Saved("Groceries over 500", "category:groceries amount:>500"))
    saved.put(db, saved.Saved("Shared", "tag:shared"))


def _write_diary(db: Database) -> None:
    for hours in (26, 18, 9, 3, 0):
        lines = [
            diary.Told(
                "sparebank1-smn", "SpareBank 1 SMN", name, hours == 0, sent, new, 0, settled, ""
            )
            for name, sent, new, settled in (("Brukskonto", 37, 3, 1), ("Felleskonto", 12, 0, 0))
        ]
        if hours == 9:
            said = "DNB needs you to sign in again."
            lines.append(diary.Told("dnb", "DNB", "", False, 0, 0, 0, 0, said))
        diary.write(db, NOW - timedelta(hours=hours), lines)
