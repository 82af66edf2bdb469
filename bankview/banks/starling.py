"""Starling's personal API: a feed for each account and each space, unsigned amounts in minor units, and no pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bankview.banks._bank import Dialect, Get, Partial, Skipped
from bankview.banks._read import Row, read_object
from bankview.banks._starling_rows import transactions as read_rows
from bankview.domain.account import Account, AccountType
from bankview.errors import BankRefusedError
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bankview.domain.transaction import Transaction

LONDON = "Europe/London"
_TYPES = {
    "PRIMARY": AccountType.CURRENT,
    "ADDITIONAL": AccountType.CURRENT,
    "FIXED_TERM_DEPOSIT": AccountType.SAVINGS,
    "SAVINGS": AccountType.SAVINGS,
    "LOAN": AccountType.LOAN,
}
#: The lists of spaces, with the names of what a space is called by and what it holds.
_SPACES = (
    ("savingsGoals", "savingsGoalUid", "totalSaved"),
    ("spendingSpaces", "spaceUid", "balance"),
)


def accounts(get: Get) -> Iterator[Account | Partial]:
    """Yield the accounts, each followed by its spaces: money that is set aside has a feed of its own."""
    for row in read_object(get("accounts"), "").rows("accounts"):
        uid = row.needed("accountUid", row.text("accountUid"))
        yield _account(get, row, uid)
        spaces = _allowed(get, ["account", uid, "spaces"])
        if spaces is None:
            yield Partial("space:read")
        else:
            yield from _spaces(spaces, uid, row.currency("currency", "GBP"))


def _account(get: Get, row: Row, uid: str) -> Account:
    category = row.needed("defaultCategory", row.text("defaultCategory"))
    currency = row.currency("currency", "GBP")
    balance = _allowed(get, ["accounts", uid, "balance"]) or Row({})
    named = _allowed(get, ["accounts", uid, "identifiers"]) or Row({})
    sort_code, number = named.text("bankIdentifier"), named.text("accountIdentifier")
    return Account(
        key=_key(uid, category),
        name=row.text("name") or "Starling",
        currency=currency,
        number=f"{sort_code} {number}".strip(),
        iban=named.text("iban").replace(" ", ""),
        type=_TYPES.get(row.text("accountType"), AccountType.OTHER),
        balance=balance.inner("clearedBalance").minor("minorUnits", currency),
        available=balance.inner("effectiveBalance").minor("minorUnits", currency),
    )


def _allowed(get: Get, path: list[str]) -> Row | None:
    """Return an answer, or None where the token's scopes leave it out."""
    try:
        return read_object(get(path), "")
    except BankRefusedError as error:
        if error.status not in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}:
            raise
        return None


def _spaces(answer: Row, uid: str, currency: str) -> Iterator[Account]:
    for name, own, held in _SPACES:
        for row in answer.rows(name, needed=False):
            saved = row.inner(held)
            theirs = saved.currency("currency", currency)
            yield Account(
                key=_key(uid, row.needed(own, row.text(own))),
                name=row.text("name") or "Space",
                currency=theirs,
                type=AccountType.SAVINGS if own == "savingsGoalUid" else AccountType.CURRENT,
                balance=saved.minor("minorUnits", theirs),
            )


def _key(uid: str, category: str) -> str:
    """Return what a feed is called: both ids lead to it, and stay."""
    return f"{uid}:{category}"


def utc_today() -> date:
    """Return the day in UTC, which London is never ahead of by more than an hour."""
    return datetime.now(UTC).date()


def transactions(
    get: Get,
    account: Account,
    since: date,
    *,
    zone: ZoneInfo | None = None,
    today: Callable[[], date] = utc_today,
    until: date | None = None,
) -> Iterator[Transaction | Skipped]:
    """Yield a feed's rows by when they were made, from `since` to `until` or today."""
    uid, _, category = account.key.partition(":")
    here = zone or ZoneInfo(LONDON)
    last = max(until or today() + timedelta(days=1), since)
    between = {
        "minTransactionTimestamp": _midnight(since, here),
        "maxTransactionTimestamp": _midnight(last + timedelta(days=1), here),
    }
    path = ["feed", "account", uid, "category", category, "transactions-between"]
    answer = read_object(get(path, between), "")
    yield from read_rows(answer.rows("feedItems"), account, here)


def _midnight(day: date, zone: ZoneInfo) -> str:
    instant = datetime.combine(day, time.min, zone).astimezone(UTC)
    return f"{instant:%Y-%m-%dT%H:%M:%S}.000Z"


def steps(_: str) -> tuple[str, ...]:
    """Return how a person gets a token of their own."""
    return (
        tr(
            "For customers of Starling in the United Kingdom, free of charge: sign in at developer.starlingbank.com and "
            "link your own account in the Starling app."
        ),
        tr(
            "Create a personal access token with these permissions and no others: {scopes}. Any other could move money.",
            scopes="account:read, account-list:read, account-identifier:read, balance:read, transaction:read, "
            "savings-goal:read, space:read",
        ),
        tr(
            "Copy the token to here. Bankview reads accounts, spaces, balances and all transactions with it. It does not "
            "end by itself; you can revoke it there at any time."
        ),
    )


DIALECT = Dialect(
    "starling",
    accounts,
    transactions,
    headers={"Accept": "application/json"},
    zone=LONDON,
    host="api.starlingbank.com",
    portal="https://developer.starlingbank.com",
    paths=(
        "accounts",
        "accounts/{accountUid}/balance",
        "accounts/{accountUid}/identifiers",
        "account/{accountUid}/spaces",
        "feed/account/{accountUid}/category/{categoryUid}",
        "feed/account/{accountUid}/category/{categoryUid}/transactions-between",
        "feed/account/{accountUid}/category/{categoryUid}/{feedItemUid}",
    ),
    steps=steps,
    windows=True,
)
