"""Up's API for customers: accounts with their kind and owners, and rows by page, newest first (JSON:API)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bankview import categories
from bankview.banks._bank import Cursor, Dialect, Get, Partial, Skipped
from bankview.banks._lenient import each_of, words
from bankview.banks._pages import turned
from bankview.banks._read import Row, read_object
from bankview.domain.account import Account, AccountType
from bankview.domain.transaction import Status, Transaction
from bankview.errors import BadBankDataError
from bankview.web import Link
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bankview.domain.money import Money

MELBOURNE = "Australia/Melbourne"
_TYPES = {
    "TRANSACTIONAL": AccountType.CURRENT,
    "SAVER": AccountType.SAVINGS,
    "HOME_LOAN": AccountType.LOAN,
}
#: The most that the bank puts on a page.
_PAGE = {"page[size]": "100"}


def accounts(get: Get) -> Iterator[Account | Partial]:
    """Yield the accounts, those that are held jointly too."""
    for page in _pages(get, ["accounts"], dict(_PAGE)):
        if isinstance(page, Partial):
            yield page
        elif isinstance(page, Row):
            for row in page.rows("data"):
                yield _account(row)


def _account(row: Row) -> Account:
    said = row.inner("attributes")
    held = said.inner("balance")
    currency = held.currency("currencyCode", "AUD")
    balance = held.minor("valueInBaseUnits", currency)
    return Account(
        key=row.needed("id", row.text("id")),
        name=said.text("displayName"),
        currency=currency,
        type=_TYPES.get(said.text("accountType"), AccountType.OTHER),
        balance=balance,
        available=balance,
        owner="2Up" if said.text("ownershipType") == "JOINT" else "",
    )


def _pages(
    get: Get, path: list[str], params: dict[str, str], resume: str = ""
) -> Iterator[Row | Partial | Cursor]:
    def page(after: str) -> Row:
        return read_object(get(Link(after, path)) if after else get(path, params), "")

    return turned(page, lambda page: page.inner("links").text("next"), resume)


def transactions(
    get: Get,
    account: Account,
    since: date,
    *,
    zone: ZoneInfo | None = None,
    resume: str | None = None,
) -> Iterator[Transaction | Partial | Skipped | Cursor]:
    """Yield an account's rows that were made since a day, booked and held, newest first."""
    here = zone or ZoneInfo(MELBOURNE)
    # A day earlier than needed costs little, and no clock change can cut a row off.
    start = datetime.combine(since - timedelta(days=1), time.min, here).isoformat()
    path = ["accounts", account.key, "transactions"]
    pages = _pages(get, path, {**_PAGE, "filter[since]": start}, resume or "")
    read = partial(_transaction, account=account, zone=here)
    yield from each_of(pages, "data", read, cursors=resume is not None)


def _transaction(row: Row, account: Account, zone: ZoneInfo) -> Transaction:
    said = row.inner("attributes")
    status = said.needed("status", said.text("status"))
    amount = _money(said.inner("amount"), account.currency)
    if amount.currency != account.currency:
        raise BadBankDataError(said.field("amount"), "is not in the account's currency")
    made = said.needed("createdAt", said.day("createdAt", zone))
    description = said.text("description", "rawText")
    foreign = said.inner("foreignAmount")
    related = row.inner("relationships")
    category, above = (
        related.inner(name).inner("data").text("id") for name in ("category", "parentCategory")
    )
    own = bool(related.inner("transferAccount").inner("data").text("id"))
    booked = status == "SETTLED"
    return Transaction(
        account_key=account.key,
        status=Status.BOOKED if booked else Status.PENDING,
        booked_on=made,
        amount=amount,
        description=description,
        value_on=said.day("settledAt", zone),
        transacted_on=made,
        payee=description,
        raw_text=said.text("rawText"),
        reference=said.text("message"),
        category=words(category),
        original=_money(foreign, account.currency) if foreign.value else None,
        # A hold may go, and whether what is booked keeps its id is not promised.
        bank_id=row.text("id") if booked else "",
        kind="transfers" if own else categories.of_named("up", category, above),
    )


def _money(row: Row, currency: str) -> Money:
    said = row.currency("currencyCode", currency)
    return row.needed("valueInBaseUnits", row.minor("valueInBaseUnits", said))


def steps(_: str) -> tuple[str, ...]:
    """Return how a person gets a token of their own."""
    return (
        tr(
            "For customers of Up in Australia, free of charge: open api.up.com.au and scan the code there with the Up app."
        ),
        tr(
            "Swipe to make a personal access token. A new one ends the one before it, also where another program uses that."
        ),
        tr(
            "Copy the token to here; it begins with up:yeah:. It can only read: accounts, also those you share, and all "
            "transactions."
        ),
    )


DIALECT = Dialect(
    "up",
    accounts,
    transactions,
    headers={"Accept": "application/json"},
    zone=MELBOURNE,
    host="api.up.com.au",
    portal="https://api.up.com.au/getting_started",
    paths=(
        "util/ping",
        "accounts",
        "accounts/{id}",
        "accounts/{accountId}/transactions",
        "transactions",
        "transactions/{id}",
        "categories",
        "categories/{id}",
        "tags",
        "attachments",
    ),
    check="api/v1/util/ping",
    steps=steps,
    resumes=True,
)
