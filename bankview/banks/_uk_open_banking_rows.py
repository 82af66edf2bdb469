"""Rows by UK Open Banking's names (OBTransaction6): amounts without a sign, words in version 3.1 and codes in 4.0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview import categories
from bankview.banks._read import masked_card
from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.errors import BadBankDataError

if TYPE_CHECKING:
    from decimal import Decimal
    from zoneinfo import ZoneInfo

    from bankview.banks._read import Row
    from bankview.domain.account import Account

#: What is still to be booked (FUTR, on a day to come) is shown and not counted.
_STATUSES = {
    "Booked": Status.BOOKED,
    "BOOK": Status.BOOKED,
    "Pending": Status.PENDING,
    "PDNG": Status.PENDING,
    "FUTR": Status.PENDING,
}
#: What was refused moved no money, and what only informs never does.
_NO_MONEY = {"Rejected", "RJCT", "INFO"}
_SIGNS = {"Credit": 1, "CRDT": 1, "Debit": -1, "DBIT": -1}


def transaction(row: Row, account: Account, zone: ZoneInfo) -> Transaction | None:
    """Return a row as a value; None where it stands for no money.

    Raises:
        BadBankDataError: something is wrong with it.
    """
    said = row.needed("Status", row.text("Status"))
    if said in _NO_MONEY:
        return None
    if said not in _STATUSES:
        raise BadBankDataError(row.field("Status"), "is not known")
    status = _STATUSES[said]
    if row.inner("Amount").currency("Currency", account.currency) != account.currency:
        raise BadBankDataError(row.field("Amount.Currency"), "is not the account's")
    amount = row.needed("Amount", signed(row, account.currency))
    other = "Creditor" if amount.minor < 0 else "Debtor"
    text = " ".join(row.text("TransactionInformation").split())
    merchant, holder = row.inner("MerchantDetails"), row.inner(f"{other}Account")
    name = (
        merchant.text("MerchantName")
        or holder.text("Name")
        or row.inner(f"Ultimate{other}").text("Name")
    )
    mcc = merchant.text("MerchantCategoryCode")
    original, rate = _exchange(row, account, -1 if amount.minor < 0 else 1)
    settled = status is Status.BOOKED and row.text("TransactionMutability") != "Mutable"
    return Transaction(
        account_key=account.key,
        status=status,
        booked_on=row.needed("BookingDateTime", row.day("BookingDateTime", zone)),
        amount=amount,
        description=text or name or row.inner("ProprietaryBankTransactionCode").text("Code"),
        value_on=row.day("ValueDateTime", zone),
        payee=name or text,
        counterparty_account=number(holder),
        reference=row.text("TransactionReference"),
        balance_after=_balance(row, account),
        original=original,
        rate=rate,
        # As long as a row may change, its id may too.
        bank_id=row.text("TransactionId") if settled else "",
        kind=categories.of_mcc(mcc.zfill(4)) if mcc else "",
    )


def signed(row: Row, currency: str) -> Money | None:
    """Return an amount with the sign that its row says in words; None where there is none in the currency.

    Raises:
        BadBankDataError: it has a sign itself, or nothing says which it has.
    """
    said = row.inner("Amount")
    money = (
        said.money("Amount", currency) if said.currency("Currency", currency) == currency else None
    )
    if money is None:
        return None
    sign = _SIGNS.get(row.text("CreditDebitIndicator"))
    if sign is None:
        raise BadBankDataError(row.field("CreditDebitIndicator"), "is neither credit nor debit")
    if money.minor < 0:
        raise BadBankDataError(said.field("Amount"), "has a sign beside its direction")
    return money if sign > 0 else -money


def number(said: Row) -> str:
    """Return by what an account is known: sort code and number apart, of a card as little as tells it."""
    scheme = said.text("SchemeName").rpartition(".")[2].upper()
    text = said.text("Identification").replace(" ", "").upper()
    if scheme == "SORTCODEACCOUNTNUMBER":
        return f"{text[:6]} {text[6:]}".strip()
    return text if scheme in {"IBAN", "BBAN"} else masked_card(text)


def _balance(row: Row, account: Account) -> Money | None:
    """Return the balance after the row, where it is what is booked."""
    said = row.inner("Balance")
    kind = said.text("Type")
    if "Available" in kind or kind in {"ITAV", "CLAV", "FWAV", "OPAV"}:
        return None
    return signed(said, account.currency)


def _exchange(row: Row, account: Account, sign: int) -> tuple[Money | None, Decimal | None]:
    """Return the amount abroad, with the sign of the row, and its rate."""
    said = row.inner("CurrencyExchange")
    instructed, rate = said.inner("InstructedAmount"), said.rate("ExchangeRate")
    currency = instructed.currency("Currency", account.currency)
    if currency == account.currency:
        return None, None
    try:
        money = instructed.money("Amount", currency)
    except BadBankDataError:
        # Up to five decimals may come of any currency; the raw row keeps what the bank wrote.
        return None, None
    return (Money(sign * abs(money.minor), currency), rate) if money else (None, None)
