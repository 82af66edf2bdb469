"""UK Open Banking Read/Write 3.1 and 4.0 for licensed third parties: a consent asked for first, then allowed at the bank."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bankview.banks._bank import Cursor, Dialect, Get, Partial, Skipped
from bankview.banks._lenient import each
from bankview.banks._pages import turned
from bankview.banks._read import Row, read_object, today_in
from bankview.banks._uk_open_banking_consent import INTENT
from bankview.banks._uk_open_banking_rows import number, signed, transaction
from bankview.domain.account import Account, AccountType
from bankview.domain.money import Money
from bankview.errors import BankRefusedError, SignInNeededError
from bankview.web import Link
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bankview.domain.transaction import Transaction

LONDON = "Europe/London"
_today = partial(today_in, LONDON)
#: Days of history that are served without a fresh sign-in, where the bank insists on one (SCA-RTS Art. 10A).
LATER_DAYS = 89
#: Days that are asked for at a time.
MOST_DAYS = 180
#: What is said of a consent that reads no more, and where the person has to be asked anew; by version 3.1 and 4.0.
_ENDED = {
    "UK.OBIE.Resource.ConsentMismatch",
    "U008",
    "UK.OBIE.Resource.InvalidConsentStatus",
    "U009",
}
_REAUTHENTICATE = {"UK.OBIE.Reauthenticate", "U028"}
_TYPES = {
    "CurrentAccount": AccountType.CURRENT,
    "CACC": AccountType.CURRENT,
    "TRAN": AccountType.CURRENT,
    "Savings": AccountType.SAVINGS,
    "SVGS": AccountType.SAVINGS,
    "LLSV": AccountType.SAVINGS,
    "ONDP": AccountType.SAVINGS,
    "ChargeCard": AccountType.CARD,
    "CreditCard": AccountType.CARD,
    "PrePaidCard": AccountType.CARD,
    "CARD": AccountType.CARD,
    "CHAR": AccountType.CARD,
    "CPAC": AccountType.CARD,
    "Loan": AccountType.LOAN,
    "LOAN": AccountType.LOAN,
    "Mortgage": AccountType.LOAN,
    "MORT": AccountType.LOAN,
}
#: Kinds of balance that are booked, and that can be disposed of, best first; by version 3.1 and 4.0.
_BOOKED = (
    "InterimBooked",
    "ITBD",
    "ClosingBooked",
    "CLBD",
    "InterimCleared",
    "ClosingCleared",
    "PreviouslyClosedBooked",
    "PRCD",
    "OpeningBooked",
    "OPBD",
    "Expected",
    "XPCD",
)
_AVAILABLE = ("InterimAvailable", "ITAV", "ForwardAvailable", "FWAV", "ClosingAvailable", "CLAV")


def accounts(get: Get) -> Iterator[Account | Partial]:
    """Yield the accounts that the person chose at the bank, each with its balances.

    Raises:
        SignInNeededError: the consent has ended.
    """
    found = turned(partial(_page, get, ["accounts"], {}), _next)
    try:
        for page in found:
            if isinstance(page, Partial):
                yield page
            elif isinstance(page, Row):
                for row in page.inner("Data").rows("Account"):
                    yield _account(get, row)
    except BankRefusedError as error:
        # It is not about one account: only another consent can help.
        if error.status != HTTPStatus.FORBIDDEN:
            raise
        raise SignInNeededError(error.host, error.code or "403") from None


def _account(get: Get, row: Row) -> Account:
    key, currency = row.needed("AccountId", row.text("AccountId")), row.currency("Currency", "GBP")
    booked, available = _balances(get, key, currency)
    known = [*row.rows("Account", needed=False)]
    ibans = [number(said) for said in known if said.text("SchemeName").endswith("IBAN")]
    iban = next(iter(ibans), "")
    own = "" if iban else next(filter(None, map(number, known)), "")
    return Account(
        key=key,
        name=row.text("Nickname", "Description") or iban or own or key,
        currency=currency,
        number=own,
        iban=iban,
        type=_TYPES.get(row.text("AccountTypeCode", "AccountSubType"), AccountType.OTHER),
        balance=booked,
        available=available,
        owner=next(filter(None, (said.text("Name") for said in known)), ""),
    )


def _balances(get: Get, key: str, currency: str) -> tuple[Money | None, Money | None]:
    """Return what is booked, and what can be disposed of; the consent may be for less."""
    try:
        told = _asked(get, ["accounts", key, "balances"])
    except BankRefusedError:
        return None, None
    found: dict[str, Money] = {}
    own: dict[str, Money] = {}
    for row in told.inner("Data").rows("Balance"):
        if row.text("AccountId") in {"", key} and (money := signed(row, currency)):
            found.setdefault(row.text("Type"), money)
            own.setdefault(row.text("Type"), Money(money.minor - _credit(row, currency), currency))
    return (
        next((own[kind] for kind in _BOOKED if kind in own), None),
        next((found[kind] for kind in _AVAILABLE if kind in found), None),
    )


def _credit(row: Row, currency: str) -> int:
    """Return how much of a balance is not the person's own, in minor units: the limits in it, or what is left of them."""
    limits = left = 0
    for line in row.rows("CreditLine", needed=False):
        said = line.inner("Amount")
        money = said.money("Amount", currency)
        if money is None or not line.flag("Included") or said.text("Currency") != currency:
            continue
        if line.text("Type") == "Available":
            left += money.minor
        else:
            limits += money.minor
    return limits or left


