"""GoCardless Bank Account Data: banks of Europe by a key that the person had before 2025; few calls a day for each account."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bankview import web
from bankview.banks._bank import (
    Dialect,
    Entry,
    Get,
    Page,
    Partial,
    Put,
    Skipped,
    Tokens,
    Visit,
    Way,
)
from bankview.banks._berlin_rows import rows
from bankview.banks._read import Row, masked_card, page_address, read_object, today_in
from bankview.domain.account import Account, AccountType
from bankview.domain.secret import Secret
from bankview.errors import (
    AccountLimitedError,
    BadBankDataError,
    BankRefusedError,
    BankviewError,
    ClientRefusedError,
    SignInDeniedError,
    SignInNeededError,
)
from bankview.language import later
from bankview.oauth.token import Token, instant_after
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bankview.domain.money import Money
    from bankview.domain.transaction import Transaction

HOST, BRUSSELS = "bankaccountdata.gocardless.com", "Europe/Brussels"
_today = partial(today_in, BRUSSELS)
#: Days that banks serve long after the sign-in, and those that any bank grants an access for.
LATER_DAYS, USUAL_DAYS = 89, 90
#: What a requisition is while it reads, and when it reads no more, or not yet.
_LINKED = "LN"
_OVER = {"CR", "EX", "GA", "GC", "ID", "RJ", "SA", "SU", "UA"}
#: What an account is that can be read; what is said of one that cannot.
_READ = {"", "DISCOVERED", "PROCESSING", "READY"}
_UNREAD = {
    "EXPIRED": later("The access to an account has ended: sign in again."),
    "SUSPENDED": later("An account is suspended after too many failures: sign in again."),
    "ERROR": later("The bank has trouble with an account: try again tomorrow, or sign in again."),
}
#: Those of them that only the person can mend.
_ENDED = {"EXPIRED", "SUSPENDED"}
#: What errors say of an access that reads no more.
_EXPIRED = {"AccessExpiredError", "AccountInactiveError"}
#: GoCardless's own id is one row's alone; banks' own come twice, or are words (Belfius, ING).
_IDS = ("internalTransactionId", "transactionId")
_TYPES = {
    "CACC": AccountType.CURRENT,
    "CARD": AccountType.CARD,
    "LOAN": AccountType.LOAN,
    "SVGS": AccountType.SAVINGS,
}
#: Kinds of balance that are booked, and that can be disposed of, best first.
_BOOKED = (
    "closingBooked",
    "interimBooked",
    "expected",
    "previouslyClosedBooked",
    "openingBooked",
    "information",
)
_AVAILABLE = ("closingAvailable", "interimAvailable", "forwardAvailable", "openingAvailable")


class _UnreadError(Exception):
    """One account cannot be read: the service's own word, a sentence, and what is wrong where that is true of all."""

    def __init__(self, code: str, why: str = "", whole: BankviewError | None = None) -> None:
        self.code, self.why, self.whole = code, why, whole
        super().__init__(code)


def accounts(get: Get, *, session: str = "") -> Iterator[Account | Partial]:
    """Yield the accounts of a requisition, each with its balances.

    Raises:
        SignInNeededError: the requisition, or each of its accounts, reads no more.
        AccountLimitedError: each of them was asked for too often today.
    """
    problems: list[BankviewError | None] = []
    found = False
    for name in _linked(get, session):
        try:
            read = _account(get, name)
        except _UnreadError as error:
            problems.append(error.whole)
            yield Partial(error.code, error.why)
        else:
            found = True
            yield read
    whole = next(filter(None, problems), None)
    if whole and not found:
        raise whole


def _linked(get: Get, session: str) -> Iterator[str]:
    """Yield the ids of a requisition's accounts."""
    said = _asked(get, f"requisitions/{_id(session)}/")
    status = said.text("status").upper()
    if status in _OVER:
        raise SignInNeededError(HOST, status)
    if status != _LINKED:
        raise BadBankDataError("status", "is none of a requisition's")
    for name in said.items("accounts"):
        if not isinstance(name, str):
            raise BadBankDataError("accounts", "has something that is no id")
        yield _id(name)


def _id(text: str) -> str:
    """Return an id that can be a part of a path.

    Raises:
        BadBankDataError: it is none.
    """
    if not text or not text.isascii() or not text.replace("-", "").replace("_", "").isalnum():
        raise BadBankDataError("id", "is no id")
    return text


