"""QIF, as banks still offer it: records of lines, each with a letter before its text, and no word of currency or order.

Described in GnuCash's notes on the format; no kept library reads it under a permissive licence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from bankview.domain.account import Account
from bankview.domain.transaction import Status, Transaction
from bankview.errors import FileCutError, FileUnclearError
from bankview.files import guess, values
from bankview.files.columns import Columns
from bankview.files.encoding import encoding_of
from bankview.files.values import NotReadError, Unread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bankview.files.source import Source
    from bankview.files.values import Currency, Items

#: Sections of rows in an account; the others are lists of categories, securities and the like.
_ROWS = frozenset(["bank", "cash", "ccard", "oth\xa0a", "oth\xa0l"]) | {
    "oth a",
    "oth l",
}
Record = dict[str, str]


def layout_of(source: Source) -> Columns:
    """Return how the file is to be read; order of days and decimal mark are empty where both are possible."""
    amounts = set[str]()
    found = Columns(
        encoding=encoding_of(source),
        delimiter="",
        first=0,
        header=("QIF",),
        places={},
        order="",
        decimal="",
    )
    left, same = set(guess.ORDERS), True
    for _, __, record in _records(source, found):
        if (text := record.get("D", "")) and (fit := guess.orders(text)):
            left, same = left & set(fit), same and len(set(fit.values())) == 1
        if amount := record.get("T") or record.get("U"):
            amounts.add(_shape(amount))
    order = min(left, key=guess.ORDERS.index) if left and (len(left) == 1 or same) else ""
    return replace(found, order=order, decimal=guess.decimal_mark(amounts))


def _shape(text: str) -> str:
    """Return an amount with each digit as 1: what its marks are follows from that, and shapes are few."""
    return "".join("1" if letter.isdigit() else letter for letter in text.strip())


def read(source: Source, layout: Columns, known: Currency) -> Items:
    """Yield the accounts, rows and unread rows of a file; `known` says the currency of an account: the file names none.

    Raises:
        FileUnclearError: the order of days, the decimal mark or the currency is open.
        FileCutError: it ends within a record.
    """
    last, currency = None, ""
    for line, account, record in _records(source, layout):
        if not layout.order and record.get("D"):
            raise FileUnclearError(source.name, "order", record["D"])
        if not layout.decimal and record.get("T"):
            raise FileUnclearError(source.name, "decimal", record["T"])
        if account != last:
            currency = layout.currency or known(Account(account, account, ""))
            if not currency:
                raise FileUnclearError(source.name, "currency")
            yield Account(key=account, name=account, currency=currency)
            last = account
        try:
            yield _row(source.name, line, account, record, layout, currency)
        except NotReadError as error:
            yield Unread(line, str(error))


def _records(source: Source, layout: Columns) -> Iterator[tuple[int, str, Record]]:
    """Yield each record of a row with its line and the name of its account."""
    section, account, record, start = "", "", Record(), 1
    for number, line in enumerate(source.lines(layout.encoding), 1):
        text = line.strip("\r\n\N{ZERO WIDTH NO-BREAK SPACE}").strip()
        if text.startswith("!"):
            section, record = text[1:].casefold().removeprefix("type:").strip(), {}
        elif text == "^":
            if section == "account":
                account = record.get("N", "")
            elif section in _ROWS and record:
                yield start, account, record
            record, start = {}, number + 1
        elif text:
            # The lines of a split follow the whole; what counts is the whole.
            record.setdefault(text[0], text[1:].strip())
    if record and section in _ROWS:
        raise FileCutError(source.name)


def _row(
    file: str, line: int, account: str, said: Record, layout: Columns, currency: str
) -> Transaction:
    payee, memo = said.get("P", ""), said.get("M", "")
    return Transaction(
        account_key=account,
        status=Status.BOOKED,
        booked_on=values.day_of(said.get("D", ""), layout.order),
        amount=values.money_of(said.get("T") or said.get("U", ""), layout.decimal, currency),
        description=memo or payee,
        payee=payee,
        reference=said.get("N", ""),
        category=said.get("L", ""),
        raw=values.raw(file, line, said),
    )
