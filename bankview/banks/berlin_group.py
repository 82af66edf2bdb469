"""Berlin Group NextGenPSD2 1.3 for licensed third parties: a consent that the person allows on the bank's page, then its accounts."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from bankview.banks._bank import (
    Cursor,
    Dialect,
    Entry,
    Get,
    Page,
    Partial,
    Post,
    Put,
    Skipped,
    Visit,
    Way,
)
from bankview.banks._berlin_rows import rows
from bankview.banks._pages import href, pages_from
from bankview.banks._read import Row, masked_card, page_address, read_object, today_in
from bankview.domain.account import Account, AccountType
from bankview.errors import (
    BadBankDataError,
    BankRefusedError,
    SignInDeniedError,
    SignInNeededError,
)
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

    from bankview.domain.money import Money
    from bankview.domain.transaction import Transaction

BRUSSELS = "Europe/Brussels"
_today = partial(today_in, BRUSSELS)
#: Days that a consent is asked for, and times a day that it may be used without the person (EU 2018/389).
DAYS, A_DAY = 180, 4
#: What a first history asks for in turn where a bank refuses the period, in days.
SHORTER = (730, 365, 90, 89)
#: What is said of a consent that reads no more, and of a wish that a bank does not know.
_ENDED = {"CONSENT_EXPIRED", "CONSENT_INVALID", "CONSENT_UNKNOWN", "TOKEN_EXPIRED"}
_PERIOD, _UNKNOWN = {"PERIOD_INVALID"}, {"PARAMETER_NOT_SUPPORTED", "PARAMETER_NOT_CONSISTENT"}
_TYPES = {
    "CACC": AccountType.CURRENT,
    "CARD": AccountType.CARD,
    "LOAN": AccountType.LOAN,
    "SVGS": AccountType.SAVINGS,
}
#: Kinds of balance that are booked, and that can be disposed of, best first.
_BOOKED = ("closingBooked", "interimBooked", "expected", "openingBooked")
_AVAILABLE = ("interimAvailable", "forwardAvailable")
#: A row's own name, where a bank has one that stays.
_IDS = ("transactionId", "entryReference")


def accounts(get: Get, *, session: str = "") -> Iterator[Account | Partial]:  # noqa: ARG001 - a header names it
    """Yield the accounts of the consent that each call names, with their balances."""
    for row in _asked(get, ["accounts"], {"withBalance": "true"}).rows("accounts"):
        id_ = row.text("resourceId")
        if not id_:
            yield Partial("an account without access")
        elif row.text("currency").upper() == "XXX":
            # Its parts are accounts of their own.
            yield Partial("an account of several currencies")
        else:
            yield _account(get, row, id_)


def _account(get: Get, row: Row, id_: str) -> Account:
    currency = row.currency("currency", "EUR")
    told = row if "balances" in row.value else _balances(get, id_)
    found: dict[str, Money] = {}
    for balance in told.rows("balances", needed=False):
        amount = balance.inner("balanceAmount")
        if amount.currency("currency", currency) == currency:
            money = amount.needed("amount", amount.money("amount", currency))
            found.setdefault(balance.text("balanceType"), money)
    iban = row.text("iban").replace(" ", "").upper()
    number = masked_card(row.text("bban", "maskedPan", "pan", "msisdn").replace(" ", ""))
    return Account(
        key=id_,
        name=row.text("displayName", "name", "product", "details") or iban or number or id_,
        currency=currency,
        number="" if iban else number,
        iban=iban,
        type=_TYPES.get(row.text("cashAccountType"), AccountType.OTHER),
        balance=next((found[kind] for kind in _BOOKED if kind in found), None),
        available=next((found[kind] for kind in _AVAILABLE if kind in found), None),
        owner=row.text("ownerName"),
    )


def _balances(get: Get, id_: str) -> Row:
    try:
        return _asked(get, ["accounts", id_, "balances"])
    except BankRefusedError:
        # The consent may be for rows alone.
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
    """Yield an account's rows from `since`, page by page, booked and pending where the bank tells both."""
    now, here = today(), zone or ZoneInfo(BRUSSELS)
    first = True
    for page in _pages(get, account.key, since, now, resume):
        if isinstance(page, Cursor):
            if resume is not None:
                yield page
        elif isinstance(page, Partial):
            yield page
        else:
            # Some banks repeat what is pending on each page.
            lists = page if first and not resume else Row({**page.value, "pending": []}, page.place)
            first = False
            yield from rows(lists, account, since, here, now, _IDS)


