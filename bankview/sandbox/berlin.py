"""Berlin Group NextGenPSD2 1.3 over the household's books: a certificate, a consent in each call, and pages by links."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from bankview.domain.money import Money
from bankview.sandbox.berlin_consents import Consents
from bankview.sandbox.berlin_refusal import RefusedError
from bankview.sandbox.messages import Answer, Port, Request, json_answer
from bankview.sandbox.stet_quota import Quota
from bankview.sandbox.stet_refusal import RefusedError as TooOftenError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from bankview.sandbox.berlin_consents import Consent
    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.books.row import Account, Row
    from bankview.sandbox.faults import Faults

ROOT = "/berlin"
#: Where the person allows it.
PAGE = f"{ROOT}/consent"
#: Days that a consent lasts at most, the days that are served, and the rows of a page.
VALIDITY, HISTORY, ROWS = 90, 400, 150
_OWN = re.compile(r"/v1/consents/([0-9a-f-]{36})(/status)?")
_ACCOUNT = re.compile(r"/v1/accounts/([0-9a-f-]{36})/(balances|transactions)")


def opened(
    state: Path,
    pages: str,
    books: Mapping[str, Books],
    faults: Faults,
    now: Callable[[], float],
    today: Callable[[], date],
) -> Berlin:
    """Return the service; its consents go on where the last run left them."""
    consents = Consents(state / "berlin.json", f"{pages}{PAGE}", books, faults, today)
    return Berlin(consents, books, Quota(state / "berlin-quota.json", now), today)


@dataclass(frozen=True, slots=True)
class Berlin:
    """The API below `ROOT`."""

    consents: Consents
    books: Mapping[str, Books]
    quota: Quota
    today: Callable[[], date]

    def answer(self, request: Request) -> Answer:
        """Answer a call, or say why not as the standard has it."""
        name = request.headers.get("x-request-id", "")
        headers = {"X-Request-ID": name} if name else {}
        try:
            self._known(request, name)
            said, status = self._answer(request, request.path.removeprefix(ROOT))
            return json_answer(said, status, headers)
        except RefusedError as error:
            message = {"category": "ERROR", "code": error.code, "text": error.text}
            return json_answer({"tppMessages": [message]}, error.status, headers)

    def _known(self, request: Request, name: str) -> None:
        if request.port is not Port.CERTIFICATE or not request.peer:
            raise RefusedError(401, "CERTIFICATE_MISSING", "Show the certificate of a third party")
        try:
            uuid.UUID(name)
        except ValueError:
            raise RefusedError(400, "FORMAT_ERROR", "X-Request-ID is a UUID") from None

    def _answer(self, request: Request, path: str) -> tuple[Any, int]:
        if (request.method, path) == ("POST", "/v1/consents"):
            return self._ask(request), 201
        if found := _OWN.fullmatch(path):
            return self._consent(request, found[1], only_status=bool(found[2]))
        if request.method != "GET":
            raise RefusedError(405, "SERVICE_INVALID", "Accounts are read")
        consent = self.consents.valid(request.headers.get("consent-id", ""))
        if path == "/v1/accounts":
            return self._accounts(request, consent), 200
        if found := _ACCOUNT.fullmatch(path):
            return self._account(request, consent, found[1], found[2]), 200
        raise RefusedError(404, "RESOURCE_UNKNOWN", "There is nothing here")

    def _ask(self, request: Request) -> Any:
        if "psu-ip-address" not in request.headers:
            raise RefusedError(400, "FORMAT_ERROR", "PSU-IP-Address is needed")
        latest = self.today() + timedelta(days=VALIDITY)
        made = self.consents.ask(_body(request), request.headers, latest)
        links = {"scaRedirect": {"href": self.consents.link(made)}}
        return {"consentStatus": made.status, "consentId": made.id, "_links": links}

    def _consent(self, request: Request, id_: str, *, only_status: bool) -> tuple[Any, int]:
        if request.method == "DELETE" and not only_status:
            self.consents.withdraw(id_)
            return {}, 200
        if request.method != "GET":
            raise RefusedError(405, "SERVICE_INVALID", "GET or DELETE")
        found = self.consents.find(id_)
        status = {"consentStatus": found.status}
        if only_status:
            return status, 200
        more = {"recurringIndicator": True, "validUntil": found.until, "frequencyPerDay": 4}
        return {**status, **more, "lastActionDate": self.today().isoformat()}, 200

    def _attended(self, request: Request, *what: str) -> None:
        if "psu-ip-address" in request.headers:
            return
        try:
            self.quota.count(*what)
        except TooOftenError as error:
            raise RefusedError(429, "ACCESS_EXCEEDED", "Four times a day") from error

    def _accounts(self, request: Request, consent: Consent) -> Any:
        self._attended(request, consent.id)
        books = self.books[consent.customer]
        with_balance = dict(request.arguments).get("withBalance") == "true"
        return {
            "accounts": [
                _shape(books, one, consent.names[one.id], with_balance=with_balance)
                for one in books.accounts
            ]
        }

    def _account(self, request: Request, consent: Consent, name: str, what: str) -> Any:
        ids = {own: id_ for id_, own in consent.names.items()}
        if name not in ids:
            raise RefusedError(404, "RESOURCE_UNKNOWN", "There is no such account")
        books = self.books[consent.customer]
        account = books.account(ids[name])
        if what == "balances":
            self._attended(request, name, what)
            return {"balances": _balances(books, account)}
        return self._transactions(request, books, account, name)

    def _transactions(self, request: Request, books: Books, account: Account, name: str) -> Any:
        asked = dict(request.arguments)
        if not {*asked} <= {"bookingStatus", "dateFrom", "dateTo", "pageIndex"}:
            raise RefusedError(400, "PARAMETER_NOT_SUPPORTED", "An unknown parameter")
        if asked.get("bookingStatus") not in {"booked", "pending", "both"}:
            raise RefusedError(400, "PARAMETER_NOT_SUPPORTED", "bookingStatus is needed")
        since = _day(asked.get("dateFrom", ""))
        if since < self.today() - timedelta(days=HISTORY):
            raise RefusedError(400, "PERIOD_INVALID", f"{HISTORY} days are served")
        index = int(asked.get("pageIndex", "0"))
        if not index:
            self._attended(request, name, "transactions")
        rows = [*books.rows(account.id, since, date.max)]
        pending = [row for row in rows if row.pending]
        booked = [row for row in rows if not row.pending]
        page = booked[index * ROWS : (index + 1) * ROWS]
        base = f"{ROOT}/v1/accounts/{name}/transactions"
        links = {"account": {"href": f"{ROOT}/v1/accounts/{name}"}}
        if len(booked) > (index + 1) * ROWS:
            query = f"bookingStatus=both&dateFrom={since}&pageIndex={index + 1}"
            links["next"] = {"href": f"{base}?{query}"}
        # What is pending stands on each page, as some banks have it.
        lists = {"booked": _rows(page, account), "pending": _rows(pending, account)}
        return {"account": {"iban": account.iban}, "transactions": {**lists, "_links": links}}


def _shape(books: Books, of: Account, name: str, *, with_balance: bool) -> dict[str, Any]:
    number = {"maskedPan": of.number} if of.is_card else {"iban": of.iban}
    more = {"balances": _balances(books, of)} if with_balance else {}
    return {
        "resourceId": name,
        **number,
        "currency": of.currency,
        "name": of.name,
        "cashAccountType": "CARD" if of.is_card else "CACC",
        "ownerName": books.customer.name,
        **more,
    }


def _balances(books: Books, of: Account) -> list[dict[str, Any]]:
    found = (("interimAvailable", books.available(of.id)), ("closingBooked", books.balance(of.id)))
    return [
        {"balanceType": kind, "balanceAmount": _amount(minor, of.currency)} for kind, minor in found
    ]


def _rows(rows: Sequence[Row], account: Account) -> list[dict[str, Any]]:
    return [_row(row, account) for row in rows]


def _row(of: Row, account: Account) -> dict[str, Any]:
    other = "creditor" if of.minor < 0 else "debtor"
    shape: dict[str, Any] = {
        "transactionAmount": _amount(of.minor, account.currency),
        "remittanceInformationUnstructured": of.text,
        "valueDate": (of.value_day or of.day).isoformat(),
    }
    if of.payee:
        shape[f"{other}Name"] = of.payee
    if of.pending:
        return shape
    return {
        **shape,
        "entryReference": f"{of.number:016d}",
        "bookingDate": of.day.isoformat(),
    }


def _amount(minor: int, currency: str) -> dict[str, str]:
    return {"currency": currency, "amount": str(Money(minor, currency))}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RefusedError(400, "FORMAT_ERROR", "dateFrom is a day") from None


def _body(request: Request) -> dict[str, Any]:
    body = request.json_object
    if body is None or not isinstance(body.get("access"), dict):
        raise RefusedError(400, "FORMAT_ERROR", "The body is a consent")
    return body