def _account(get: Get, name: str) -> Account:
    state = _asked(get, f"accounts/{name}/")
    status = state.text("status").upper()
    if status not in _READ:
        ended = SignInNeededError(HOST, status) if status in _ENDED else None
        raise _UnreadError(
            status, tr(_UNREAD.get(status, later("An account cannot be read."))), ended
        )
    try:
        details = _asked(get, f"accounts/{name}/details/").inner("account")
        balances = _asked(get, f"accounts/{name}/balances/")
    except AccountLimitedError as error:
        why = tr("An account was asked for too often today.")
        raise _UnreadError("RateLimitError", why, error) from None
    except BankRefusedError as error:
        # One account may be closed to us while the others are read.
        raise _UnreadError(error.code or f"account: {error.status}") from None
    currency = details.currency("currency", "EUR")
    iban, number = _numbers(details, state)
    found: dict[str, Money] = {}
    for balance in balances.rows("balances"):
        amount = balance.inner("balanceAmount")
        if amount.currency("currency", currency) == currency:
            money = amount.needed("amount", amount.money("amount", currency))
            found.setdefault(balance.text("balanceType"), money)
    return Account(
        key=name,
        name=details.text("displayName", "name", "product", "details") or iban or number or name,
        currency=currency,
        number=number,
        iban=iban,
        type=_TYPES.get(details.text("cashAccountType"), AccountType.OTHER),
        balance=next((found[kind] for kind in _BOOKED if kind in found), None),
        available=next((found[kind] for kind in _AVAILABLE if kind in found), None),
        owner=details.text("ownerName") or state.text("owner_name"),
    )


def _numbers(details: Row, state: Row) -> tuple[str, str]:
    """Return an account's IBAN, and its other number where it has none; some cards' stand where an IBAN should."""
    said = (details.text("iban") or state.text("iban")).replace(" ", "").upper()
    if said[:2].isalpha() and said.isalnum() and len(said) >= 15:
        return said, ""
    return "", masked_card(details.text("bban", "maskedPan").replace(" ", "") or said)


def transactions(
    get: Get,
    account: Account,
    since: date,
    *,
    zone: ZoneInfo | None = None,
    resume: str | None = None,
    today: Callable[[], date] = _today,
) -> Iterator[Transaction | Partial | Skipped]:
    """Yield an account's rows from `since`, booked and pending: the answer has no pages.

    Of a first history (`resume` is not None) as much is asked for as the agreement allows.
    """
    path, now = f"accounts/{_id(account.key)}/transactions/", today()
    asked = {"date_from": max(since, now - timedelta(days=LATER_DAYS)).isoformat()}
    try:
        answer = _asked(get, path, asked if resume is None else None)
    except BankRefusedError as error:
        if error.status != HTTPStatus.BAD_REQUEST or resume is not None:
            raise
        # A bank that refuses the period is asked for what it has.
        answer = _asked(get, path)
    here = zone or ZoneInfo(BRUSSELS)
    yield from rows(answer.inner("transactions"), account, since, here, now, _IDS)


def _asked(get: Get, path: str, params: dict[str, str] | None = None) -> Row:
    try:
        return read_object(get(path, params), "")
    except BankRefusedError as error:
        gone = path.startswith("requisitions/") and error.status == HTTPStatus.NOT_FOUND
        if gone or error.code in _EXPIRED:
            raise SignInNeededError(error.host, error.code or "404") from None
        raise


# -- signing in ------------------------------------------------------------------------------------------------------


def tokens(api: web.Api, entered: Mapping[str, str], last: Token | None, now: datetime) -> Token:
    """Return an access token by the last refresh token, or by the person's own secrets.

    Raises:
        ClientRefusedError: the secrets are wrong, or were deleted.
    """
    refresh = last.refresh_token.reveal() if last else ""
    if refresh:
        reply = api.request("POST", "token/refresh/", json={"refresh": refresh})
        if reply.status != HTTPStatus.UNAUTHORIZED:
            return _token(web.check(reply), last, now)
    secrets = {"secret_id": entered["client_id"], "secret_key": entered["client_secret"]}
    reply = api.request("POST", "token/new/", json=secrets)
    if reply.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED}:
        advice = tr("It may have been deleted: make a new secret in its portal and enter it here.")
        raise ClientRefusedError(HOST, "it does not know these secrets", advice)
    return _token(web.check(reply), last, now)


def _token(reply: web.Reply, last: Token | None, now: datetime) -> Token:
    said = read_object(reply.json(), "")
    seconds = said.value.get("access_expires")
    renewed = said.text("refresh") or (last.refresh_token.reveal() if last else "")
    return Token(
        Secret(said.needed("access", said.text("access"))),
        expires_at=instant_after(now, min(seconds, 10**7)) if type(seconds) is int else None,
        refresh_token=Secret(renewed),
        extra=last.extra if last else {},
        obtained_at=now,
    )


def institutions(get: Get) -> Iterator[tuple[str, str]]:
    """Yield each bank: its id and name, and how it is shown."""
    for index, value in enumerate(_list(get("institutions/"))):
        row = read_object(value, f"[{index}]")
        id_, name = (row.needed(each, row.text(each)) for each in ("id", "name"))
        countries = [text for text in row.items("countries", needed=False) if isinstance(text, str)]
        # A bank of all of Europe is one bank: its countries would fill the line.
        where = ", ".join(countries[:3]) + (" …" if len(countries) > 3 else "")
        yield f"{id_}:{name}", f"{name} ({where})" if where else name


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise BadBankDataError("answer", "is no list")
    return value


