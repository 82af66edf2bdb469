"""Enable Banking: one API before some 2,500 banks; each person's own application signs every call, a session is a consent."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bankview.banks._bank import (
    Cursor,
    Dialect,
    Entry,
    Get,
    Page,
    Partial,
    Put,
    Skipped,
    Visit,
    Way,
)
from bankview.banks._enable_banking_rows import other_or_iban, transaction
from bankview.banks._lenient import each_of
from bankview.banks._pages import turned
from bankview.banks._read import Row, masked_card, page_address, read_object, today_in
from bankview.domain.account import Account, AccountType
from bankview.domain.money import Money
from bankview.domain.transaction import Status
from bankview.errors import (
    BadBankDataError,
    BankRefusedError,
    ClientRefusedError,
    SignInDeniedError,
    SignInNeededError,
)
from bankview.language import later
from bankview.oauth.signing import Signer
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bankview.domain.secret import Secret
    from bankview.domain.transaction import Transaction

HOST, BRUSSELS = "api.enablebanking.com", "Europe/Brussels"
_today = partial(today_in, BRUSSELS)
#: Seconds that a call's own token lasts, and by which it begins before now: clocks differ.
LIFETIME, SKEW = 600, 60
#: Days that banks serve long after the sign-in; some refuse the ninetieth.
LATER_DAYS = 89
#: What a first history asks for in turn where a bank refuses the period.
SHORTER = (1095, 730, 365, 90, 89, 60, 30)
#: What a call says beside the person's address while they are there; without any of these a bank may refuse it.
_PRESENT = {
    "PSU-User-Agent": "Bankview",
    "PSU-Accept": "application/json",
    "PSU-Accept-Charset": "utf-8",
    "PSU-Accept-Encoding": "identity",
    "PSU-Accept-Language": "en",
}
#: What is said of a session that reads no more.
_ENDED = {
    "EXPIRED_SESSION",
    "CLOSED_SESSION",
    "REVOKED_SESSION",
    "SESSION_DOES_NOT_EXIST",
    "WRONG_SESSION_STATUS",
    "ASPSP_PSU_ACTION_REQUIRED",
}
#: What a session is that reads no more, or not yet.
_OVER = {
    "CANCELLED",
    "CLOSED",
    "EXPIRED",
    "INVALID",
    "PENDING_AUTHORIZATION",
    "RETURNED_FROM_BANK",
    "REVOKED",
}
_PERIOD = {"WRONG_TRANSACTIONS_PERIOD", "WRONG_DATE_INTERVAL", "PERIOD_INVALID"}
_TYPES = {
    "CACC": AccountType.CURRENT,
    "CARD": AccountType.CARD,
    "LOAN": AccountType.LOAN,
    "SVGS": AccountType.SAVINGS,
}
#: Kinds of balance that are booked, and that can be disposed of, best first (ISO 20022).
_BOOKED = ("CLBD", "ITBD", "XPCD", "PRCD", "OPBD")
_AVAILABLE = ("CLAV", "ITAV", "FWAV", "OPAV")


def accounts(get: Get, *, session: str = "") -> Iterator[Account | Partial]:
    """Yield the accounts of a session, each with its balances.

    Raises:
        SignInNeededError: the session has ended.
    """
    said = _asked(get, ["sessions", session])
    status = said.text("status")
    if status in _OVER:
        raise SignInNeededError(HOST, status)
    if status not in {"", "AUTHORIZED"}:
        raise BadBankDataError("status", "is none of a session's")
    for entry in said.rows("accounts_data"):
        uid = entry.text("uid")
        if not uid:
            yield Partial("an account without access")
            continue
        try:
            details = _asked(get, ["accounts", uid, "details"])
        except BankRefusedError as error:
            # One account may be gone while the others are read (2.6: 401 or 404 of one says nothing of the session).
            yield Partial(error.code or f"details: {error.status}")
            continue
        yield from _account(get, entry, details)


def _account(get: Get, entry: Row, details: Row) -> Iterator[Account | Partial]:
    uid = entry.text("uid")
    currency = details.currency("currency", "EUR")
    iban, number = other_or_iban(details.inner("account_id"))
    number = masked_card(number)
    if not iban and not number:
        # What else stays over sessions: the bank's own name of the account, digested.
        number = entry.text("identification_hash")[:12]
    found: dict[str, Money] = {}
    try:
        for balance in _asked(get, ["accounts", uid, "balances"]).rows("balances"):
            money = _money(balance, currency)
            if money:
                found.setdefault(balance.text("balance_type").upper(), money)
    except BankRefusedError as error:
        yield Partial(error.code or f"balances: {error.status}")
    yield Account(
        key=uid,
        name=details.text("details", "product", "name"),
        currency=currency,
        number=number,
        iban=iban,
        type=_TYPES.get(details.text("cash_account_type"), AccountType.OTHER),
        balance=next((found[kind] for kind in _BOOKED if kind in found), None),
        available=next((found[kind] for kind in _AVAILABLE if kind in found), None),
        owner=details.text("name"),
    )


def _money(balance: Row, currency: str) -> Money | None:
    """Return a balance with its own sign, or that of the indicator that a few banks add; None in another currency."""
    amount = balance.inner("balance_amount")
    if amount.currency("currency", currency) != currency:
        return None
    money = amount.needed("amount", amount.money("amount", currency))
    owed = balance.text("credit_debit_indicator") == "DBIT"
    return Money(-abs(money.minor), currency) if owed else money


def transactions(
    get: Get,
    account: Account,
    since: date,
    *,
    zone: ZoneInfo | None = None,
    resume: str | None = None,
    today: Callable[[], date] = _today,
) -> Iterator[Transaction | Partial | Skipped | Cursor]:
    """Yield an account's rows from `since`, booked and pending as the bank sends them together.

    Of a first history (`resume` is not None) as much is asked for as the bank has, within `since`.
    """
    here = zone or ZoneInfo(BRUSSELS)

    def read(row: Row) -> Transaction | None:
        found = transaction(row, account, here)
        # Some banks send more than they were asked for.
        asked_for = found and (found.booked_on >= since or found.status is Status.PENDING)
        return found if asked_for else None

    pages = _pages(get, account.key, since, resume, today())
    yield from each_of(pages, "transactions", read, cursors=resume is not None)


def _pages(
    get: Get, uid: str, since: date, resume: str | None, today: date
) -> Iterator[Row | Partial | Cursor]:
    """Yield pages until a bank names none that follows, or one that was named before; a page may be empty."""
    path, asked = ["accounts", uid, "transactions"], dict[str, str]()

    def page(after: str) -> Row:
        nonlocal asked
        if after:
            asked = json.loads(after)
            return _asked(get, path, asked)
        first, asked = _first(get, path, since, today, longest=resume is not None)
        return first

    def following(page: Row) -> str:
        # What was asked first is asked again with each key.
        key = page.text("continuation_key")
        return json.dumps({**asked, "continuation_key": key}) if key else ""

    return turned(page, following, resume or "")


def _first(
    get: Get, path: list[str], since: date, today: date, *, longest: bool
) -> tuple[Row, dict[str, str]]:
    """Return the first page and what it was asked with; a period that a bank refuses is shortened."""
    if not longest:
        since = max(since, today - timedelta(days=LATER_DAYS))
    days = [since, *(day for n in SHORTER if (day := today - timedelta(days=n)) > since)]
    for place, day in enumerate(days):
        asked = {"date_from": day.isoformat()} | ({"strategy": "longest"} if longest else {})
        try:
            return _asked(get, path, asked), asked
        except BankRefusedError as error:
            if error.code not in _PERIOD or place + 1 == len(days):
                raise
    raise AssertionError


def _asked(get: Get, path: list[str], params: dict[str, str] | None = None) -> Row:
    try:
        return read_object(get(path, params), "")
    except SignInNeededError as error:
        if path[0] == "accounts":
            # One account that is closed to us says nothing of the session, which was just read.
            raise BankRefusedError(error.bank, HTTPStatus.UNAUTHORIZED) from None
        raise ClientRefusedError(
            error.bank,
            "the application is not known by this key",
            tr(
                "Check that the application ID is the one that the key was made for, and that the application is active."
            ),
        ) from None
    except BankRefusedError as error:
        if error.code in _ENDED:
            raise SignInNeededError(error.host, error.code) from None
        raise


# -- signing in ------------------------------------------------------------------------------------------------------


def institutions(get: Get) -> Iterator[tuple[str, str]]:
    """Yield each bank that a private person's accounts can be read from: its country and name, and how it is shown."""
    for row in _banks(get, ""):
        name, country = row.needed("name", row.text("name")), row.text("country")
        yield f"{country}:{name}", f"{name} ({country})"


