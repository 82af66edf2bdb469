"""Monzo's API for one's own account: allowed in the Monzo app, everything at once right after, 90 days from then on."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache, partial
from http import HTTPStatus
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bankview.banks._bank import Cursor, Dialect, Get, Partial, Skipped
from bankview.banks._lenient import each_of
from bankview.banks._monzo_rows import transaction
from bankview.banks._pages import turned
from bankview.banks._read import Row, read_object, today_in
from bankview.domain.account import Account, AccountType
from bankview.errors import BankRefusedError, SignInNeededError
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bankview.domain.transaction import Transaction

LONDON = "Europe/London"
_today = partial(today_in, LONDON)
#: Days that are served long after the person allowed it: of ninety, the oldest are no longer whole.
LATER_DAYS = 88
#: The most rows of a page.
MOST = 100
_TYPES = {
    "uk_retail": AccountType.CURRENT,
    "uk_retail_joint": AccountType.CURRENT,
    "uk_prepaid": AccountType.CURRENT,
    "uk_monzo_flex": AccountType.CARD,
    "uk_loan": AccountType.LOAN,
    "uk_monzo_flex_backing_loan": AccountType.LOAN,
}
_JOINT = "uk_retail_joint"
#: What a pot's key begins with.
_POT = "pot:"
_NAMES = {
    _JOINT: "Monzo joint",
    "uk_prepaid": "Monzo prepaid",
    "uk_monzo_flex": "Monzo Flex",
    "uk_loan": "Monzo loan",
    "uk_monzo_flex_backing_loan": "Monzo Flex loan",
}
#: What a bank says where it does not let us, and where there is no such thing at an account.
_CLOSED = {HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}


def allowed(get: Get) -> bool:
    """Tell whether the person has allowed reading in the Monzo app; until then a new token opens nothing."""
    try:
        get(["accounts"])
    except BankRefusedError as error:
        if error.status != HTTPStatus.FORBIDDEN:
            raise
        return False
    return True


def accounts(get: Get) -> Iterator[Account | Partial]:
    """Yield the accounts, closed and joint ones too, each followed by its pots.

    Raises:
        SignInNeededError: the person no longer allows it.
    """
    try:
        answer = read_object(get(["accounts"]), "")
    except BankRefusedError as error:
        if error.status != HTTPStatus.FORBIDDEN:
            raise
        raise SignInNeededError(error.host, error.code or "403") from None
    for row in answer.rows("accounts"):
        account = _account(get, row)
        yield account
        if account.type is AccountType.CURRENT:
            yield from _pots(get, account)


def _account(get: Get, row: Row) -> Account:
    key, kind = row.needed("id", row.text("id")), row.text("type")
    held = _if_there(get, "balance", account_id=key)
    currency = held.currency("currency", row.currency("currency", "GBP"))
    balance = held.minor("balance", currency)
    description = row.text("description")
    # Of the oldest accounts it is the customer's own id.
    named = "" if description.startswith("user_") else description
    owners = (owner.text("preferred_name") for owner in row.rows("owners", needed=False))
    number = f"{row.text('sort_code')} {row.text('account_number')}"
    return Account(
        key=key,
        name=named or _NAMES.get(kind, "Monzo"),
        currency=currency,
        number=number.strip(),
        type=_TYPES.get(kind, AccountType.OTHER),
        balance=balance,
        available=balance,
        owner=" & ".join(filter(None, owners)),
    )


def _pots(get: Get, account: Account) -> Iterator[Account]:
    for row in _if_there(get, "pots", current_account_id=account.key).rows("pots", needed=False):
        if row.flag("deleted"):
            continue
        currency = row.currency("currency", account.currency)
        yield Account(
            key=f"{_POT}{row.needed('id', row.text('id'))}",
            name=row.text("name") or "Pot",
            currency=currency,
            # It has no feed of its own that its balance could be held against.
            type=AccountType.OTHER,
            balance=row.minor("balance", currency),
        )


def _if_there(get: Get, path: str, **params: str) -> Row:
    """Return an answer, or an empty one where an account has no such thing."""
    try:
        return read_object(get([path], params), "")
    except BankRefusedError as error:
        if error.status not in _CLOSED:
            raise
        return Row({})


def transactions(
    get: Get,
    account: Account,
    since: date,
    *,
    zone: ZoneInfo | None = None,
    resume: str | None = None,
    today: Callable[[], date] = _today,
) -> Iterator[Transaction | Partial | Skipped | Cursor]:
    """Yield an account's rows by when they were made, oldest first; pots and loans have none.

    A first history (`resume` is not None) asks for all of it; where that is refused, for what is served later.
    """
    if account.key.startswith(_POT) or account.type is AccountType.LOAN:
        return
    here, first = zone or ZoneInfo(LONDON), resume is not None
    recent = today() - timedelta(days=LATER_DAYS)
    pages = _Pages(get, account.key, _midnight(recent, here), first=first)
    begins = since if first else max(since, recent)
    named = cache(partial(_pot_name, get, account))

    def read(row: Row) -> Transaction | None:
        return transaction(row, account, here, named)

    found = turned(pages.page, pages.following, resume or _midnight(begins, here))
    yield from each_of(found, "transactions", read, cursors=first)
    if pages.cut:
        said = tr(
            "Monzo gives what is older than 90 days in the first five minutes after you allow it, and not later: sign in"
            " again to get the rest."
        )
        yield Partial("verification_required", said)


class _Pages:
    """Asks for pages after a row or an instant; once the old ones are refused, it goes on with the recent ones."""

    def __init__(self, get: Get, key: str, recent: str, *, first: bool) -> None:
        self._get, self._key, self._recent = get, key, recent
        self._may_be_cut = first
        self.cut = False

    def page(self, after: str) -> Row:
        asked = {"account_id": self._key, "limit": str(MOST), "expand[]": "merchant"}
        try:
            return read_object(self._get(["transactions"], {**asked, "since": after}), "")
        except BankRefusedError as error:
            if error.status != HTTPStatus.FORBIDDEN or not self._may_be_cut or self.cut:
                raise
            self.cut = True
            return self.page(self._recent)

    def following(self, page: Row) -> str:
        rows = list(page.rows("transactions"))
        return rows[-1].text("id") if len(rows) >= MOST else ""


def _midnight(day: date, zone: ZoneInfo) -> str:
    return f"{datetime.combine(day, time.min, zone).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _pot_name(get: Get, account: Account, pot: str) -> str:
    """Return what a pot is called, deleted ones too."""
    rows = _if_there(get, "pots", current_account_id=account.key).rows("pots", needed=False)
    names = (row.text("name") for row in rows if row.text("id") == pot)
    return next(names, "") or "Pot"


def steps(redirect_uri: str) -> tuple[str, ...]:
    """Return how a person gets a client of their own."""
    return (
        tr(
            "For customers of Monzo in the United Kingdom, free of charge: sign in at developers.monzo.com with the e-mail"
            " address that Monzo knows, and allow it in the Monzo app."
        ),
        tr(
            "Under Clients, add an OAuth client with the redirect URL {redirect} and choose Confidential: any other has to"
            " be allowed anew every few hours.",
            redirect=redirect_uri,
        ),
        tr("Copy its client ID and client secret to here."),
        tr(
            "Then sign in by the link that Monzo sends you, opened on this computer, and allow access in the Monzo app."
            " Bankview reads accounts, pots, balances and all transactions at once: five minutes later Monzo gives 90 days"
            " alone. It can move no money."
        ),
    )


DIALECT = Dialect(
    "monzo",
    accounts,
    transactions,
    headers={"Accept": "application/json"},
    writes=(("POST", "/oauth2/logout"),),
    zone=LONDON,
    host="api.monzo.com",
    portal="https://developers.monzo.com",
    paths=("ping/whoami", "accounts", "balance", "pots", "transactions", "transactions/{id}"),
    check="ping/whoami",
    steps=steps,
    resumes=True,
    allowed=allowed,
    at_once=True,
    minutes=15,
    logout="oauth2/logout",
)