def begin(get: Get, post: Put, visit: Visit) -> Way:
    """Ask for an access as long and as far back as the bank gives, and return the way to its page.

    Raises:
        SignInDeniedError: there is no such bank.
    """
    bank = visit.institution.partition(":")[0].strip()
    try:
        said = _asked(get, f"institutions/{_id(bank)}/")
    except (BadBankDataError, BankRefusedError):
        raise SignInDeniedError("institution", tr("GoCardless does not list this bank")) from None
    body = {
        "redirect": visit.redirect_uri,
        "institution_id": bank,
        "agreement": _agreement(post, bank, said),
        "reference": visit.state,
        "user_language": "EN",
    }
    made = read_object(post("requisitions/", body), "")
    return Way(page_address(made, "link"), _id(made.text("id")))


def _agreement(post: Put, bank: str, said: Row) -> str:
    most = {
        "max_historical_days": _days(said, "transaction_total_days"),
        "access_valid_for_days": _days(said, "max_access_valid_for_days"),
    }
    body = {
        "institution_id": bank,
        "access_scope": ["balances", "details", "transactions"],
    }
    try:
        made = post("agreements/enduser/", {**body, **most})
    except BankRefusedError as error:
        usual = {name: min(days, USUAL_DAYS) for name, days in most.items()}
        if error.status != HTTPStatus.BAD_REQUEST or usual == most:
            raise
        # Some banks refuse what they say of themselves.
        made = post("agreements/enduser/", {**body, **usual})
    return _id(read_object(made, "").text("id"))


def _days(said: Row, name: str) -> int:
    """Return a number of days, which comes as a text."""
    text = said.text(name)
    return int(text) if text.isdecimal() and 0 < int(text[:5]) < 4000 else USUAL_DAYS


def finish(get: Get, _: Put, session: str) -> tuple[str, datetime | None]:
    """Return the requisition that the person has linked, and when its agreement ends.

    Raises:
        SignInDeniedError: it is not linked.
    """
    said = _asked(get, f"requisitions/{_id(session)}/")
    status = said.text("status").upper()
    if status != _LINKED:
        raise SignInDeniedError(status, tr("the bank did not finish the sign-in"))
    agreement = said.text("agreement")
    return session, _ends(get, agreement) if agreement else None


def _ends(get: Get, agreement: str) -> datetime | None:
    said = _asked(get, f"agreements/enduser/{_id(agreement)}/")
    accepted = said.text("accepted", "created")
    try:
        began = datetime.fromisoformat(accepted)
    except ValueError:
        return None
    began = began if began.tzinfo else began.replace(tzinfo=UTC)
    return began.astimezone(UTC) + timedelta(days=_days(said, "access_valid_for_days"))


def end(delete: Callable[[str], object], session: str) -> None:
    """End the access to every account of a requisition."""
    delete(f"requisitions/{_id(session)}/")


def steps(_: str) -> tuple[str, ...]:
    """Return who can use it, and how a person gets at their key."""
    return (
        tr(
            "Only for people who have an account at GoCardless Bank Account Data (formerly Nordigen): it has taken no new "
            "ones since July 2025. It is free for your own accounts in the EU and the United Kingdom."
        ),
        tr(
            "In its portal, under Developers, User secrets, create a secret. Copy secret ID and secret key to here: the key "
            "is shown only once."
        ),
        tr(
            "Choose your bank and allow it on its page. Bankview reads accounts, balances and transactions, as a rule 90 "
            "days or more back, about four times a day for each account, and for 90 to 180 days; then you allow it again."
        ),
    )


DIALECT = Dialect(
    "gocardless",
    accounts,
    transactions,
    headers={"Accept": "application/json"},
    writes=(
        ("POST", "/token/new/"),
        ("POST", "/token/refresh/"),
        ("POST", "/agreements/enduser/"),
        ("POST", "/requisitions/"),
        ("DELETE", "/requisitions/{id}/"),
    ),
    zone=BRUSSELS,
    host=HOST,
    portal="https://bankaccountdata.gocardless.com/user-secrets/",
    paths=(
        "institutions/",
        "institutions/{id}/",
        "requisitions/",
        "requisitions/{id}/",
        "agreements/enduser/{id}/",
        "accounts/{id}/",
        "accounts/{id}/details/",
        "accounts/{id}/balances/",
        "accounts/{id}/transactions/",
    ),
    steps=steps,
    institutions=institutions,
    institution="institution",
    entry=Entry(
        tokens=Tokens(tokens),
        page=Page(begin, finish, end, {"ref": "state", "details": "error_description"}),
        client_id=later("Secret ID"),
        secret=later("Secret key"),
        example="REVOLUT_REVOGB21",
    ),
    resumes=True,
)
