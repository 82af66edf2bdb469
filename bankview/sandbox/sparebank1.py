"""The API in SpareBank 1's dialect: what may be asked, and what is refused in which words."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from bankview.sandbox import sparebank1_shapes as shapes
from bankview.sandbox.messages import Answer, Request, text_answer
from bankview.sandbox.session import RowIds, account_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.books.row import Account, Row
    from bankview.sandbox.faults import Faults
    from bankview.sandbox.grants import Grant, Grants

ROOT = "/personal/banking"
MEDIA_TYPE = "application/vnd.sparebank1.v1+json"
#: Rows that are turned into text before they are sent.
BATCH = 500
#: Without dates a call gives the last month; rows older than that are HISTORIC.
RECENT_DAYS = 30

SWITCHES = {
    "includeNokAccounts": lambda account: account.currency == "NOK" and not account.is_card,
    "includeCurrencyAccounts": lambda account: account.currency != "NOK",
    "includeBsuAccounts": lambda _: False,
    "includeCreditCardAccounts": lambda account: account.is_card,
    "includeAskAccounts": lambda _: False,
    "includePensionAccounts": lambda _: False,
}
ROW_PARAMETERS = frozenset(
    {
        "accountKey",
        "fromDate",
        "toDate",
        "rowLimit",
        "source",
        "Transaction source",
        "enrichWithPaymentDetails",
    }
)
SOURCES = frozenset({"RECENT", "HISTORIC", "ALL"})


class RefusedError(Exception):
    """A call is refused with a status and an error of the bank's envelope."""

    def __init__(self, status: int, code: str, message: str, resource: str = "") -> None:
        self.status, self.code, self.message, self.resource = status, code, message, resource
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a customer who is signed in: path parts below the root, query, and who asks."""

    parts: tuple[str, ...]
    arguments: Sequence[tuple[str, str]]
    grant: Grant
    books: Books
    ids: RowIds

    def key(self, account: Account) -> str:
        """Return an account's key in this consent."""
        return account_key(self.grant.consent, account.id)

    def account(self, key: str) -> Account:
        """Return the account that a key of this consent names.

        Raises:
            RefusedError: there is none.
        """
        for account in self.books.accounts:
            if self.key(account) == key:
                return account
        raise RefusedError(404, "account.not.found", "Account was not found", "accountKey")

    def values(self, name: str) -> list[str]:
        """Return every value of a query parameter."""
        return [value for key, value in self.arguments if key == name]

    def only(self, names: Iterable[str]) -> None:
        """Insist that no other parameters came, and each but accountKey and accountNumber once.

        Raises:
            RefusedError: one is not known, or comes twice.
        """
        known, seen = set(names), set()
        for name, _ in self.arguments:
            if name not in known:
                raise RefusedError(400, "parameter.unknown", "Unknown parameter", name)
            if name in seen and name not in {"accountKey", "accountNumber"}:
                raise RefusedError(400, "parameter.repeated", "Parameter comes twice", name)
            seen.add(name)


class SpareBank1:
    """Answers the API's calls from the customers' books."""

    def __init__(
        self,
        books: Mapping[str, Books],
        grants: Grants,
        faults: Faults,
        today: Callable[[], date],
    ) -> None:
        self._books, self._grants, self._faults, self._today = books, grants, faults, today

    def answer(self, request: Request) -> Answer:
        """Answer one call: a token first, then the media type, then what is asked."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self._grants.of_access(token.strip()) if scheme.lower() == "bearer" else None
        if grant is None:
            return text_answer(401, "Unauthorized", {"WWW-Authenticate": "Bearer"})
        try:
            _check_shape(request)
            call = Call(
                _parts(request.path),
                request.arguments,
                grant,
                self._books[grant.customer],
                RowIds(token),
            )
            return _sent(self._route(call))
        except RefusedError as error:
            return refusal(error)

    def _route(self, call: Call) -> Any:
        match call.parts:
            case ("common", "helloworld"):
                return {"message": "Hello, World!"}
            case ("common", "user", "info"):
                return shapes.person(call.books.customer)
            case ("accounts", *rest):
                return self._accounts(call, rest)
            case ("transactions", *rest):
                return self._transactions(call, rest)
        raise RefusedError(404, "resource.not.found", "There is nothing here")

    def _accounts(self, call: Call, rest: list[str]) -> Any:
        match rest:
            case []:
                call.only({*SWITCHES, "includeHiddenAccounts"})
                return {"accounts": [_account(call, a) for a in _chosen(call)], "errors": []}
            case ["default"]:
                return _account(call, call.books.accounts[0])
            case ["keys"]:
                return {"accountKeysMap": _keys(call)}
            case [key]:
                return _account(call, call.account(key))
            case [key, "details"]:
                return shapes.details(call.books, call.account(key))
            case [key, "roles"]:
                return shapes.roles(call.account(key))
        raise RefusedError(404, "resource.not.found", "There is nothing here")

    def _transactions(self, call: Call, rest: list[str]) -> Any:
        match rest:
            case []:
                return self._rows(call, shapes.row)
            case ["classified"]:
                return self._rows(call, shapes.classified)
            case [row_id, "details"]:
                row = call.books.find(call.ids.open(row_id) or 0)
                if row is None or row.pending:
                    raise RefusedError(404, "transaction.not.found", "Transaction was not found")
                return shapes.row_details(row, call.books.account(row.account), call)
        raise RefusedError(404, "resource.not.found", "There is nothing here")

    def _rows(self, call: Call, shape: Callable[..., str]) -> Iterator[bytes]:
        """Check a call for rows at once, and return its answer piece by piece."""
        call.only(ROW_PARAMETERS)
        keys = call.values("accountKey")
        if not keys:
            raise RefusedError(400, "parameter.missing", "accountKey is required", "accountKey")
        accounts = [call.account(key) for key in dict.fromkeys(keys)]
        wanted = _wanted(call, self._today())
        errors = []
        if self._faults.take("credit-accounts-failed"):
            errors.append("CREDIT_ACCOUNTS_FAILED")
            accounts = [account for account in accounts if not account.is_card]
        if self._faults.take("recent-transactions-failed"):
            errors.append("RECENT_TRANSACTIONS_FAILED")
            wanted = wanted.without_recent()
        texts = (
            shape(row, account, call, wanted.source_of(row))
            for account in accounts
            for row in call.books.rows(account.id, wanted.since, wanted.until)
            if wanted.takes(row)
        )
        return _envelope(texts, wanted.limit, errors)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows a call asks for; rows booked on or after `recent` are RECENT."""

    since: date
    until: date
    source: str
    limit: int | None
    recent: date

    def source_of(self, row: Row) -> str:
        """Return whether the bank counts a row among the recent ones."""
        return "RECENT" if row.pending or row.day >= self.recent else "HISTORIC"

    def takes(self, row: Row) -> bool:
        """Tell whether the row's source is asked for."""
        return self.source in {"ALL", self.source_of(row)}

    def without_recent(self) -> Wanted:
        """Return the same without what is recent."""
        return Wanted(self.since, self.until, "HISTORIC", self.limit, self.recent)


