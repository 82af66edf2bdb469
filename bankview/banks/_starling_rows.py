"""Rows of Starling's feed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview import categories
from bankview.banks._lenient import each, words
from bankview.domain.transaction import Status, Transaction
from bankview.errors import BadBankDataError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from bankview.banks._bank import Skipped
    from bankview.banks._read import Row
    from bankview.domain.account import Account
    from bankview.domain.money import Money

#: What never moved money, or not yet: it is in the feed to be told of.
_NO_MONEY = {"DECLINED", "ACCOUNT_CHECK", "UPCOMING", "UPCOMING_CANCELLED", "RETRYING"}
#: What is settled once it says when; until then, or if it never does, it is shown and not counted.
_TAKEN_BACK = {"REVERSED", "REFUNDED"}
_SIGNS = {"IN": 1, "OUT": -1}


def transactions(
    rows: Iterator[Row], account: Account, zone: ZoneInfo
) -> Iterator[Transaction | Skipped]:
    """Yield the rows as values; one that cannot be read is skipped with its reason."""
    return each(rows, lambda row: transaction(row, account, zone))


def transaction(row: Row, account: Account, zone: ZoneInfo) -> Transaction | None:
    """Return a row as a value; None where it stands for no money.

    Raises:
        BadBankDataError: something is wrong with it.
    """
    status = row.needed("status", row.text("status"))
    if status in _NO_MONEY:
        return None
    made = row.needed("transactionTime", row.day("transactionTime", zone))
    settled = row.day("settlementTime", zone)
    name, reference = row.text("counterPartyName"), row.text("reference")
    original = _original(row, account)
    own = row.text("source") == "INTERNAL_TRANSFER"
    number = (row.text(f"counterPartySubEntity{part}") for part in ("Identifier", "SubIdentifier"))
    return Transaction(
        account_key=account.key,
        status=Status.BOOKED if _counts(status, settled is not None) else Status.PENDING,
        # By this instant the bank is asked, so that each answer holds its days whole.
        booked_on=made,
        amount=_amount(row, account.currency),
        description=reference or name,
        value_on=settled,
        transacted_on=made,
        payee=name or reference,
        counterparty_account=" ".join(filter(None, number)),
        reference=reference,
        category=words(row.text("spendingCategory")),
        original=original,
        rate=row.rate("exchangeRate") if original else None,
        bank_id=row.text("feedItemUid"),
        kind="transfers" if own else categories.of_named("starling", row.text("spendingCategory")),
    )


def _counts(status: str, settled: bool) -> bool:
    return status == "SETTLED" or (status in _TAKEN_BACK and settled)


def _amount(row: Row, currency: str) -> Money:
    said = row.inner("amount")
    if said.currency("currency", currency) != currency:
        raise BadBankDataError(said.field("currency"), "is not the account's")
    return _signed(row, said.needed("minorUnits", said.minor("minorUnits", currency)))


def _signed(row: Row, money: Money) -> Money:
    sign = _SIGNS.get(row.text("direction"))
    if sign is None:
        raise BadBankDataError(row.field("direction"), "is neither in nor out")
    if money.minor < 0:
        raise BadBankDataError(row.field("amount"), "has a sign beside its direction")
    return money if sign > 0 else -money


def _original(row: Row, account: Account) -> Money | None:
    said = row.inner("sourceAmount")
    currency = said.currency("currency", account.currency)
    money = None if currency == account.currency else said.minor("minorUnits", currency)
    return _signed(row, money) if money else None
