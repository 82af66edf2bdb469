"""Rows as Enable Banking hands them on: unsigned amounts with an indicator, three dates, and much that may be missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview import categories
from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.errors import BadBankDataError

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from bankview.banks._read import Row
    from bankview.domain.account import Account

#: What never moved money, or is to move it one day: no row of the account.
_NO_ROWS = {"RJCT", "CNCL", "SCHD"}


def transaction(row: Row, account: Account, zone: ZoneInfo) -> Transaction | None:
    """Return a row as a value; None where it is no row of the account.

    Raises:
        BadBankDataError: something is wrong with it.
    """
    if row.text("status").upper() in _NO_ROWS:
        return None
    amount = _amount(row, account)
    other = "creditor" if amount.minor < 0 else "debtor"
    text = " ".join(_lines(row))
    name = row.inner(other).text("name")
    description = text or row.inner("bank_transaction_code").text("description") or name
    iban, number = other_or_iban(row.inner(f"{other}_account"))
    mcc = row.text("merchant_category_code")
    original = _original(row, account, -1 if amount.minor < 0 else 1)
    return Transaction(
        account_key=account.key,
        status=Status.BOOKED if row.text("status").upper() == "BOOK" else Status.PENDING,
        booked_on=_day(row, zone),
        amount=amount,
        description=description or row.text("note"),
        value_on=row.day("value_date", zone),
        transacted_on=row.day("transaction_date", zone),
        payee=name or description,
        counterparty_account=iban or number,
        reference=row.text("reference_number"),
        balance_after=_balance(row, account),
        original=original,
        rate=row.inner("exchange_rate").rate("exchange_rate") if original else None,
        bank_id=_bank_id(row),
        kind=categories.of_mcc(mcc) if mcc else "",
    )


def _amount(row: Row, account: Account) -> Money:
    said = row.inner("transaction_amount")
    if said.currency("currency", account.currency) != account.currency:
        raise BadBankDataError(said.field("currency"), "is not the account's")
    money = said.needed("amount", said.money("amount", account.currency))
    side = row.needed("credit_debit_indicator", row.text("credit_debit_indicator").upper())
    if side not in {"CRDT", "DBIT"}:
        raise BadBankDataError(row.field("credit_debit_indicator"), "is neither CRDT nor DBIT")
    return Money(-abs(money.minor), money.currency) if side == "DBIT" else money


def _day(row: Row, zone: ZoneInfo) -> date:
    """Return the day of booking, else of value, else of the purchase."""
    days = (row.day(name, zone) for name in ("booking_date", "value_date", "transaction_date"))
    return row.needed("booking_date", next(filter(None, days), None))


def _lines(row: Row) -> list[str]:
    lines = row.items("remittance_information", needed=False)
    return [" ".join(line.split()) for line in lines if isinstance(line, str) and line.strip()]


def _balance(row: Row, account: Account) -> Money | None:
    said = row.inner("balance_after_transaction")
    if said.currency("currency", account.currency) != account.currency:
        return None
    return said.money("amount", account.currency)


def _original(row: Row, account: Account, sign: int) -> Money | None:
    """Return the amount abroad, with the sign of the row."""
    said = row.inner("exchange_rate").inner("instructed_amount")
    currency = said.currency("currency", account.currency)
    if currency == account.currency:
        return None
    try:
        money = said.money("amount", currency)
    except BadBankDataError:
        # Some currencies come with more decimals than they have; the raw row keeps what the bank wrote.
        return None
    return money and Money(sign * abs(money.minor), currency)


def _bank_id(row: Row) -> str:
    """Return the reference that stays; what is pending has a placeholder, or one that changes when it is booked."""
    text = row.text("entry_reference")
    return text if text.strip("0") and row.text("status").upper() == "BOOK" else ""


def other_or_iban(said: Row) -> tuple[str, str]:
    """Return an account's IBAN, and its other number where it has none."""
    iban = said.text("iban").replace(" ", "").upper()
    return iban, "" if iban else said.inner("other").text("identification").replace(" ", "")