def _wanted(call: Call, today: date) -> Wanted:
    recent = date.fromordinal(today.toordinal() - RECENT_DAYS)
    since, until = _day(call, "fromDate") or recent, _day(call, "toDate") or date.max
    if since > until:
        raise RefusedError(400, "date.invalid", "fromDate is after toDate", "fromDate")
    (source, *_) = [*call.values("source"), *call.values("Transaction source"), "ALL"]
    if source not in SOURCES:
        raise RefusedError(400, "parameter.invalid", "source is not known", "source")
    (limit, *_) = [*call.values("rowLimit"), ""]
    if limit and not (limit.isdecimal() and limit.isascii() and 0 < int(limit[:19]) < 2**63):
        raise RefusedError(400, "parameter.invalid", "rowLimit is no number", "rowLimit")
    return Wanted(since, until, source, int(limit) if limit else None, recent)


def _day(call: Call, name: str) -> date | None:
    for text in call.values(name):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = None
        if day is None or day.isoformat() != text:
            raise RefusedError(400, "date.invalid", f"{name} is not a yyyy-MM-dd", name)
        return day
    return None


def _envelope(texts: Iterator[str], limit: int | None, errors: list[str]) -> Iterator[bytes]:
    batch: list[str] = []
    count = 0
    yield b'{"transactions":['
    for text in texts:
        if limit is not None and count >= limit:
            break
        batch.append(f",{text}" if count else text)
        count += 1
        if len(batch) == BATCH:
            yield "".join(batch).encode()
            batch = []
    yield f'{"".join(batch)}],"errors":{json.dumps(errors)}}}'.encode()


def _account(call: Call, account: Account) -> dict[str, Any]:
    return shapes.account(call.books, account, call.key(account))


def _chosen(call: Call) -> list[Account]:
    """Return the accounts that the switches ask for; without any, those in kroner."""
    asked = {}
    for name, value in call.arguments:
        if value not in {"true", "false"}:
            raise RefusedError(400, "parameter.invalid", "Write true or false", name)
        asked[name] = value == "true"
    asked.setdefault("includeNokAccounts", True)
    tests = [SWITCHES[name] for name, wanted in asked.items() if wanted and name in SWITCHES]
    return [account for account in call.books.accounts if any(test(account) for test in tests)]


def _keys(call: Call) -> dict[str, str]:
    call.only({"accountNumber"})
    numbers = call.values("accountNumber")
    return {a.number: call.key(a) for a in call.books.accounts if a.number in numbers}


def _check_shape(request: Request) -> None:
    if request.method != "GET":
        raise RefusedError(405, "method.not.allowed", "This bank is read with GET")
    offered = [part.split(";") for part in request.headers.get("accept", "").split(",")]
    if not any(
        media.strip().lower() == MEDIA_TYPE and _plain_charset(rest) for media, *rest in offered
    ):
        raise RefusedError(406, "not.acceptable", f"Accept {MEDIA_TYPE}")


def _plain_charset(parameters: list[str]) -> bool:
    charsets = [p.strip().lower() for p in parameters if p.strip().lower().startswith("charset")]
    return all(charset.replace('"', "") == "charset=utf-8" for charset in charsets)


def _parts(path: str) -> tuple[str, ...]:
    return tuple(unquote(part) for part in path.removeprefix(ROOT).strip("/").split("/"))


def _sent(content: Any) -> Answer:
    headers = {"Content-Type": f"{MEDIA_TYPE};charset=utf-8", "Cache-Control": "no-store"}
    if isinstance(content, dict):
        return Answer(200, headers, shapes.encode(content).encode())
    return Answer(200, headers, content)


def refusal(error: RefusedError) -> Answer:
    """Return an error in the bank's envelope."""
    inner = {
        "code": error.code,
        "message": error.message,
        "httpCode": error.status,
        "traceId": secrets.token_hex(8),
    }
    if error.resource:
        inner["resource"] = error.resource
    headers = {"Content-Type": "application/json;charset=utf-8", "Cache-Control": "no-store"}
    return Answer(error.status, headers, json.dumps({"errors": [inner]}).encode())
