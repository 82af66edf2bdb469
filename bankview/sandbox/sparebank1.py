"""The API in SpareBank 1's dialect: what may be asked, and what is refused in which words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from bankview.sandbox import sparebank1_shapes as shapes
from bankview.sandbox.messages import Answer, Request
from bankview.sandbox.session import RowIds
from bankview.sandbox.sparebank1_call import (
    ROW_PARAMETERS,
    Call,
    RefusedError,
    envelope,
    read_wanted,
    refusal,
)
from bankview.sandbox.validator import INSTITUTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.books.row import Account
    from bankview.sandbox.faults import Faults
    from bankview.sandbox.grants import Grant
    from bankview.sandbox.guard import Guard

ROOT = "/personal/banking"
MEDIA_TYPE = "application/vnd.sparebank1.v1+json"

SWITCHES: dict[str, Callable[[Account], bool]] = {
    "includeNokAccounts": lambda account: account.currency == "NOK" and not account.is_card,
    "includeCurrencyAccounts": lambda account: account.currency != "NOK",
    "includeBsuAccounts": lambda _: False,
    "includeCreditCardAccounts": lambda account: account.is_card,
    "includeAskAccounts": lambda _: False,
    "includePensionAccounts": lambda _: False,
}


class SpareBank1:
    """Answers the API's calls from the customers' books."""

    def __init__(
        self,
        books: Mapping[str, Books],
        guard: Guard,
        faults: Faults,
        today: Callable[[], date],
    ) -> None:
        self._books, self._guard, self._faults, self._today = books, guard, faults, today

    def answer(self, request: Request) -> Answer:
        """Answer one call: a token first, then the media type, then what is asked."""
        if request.path == "/common/financial-institutions/banks" and request.method == "GET":
            return _sent(shapes.institutions(INSTITUTIONS))
        return self._guard.answer(request, self._answer)

    def _answer(self, request: Request, grant: Grant, token: str) -> Answer:
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
                return self._details(call, row_id)
            case [row_id, "details", "classified"]:
                call.only({"enrichWithMerchantData"})
                found = self._details(call, row_id)
                return {"transaction": found, "categories": [], "recurring": False}
        raise RefusedError(404, "resource.not.found", "There is nothing here")

    def _details(self, call: Call, row_id: str) -> dict[str, Any]:
        row = call.books.find(call.ids.open(row_id) or 0)
        if row is None or row.pending:
            raise RefusedError(404, "transaction.not.found", "Transaction was not found")
        return shapes.row_details(row, call.books.account(row.account), call)

    def _rows(self, call: Call, shape: Callable[..., str]) -> Iterator[bytes]:
        """Check a call for rows at once, and return its answer piece by piece."""
        call.only(ROW_PARAMETERS)
        keys = call.values("accountKey")
        if not keys:
            raise RefusedError(400, "parameter.missing", "accountKey is required", "accountKey")
        accounts = [call.account(key) for key in dict.fromkeys(keys)]
        wanted = read_wanted(call, self._today())
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
        return envelope(texts, wanted.limit, errors)


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
