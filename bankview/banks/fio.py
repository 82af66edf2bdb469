"""Fio banka's API: one token an account, within the path; signed amounts, numbered columns, and nothing pending."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bankview.banks._bank import Dialect, Get, Partial, Skipped
from bankview.banks._fio_rows import transactions as read_rows
from bankview.banks._read import Row, read_object, today_in
from bankview.domain.account import Account, AccountType
from bankview.errors import (
    BankRefusedError,
    BankUnavailableError,
    RateLimitedError,
    SignInNeededError,
)
from bankview.web import TOKEN_PLACE
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bankview.domain.transaction import Transaction

PRAGUE = "Europe/Prague"
_today = partial(today_in, PRAGUE)
#: How far back the bank tells without a permission of the last ten minutes, in days; and its code for lacking that.
FREE_DAYS = 89
_NOT_ALLOWED = HTTPStatus.UNPROCESSABLE_ENTITY
#: Seconds between two calls with one token.
PACE = 30


def accounts(get: Get, *, today: Callable[[], date] = _today) -> Iterator[Account | Partial]:
    """Yield the one account that a token is for, as today's statement names it."""
    now = today()
    yield _account(_statement(get, now, now).inner("info"))


def _account(row: Row) -> Account:
    currency = row.currency("currency", "CZK")
    number = row.needed("accountId", row.text("accountId"))
    bank = row.text("bankId")
    return Account(
        key=number,
        name=f"Fio {currency}",
        currency=currency,
        number=f"{number}/{bank}" if bank else number,
        iban=row.text("iban").replace(" ", ""),
        type=AccountType.CURRENT,
        balance=row.money("closingBalance", currency),
    )


def transactions(
    get: Get,
    account: Account,
    since: date,
    *,
    zone: ZoneInfo | None = None,
    today: Callable[[], date] = _today,
) -> Iterator[Transaction | Partial | Skipped]:
    """Yield the account's rows since a day; where the bank wants a permission for older ones, those it tells without."""
    last = max(today(), since)
    try:
        answer = _statement(get, since, last)
    except BankRefusedError as error:
        free = last - timedelta(days=FREE_DAYS)
        if error.status != _NOT_ALLOWED or since >= free:
            raise
        answer = _statement(get, free, last)
        yield Partial("older than 90 days")
    if answer.inner("info").text("accountId") != account.key:
        yield Partial("another account")
        return
    rows = answer.inner("transactionList").rows("transaction", needed=False)
    yield from read_rows(rows, account, zone or ZoneInfo(PRAGUE))


def _statement(get: Get, first: date, last: date) -> Row:
    """Return a statement by its days.

    `last`, the bank's other way, would move a pointer that it keeps for all programs with this token.

    Raises:
        RateLimitedError: half a minute has not passed since the call before.
        SignInNeededError: the token is none, or not any more.
    """
    path = ["periods", TOKEN_PLACE, first.isoformat(), last.isoformat(), "transactions.json"]
    try:
        answer: Any = get(path)
    except BankRefusedError as error:
        if error.status == HTTPStatus.CONFLICT:
            raise RateLimitedError(error.host, PACE) from None
        raise
    except BankUnavailableError as error:
        # The bank's word for a token that does not exist or has ended; other troubles have other numbers.
        if error.problem.endswith(" 500"):
            raise SignInNeededError(
                error.host, "500, which it says to a token that is none"
            ) from None
        raise
    return read_object(answer, "").inner("accountStatement")


def steps(_: str) -> tuple[str, ...]:
    """Return how a person gets a token of their own."""
    return (
        tr(
            "For customers of Fio banka in Czechia and Slovakia, free of charge: in internet banking (ib.fio.cz), open "
            "Settings, API, and add a token for each account, with the right to watch the account only."
        ),
        tr(
            "A new token works after five minutes, and for 180 days; tick the box that prolongs it when you sign in there. "
            "Copy the token to here. For another account, connect Fio banka once more."
        ),
        tr(
            "Bankview reads the account's balance and its transactions. For those older than 90 days, unlock the whole "
            "history at the token's lock in internet banking, and connect within ten minutes."
        ),
    )


DIALECT = Dialect(
    "fio",
    accounts,
    transactions,
    headers={"Accept": "application/json"},
    zone=PRAGUE,
    host="fioapi.fio.cz",
    portal="https://ib.fio.cz",
    paths=(
        f"periods/{TOKEN_PLACE}/{{from}}/{{to}}/transactions.json",
        f"by-id/{TOKEN_PLACE}/{{year}}/{{number}}/transactions.json",
    ),
    # They move the pointer that the bank keeps, and so take rows from other programs.
    never=("last", "set-last-id", "set-last-date"),
    token_at=TOKEN_PLACE,
    steps=steps,
)