def _banks(get: Get, country: str) -> Iterator[Row]:
    params = {"service": "AIS", "psu_type": "personal"} | ({"country": country} if country else {})
    yield from _asked(get, ["aspsps"], params).rows("aspsps")


def begin(get: Get, post: Put, visit: Visit) -> Way:
    """Ask for a consent as long as the bank gives, and return the way to the bank's page.

    Raises:
        SignInDeniedError: the bank is not among those that the application reads.
    """
    country, _, name = visit.institution.partition(":")
    bank = next((row for row in _banks(get, country) if row.text("name") == name), None)
    if bank is None:
        why = tr("Enable Banking does not list this bank for private people in this country")
        raise SignInDeniedError("WRONG_ASPSP_PROVIDED", why)
    longest = bank.value.get("maximum_consent_validity")
    seconds = longest if type(longest) is int and longest > 0 else 90 * 86_400
    until = visit.now + timedelta(seconds=max(60, seconds - 60))
    body: dict[str, Any] = {
        "access": {"valid_until": until.isoformat(timespec="seconds")},
        "aspsp": {"name": name, "country": country},
        "state": visit.state,
        "redirect_url": visit.redirect_uri,
        "psu_type": "personal",
    }
    body |= _method(bank)
    said = read_object(post("auth", body), "")
    return Way(page_address(said, "url"))


