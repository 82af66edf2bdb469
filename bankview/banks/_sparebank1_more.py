"""What SpareBank 1 says on demand: of one account, and of one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bankview.banks._read import Row, read_object
from bankview.banks._sparebank1_rows import bank_id, inner
from bankview.errors import BankRefusedError
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from bankview.banks._bank import Get
    from bankview.domain.account import Account
    from bankview.domain.transaction import Transaction


def about(get: Get, account: Account) -> Iterator[tuple[str, str]]:
    """Yield what the bank knows of an account besides its list: interest, credit line, who may use it."""
    answer = read_object(get(["accounts", account.key, "details"]), "")
    for name, words in (
        ("interestRate", tr("Interest rate, %")),
        ("creditLine", tr("Credit line")),
        ("blockedAmount", tr("Blocked amount")),
        ("freeWithdrawalsLeft", tr("Free withdrawals left")),
        ("lastWithdrawalDate", tr("Last withdrawal")),
        ("totalCreditInterestLastYear", tr("Interest last year")),
    ):
        yield words, said(answer, name)
    roles = read_object(get(["accounts", account.key, "roles"]), "")
    for role in roles.rows("roles", needed=False):
        since = role.text("validFromDate")
        yield tr("Role"), tr("{role} since {day}", role=role.text("roleType"), day=since)


def said(row: Row, name: str) -> str:
    """Return a member as the bank wrote it: texts and exact numbers; nothing where it is absent or null."""
    _, value = row.first(name)
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    return "" if value is None or isinstance(value, (dict, list)) else str(value)


def details(get: Get, account: Account, row: Transaction) -> Iterator[tuple[str, str]]:
    """Yield what the bank's details say of a row that it lists still.

    Ids of rows change with each session, so that the day is listed again to find the one of now.
    """
    id_ = _id_now(get, account, row)
    if not id_:
        return
    answer = read_object(_details(get, id_), "")
    found = inner(answer)
    payment, merchant = found.inner("paymentDetails"), answer.inner("merchant")
    for words, text in (
        (tr("Booked by the bank"), found.text("bookedDate", "postingDate")),
        (tr("Exchange rate"), said(found, "exchangeRate")),
        (tr("Archive reference"), found.text("archiveReference")),
        (tr("Numerical reference"), said(found, "numericalReference")),
        (tr("Payment reference"), found.text("paymentReference")),
        (tr("Message"), payment.text("message")),
        (tr("Payee's bank"), payment.text("payeeBankName")),
        (tr("Website"), merchant.text("website")),
        (tr("Recurring"), said(answer, "recurring")),
        (tr("Subscription"), said(answer, "subscription")),
    ):
        if text:
            yield words, text


def _details(get: Get, id_: str) -> Any:
    try:
        return get(
            ["transactions", id_, "details", "classified"], {"enrichWithMerchantData": "true"}
        )
    except BankRefusedError:
        return get(["transactions", id_, "details"])


def _id_now(get: Get, account: Account, row: Transaction) -> str:
    day: date = row.booked_on
    window = {"fromDate": day.isoformat(), "toDate": day.isoformat(), "source": "ALL"}
    answer = read_object(get("transactions", {"accountKey": account.key, **window}), "")
    oslo = ZoneInfo("Europe/Oslo")
    for listed in answer.rows("transactions"):
        same = bank_id(listed) == row.bank_id and listed.day("date", oslo) == day
        if same and listed.money("amount", account.currency) == row.amount:
            return listed.text("id") if listed.flag("canShowDetails") else ""
    return ""
