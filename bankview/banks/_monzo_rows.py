"""Rows of Monzo's feed: authorised, settled or declined, in minor units, with a merchant where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview import categories
from bankview.banks._lenient import words
from bankview.banks._read import Row, read_object
from bankview.domain.transaction import Status, Transaction
from bankview.errors import BadBankDataError

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from bankview.domain.account import Account
    from bankview.domain.money import Money

#: How the id of a category begins that a person made.
_OWN = "category_"
#: What a category is while nobody has given one.
_NONE = {"general", "mondo"}
#: How a move to or from a pot is called, and how a pot's id begins.
_TO_POT, _POT = "uk_retail_pot", "pot_"


def transaction(
    row: Row, account: Account, zone: ZoneInfo, pot_name: Callable[[str], str]
) -> Transaction | None:
    """Return a row as a value; None where it moved no money: what was declined, or a check of the card.

    `pot_name` returns what a pot is called, by its id.

    Raises:
        BadBankDataError: something is wrong with it.
    """
    if row.text("currency").upper() not in {"", account.currency}:
        raise BadBankDataError(row.field("currency"), "is not the account's")
    amount = row.needed("amount", row.minor("amount", account.currency))
    if row.text("decline_reason") or not amount.minor:
        return None
    made = row.needed("created", row.day("created", zone))
    settled = row.day("settled", zone)
    merchant, other = _merchant(row), row.inner("counterparty")
    raw, pot = row.text("description"), _pot(row)
    # Card rows have their columns filled up with spaces.
    description = " ".join(raw.split())
    name = pot_name(pot) if pot else merchant.text("name") or other.text("name")
    category = row.text("category")
    number = (other.text(part) for part in ("sort_code", "account_number"))
    return Transaction(
        account_key=account.key,
        status=Status.PENDING if settled is None or _is_open(row) else Status.BOOKED,
        # By this instant the bank is asked, so that each answer holds its days whole.
        booked_on=made,
        amount=amount,
        description=name if pot else description,
        value_on=settled,
        transacted_on=made,
        payee=name or description,
        counterparty_account=" ".join(filter(None, number)),
        raw_text=raw,
        reference=row.text("notes"),
        category="" if category in _NONE or category.startswith(_OWN) else words(category),
        original=_original(row, account),
        # An id stays when a row is settled, though its amount may be another then.
        bank_id=row.needed("id", row.text("id")),
        kind="transfers" if pot else categories.of_named("monzo", category),
    )


def _is_open(row: Row) -> bool:
    return row.flag("amount_is_pending")


def _merchant(row: Row) -> Row:
    """Return the merchant; an empty one where there is its id alone."""
    _, value = row.first("merchant")
    return read_object(value, row.field("merchant")) if isinstance(value, dict) else Row({})


def _pot(row: Row) -> str:
    """Return the id of the pot that money was moved to or from."""
    if row.text("scheme") != _TO_POT:
        return ""
    said = (row.inner("metadata").text("pot_id"), row.text("description"))
    return next((text for text in said if text.startswith(_POT)), "")


def _original(row: Row, account: Account) -> Money | None:
    currency = row.currency("local_currency", account.currency)
    return None if currency == account.currency else row.minor("local_amount", currency)