def transactions(
    get: Get,
    account: Account,
    since: date,
    *,
    until: date | None = None,
    zone: ZoneInfo | None = None,
    today: Callable[[], date] = _today,
) -> Iterator[Transaction | Partial | Skipped | Cursor]:
    """Yield an account's rows from `since` to `until`, page by page.

    What is older than some 90 days may need a sign-in that is fresh: where it is refused, what is later comes.

    Raises:
        SignInNeededError: the consent has ended.
    """
    now = today()
    later, rows = now - timedelta(days=LATER_DAYS), _Rows(get, account, zone or ZoneInfo(LONDON))
    for first, last in _parts(since, until, now):
        try:
            yield from rows.between(first, last)
        except BankRefusedError as error:
            if error.code not in _REAUTHENTICATE:
                raise
            if first >= later:
                raise SignInNeededError(error.host, error.code) from None
            if last is None or last >= later:
                yield from rows.between(later, last)
            said = tr(
                "The bank gives what is older than 90 days shortly after a sign-in, and not later: sign in again to get the rest."
            )
            yield Partial("Reauthenticate", said)
            return


def _parts(since: date, until: date | None, today: date) -> Iterator[tuple[date, date | None]]:
    """Yield the days to ask for, newest first: HSBC answers for six months, however many are asked for."""
    last = until
    while True:
        first = max(since, (last or today) - timedelta(days=MOST_DAYS))
        yield first, last
        if first == since:
            return
        last = first - timedelta(days=1)


class _Rows:
    """An account's rows, each once: one that has a name may come on two pages, one without may be a twin."""

    def __init__(self, get: Get, account: Account, zone: ZoneInfo) -> None:
        self._get, self._account, self._zone = get, account, zone
        self._seen: set[bytes] = set()

    def between(self, first: date, last: date | None) -> Iterator[Transaction | Partial | Skipped]:
        # The bank takes these for its own clock's, and a zone is no part of them.
        days = {"fromBookingDateTime": f"{first}T00:00:00"}
        if last:
            days["toBookingDateTime"] = f"{last}T23:59:59"
        path = ["accounts", self._account.key, "transactions"]
        for page in turned(partial(_page, self._get, path, days), _next):
            if isinstance(page, Partial):
                yield page
            elif isinstance(page, Row):
                found = page.inner("Data").rows("Transaction", needed=False)
                for row in each(found, self._read):
                    if isinstance(row, Skipped) or not row.bank_id or row.raw not in self._seen:
                        self._seen.add(row.raw)
                        yield row

    def _read(self, row: Row) -> Transaction | None:
        return transaction(row, self._account, self._zone)


def _page(get: Get, path: list[str], params: Mapping[str, str], after: str) -> Row:
    return _asked(get, Link(after, path)) if after else _asked(get, path, params)


def _next(page: Row) -> str:
    return page.inner("Links").text("Next")


def _asked(get: Get, path: Any, params: Mapping[str, str] | None = None) -> Row:
    try:
        return read_object(get(path, params), "")
    except BankRefusedError as error:
        if error.code in _ENDED:
            raise SignInNeededError(error.host, error.code) from None
        raise


def steps(redirect_uri: str) -> tuple[str, ...]:
    """Return who may connect, and how."""
    return (
        tr(
            "For account information services that the FCA has authorised, for a fee; a private person cannot connect here."
            " Enrol in the Open Banking Directory and make your certificates there."
        ),
        tr(
            "Register your client at the bank, free of charge, with the redirect address {redirect}, and enter its client ID"
            " and keys here.",
            redirect=redirect_uri,
        ),
        tr(
            "Sign in and choose the accounts on the bank's page. Bankview reads accounts, balances and transactions, and asks"
            " you again after 90 days. It can move no money."
        ),
    )


DIALECT = Dialect(
    "uk_open_banking",
    accounts,
    transactions,
    headers={"Accept": "application/json"},
    writes=(("POST", "/account-access-consents"), ("DELETE", "/account-access-consents/{id}")),
    zone=LONDON,
    portal="https://directory.openbanking.org.uk",
    paths=(
        "accounts",
        "accounts/{AccountId}",
        "accounts/{AccountId}/balances",
        "accounts/{AccountId}/transactions",
    ),
    steps=steps,
    intent=INTENT,
    psu="x-fapi-customer-ip-address",
    present={"x-customer-user-agent": "Bankview"},
    interaction="x-fapi-interaction-id",
    windows=True,
    at_once=True,
)
