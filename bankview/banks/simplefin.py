"""SimpleFIN: many banks behind one address, an access that is claimed once, and a single answer that holds everything."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from bankview import categories
from bankview.banks._bank import Claim, Dialect, Get, Partial, Skipped
from bankview.banks._lenient import each, words
from bankview.banks._read import Row, day, read_object, today_in
from bankview.domain.account import Account
from bankview.domain.transaction import Status, Transaction
from bankview.errors import (
    BadBankDataError,
    BankRefusedError,
    SetupTokenError,
    SignInNeededError,
)
from bankview.language import later
from bankview.web import BASIC
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bankview.domain.money import Money

#: Days that one call may cover; of longer ones the rest is cut off.
DAYS = 90
_BRIDGE, _OWN = "SimpleFIN Bridge", "ACT-"
#: Servers count days from midnight or noon in this zone.
_ZONE = "UTC"
_today = partial(today_in, _ZONE)
_URL = re.compile(r"https?://[\x21-\x5b\x5d-\x7e]{3,2000}")


class _Trouble(NamedTuple):
    """What the service says went wrong: of everything, of one bank, or of one account."""

    code: str
    text: str
    bank: str
    account: str


class _Entry(NamedTuple):
    """An account of the answer: what it is called here, what it is, and its bank's id and name."""

    key: str
    row: Row
    bank: str
    name: str

    def is_meant(self, trouble: _Trouble) -> bool:
        """Tell whether a trouble is this account's."""
        of = trouble.account, trouble.bank
        return of == (self.row.text("id"), trouble.bank) or of == ("", self.bank or "-")


def accounts(get: Get, *, today: Callable[[], date] = _today) -> Iterator[Account | Partial]:
    """Yield the accounts of all banks, and what the service says of those that it has no account of."""
    answer = _asked(get, today())
    entries = list(_entries(answer))
    for trouble in _troubles(answer):
        if not any(entry.is_meant(trouble) for entry in entries):
            yield _told(trouble, _names(answer).get(trouble.bank, _BRIDGE))
    for entry in entries:
        yield _account(entry)


def transactions(
    get: Get,
    account: Account,
    since: date,
    *,
    zone: ZoneInfo | None = None,
    today: Callable[[], date] = _today,
) -> Iterator[Transaction | Partial | Skipped]:
    """Yield an account's rows from `since`, booked and pending, and what the service says of it and its bank."""
    now = today()
    answer = _asked(get, now)
    found = next((entry for entry in _entries(answer) if entry.key == account.key), None)
    if found is None:
        yield Partial("act.failed")
        return
    for trouble in _troubles(answer):
        if found.is_meant(trouble):
            yield _told(trouble, found.name)

    def read(row: Row) -> Transaction | None:
        made = _transaction(row, account, zone or ZoneInfo(_ZONE), now)
        return made if made.booked_on >= since or made.status is Status.PENDING else None

    yield from each(found.row.rows("transactions", needed=False), read)


def _asked(get: Get, today: date) -> Row:
    """Return the answer that holds everything: the longest time that there is, so that it is the same all day.

    Raises:
        SignInNeededError: the access was disabled.
    """
    first, last = today - timedelta(days=DAYS - 1), today + timedelta(days=1)
    asked = {
        "version": "2",
        "start-date": _second(first),
        "end-date": _second(last),
        "pending": "1",
    }
    try:
        return read_object(get(["accounts"], asked), "")
    except BankRefusedError as error:
        if error.status == 403:
            raise SignInNeededError(error.host, "403 for the access") from None
        raise


def _second(day: date) -> str:
    return str(int(datetime.combine(day, time.min, UTC).timestamp()))


def _names(answer: Row) -> dict[str, str]:
    """Return what each bank is called, by the id of its connection."""
    said = answer.rows("connections", needed=False)
    return {row.text("conn_id"): row.text("name", "org_name", "org_id") for row in said}


def _entries(answer: Row) -> Iterator[_Entry]:
    names = _names(answer)
    for row in answer.rows("accounts"):
        id_, bank = row.needed("id", row.text("id")), row.text("conn_id")
        org = row.inner("org")
        name = names.get(bank) or row.text("conn_name") or org.text("name", "domain")
        # The bridge's own ids are one account's; those of other servers are that within a bank alone.
        key = id_ if id_.startswith(_OWN) else f"{bank or org.text('id', 'domain')} {id_}".strip()
        yield _Entry(key, row, bank, name or _BRIDGE)


def _account(entry: _Entry) -> Account | Partial:
    row, name = entry.row, entry.row.text("name")
    label = name if entry.name.casefold() in name.casefold() else f"{entry.name} {name}".strip()
    said = row.text("currency").upper()
    if said.startswith(("HTTP:", "HTTPS:")):
        text = tr(
            "{account} is kept in points or miles, which are no money: it is left out.",
            account=_plain(label),
        )
        return Partial("currency", text)
    currency = row.needed("currency", row.currency("currency", "") if said else None)
    return Account(
        key=entry.key,
        name=label,
        currency=currency,
        balance=_exact(row, "balance", currency),
        available=_exact(row, "available-balance", currency),
    )


