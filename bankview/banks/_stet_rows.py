"""A transaction as banks on STET PSD2 write it (STET PSD2 API 1.4 and 1.5, `/accounts/{id}/transactions`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from bankview import categories
from bankview.banks._bank import Cursor, Skipped
from bankview.banks._read import Row
from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.errors import BadBankDataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from zoneinfo import ZoneInfo

    from bankview.domain.account import Account

#: For information only, and rejected: neither moves money.
_LEFT_OUT = {"INFO", "RJCT"}
#: The row's day is the first of these that is there; none of them always is.
_DAYS = ("bookingDate", "expectedBookingDate", "transactionDate", "valueDate")
#: ISO 20022's text for "the payer gave none".
_NOT_PROVIDED = "NOTPROVIDED"
_RAW = msgspec.json.Encoder(decimal_format="number")


def transactions(
    rows: Iterable[Row | Cursor], account: Account, zone: ZoneInfo
) -> Iterator[Transaction | Skipped | Cursor]:
    """Yield the rows that move money, without repeats over pages; one that cannot be read is skipped with its reason.

    Cursors between them are passed on.

    BOOK is booked; PDNG, OTHR, FUTR and what we do not know are pending; INFO and RJCT are left out. `bank_id` is
    entryReference, `category` the merchant category code (ISO 18245).
    """
    seen: dict[str, Any] = {}
    for row in rows:
        if isinstance(row, Cursor):
            yield row
            continue
        try:
            found = _once(row, seen, account, zone)
        except BadBankDataError as error:
            yield Skipped(str(error), _RAW.encode(row.value))
            continue
        if found:
            yield found


def _once(row: Row, seen: dict[str, Any], account: Account, zone: ZoneInfo) -> Transaction | None:
    """Return a row as a value; None where it moves no money, or came before."""
    if row.text("status").upper() in _LEFT_OUT:
        return None
    # A row that was booked between two pages moves the others: the last of one page is the first of the next.
    reference = row.text("entryReference")
    if reference and reference in seen and seen[reference] == row.value:
        return None
    seen[reference] = row.value
    return _transaction(row, account, zone)


def _transaction(row: Row, account: Account, zone: ZoneInfo) -> Transaction:
    amount = _amount(row, account.currency)
    lines, reference = _remittance(row)
    name, number = _party(row, amount.minor < 0)
    description = lines or row.text("additionalTransactionInformation") or name
    return Transaction(
        account_key=account.key,
        status=Status.BOOKED if row.text("status").upper() == "BOOK" else Status.PENDING,
        booked_on=_day(row, zone),
        amount=amount,
        description=description,
        value_on=row.day("valueDate", zone),
        transacted_on=row.day("transactionDate", zone),
        payee=name or description,
        counterparty_account=number,
        reference=reference,
        category=row.text("merchantCategoryCode"),
        kind=categories.of_mcc(row.text("merchantCategoryCode")),
        original=_original(row, amount),
        bank_id=row.text("entryReference"),
        raw=_RAW.encode(row.value),
    )


def _amount(row: Row, currency: str) -> Money:
    """Return the amount by its indicator: it comes without a sign, save at BNP, which sends a minus on debits too."""
    holder = row.inner("transactionAmount")
    if holder.currency("currency", currency) != currency:
        raise BadBankDataError(holder.field("currency"), "is not the account's")
    money = holder.needed("amount", holder.money("amount", currency))
    return _signed(money, row.text("creditDebitIndicator"), row.field("creditDebitIndicator"))


def _signed(money: Money, indicator: str, field: str) -> Money:
    if indicator not in {"CRDT", "DBIT"}:
        raise BadBankDataError(field, "is neither CRDT nor DBIT" if indicator else "is missing")
    return Money(abs(money.minor) * (1 if indicator == "CRDT" else -1), money.currency)


def _day(row: Row, zone: ZoneInfo) -> date:
    name, _ = row.first(*_DAYS)
    return row.needed(_DAYS[0], row.day(name, zone))


def _remittance(row: Row) -> tuple[str, str]:
    """Return the text and the creditor's reference.

    Up to 1.4.1 remittanceInformation is a list of lines, from 1.4.2 an object of two lists; La Banque Postale sends
    both, whatever its version.
    """
    name = "remittanceInformation"
    _, value = row.first(name)
    if isinstance(value, str):
        return row.text(name), _reference(row)
    if isinstance(value, list):
        return _joined(row, name), _reference(row)
    inner = row.inner(name)
    structured = _joined(inner, "structured")
    return _joined(inner, "unstructured") or structured, structured or _reference(row)


def _joined(row: Row, name: str) -> str:
    """Return a list's texts in one line; structured lines of other shapes than text are left to the raw row."""
    _, value = row.first(name)
    if isinstance(value, str):
        return row.text(name)
    items = enumerate(row.items(name, needed=False))
    texts = [
        Row({"": text}, f"{row.field(name)}[{i}]") for i, text in items if isinstance(text, str)
    ]
    return " ".join(filter(None, (text.text("") for text in texts)))


def _reference(row: Row) -> str:
    text = row.text("endToEndId")
    return "" if text.upper() == _NOT_PROVIDED else text


def _party(row: Row, out: bool) -> tuple[str, str]:
    """Return the other party's name and account: who gets what goes out, who paid what comes in."""
    role = "creditor" if out else "debtor"
    parties = row.inner("relatedParties")
    ultimate = parties.inner(f"ultimate{role.title()}")
    account = parties.inner(f"{role}Account")
    number = account.text("iban") or account.inner("other").text("identification")
    return parties.inner(role).text("name") or ultimate.text("name"), number.replace(" ", "")


def _original(row: Row, amount: Money) -> Money | None:
    """Return the amount abroad (1.5), signed as the row; None where there is none, or it cannot be read."""
    details = row.inner("transactionAmountDetails").inner("instructedAmount")
    if isinstance(details.value.get("amount"), dict):
        details = details.inner("amount")
    try:
        currency = details.currency("currency", amount.currency)
        money = None if currency == amount.currency else details.money("amount", currency)
    except BadBankDataError:
        # The row itself is sound, and the raw row keeps what the bank wrote.
        return None
    return money and Money(abs(money.minor) * (-1 if amount.minor < 0 else 1), currency)
