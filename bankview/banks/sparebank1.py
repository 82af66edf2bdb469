"""SpareBank 1's personal API: one list of accounts, one list of rows per account, no pages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec

from bankview.banks._bank import Dialect, Get, Partial
from bankview.banks._read import Row, read_object
from bankview.domain.account import Account, AccountType
from bankview.domain.transaction import Status, Transaction
from bankview.errors import BadBankDataError
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bankview.domain.money import Money

OSLO = "Europe/Oslo"
#: Credit cards are left out unless they are asked for.
_KINDS = ("Nok", "Currency", "Bsu", "CreditCard", "Ask")
_TYPES = {
    "CREDITCARD": AccountType.CARD,
    "SAVING": AccountType.SAVINGS,
    "USER": AccountType.CURRENT,
}
_RAW = msgspec.json.Encoder(decimal_format="number")


def accounts(get: Get) -> Iterator[Account | Partial]:
    """Yield the accounts, in the bank's order."""
    answer = read_object(get("accounts", {f"include{kind}Accounts": "true" for kind in _KINDS}), "")
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


def oslo_today() -> date:
    """Return the bank's day."""
    return datetime.now(UTC).astimezone(ZoneInfo(OSLO)).date()


def transactions(
    get: Get,
    account: Account,
    since: date,
    *,
    zone: ZoneInfo | None = None,
    today: Callable[[], date] = oslo_today,
) -> Iterator[Transaction | Partial]:
    """Yield an account's rows from `since` to today, booked and pending.

    Both dates are always sent, because without them the bank's window is its own choice.
    """
    until = max(today(), since)
    window = {"fromDate": since.isoformat(), "toDate": until.isoformat(), "source": "ALL"}
    answer = read_object(get("transactions", {"accountKey": account.key, **window}), "")
    for row in _once(answer.rows("transactions")):
        yield _transaction(row, account, zone or ZoneInfo(OSLO))
    yield from _left_out(answer)


def _once(rows: Iterator[Row]) -> Iterator[Row]:
    """Pass rows on, without repeats: an id lasts for a session only, but within one it names one row."""
    seen: dict[str, Any] = {}
    for row in rows:
        id_ = row.text("id")
        if not id_ or seen.setdefault(id_, row.value) is row.value or seen[id_] != row.value:
            yield row


def _transaction(row: Row, account: Account, zone: ZoneInfo) -> Transaction:
    _check_account(row, account)
    description = row.text("description", "cleanedDescription", "typeText")
    return Transaction(
        account_key=account.key,
        status=_status(row),
        booked_on=row.needed("date", row.day("date", zone)),
        amount=row.needed("amount", row.money("amount", account.currency)),
        description=description,
        value_on=row.day("interestDate", zone),
        payee=row.inner("merchant").text("name")
        or row.text("remoteAccountName", "cleanedDescription")
        or description,
        counterparty_account=row.text("remoteAccountNumber"),
        reference=row.text("kidOrMessage"),
        original=_original(row, account),
        bank_id=_bank_id(row),
        raw=_RAW.encode(row.value),
    )


def _check_account(row: Row, account: Account) -> None:
    """Refuse another account's row: the bank calls accounts by key here and by number there."""
    number = row.value.get("accountNumber")
    # A text in the account list is an object here.
    number = number.get("value") if isinstance(number, dict) else number
    said = {(row.text("accountKey"), account.key), (str(number or ""), account.number)}
    compared = [theirs == ours for theirs, ours in said if theirs and ours]
    if compared and not any(compared):
        raise BadBankDataError(row.field("accountKey"), "belongs to another account")
    if row.currency("accountCurrency", account.currency) != account.currency:
        raise BadBankDataError(row.field("accountCurrency"), "is not the account's")


def _status(row: Row) -> Status:
    try:
        return Status(row.needed("bookingStatus", row.text("bookingStatus")).lower())
    except ValueError:
        raise BadBankDataError(row.field("bookingStatus"), "is unknown") from None


def _original(row: Row, account: Account) -> Money | None:
    """Return the amount abroad; the amount itself is always in the account's currency."""
    currency = row.currency("currencyCode", account.currency)
    if currency == account.currency:
        return None
    try:
        return row.money("currencyAmount", currency)
    except BadBankDataError:
        # Some currencies come with more decimals than they have; the raw row keeps what the bank wrote.
        return None


def _bank_id(row: Row) -> str:
    """Return the id that stays over sessions; rows that are not booked yet have only zeros."""
    text = row.text("nonUniqueId")
    return text if text.strip("0") else ""


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
)
