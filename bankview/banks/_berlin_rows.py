"""Rows by the Berlin Group's names (NextGenPSD2 1.3): every text, day and id may stand elsewhere at each bank."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bankview import categories
from bankview.banks._lenient import each
from bankview.banks._read import Row, read_object
from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.errors import BadBankDataError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from decimal import Decimal
    from zoneinfo import ZoneInfo

    from bankview.banks._bank import Skipped
    from bankview.domain.account import Account

#: What banks write where they have nothing to say.
_NOTHING = re.compile(r"(?i)not ?provided|unknown|null|none|n/a|[0 .-]*")


def rows(
    lists: Row,
    account: Account,
    since: date,
    zone: ZoneInfo,
    today: date,
    ids: tuple[str, ...],
) -> Iterator[Transaction | Skipped]:
    """Yield what is booked from `since`, and all that is pending; the first of `ids` that says something is a row's."""

    def booked(row: Row) -> Transaction | None:
        found = transaction(row, account, zone)
        # Some banks send more than they were asked for.
        named = (_said(row.text(name)) for name in ids)
        return (
            found.but(bank_id=next(filter(None, named), "")) if found.booked_on >= since else None
        )

    def pending(row: Row) -> Transaction:
        return transaction(row, account, zone, pending_on=today)

    yield from each(lists.rows("booked", needed=False), booked)
    yield from each(lists.rows("pending", needed=False), pending)


def transaction(
    row: Row, account: Account, zone: ZoneInfo, pending_on: date | None = None
) -> Transaction:
    """Return a row as a value; `pending_on` is the day of one that is pending and has none of its own.

    Raises:
        BadBankDataError: something is wrong with it.
    """
    said = row.inner("transactionAmount")
    if said.currency("currency", account.currency) != account.currency:
        raise BadBankDataError(said.field("currency"), "is not the account's")
    amount = said.needed("amount", said.money("amount", account.currency))
    other = "creditor" if amount.minor < 0 else "debtor"
    text = _text(row)
    name = _said(row.text(f"{other}Name", f"ultimate{other.capitalize()}"))
    mcc = row.text("merchantCategoryCode")
    original, rate = _exchange(row, account, -1 if amount.minor < 0 else 1)
    return Transaction(
        account_key=account.key,
        status=Status.PENDING if pending_on else Status.BOOKED,
        booked_on=_day(row, zone, pending_on),
        amount=amount,
        description=text or name or row.text("proprietaryBankTransactionCode"),
        value_on=row.day("valueDate", zone) or row.day("valueDateTime", zone),
        payee=name or text,
        counterparty_account=_number(row.inner(f"{other}Account")),
        reference=_said(row.text("endToEndId")),
        balance_after=_balance(row, account),
        original=original,
        rate=rate,
        kind=categories.of_mcc(mcc) if mcc else "",
    )


def _said(text: str) -> str:
    return "" if _NOTHING.fullmatch(text) else text


def _day(row: Row, zone: ZoneInfo, otherwise: date | None) -> date:
    """Return the day of booking, else of value, whichever way they are written."""
    names = ("bookingDate", "bookingDateTime", "valueDate", "valueDateTime")
    found = next(filter(None, (row.day(name, zone) for name in names)), otherwise)
    return row.needed("bookingDate", found)


def _text(row: Row) -> str:
    """Return the longest of what is told in two ways, else what the bank adds (Commerzbank cuts the one text)."""
    plain = "remittanceInformationUnstructured"
    told = (_line(row.text(plain)), _line(" ".join(_texts(row, f"{plain}Array"))))
    found = max(told, key=len)
    if found:
        return found
    structured = "remittanceInformationStructured"
    _, value = row.first(structured)
    # Since version 1.3.11 it is an object, before it was a text.
    if isinstance(value, dict):
        return _line(read_object(value, row.field(structured)).text("reference"))
    return (
        _line(row.text(structured))
        or _line(" ".join(_texts(row, f"{structured}Array")))
        or _line(row.text("additionalInformation"))
    )


def _texts(row: Row, name: str) -> list[str]:
    return [text for text in row.items(name, needed=False) if isinstance(text, str)]


def _line(text: str) -> str:
    return _said(" ".join(text.split()))


def _number(said: Row) -> str:
    return said.text("iban", "bban", "maskedPan").replace(" ", "")


def _balance(row: Row, account: Account) -> Money | None:
    said = row.inner("balanceAfterTransaction")
    said = said.inner("balanceAmount") if "balanceAmount" in said.value else said.inner("amount")
    if said.currency("currency", account.currency) != account.currency:
        return None
    return said.money("amount", account.currency)


def _exchange(row: Row, account: Account, sign: int) -> tuple[Money | None, Decimal | None]:
    """Return the amount abroad, with the sign of the row, and its rate; some banks list what others tell once."""
    _, value = row.first("currencyExchange")
    value = value[0] if isinstance(value, list) and value else value
    if not isinstance(value, dict):
        return None, None
    said = read_object(value, row.field("currencyExchange"))
    instructed, rate = said.inner("instructedAmount"), said.rate("exchangeRate")
    currency = instructed.currency("currency", account.currency)
    if currency == account.currency:
        return None, None
    try:
        money = instructed.money("amount", currency)
    except BadBankDataError:
        # Some currencies come with more decimals than they have; the raw row keeps what the bank wrote.
        return None, None
    return (Money(sign * abs(money.minor), currency), rate) if money else (None, None)
