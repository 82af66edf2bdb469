"""Akahu's API for a personal app: accounts of New Zealand's banks, rows by page, and what is pending in a list of its own."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bankview import categories
from bankview.banks._bank import Cursor, Dialect, Get, Partial, Skipped
from bankview.banks._lenient import each, each_of
from bankview.banks._pages import turned
from bankview.banks._read import Row, read_object
from bankview.domain.account import Account, AccountType
from bankview.domain.transaction import Status, Transaction
from bankview.errors import BadBankDataError, BankRefusedError
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bankview.domain.money import Money

AUCKLAND = "Pacific/Auckland"
_TYPES = {
    "CHECKING": AccountType.CURRENT,
    "SAVINGS": AccountType.SAVINGS,
    "TERMDEPOSIT": AccountType.SAVINGS,
    "CREDITCARD": AccountType.CARD,
    "LOAN": AccountType.LOAN,
}


def accounts(get: Get) -> Iterator[Account | Partial]:
    """Yield the accounts of all banks that the person connected at Akahu."""
    for row in read_object(get("accounts"), "").rows("items"):
        if row.text("status").upper() == "INACTIVE":
            # Its rows stay, and no new ones come until the person connects it at Akahu again.
            yield Partial("INACTIVE")
        yield _account(row)


def _account(row: Row) -> Account:
    held, bank = row.inner("balance"), row.inner("connection").text("name")
    currency = held.currency("currency", "NZD")
    name = row.text("name")
    return Account(
        key=row.needed("_id", row.text("_id")),
        name=f"{bank} {name}" if bank and bank.casefold() not in name.casefold() else name,
        currency=currency,
        number=row.text("formatted_account"),
        type=_TYPES.get(row.text("type").upper(), AccountType.OTHER),
        balance=_exact(held, "current", currency),
        available=_exact(held, "available", currency),
    )


def _exact(row: Row, name: str, currency: str) -> Money | None:
    """Return an amount; none for what a fund is worth to more places than money has."""
    try:
        return row.money(name, currency)
    except BadBankDataError:
        return None


def transactions(
    get: Get,
    account: Account,
    since: date,
    *,
    zone: ZoneInfo | None = None,
    resume: str | None = None,
) -> Iterator[Transaction | Partial | Skipped | Cursor]:
    """Yield an account's rows since a day, booked ones page by page and then all that is pending."""
    here = zone or ZoneInfo(AUCKLAND)
    # The start itself is not within what comes.
    start = datetime.combine(since - timedelta(days=1), time.min, here).isoformat()
    path, begun = ["accounts", account.key, "transactions"], {"start": start}

    def page(after: str) -> Row:
        return read_object(get(path, {**begun, "cursor": after} if after else begun), "")

    def following(page: Row) -> str:
        return page.inner("cursor").text("next")

    pages = turned(page, following, resume or "")
    read = partial(_booked, account=account, zone=here)
    yield from each_of(pages, "items", read, cursors=resume is not None)
    try:
        held = read_object(get([*path, "pending"]), "")
    except BankRefusedError:
        yield Partial("pending")
        return
    yield from each(held.rows("items"), lambda row: _row(row, account, here, Status.PENDING))


def _booked(row: Row, account: Account, zone: ZoneInfo) -> Transaction:
    found = _row(row, account, zone, Status.BOOKED)
    meta = row.inner("meta")
    said = (meta.text(name) for name in ("particulars", "code", "reference"))
    conversion, category = meta.inner("conversion"), row.inner("category")
    group = category.inner("groups").inner("personal_finance")
    return found.but(
        bank_id=row.text("_id"),
        payee=row.inner("merchant").text("name") or found.description,
        category=category.text("name"),
        kind=categories.of_named("akahu", category.text("name"), group.text("name")),
        reference=" ".join(filter(None, said)),
        counterparty_account=meta.text("other_account"),
        balance_after=_exact(row, "balance", account.currency),
        original=_original(conversion, account),
        rate=conversion.rate("rate"),
    )


def _row(row: Row, account: Account, zone: ZoneInfo, status: Status) -> Transaction:
    """Return what booked and pending rows have alike; a pending one has no id, and may change altogether."""
    description = row.text("description")
    return Transaction(
        account_key=account.key,
        status=status,
        booked_on=row.needed("date", row.day("date", zone)),
        amount=row.needed("amount", row.money("amount", account.currency)),
        description=description,
        payee=description,
    )


def _original(row: Row, account: Account) -> Money | None:
    currency = row.currency("currency", account.currency)
    return None if currency == account.currency else _exact(row, "amount", currency)


def steps(_: str) -> tuple[str, ...]:
    """Return how a person gets tokens of their own."""
    return (
        tr(
            "For private people with accounts in New Zealand, free of charge: sign in at my.akahu.nz, connect your banks "
            "there, and create a personal app under Developers."
        ),
        tr(
            "Copy the user access token to the first field and the app ID token, which begins with app_token_, to the "
            "one for X-Akahu-Id."
        ),
        tr(
            "Bankview reads accounts, balances, transactions and what is pending with them. Akahu sees your accounts "
            "too: it fetches them from your banks about once a day."
        ),
    )


DIALECT = Dialect(
    "akahu",
    accounts,
    transactions,
    headers={"Accept": "application/json"},
    zone=AUCKLAND,
    host="api.akahu.io",
    portal="https://my.akahu.nz/developers",
    paths=(
        "me",
        "accounts",
        "accounts/{id}",
        "accounts/{id}/transactions",
        "accounts/{id}/transactions/pending",
        "transactions",
        "transactions/pending",
        "connections",
    ),
    steps=steps,
    resumes=True,
)