def _pages(
    get: Get, id_: str, since: date, today: date, resume: str | None
) -> Iterator[Row | Partial | Cursor]:
    """Yield pages; a period or a wish that the bank refuses for the first is asked for in another way."""
    whole = ["accounts", id_, "transactions"]

    def lists(path: Any, params: Any = None, headers: Any = None) -> Any:
        return _asked(partial(get, headers=headers), path, params).inner("transactions").value

    if resume:
        yield from pages_from(lists, whole, None, resume)
        return
    wishes = _wishes(since, today)
    params = next(wishes)
    while True:
        found = pages_from(lists, whole, params)
        try:
            first = next(found, None)
        except BankRefusedError as error:
            params = wishes.send(error.code)
            if not params:
                raise
        else:
            break
    if first is not None:
        yield first
        yield from found


def _wishes(since: date, today: date) -> Generator[dict[str, str], str, None]:
    """Yield what is asked for, and after each code of a refusal what is asked for instead; nothing where that is all."""
    asked = {"bookingStatus": "both", "dateFrom": since.isoformat()}
    shorter = [day for n in SHORTER if (day := today - timedelta(days=n)) > since]
    while True:
        code = yield dict(asked)
        if code in _PERIOD and shorter:
            asked["dateFrom"] = shorter.pop(0).isoformat()
        elif code in _UNKNOWN and asked["bookingStatus"] == "both":
            asked["bookingStatus"] = "booked"
        else:
            yield {}


def _asked(get: Callable[..., Any], path: Any, params: dict[str, str] | None = None) -> Row:
    try:
        return read_object(get(path, params), "")
    except BankRefusedError as error:
        if error.code in _ENDED:
            raise SignInNeededError(error.host, error.code) from None
        raise


# -- consent ---------------------------------------------------------------------------------------------------------


def marks(session: str) -> Mapping[str, str]:
    """Return what each call carries: a name of its own, and that of the consent."""
    return {"X-Request-ID": str(uuid.uuid4())} | ({"Consent-ID": session} if session else {})


def begin(_: Get, post: Post, visit: Visit) -> Way:
    """Ask for a consent to accounts that the person chooses, and return the way to the bank's page.

    Raises:
        SignInDeniedError: the bank signs people in without a page of its own.
    """
    until = (visit.now + timedelta(days=DAYS)).date()
    body = {
        "access": {"accounts": [], "balances": [], "transactions": []},
        "recurringIndicator": True,
        "validUntil": until.isoformat(),
        "frequencyPerDay": A_DAY,
        "combinedServiceIndicator": False,
    }
    # The bank adds nothing to the address that it sends the person back to: the state is part of it.
    back = {"state": visit.state}
    declined = back | {"error": "access_denied"}
    headers = {
        "TPP-Redirect-Preferred": "true",
        "TPP-Redirect-URI": f"{visit.redirect_uri}?{urlencode(back)}",
        "TPP-Nok-Redirect-URI": f"{visit.redirect_uri}?{urlencode(declined)}",
    }
    said = read_object(post("consents", body, headers), "")
    if not href(said, "scaRedirect"):
        raise SignInDeniedError(
            "scaRedirect", tr("this bank has no page of its own for the sign-in")
        )
    links = said.inner("_links").inner("scaRedirect")
    return Way(page_address(links, "href"), said.needed("consentId", said.text("consentId")))


def finish(get: Get, _: Put, session: str) -> tuple[str, datetime | None]:
    """Return the consent that the person has allowed, and when it ends: banks make it shorter than asked for.

    Raises:
        SignInDeniedError: it is not valid.
    """
    status = _asked(get, ["consents", session, "status"]).text("consentStatus")
    if status != "valid":
        raise SignInDeniedError(status, tr("the bank did not finish the sign-in"))
    until = _asked(get, ["consents", session]).text("validUntil")
    try:
        last = date.fromisoformat(until)
    except ValueError:
        raise BadBankDataError("validUntil", "is no day") from None
    # The longest that there is stands for one without an end.
    return session, None if last.year > 9000 else datetime.combine(last, time.max, UTC)


def end(delete: Callable[[str], object], session: str) -> None:
    """Withdraw a consent."""
    delete(f"consents/{quote(session, '')}")


DIALECT = Dialect(
    "berlin_group",
    accounts,
    transactions,
    headers={"Accept": "application/json"},
    writes=(("POST", "/consents"), ("DELETE", "/consents/{id}")),
    zone=BRUSSELS,
    paths=(
        "consents/{id}",
        "consents/{id}/status",
        "accounts",
        "accounts/{id}",
        "accounts/{id}/balances",
        "accounts/{id}/transactions",
    ),
    entry=Entry(page=Page(begin, finish, end, {"state": "state"}), marks=marks),
    psu="PSU-IP-Address",
    present={"PSU-User-Agent": "Bankview"},
    resumes=True,
)
