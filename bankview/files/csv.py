"""Rows of a CSV file, as its columns say."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from bankview.domain.account import Account, flat
from bankview.domain.formula import unguarded
from bankview.domain.transaction import Status, Transaction
from bankview.domain.words import Words
from bankview.errors import FileUnclearError
from bankview.files import values
from bankview.files.columns import Columns, cell
from bankview.files.direction import direction
from bankview.files.guess import lines
from bankview.files.values import NotReadError, Unread
from bankview.language import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from decimal import Decimal

    from bankview.domain.money import Money
    from bankview.files.source import Source
    from bankview.files.values import Currency, Items

#: The columns whose texts are a row's as they stand.
_TEXTS = {
    "counterparty": "counterparty_account",
    "raw_text": "raw_text",
    "reference": "reference",
    "category": "category",
    "bank_id": "bank_id",
    "own_id": "id",
}
P = ParamSpec("P")
T = TypeVar("T")

_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
#: Lines behind the last row that may be sums, greetings and the like.
FOOTER = 50
#: What banks call a row that is not booked yet.
_PENDING = frozenset(
    [
        "pending",
        "reserved",
        "reservert",
        "reservasjon",
        "venter",
        "ventende",
        "vorgemerkt",
        "ausstehend",
        "authorised",
        "authorized",
        "pdng",
        "en\xa0attente",
        "attente",
    ]
) | {"en attente", "på vent"}


def read(source: Source, columns: Columns, currency: Currency = values.unknown) -> Items:
    """Yield the accounts, rows and unread lines of a file.

    What follows the last row is no row: sums and greetings. `currency` says that of an account for a file that
    names none.

    Raises:
        FileUnclearError: the order of days, the decimal mark or the currency is open.
    """
    _insist(source, columns)
    reader = _Lines(source.name, columns, currency)
    aside: list[Unread] = []
    for number, cells in islice(enumerate(lines(source, columns), 1), columns.first, None):
        if not any(map(str.strip, cells)):
            continue
        try:
            account, row = reader.row(number, cells)
        except NotReadError as error:
            aside.append(Unread(number, str(error)))
            if len(aside) > FOOTER or reader.has_day(cells):
                yield from aside
                aside.clear()
            continue
        yield from aside
        aside.clear()
        if account:
            yield account
        yield row
    if not reader.count:
        yield from aside


def _insist(source: Source, columns: Columns) -> None:
    if "date" not in columns.places:
        raise FileUnclearError(source.name, "date")
    if not columns.places.keys() & {"amount", "in", "out"}:
        raise FileUnclearError(source.name, "amount")
    if not columns.order:
        raise FileUnclearError(source.name, "order", _example(source, columns, "date"))
    if not columns.decimal:
        names = [name for name in ("amount", "out", "in", "balance") if name in columns.places]
        raise FileUnclearError(source.name, "decimal", _example(source, columns, *names))


def _example(source: Source, columns: Columns, *names: str) -> str:
    """Return a text that could be read in two ways."""
    rows = islice(lines(source, columns), columns.first, None)
    found = (
        text for cells in rows for name in names if (text := cell(columns.places, cells, name))
    )
    return next(found, "")


class _Lines:
    """Reads one line after the other."""

    def __init__(self, name: str, columns: Columns, currency: Currency) -> None:
        self._name, self._columns, self._currency = name, columns, currency
        self._currencies: dict[str, str] = {}
        self._accounts: dict[tuple[str, ...], Account] = {}
        self._names: list[str] = []
        self._seen: set[str] = set()
        self.count = 0

    def row(self, number: int, cells: Sequence[str]) -> tuple[Account | None, Transaction]:
        """Return a line's row, and its account where it is the first of it.

        Raises:
            NotReadError: it is none.
        """
        places = self._columns.places
        said = {name: cell(places, cells, name) for name in places}
        if self._columns.guarded:
            said = {name: unguarded(text) for name, text in said.items()}
        currency = said.get("currency") or self._columns.currency or self._known(said)
        currency = currency.upper()
        booked_on = self._day(said.get("date", ""))
        if not booked_on:
            raise NotReadError(tr("no date"))
        amount = self._amount(said, currency)
        if amount is None:
            raise NotReadError(tr("no amount"))
        own, account = self._account(said, currency)
        payee = (said.get("payer") if amount.minor > 0 else "") or said.get("payee", "")
        description = said.get("description") or payee
        pending = said.get("status", "").casefold() in _PENDING
        row = Transaction(
            account_key=own,
            status=Status.PENDING if pending else Status.BOOKED,
            booked_on=booked_on,
            amount=amount,
            description=description,
            payee=payee,
            raw=values.raw(
                self._name, number, dict(zip(self._headings(cells), cells, strict=False))
            ),
            **self._more(said, description, currency),
        )
        self.count += 1
        return account, row

    def _more(self, said: dict[str, str], description: str, currency: str) -> dict[str, Any]:
        """Return what a line says besides, by the names that a row has for it."""
        more: dict[str, Any] = {_TEXTS[name]: text for name, text in said.items() if name in _TEXTS}
        if more.get("reference") == "NOTPROVIDED":
            del more["reference"]
        if more.get("raw_text") == description:
            del more["raw_text"]
        for name, own, read in (
            ("value_date", "value_on", self._day),
            ("bought", "transacted_on", self._day),
            ("rate", "rate", self._rate),
        ):
            if said.get(name):
                more[own] = _maybe(read, said[name])
        if said.get("balance"):
            more["balance_after"] = _maybe(self._money, said["balance"], currency)
        if said.get("original"):
            more["original"] = _maybe(self._original, said)
        if said.get("notes") or said.get("tags"):
            more["words"] = Words(said.get("notes", ""), _tags(said.get("tags", "")))
        return more

    def has_day(self, cells: Sequence[str]) -> bool:
        """Say whether a line begins as a row does, so that it is no greeting."""
        try:
            return bool(self._day(cell(self._columns.places, cells, "date")))
        except NotReadError:
            return False

    def _headings(self, cells: Sequence[str]) -> list[str]:
        """Return the names of a line's columns, and of more where an earlier one had more."""
        header = self._columns.header
        for place in range(len(self._names), len(cells)):
            named = place < len(header) and header[place]
            self._names.append(header[place] if named else str(place + 1))
        return self._names

    def _known(self, said: dict[str, str]) -> str:
        """Return what is known of the currency of a row's account."""
        found = self._found(said, "")
        if found.key not in self._currencies:
            self._currencies[found.key] = self._currency(found)
        if not self._currencies[found.key]:
            raise FileUnclearError(self._name, "currency")
        return self._currencies[found.key]

    def _account(self, said: dict[str, str], currency: str) -> tuple[str, Account | None]:
        found = self._found(said, currency)
        if found.key in self._seen:
            return found.key, None
        self._seen.add(found.key)
        return found.key, found

    def _found(self, said: dict[str, str], currency: str) -> Account:
        told = (*(said.get(name, "") for name in ("account", "iban", "account_name")), currency)
        if told not in self._accounts:
            self._accounts[told] = self._named(said, currency)
        return self._accounts[told]

    def _named(self, said: dict[str, str], currency: str) -> Account:
        number = said.get("account", "")
        iban = said.get("iban", "") or self._columns.number
        if not iban and _IBAN.fullmatch(flat(number)):
            number, iban = "", flat(number)
        name = said.get("account_name", "")
        key = "|".join((iban or number or name, currency))
        return Account(key=key, name=name, currency=currency, number=number, iban=iban)

    def _day(self, text: str) -> date | None:
        return values.day_of(text, self._columns.order) if text else None

    def _money(self, text: str, currency: str) -> Money | None:
        return values.money_of(text, self._columns.decimal, currency) if text else None

    def _amount(self, said: dict[str, str], currency: str) -> Money | None:
        out, into = (self._money(said.get(name, ""), currency) for name in ("out", "in"))
        if out and out.minor:
            return -out if out.minor > 0 else out
        if into and into.minor:
            return into
        amount = self._money(said.get("amount", ""), currency)
        if amount is None:
            return into if into is not None else out
        sign = direction(said.get("direction", ""))
        return -amount if sign < 0 < amount.minor else amount

    def _original(self, said: dict[str, str]) -> Money | None:
        currency = said.get("original_currency", "").upper()
        return self._money(said.get("original", ""), currency) if currency else None

    def _rate(self, text: str) -> Decimal | None:
        try:
            return values.decimal(text, self._columns.decimal) if text else None
        except ValueError:
            raise NotReadError from None


def _maybe(read: Callable[P, T | None], *said: P.args, **more: P.kwargs) -> T | None:
    """Return what is no reason to leave a row out where it cannot be read."""
    try:
        return read(*said, **more)
    except NotReadError:
        return None


def _tags(text: str) -> tuple[str, ...]:
    return tuple(tag for one in text.split(",") if (tag := one.strip()))
