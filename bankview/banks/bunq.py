"""bunq: sessions by a person's own API key and a key pair made here, every kind of account, payments newest first."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from bankview.banks._bank import Cursor, Dialect, Entry, Get, Partial, Skipped, Tokens
from bankview.banks._bunq_device import HOST, TOKEN, check, request_id, tokens
from bankview.banks._bunq_rows import created_on, held, payment
from bankview.banks._lenient import each, each_of
from bankview.banks._pages import turned
from bankview.banks._read import Row, read_object, today_in
from bankview.domain.account import Account, AccountType
from bankview.errors import BadBankDataError, BankRefusedError, BankUnavailableError
from bankview.language import later
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from bankview.domain.transaction import Transaction

AMSTERDAM = "Europe/Amsterdam"
_today = partial(today_in, AMSTERDAM)
#: The most objects of a page, and the status by which the bank says that it is being mended.
MOST, MAINTENANCE = "200", 491
_TYPES = {
    "MonetaryAccountBank": AccountType.CURRENT,
    "MonetaryAccountJoint": AccountType.CURRENT,
    "MonetaryAccountLight": AccountType.CURRENT,
    "MonetaryAccountExternal": AccountType.CURRENT,
    "MonetaryAccountCard": AccountType.CARD,
    "MonetaryAccountSavings": AccountType.SAVINGS,
    "MonetaryAccountExternalSavings": AccountType.SAVINGS,
}
#: Kinds of account that cards pay from.
_CARDS = {AccountType.CURRENT, AccountType.CARD}


def accounts(get: Get, *, session: str = "") -> Iterator[Account | Partial]:
    """Yield the accounts of a user of every kind; those that were closed are left out."""
    user = _number(session)
    path = ["user", user, "monetary-account"]
    for page in turned(partial(_page, get, path), _older):
        if isinstance(page, Partial):
            yield page
        elif isinstance(page, Row):
            yield from _accounts(page, user)


def _accounts(page: Row, user: str) -> Iterator[Account]:
    for whole in page.rows("Response"):
        for kind in whole.value:
            row = whole.inner(kind)
            if row.text("status") != "CANCELLED":
                yield _account(row, kind, user)


def _account(row: Row, kind: str, user: str) -> Account:
    currency = row.currency("currency", "EUR")
    balance = row.inner("balance")
    same = balance.currency("currency", currency) == currency
    ibans = (alias.text("value") for alias in _aliases(row) if alias.text("type") == "IBAN")
    return Account(
        key=f"{user}/{_number(row.needed('id', row.text('id')))}",
        name=row.text("description", "display_name") or "bunq",
        currency=currency,
        iban=next(ibans, "").replace(" ", ""),
        type=_TYPES.get(kind, AccountType.OTHER),
        balance=balance.money("value", currency) if same else None,
        owner=row.text("display_name"),
    )


def _aliases(row: Row) -> Iterator[Row]:
    yield from row.rows("alias", needed=False)


def _number(text: str) -> str:
    """Return an id as a part of a path.

    Raises:
        BadBankDataError: it is none.
    """
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise BadBankDataError("id", "is no id")
    return text


def transactions(
    get: Get,
    account: Account,
    since: date,
    *,
    zone: ZoneInfo | None = None,
    resume: str | None = None,
    today: Callable[[], date] = _today,
) -> Iterator[Transaction | Partial | Skipped | Cursor]:
    """Yield what the account's cards hold, then its payments from `since`, the newest first."""
    here = zone or ZoneInfo(AMSTERDAM)
    user, _, number = account.key.partition("/")
    path = ["user", _number(user), "monetary-account", _number(number)]

    def read(whole: Row) -> Transaction | None:
        found = payment(whole, account, here)
        return found if found and found.booked_on >= since else None

    def following(page: Row) -> str:
        *_, last = (None, *page.rows("Response"))
        made = created_on(last.inner("Payment"), here) if last else None
        return _older(page) if made and made >= since else ""

    if not resume and account.type in _CARDS:
        yield from _held(get, path, account, here, today())
    pages = turned(partial(_page, get, [*path, "payment"]), following, resume or "")
    yield from each_of(pages, "Response", read, cursors=resume is not None)


def _held(
    get: Get, path: list[str], account: Account, zone: ZoneInfo, today: date
) -> Iterator[Transaction | Partial | Skipped]:
    """Yield what is held; nothing of it is older than the newest actions."""
    try:
        page = _page(get, [*path, "mastercard-action"], "")
    except BankRefusedError as error:
        yield Partial(f"mastercard-action: {error.status}")
        return
    yield from each(page.rows("Response"), lambda whole: held(whole, account, zone, today))


def _page(get: Get, path: list[str], older: str) -> Row:
    """Return a page: the newest objects, or those older than the one of this id."""
    params = {"count": MOST} | ({"older_id": older} if older else {})
    try:
        return read_object(get(path, params), "")
    except BankRefusedError as error:
        if error.status == MAINTENANCE:
            raise BankUnavailableError(error.host, "is being mended") from None
        raise


def _older(page: Row) -> str:
    """Return the id by which the next page is asked for; of the bank's own address for it, nothing else is taken."""
    url = page.inner("Pagination").text("older_url")
    try:
        said: dict[str, Any] = parse_qs(urlsplit(url).query)
    except ValueError:
        raise BadBankDataError("Pagination.older_url", "is no link") from None
    return _number(said["older_id"][0]) if "older_id" in said else ""


def steps(_: str) -> tuple[str, ...]:
    """Return how a person gets a key of their own."""
    return (
        tr(
            "For customers of bunq in the European Economic Area. In the bunq app, open Profile, Security, API keys (in newer "
            "versions Settings, Developers), add a key and copy it to here. bunq asks no fee for it."
        ),
        tr(
            "The key is good from the network that it is first used from. For a computer that travels, allow all IP addresses "
            "for the key in the app."
        ),
        tr(
            "Bankview makes a key pair of its own and reads accounts of every kind, balances, all payments and what cards hold. "
            "The API key could do more than that, Bankview cannot: you can delete the key in the app at any time."
        ),
    )


DIALECT = Dialect(
    "bunq",
    accounts,
    transactions,
    headers={
        "Accept": "application/json",
        "Cache-Control": "no-cache",
        "X-Bunq-Language": "en_US",
        "X-Bunq-Region": "nl_NL",
        "X-Bunq-Geolocation": "0 0 0 0 000",
    },
    writes=(("POST", "/installation"), ("POST", "/device-server"), ("POST", "/session-server")),
    zone=AMSTERDAM,
    host=HOST,
    portal="https://doc.bunq.com/basics/authentication",
    paths=(
        "user/{user}",
        "user/{user}/monetary-account",
        "user/{user}/monetary-account/{account}",
        "user/{user}/monetary-account/{account}/payment",
        "user/{user}/monetary-account/{account}/mastercard-action",
        "user/{user}/card",
    ),
    token_at=TOKEN,
    steps=steps,
    entry=Entry(
        tokens=Tokens(tokens, frozenset({401, 403}), check),
        marks=lambda _: request_id(),
        secret=later("API key"),
    ),
    resumes=True,
)
