"""Rows of monobank's statements: signed amounts in minor units, and currencies by their number (ISO 4217)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bankview import categories
from bankview.banks._bank import Partial
from bankview.banks._lenient import each
from bankview.domain.transaction import Status, Transaction
from bankview.errors import BadBankDataError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from zoneinfo import ZoneInfo

    from bankview.banks._bank import Skipped
    from bankview.banks._read import Row
    from bankview.domain.account import Account
    from bankview.domain.money import Money

_NUMBERS = """
    008 ALL  012 DZD  032 ARS  036 AUD  051 AMD  144 LKR  152 CLP  156 CNY  170 COP  188 CRC  191 HRK  203 CZK
    208 DKK  214 DOP  344 HKD  348 HUF  352 ISK  356 INR  360 IDR  376 ILS  392 JPY  398 KZT  400 JOD  404 KES
    410 KRW  414 KWD  417 KGS  422 LBP  458 MYR  484 MXN  498 MDL  504 MAD  524 NPR  554 NZD  578 NOK  586 PKR
    604 PEN  608 PHP  634 QAR  643 RUB  682 SAR  702 SGD  704 VND  710 ZAR  752 SEK  756 CHF  764 THB  784 AED
    788 TND  807 MKD  818 EGP  826 GBP  834 TZS  840 USD  858 UYU  860 UZS  901 TWD  933 BYN  941 RSD  944 AZN
    946 RON  949 TRY  975 BGN  977 BAM  978 EUR  980 UAH  981 GEL  985 PLN  986 BRL
"""
#: The letters of a currency by its number.
CURRENCIES = dict(zip(_NUMBERS.split()[::2], _NUMBERS.split()[1::2], strict=True))


def transactions(
    rows: Iterator[Row | Partial], account: Account, zone: ZoneInfo
) -> Iterator[Transaction | Partial | Skipped]:
    """Yield the rows as values; one that cannot be read is skipped with its reason."""
    for row in rows:
        if isinstance(row, Partial):
            yield row
        else:
            yield from each([row], lambda one: transaction(one, account, zone))


def transaction(row: Row, account: Account, zone: ZoneInfo) -> Transaction:
    """Return a row as a value.

    Raises:
        BadBankDataError: something is wrong with it.
    """
    held = row.flag("hold")
    lines = row.text("description").split("\n")
    description = " ".join(line.strip() for line in lines if line.strip())
    original = _original(row, account)
    return Transaction(
        account_key=account.key,
        status=Status.PENDING if held else Status.BOOKED,
        booked_on=_day(row, zone),
        amount=row.needed("amount", row.minor("amount", account.currency)),
        description=description,
        payee=row.text("counterName") or description,
        counterparty_account=row.text("counterIban"),
        reference=row.text("comment"),
        # Its balance after it counts what is held, and what the bank would lend: no sum of booked rows.
        original=original,
        # Whether what is booked keeps the id of what was held is not promised.
        bank_id="" if held else row.text("id"),
        kind=categories.of_mcc(row.text("mcc").zfill(4)) if row.text("mcc") else "",
    )


def _day(row: Row, zone: ZoneInfo) -> date:
    """Return the bank's day of an instant in whole seconds."""
    second = row.needed("time", row.value.get("time"))
    # Up to the year 2200: what is larger counts something else than seconds.
    if type(second) is not int or not 0 < second < 7_258_118_400:
        raise BadBankDataError(row.field("time"), "is no instant")
    return datetime.fromtimestamp(second, UTC).astimezone(zone).date()


def _original(row: Row, account: Account) -> Money | None:
    currency = CURRENCIES.get(row.text("currencyCode").zfill(3), account.currency)
    return None if currency == account.currency else row.minor("operationAmount", currency)
