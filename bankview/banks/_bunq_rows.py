"""Payments as bunq lists them, final when they are there; and what a card holds, which is no payment yet."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from bankview import categories
from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.errors import BadBankDataError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from bankview.banks._read import Row
    from bankview.domain.account import Account

#: What a card's action is while its amount is held.
_HELD = {
    "ACQUIRER_AUTHORISED",
    "AUTHORISED",
    "AUTHORISED_PARTIAL",
    "PENDING",
    "PRE_AUTHORISED",
    "STAND_IN_AUTHORISED",
}
#: What says that it is over: a payment stands for it, or what was cleared does.
_PAID, _CLEARED = "PAYMENT_SUCCESSFUL", {"FIRST_PRESENTMENT_COMPLETE", "REFUND_LENIENCY"}


def payment(whole: Row, account: Account, zone: ZoneInfo) -> Transaction | None:
    """Return a payment as a value; None where the object is none.

    Raises:
        BadBankDataError: something is wrong with it.
    """
    if "Payment" not in whole.value:
        return None
    row = whole.inner("Payment")
    said = row.inner("amount")
    if said.currency("currency", account.currency) != account.currency:
        raise BadBankDataError(said.field("currency"), "is not the account's")
    return Transaction(
        account_key=account.key,
        status=Status.BOOKED,
        booked_on=row.needed("created", created_on(row, zone)),
        amount=said.needed("value", said.money("value", account.currency)),
        balance_after=_balance(row, account),
        reference=row.text("merchant_reference"),
        bank_id=row.needed("id", row.text("id")),
        **_other(row),
    )


def held(whole: Row, account: Account, zone: ZoneInfo, today: date) -> Transaction | None:
    """Return what a card holds as a value; None where it holds nothing any more, or never did.

    Raises:
        BadBankDataError: something is wrong with it.
    """
    row = whole.inner("MasterCardAction")
    if row.text("authorisation_status") not in _HELD or row.text("decision") not in {"", "ALLOWED"}:
        return None
    if row.text("payment_status") == _PAID or row.text("clearing_status") in _CLEARED:
        return None
    said = row.inner("amount_billing")
    if said.currency("currency", account.currency) != account.currency:
        raise BadBankDataError(said.field("currency"), "is not the account's")
    amount = said.needed("value", said.money("value", account.currency))
    return Transaction(
        account_key=account.key,
        status=Status.PENDING,
        booked_on=created_on(row, zone) or today,
        amount=Money(-abs(amount.minor), amount.currency),
        original=_abroad(row, account),
        **_other(row),
    )


def created_on(row: Row, zone: ZoneInfo) -> date | None:
    """Return the day on which something was made; bunq writes UTC and does not say so."""
    text = row.text("created")
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).astimezone(zone).date()
    except (ValueError, OverflowError):
        raise BadBankDataError(row.field("created"), "is no instant") from None


def _other(row: Row) -> dict[str, Any]:
    """Return who is at the other end, and what is said of it."""
    other = row.inner("counterparty_alias")
    name = other.text("display_name")
    text = " ".join(row.text("description").split())
    code = row.text("merchant_category_code") or other.text("merchant_category_code")
    return {
        "payee": name or text,
        "description": text or name,
        "counterparty_account": other.text("iban").replace(" ", ""),
        "kind": categories.of_mcc(code) if code else "",
    }


def _balance(row: Row, account: Account) -> Money | None:
    said = row.inner("balance_after_mutation")
    if said.currency("currency", account.currency) != account.currency:
        return None
    return said.money("value", account.currency)


def _abroad(row: Row, account: Account) -> Money | None:
    said = row.inner("amount_local")
    currency = said.currency("currency", account.currency)
    if currency == account.currency:
        return None
    try:
        money = said.money("value", currency)
    except BadBankDataError:
        # Some currencies come with more decimals than they have; the raw row keeps what the bank wrote.
        return None
    return money and Money(-abs(money.minor), currency)