def _method(bank: Row) -> dict[str, str]:
    """Name the way to sign in where the bank shows none of its own; else the person chooses on the page."""
    personal = [
        row
        for row in bank.rows("auth_methods", needed=False)
        if row.text("psu_type") in {"", "personal"}
    ]
    hidden = [row for row in personal if row.flag("hidden_method")]
    if not hidden or len(hidden) < len(personal):
        return {}
    by_page = (row.text("name") for row in hidden if row.text("approach") == "REDIRECT")
    name = next(filter(None, by_page), "")
    return {"auth_method": name} if name else {}


def finish(_: Get, post: Put, code: str) -> tuple[str, datetime | None]:
    """Take a code's session: its name, and when it ends."""
    said = read_object(post("sessions", {"code": code}), "")
    until = said.inner("access").text("valid_until")
    try:
        ends = datetime.fromisoformat(until).astimezone(UTC) if until else None
    except ValueError:
        raise BadBankDataError("access.valid_until", "is no instant") from None
    return said.needed("session_id", said.text("session_id")), ends


def end(delete: Callable[[str], object], session: str) -> None:
    """Close a session."""
    delete(f"sessions/{session}")


def login(client_id: str, key: Secret, now: datetime) -> str:
    """Return the header that logs a call in: a token that the application's key signs (RS256 alone)."""
    issued = int(now.timestamp()) - SKEW
    claims = {
        "iss": "enablebanking.com",
        "aud": HOST,
        "iat": issued,
        "exp": issued + SKEW + LIFETIME,
    }
    return f"Bearer {Signer(key, 'RS256').sign(claims, kid=client_id)}"


def steps(redirect_uri: str) -> tuple[str, ...]:
    """Return how a person gets an application of their own."""
    return (
        tr(
            "Sign in at enablebanking.com by e-mail and add an application for the production environment: it is free"
            " for your own accounts. People who live in Czechia are not served."
        ),
        tr("Give it the redirect address {redirect} exactly as it stands.", redirect=redirect_uri),
        tr(
            "Keep the key that your browser saves, activate the application by linking your accounts, and choose key and"
            " application ID here."
        ),
        tr(
            "After you have signed in at the bank, your browser shows a page that cannot be opened: copy its address to"
            " here, or let Bankview catch it."
        ),
    )


DIALECT = Dialect(
    "enable_banking",
    accounts,
    transactions,
    headers={"Accept": "application/json"},
    writes=(("POST", "/auth"), ("POST", "/sessions"), ("DELETE", "/sessions/{session}")),
    zone=BRUSSELS,
    host=HOST,
    portal="https://enablebanking.com/cp/applications",
    paths=(
        "application",
        "aspsps",
        "sessions/{session}",
        "accounts/{uid}/details",
        "accounts/{uid}/balances",
        "accounts/{uid}/transactions",
    ),
    steps=steps,
    institutions=institutions,
    institution="aspsp",
    entry=Entry(
        login, page=Page(begin, finish, end), client_id=later("Application ID"), example="NO:DNB"
    ),
    psu="PSU-IP-Address",
    present=_PRESENT,
    resumes=True,
)
