"""monobank's personal API: accounts and jars, statements of a month at most, and a call a minute."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bankview.banks._bank import Dialect, Get, Partial, Skipped
from bankview.banks._monobank_rows import CURRENCIES
from bankview.banks._monobank_rows import transactions as read_rows
from bankview.banks._read import Row, read_object, today_in
from bankview.domain.account import Account, AccountType
from bankview.errors import BadBankDataError, BankRefusedError, SignInNeededError
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bankview.domain.transaction import Transaction

KYIV = "Europe/Kyiv"
_today = partial(today_in, KYIV)
#: The longest time that one statement covers: a month of 31 days in which the clocks go back.
LONGEST = timedelta(days=31, hours=1)
#: The most rows of one statement: where there are that many, older ones may be left out.
MOST = 500
#: Where the token goes. A 403 that names it is about the token; one of the bank's gateway is not.
_HEADER = "X-Token"


def accounts(get: Get) -> Iterator[Account | Partial]:
    """Yield the accounts, and the jars in which money is set aside."""
    answer = read_object(_asked(get, ["personal", "client-info"]), "")
    owner = answer.text("name")
    for row in answer.rows("accounts"):
        yield from _account(row, owner)
    for row in answer.rows("jars", needed=False):
        yield from _jar(row, owner)


def _account(row: Row, owner: str) -> Iterator[Account | Partial]:
    if (currency := _currency(row)) is None:
        yield Partial("unknown currency")
        return
    held = row.needed("balance", row.minor("balance", currency))
    # What the bank would lend is part of the balance.
    lent = row.minor("creditLimit", currency)
    kind = row.text("type")
    yield Account(
        key=row.needed("id", row.text("id")),
        name=f"{kind.capitalize() or 'monobank'} {currency}",
        currency=currency,
        iban=row.text("iban").replace(" ", ""),
        type=AccountType.CURRENT,
        balance=held - lent if lent else held,
        available=held,
        owner=owner,
    )


def _jar(row: Row, owner: str) -> Iterator[Account | Partial]:
    if (currency := _currency(row)) is None:
        yield Partial("unknown currency")
        return
    yield Account(
        key=row.needed("id", row.text("id")),
        name=row.text("title", "description") or "Jar",
        currency=currency,
        type=AccountType.SAVINGS,
        balance=row.minor("balance", currency),
        owner=owner,
    )


def _currency(row: Row) -> str | None:
    return CURRENCIES.get(row.needed("currencyCode", row.text("currencyCode")).zfill(3))


def transactions(
    get: Get,
    account: Account,
    since: date,
    *,
    zone: ZoneInfo | None = None,
    today: Callable[[], date] = _today,
    until: date | None = None,
) -> Iterator[Transaction | Partial | Skipped]:
    """Yield an account's rows from `since` to `until` or today, in as many statements as that takes."""
    here = zone or ZoneInfo(KYIV)
    first, end = _midnight(since, here), _midnight((until or today()) + timedelta(days=1), here) - 1
    longest = int(LONGEST.total_seconds())
    seen: set[str] = set()
    while first <= end:
        last = min(end, first + longest - 1)
        yield from read_rows(_statement(get, account.key, first, last, seen), account, here)
        first = last + 1


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time.min, zone).timestamp())


def _statement(
    get: Get, key: str, first: int, last: int, seen: set[str]
) -> Iterator[Row | Partial]:
    """Yield the rows of a time, newest first; a full statement is followed by one that ends with its oldest row.

    `seen` holds the ids that came: rows of the second at which a statement was cut come twice.
    """
    while True:
        found = _asked(get, ["personal", "statement", key, str(first), str(last)])
        if not isinstance(found, list):
            raise BadBankDataError("statement", "is no list")
        rows = [read_object(one, f"statement[{index}]") for index, one in enumerate(found)]
        for row in rows:
            id_ = row.text("id")
            if not id_ or id_ not in seen:
                yield row
            seen.add(id_)
        if len(rows) < MOST:
            return
        oldest = min(_second(row) for row in rows)
        if not first <= oldest < last:
            yield Partial(f"more than {MOST} rows in a second")
            return
        last = oldest


def _second(row: Row) -> int:
    second = row.value.get("time")
    if type(second) is not int:
        raise BadBankDataError(row.field("time"), "is no instant")
    return second


def _asked(get: Get, path: list[str]) -> Any:
    """Return an answer.

    Raises:
        SignInNeededError: the token is none, or not any more.
    """
    try:
        return get(path)
    except BankRefusedError as error:
        if error.status == HTTPStatus.FORBIDDEN and _HEADER in error.code:
            raise SignInNeededError(error.host, "403 for the token") from None
        raise


def steps(_: str) -> tuple[str, ...]:
    """Return how a person gets a token of their own."""
    return (
        tr(
            "For private customers of monobank in Ukraine, free of charge: open api.monobank.ua and scan the code there "
            "with the monobank app."
        ),
        tr(
            "Press the button for a token, and copy it to here. It lasts until you revoke it there."
        ),
        tr(
            "Bankview reads accounts, jars and all transactions with it; it can move no money. The bank answers one "
            "call a minute, so that the first update of a year takes a quarter of an hour for each account."
        ),
    )


DIALECT = Dialect(
    "monobank",
    accounts,
    transactions,
    headers={"Accept": "application/json"},
    zone=KYIV,
    host="api.monobank.ua",
    portal="https://api.monobank.ua",
    paths=("bank/currency", "personal/client-info", "personal/statement/{account}/{from}/{to}"),
    token_at=_HEADER,
    steps=steps,
    windows=True,
)
