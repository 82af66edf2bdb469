"""Rows of SpareBank 1's personal API, as the list and the classified list send them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from bankview import categories
from bankview.banks._bank import Skipped
from bankview.banks._read import Row
from bankview.domain.transaction import Status, Transaction
from bankview.errors import BadBankDataError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

    from bankview.domain.account import Account
    from bankview.domain.money import Money

_RAW = msgspec.json.Encoder(decimal_format="number")
#: Such a row never moved money, should the bank ever send one; it documents PENDING and BOOKED alone.
_DECLINED = {"REJECTED", "DECLINED", "CANCELLED", "CANCELED"}
#: What the bank writes where it has no category.
_NO_CATEGORY = "Ukategorisert"


def once(rows: Iterator[Row]) -> Iterator[Row]:
    """Pass rows on, without repeats: an id lasts for a session only, but within one it names one row."""
    seen: dict[str, Any] = {}
    for row in rows:
        said = inner(row)
        id_ = said.text("id")
        if said.text("bookingStatus").upper() in _DECLINED:
            continue
        if not id_ or seen.setdefault(id_, row.value) is row.value or seen[id_] != row.value:
            yield row


def inner(row: Row) -> Row:
    """Return the row itself: the classified list wraps it."""
    return row.inner("transaction") if "transaction" in row.value else row


def transactions(
    rows: Iterator[Row], accounts: Mapping[str, Account], zone: ZoneInfo
) -> Iterator[Transaction | Skipped]:
    """Yield the rows as values; one that cannot be read is skipped with its reason, and the others come all the same.

    Raises:
        BadBankDataError: a row belongs to none of the accounts, or there are no rows where they should be.
    """
    for row in once(rows):
        try:
            yield transaction(row, accounts, zone)
        except BadBankDataError as error:
            if error.field.endswith("accountKey"):
                raise
            yield Skipped(str(error), _RAW.encode(row.value))


def transaction(row: Row, accounts: Mapping[str, Account], zone: ZoneInfo) -> Transaction:
    """Return a row as a value; `accounts` are those that were asked for, by key.

    Raises:
        BadBankDataError: something is wrong with it, or it belongs to none of the accounts.
    """
    whole, row = row, inner(row)
    account = _account(row, accounts)
    description = row.text("description", "cleanedDescription", "typeText")
    original, said = _original(row, account), _classification(whole)
    return Transaction(
        account_key=account.key,
        status=_status(row),
        booked_on=row.needed("date", row.day("date", zone)),
        amount=row.needed("amount", row.money("amount", account.currency)),
        description=description,
        value_on=row.day("interestDate", zone),
        payee=row.inner("merchant").text("name")
        or row.text("remoteAccountName", "cleanedDescription")
        or description,
        counterparty_account=row.text("remoteAccountNumber"),
        reference=row.text("kidOrMessage"),
        category=_category(said),
        original=original,
        rate=row.rate("exchangeRate") if original else None,
        bank_id=bank_id(row),
        raw=_RAW.encode(whole.value),
        kind=_kind(said, row),
    )


def _account(row: Row, accounts: Mapping[str, Account]) -> Account:
    """Return whose row it is: the bank calls accounts by key here and by number there."""
    number = row.value.get("accountNumber")
    # A text in the account list is an object here.
    number = str((number.get("value") if isinstance(number, dict) else number) or "")
    key = row.text("accountKey")
    found = accounts.get(key) or next(
        (one for one in accounts.values() if number and one.number == number), None
    )
    if found is None and len(accounts) == 1:
        only = next(iter(accounts.values()))
        if not key and not (number and only.number):
            found = only
    if found is None:
        raise BadBankDataError(row.field("accountKey"), "belongs to another account")
    if row.currency("accountCurrency", found.currency) != found.currency:
        raise BadBankDataError(row.field("accountCurrency"), "is not the account's")
    return found


def _status(row: Row) -> Status:
    """Return whether the row counts: what the bank may call a row one day is shown and not counted."""
    said = row.needed("bookingStatus", row.text("bookingStatus"))
    return Status.BOOKED if said.upper() == "BOOKED" else Status.PENDING


def _classification(whole: Row) -> Row:
    """Return the first category that the bank puts a row in, an empty one where it says none."""
    return next(whole.rows("categories", needed=False), Row({}))


def _category(said: Row) -> str:
    """Return the bank's category, in the person's language where it has it."""
    text = said.text("mainI18n", "main")
    return "" if text == _NO_CATEGORY else text


def _kind(said: Row, row: Row) -> str:
    """Return what the bank's classification means in our tree; rows of cards say the merchant's code too."""
    return categories.of_sparebank1(said.text("main"), said.text("sub"), row.text("mcc"))


def _original(row: Row, account: Account) -> Money | None:
    """Return the amount abroad; the amount itself is always in the account's currency."""
    currency = row.currency("currencyCode", account.currency)
    if currency == account.currency:
        return None
    try:
        return row.money("currencyAmount", currency)
    except BadBankDataError:
        # Some currencies come with more decimals than they have; the raw row keeps what the bank wrote.
        return None


def bank_id(row: Row) -> str:
    """Return the id that stays over sessions; rows that are not booked yet have only zeros."""
    text = row.text("nonUniqueId")
    return text if text.strip("0") else ""