def _exact(row: Row, name: str, currency: str) -> Money | None:
    """Return an amount; none for what shares are worth to more places than money has."""
    try:
        return row.money(name, currency)
    except BadBankDataError:
        return None


def _transaction(row: Row, account: Account, zone: ZoneInfo, today: date) -> Transaction:
    posted, made = _day(row, "posted", zone), _day(row, "transacted_at", zone)
    pending = row.flag("pending") or posted is None
    description = row.text("description", "payee")
    extra = row.inner("extra")
    mcc = row.text("mcc") or extra.text("mcc")
    return Transaction(
        account_key=account.key,
        status=Status.PENDING if pending else Status.BOOKED,
        booked_on=posted or made or today,
        amount=row.needed("amount", row.money("amount", account.currency)),
        description=description,
        transacted_on=made,
        payee=row.text("payee") or description,
        reference=row.text("memo"),
        category=words(extra.text("category")),
        # Some banks name a row anew when it is booked.
        bank_id="" if pending else row.text("id"),
        kind=categories.of_mcc(mcc) if mcc else "",
    )


def _day(row: Row, name: str, zone: ZoneInfo) -> date | None:
    """Return the day of an instant in epoch seconds; none where it is absent or 0."""
    _, value = row.first(name)
    if value is None or (type(value) is int and value == 0):
        return None
    if type(value) is not int:
        raise BadBankDataError(row.field(name), "is no instant in seconds")
    return day(value * 1000, zone, row.field(name))


# -- what went wrong at which bank -----------------------------------------------------------------------------------


def _troubles(answer: Row) -> Iterator[_Trouble]:
    """Yield what the service says went wrong; a server of the first version has texts alone, of no bank it names.

    Raises:
        SignInNeededError: it is our access that is wrong.
    """
    found = list(answer.rows("errlist", needed=False))
    for row in found:
        code = row.text("code") or "gen."
        if code == "gen.auth":
            raise SignInNeededError(_BRIDGE, code)
        text = _plain(row.text("msg", "message"))
        yield _Trouble(code, text, row.text("conn_id"), row.text("account_id"))
    for text in answer.items("errors", needed=False) if not found else ():
        if isinstance(text, str) and text.strip():
            yield _Trouble("gen.", _plain(text), "", "")


def _told(trouble: _Trouble, bank: str) -> Partial:
    """Return what people read of a trouble; what is about how we ask is a code alone."""
    bank, code = _plain(bank), _plain(trouble.code)
    if code == "gen.api":
        return Partial(code)
    if code == "con.auth":
        return Partial(
            code, tr("{bank} needs you to sign in again, at {service}.", bank=bank, service=_BRIDGE)
        )
    text = trouble.text.rstrip(".") or tr("not everything could be read")
    return Partial(code, tr("{bank}: {said}.", bank=bank, said=text))


def _plain(text: str) -> str:
    """Return others' words without tags, controls and length."""
    bare = "".join(char if char.isprintable() else " " for char in re.sub(r"<[^<>]*>", " ", text))
    return " ".join(bare.split())[:200]


# -- the setup token -------------------------------------------------------------------------------------------------


def claim_address(entered: str) -> str:
    """Return the address that a setup token holds.

    Raises:
        SetupTokenError: it holds none.
    """
    bare = "".join(entered.split()).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        text = (
            base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode("ascii").strip()
        )
    except (binascii.Error, ValueError):
        text = ""
    if not _is_plain(text) or "@" in text:
        raise SetupTokenError(tr("there is no address in it"))
    return text


def access(answer: str) -> tuple[str, str]:
    """Return root and login of an access URL.

    Raises:
        BadBankDataError: it is none.
    """
    text = answer.strip()
    parts = urlsplit(text) if _is_plain(text) else None
    if parts is None or not parts.username or not parts.password or parts.query:
        raise BadBankDataError("access", "is no address with a login")
    login = f"{unquote(parts.username)}:{unquote(parts.password)}"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}", login


def _is_plain(text: str) -> bool:
    if not _URL.fullmatch(text) or "#" in text:
        return False
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def steps(_: str) -> tuple[str, ...]:
    """Return how a person gets a setup token."""
    return (
        tr(
            "For private people with accounts in the United States, and some in Canada: SimpleFIN Bridge costs about 1.50"
            " dollars a month. Sign up there and connect your banks."
        ),
        tr(
            "Create a new app connection there, and copy its setup token to here. It can be used once."
        ),
        tr(
            "Bankview reads the accounts, balances and transactions of the last 90 days with it, once or more a day; it"
            " can move no money. SimpleFIN Bridge sees your accounts too. You can disable the access there at any time."
        ),
    )


DIALECT = Dialect(
    "simplefin",
    accounts,
    transactions,
    headers={"Accept": "application/json"},
    zone=_ZONE,
    host="bridge.simplefin.org",
    portal="https://bridge.simplefin.org/simplefin/create",
    paths=("info", "accounts"),
    token_at=BASIC,
    steps=steps,
    claim=Claim(claim_address, access, later("Setup token")),
    whole=True,
)
