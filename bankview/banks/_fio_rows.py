"""Rows of Fio's statements: an object a column, which is null where it is empty."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from bankview.banks._lenient import each
from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.errors import BadBankDataError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from bankview.banks._bank import Skipped
    from bankview.banks._read import Row
    from bankview.domain.account import Account

#: The bank's numbers of columns.
_DATE, _AMOUNT, _CURRENCY, _ID = 0, 1, 14, 22
_ACCOUNT, _BANK, _NAME = 2, 3, 10
_SYMBOLS = {"VS": 5, "KS": 4, "SS": 6}
_NOTE, _TYPE, _MESSAGE, _SPECIFICATION, _COMMENT, _PAYER = 7, 8, 16, 18, 25, 27
#: What a specification says of an amount abroad.
_ABROAD = re.compile(r"(-?\d{1,12}(?:[.,]\d{1,4})?) ([A-Z]{3})")


def transactions(
    rows: Iterator[Row], account: Account, zone: ZoneInfo
) -> Iterator[Transaction | Skipped]:
    """Yield the rows as values; one that cannot be read is skipped with its reason."""
    return each(rows, lambda row: transaction(row, account, zone))


def transaction(row: Row, account: Account, zone: ZoneInfo) -> Transaction:
    """Return a row as a value.

    Raises:
        BadBankDataError: something is wrong with it.
    """
    if row.inner(f"column{_CURRENCY}").currency("value", account.currency) != account.currency:
        raise BadBankDataError(row.field(f"column{_CURRENCY}"), "is not the account's")
    amount, made = row.inner(f"column{_AMOUNT}"), row.inner(f"column{_DATE}")
    money = amount.needed("value", amount.money("value", account.currency))
    name, message, note = _text(row, _NAME), _text(row, _MESSAGE), _text(row, _NOTE)
    comment, kind = _text(row, _COMMENT), _text(row, _TYPE)
    said = ((key, _text(row, number)) for key, number in _SYMBOLS.items())
    symbols = (f"{key} {symbol}" for key, symbol in said if symbol)
    return Transaction(
        account_key=account.key,
        status=Status.BOOKED,
        # A day with an offset of its own: it is the bank's day, and no instant.
        booked_on=made.needed("value", made.day("value", zone)),
        amount=money,
        description=message or comment or note or name or kind,
        payee=name or note or comment or message or kind,
        counterparty_account="/".join(filter(None, (_text(row, _ACCOUNT), _text(row, _BANK)))),
        reference=" ".join((*symbols, *filter(None, [_text(row, _PAYER)]))),
        raw_text=kind,
        original=_original(row, money),
        bank_id=_text(row, _ID),
    )


def _text(row: Row, number: int) -> str:
    return row.inner(f"column{number}").text("value")


def _original(row: Row, amount: Money) -> Money | None:
    found = _ABROAD.search(_text(row, _SPECIFICATION))
    if not found or found[2] == amount.currency:
        return None
    try:
        original = Money.of(Decimal(found[1].replace(",", ".")), found[2])
    except ValueError:
        return None
    # The text has no sign: it is that of the amount.
    return original if amount.minor > 0 or original.minor < 0 else -original
