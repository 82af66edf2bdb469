"""SpareBank 1's personal API: one list of accounts, one call for the rows of all of them, no pages."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bankview.banks._bank import Dialect, Get, Partial, Skipped
from bankview.banks._read import Row, read_object, today_in
from bankview.banks._sparebank1_more import about, details
from bankview.banks._sparebank1_rows import transactions as read_rows
from bankview.domain.account import Account, AccountType
from bankview.errors import BankRefusedError, TooMuchError
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bankview.domain.transaction import Transaction

OSLO = "Europe/Oslo"
_today = partial(today_in, OSLO)
#: Credit cards are left out unless they are asked for.
_KINDS = ("Nok", "Currency", "Bsu", "CreditCard", "Ask")
_TYPES = {
    "CREDITCARD": AccountType.CARD,
    "SAVING": AccountType.SAVINGS,
    "USER": AccountType.CURRENT,
}


def accounts(get: Get, *, pensions: bool = False) -> Iterator[Account | Partial]:
    """Yield the accounts, in the bank's order; pension accounts only where the person wants them."""
    kinds = (*_KINDS, "Pension") if pensions else _KINDS
    answer = read_object(get("accounts", {f"include{kind}Accounts": "true" for kind in kinds}), "")
    for row in answer.rows("accounts"):
        yield _account(row)
    yield from _left_out(answer)


def _account(row: Row) -> Account:
    currency = row.currency("currencyCode", "NOK")
    number = row.text("accountNumber").replace(".", "").replace(" ", "")
    return Account(
        key=row.needed("key", row.text("key")),
        name=row.text("name", "description", "product"),
        currency=currency,
        number=number,
        iban=row.text("iban").replace(" ", ""),
        type=_type(row, number),
        balance=row.money("balance", currency),
        available=row.money("availableBalance", currency),
        owner=row.inner("owner").text("name"),
    )


def _type(row: Row, number: str) -> AccountType:
    if number.startswith("K"):
        return AccountType.CARD
    if row.inner("accountProperties").flag("isSavingsAccount"):
        return AccountType.SAVINGS
    return _TYPES.get(row.text("type"), AccountType.OTHER)


def _left_out(answer: Row) -> Iterator[Partial]:
    """Yield what the bank could not read: it says so beside a status of 200."""
    for error in answer.items("errors", needed=False):
        code = error.get("code") if isinstance(error, dict) else error
        yield Partial(code[:80] if isinstance(code, str) and code else "unknown")


def transactions(
    get: Get,
    account: Account,
    since: date,
    *,
    zone: ZoneInfo | None = None,
    today: Callable[[], date] = _today,
    until: date | None = None,
) -> Iterator[Transaction | Partial | Skipped]:
    """Yield an account's rows from `since` to `until` or today, booked and pending."""
    yield from together(get, [account], since, zone=zone, today=today, until=until)


def together(
    get: Get,
    asked: Sequence[Account],
    since: date,
    *,
    zone: ZoneInfo | None = None,
    today: Callable[[], date] = _today,
    until: date | None = None,
) -> Iterator[Transaction | Partial | Skipped]:
    """Yield the rows of several accounts in one call, halved in time only where it is too much for one answer.

    The bank allows 60 calls an hour, so that a call for each account and month would end a refresh early.
    """
    by_key = {account.key: account for account in asked}
    last = until or max(today(), since)
    for answer in _answers(get, list(by_key), since, last):
        yield from read_rows(answer.rows("transactions"), by_key, zone or ZoneInfo(OSLO))
        yield from _left_out(answer)


def _answers(get: Get, keys: list[str], since: date, until: date) -> Iterator[Row]:
    try:
        yield read_object(_rows(get, keys, since, until), "")
    except TooMuchError:
        if since == until:
            raise
        middle = since + (until - since) // 2
        yield from _answers(get, keys, since, middle)
        yield from _answers(get, keys, middle + timedelta(days=1), until)


def _rows(get: Get, keys: list[str], since: date, until: date) -> Any:
    """Return the rows with the bank's categories, or without where it has no such list.

    Both dates are always sent, because without them the bank's window is its own choice.
    """
    asked: dict[str, Any] = {"accountKey": keys if len(keys) > 1 else keys[0]}
    asked |= {"fromDate": since.isoformat(), "toDate": until.isoformat(), "source": "ALL"}
    try:
        return get("transactions/classified", asked)
    except BankRefusedError as error:
        if error.status not in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN, HTTPStatus.BAD_REQUEST}:
            raise
    return get("transactions", asked)


def institutions(get: Get) -> Iterator[tuple[str, str]]:
    """Yield id and name of each bank of the alliance; the list needs no sign-in."""
    answer = read_object(get("common/financial-institutions/banks"), "")
    for row in answer.rows("financialInstitutions"):
        yield row.needed("id", row.text("id")), row.text("name", "shortName", "id")


def steps(redirect_uri: str) -> tuple[str, ...]:
    """Return how a person gets a key of their own."""
    return (
        tr("Sign in at developer.sparebank1.no with BankID and create a personal client."),
        tr("Give it the redirect address {redirect} exactly as it stands.", redirect=redirect_uri),
        tr(
            "Copy its client ID and client secret to here. The secret expires; then make a new one."
        ),
    )


DIALECT = Dialect(
    "sparebank1",
    accounts,
    transactions,
    headers={"Accept": "application/vnd.sparebank1.v1+json; charset=utf-8"},
    zone=OSLO,
    host="api.sparebank1.no",
    portal="https://developer.sparebank1.no",
    paths=(
        "accounts",
        "accounts/default",
        "accounts/keys",
        "accounts/{accountKey}",
        "accounts/{accountKey}/details",
        "accounts/{accountKey}/roles",
        "transactions",
        "transactions/classified",
        "transactions/{id}/details",
        "transactions/{id}/details/classified",
    ),
    steps=steps,
    together=together,
    about=about,
    details=details,
    check="common/helloworld",
    institutions=institutions,
    institution="finInst",
    has_pensions=True,
    windows=True,
)
