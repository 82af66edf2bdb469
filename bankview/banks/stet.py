"""STET PSD2, the API of French banks: accounts after a consent, unsigned amounts, and pages by link (versions 1.4, 1.5)."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bankview.banks._bank import Cursor, Dialect, Get, Partial, Skipped
from bankview.banks._pages import pages, pages_from
from bankview.banks._stet_accounts import CLOSED
from bankview.banks._stet_accounts import account as read_account
from bankview.banks._stet_consent import consent, consents, funds_confirmation
from bankview.banks._stet_more import about, person
from bankview.banks._stet_person import Beneficiary, beneficiaries, identity, overdraft, owners
from bankview.banks._stet_rows import transactions as read_rows
from bankview.errors import BankRefusedError, SignInNeededError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from bankview.banks._read import Row
    from bankview.domain.account import Account
    from bankview.domain.transaction import Transaction

__all__ = [
    "DIALECT",
    "Beneficiary",
    "accounts",
    "beneficiaries",
    "consent",
    "consents",
    "funds_confirmation",
    "identity",
    "overdraft",
    "owners",
    "transactions",
]

PARIS = "Europe/Paris"
#: How banks want `dateFrom`, in turn until one is taken: BPCE, Arkéa, Société Générale; Crédit Agricole, Boursorama
#: and La Banque Postale want the day alone.
DATE_FORMS = (
    "{}T00:00:00Z",
    "{}",
    "{}T00:00:00",
    "{}T00:00:00.000Z",
)
#: BPCE's word for a person without an account that may be read.
_NO_ACCOUNTS = "NAAC"
#: Arkéa's word for a consent that has ended, with a status of 403.
_NO_CONSENT = "NO_CONSENTS"


def accounts(get: Get) -> Iterator[Account | Partial]:
    """Yield the accounts, in the bank's order, each with its balances.

    Raises:
        SignInNeededError: there is no consent (any more).
    """
    for page in _lists(get):
        if isinstance(page, Partial):
            yield page
            continue
        owner = page.text("connectedPsu")
        for row in page.rows("accounts"):
            yield from read_account(get, row, owner)


def _lists(get: Get) -> Iterator[Row | Partial]:
    """Yield the pages of the account list; a refusal that means "none" is none."""
    try:
        yield from pages(get, ["accounts"])
    except BankRefusedError as error:
        if error.code == _NO_CONSENT:
            raise SignInNeededError(error.host, error.code) from None
        # La Banque Postale sends a sound answer without accounts as 403 or 404.
        if not error.empty and (error.status, error.code) != (404, _NO_ACCOUNTS):
            raise


def transactions(
    get: Get,
    account: Account,
    since: date,
    *,
    zone: ZoneInfo | None = None,
    resume: str | None = None,
) -> Iterator[Transaction | Partial | Skipped | Cursor]:
    """Yield an account's rows from the day before `since`, booked and pending; see `_stet_rows.transactions`.

    No end is sent: it is exclusive, and what takes effect later (FUTR) lies beyond today.
    """
    if account.key.endswith(CLOSED):
        yield Partial("no link to transactions")
        return
    partial: list[Partial] = []
    path = ["accounts", account.key, "transactions"]
    found = pages_from(get, path, resume=resume) if resume else _history(get, path, since)
    for row in read_rows(_rows(found, partial), account, zone or ZoneInfo(PARIS)):
        if resume is not None or not isinstance(row, Cursor):
            yield row
    yield from partial


def _rows(
    found: Iterator[Row | Partial | Cursor], partial: list[Partial]
) -> Iterator[Row | Cursor]:
    for page in found:
        if isinstance(page, Partial):
            partial.append(page)
        elif isinstance(page, Cursor):
            yield page
        else:
            yield from page.rows("transactions")


def _history(get: Get, path: list[str], since: date) -> Iterator[Row | Partial | Cursor]:
    """Yield the pages from a day on, asking in the form of date that the bank takes."""
    # An instant of midnight is in UTC where it has a zone: an hour or two after the bank's own midnight.
    start = (since - timedelta(days=1)).isoformat()
    refusals: list[BankRefusedError] = []
    for form in DATE_FORMS:
        found = pages_from(get, path, {"dateFrom": form.format(start)})
        try:
            first = next(found, None)
        except BankRefusedError as error:
            if error.empty:
                return
            if error.status != HTTPStatus.BAD_REQUEST:
                raise
            refusals.append(error)
            continue
        if first is not None:
            yield first
            yield from found
        return
    raise refusals[0]


DIALECT = Dialect(
    "stet",
    accounts,
    transactions,
    headers={"Accept": "application/hal+json, application/json"},
    writes=(("PUT", "/consents"), ("POST", "/funds-confirmations")),
    zone=PARIS,
    paths=(
        "accounts",
        "accounts/{resourceId}/balances",
        "accounts/{resourceId}/transactions",
        "accounts/{resourceId}/owners",
        "accounts/{resourceId}/overdrafts",
        "end-user-identity",
        "trusted-beneficiaries",
    ),
    about=about,
    person=person,
    funds=funds_confirmation,
    funds_scope="cbpii",
    consent=consent,
    psu="PSU-IP-Address",
    resumes=True,
)
