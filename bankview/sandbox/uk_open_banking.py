"""UK Open Banking Read/Write 3.1 and 4.0 over the customers' books: as little is taken as the standard has, and no more."""

from __future__ import annotations

import ipaddress
import re
import uuid
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from bankview.sandbox import uk_shapes
from bankview.sandbox.addresses import Addresses
from bankview.sandbox.answering import Answering
from bankview.sandbox.asking import Asking
from bankview.sandbox.binding import Binding
from bankview.sandbox.clients import Clients
from bankview.sandbox.grants import Grants
from bankview.sandbox.issuer_keys import IssuerKeys
from bankview.sandbox.messages import Answer, Port, Request, json_answer, text_answer
from bankview.sandbox.open_energy_tokens import thumbprint
from bankview.sandbox.openid import JWKS
from bankview.sandbox.proofs import Proofs
from bankview.sandbox.stet_quota import Quota
from bankview.sandbox.stet_refusal import RefusedError as TooOftenError
from bankview.sandbox.uk_authorization import UkAuthorization, UkOpenId, registered
from bankview.sandbox.uk_consents import Consents
from bankview.sandbox.uk_refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.books.row import Account
    from bankview.sandbox.faults import Faults
    from bankview.sandbox.grants import Grant
    from bankview.sandbox.uk_consents import Consent

ROOT = "/open-banking"
#: Days that one question is answered for at most, as at HSBC, whatever is asked for, and the rows of a page.
MOST_DAYS, ROWS = 186, 60
#: Days of history that need no fresh sign-in, and seconds that one is fresh.
LATER_DAYS, FRESH = 90, 300
_VERSION = re.compile(rf"{ROOT}/(v3\.1|v4\.0)/aisp(/.*)")
_CONSENT = re.compile(r"/account-access-consents/([^/]+)")
_ACCOUNT = re.compile(r"/accounts/([^/]+)(?:/(balances|transactions))?")
#: A day and a time of the bank's own clock.
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d")
_ASKED = {"fromBookingDateTime", "toBookingDateTime", "page"}


def opened(  # noqa: PLR0913 - what it stands on
    state: Path,
    key: Mapping[str, str],
    addresses: Addresses,
    books: Mapping[str, Books],
    faults: Faults,
    now: Callable[[], float],
    *,
    today: Callable[[], date],
    life: int,
) -> UkOpenBanking:
    """Return the bank, where the clients sign with a key; its consents and grants go on where the last run left them."""
    root, pages = f"{addresses.certificate}{ROOT}", f"{addresses.pages}{ROOT}"
    own = Addresses(root, pages, root)
    clients = Clients.of(*registered(key), issuer=root)
    grants = Grants(state / "uk-grants.json", now)
    keys = IssuerKeys(state / "uk-issuer.key", faults)
    binding = Binding(Proofs(faults, now), clients)
    server = UkAuthorization(own, clients, grants, faults, life, binding)
    consents = Consents(state / "uk-consents.json", now)
    accounts = {name: tuple(account.id for account in one.accounts) for name, one in books.items()}
    server.for_consents(consents, UkOpenId(root, clients, grants, keys, faults), accounts)
    server.answering = Answering(keys, faults, root, now)
    server.asking = Asking(clients, server.validator, root, server.check, now)
    return UkOpenBanking(server, consents, books, Quota(state / "uk-quota.json", now), today)


@dataclass(frozen=True, slots=True)
class UkOpenBanking:
    """Authorization server and API below `ROOT`."""

    server: UkAuthorization
    consents: Consents
    books: Mapping[str, Books]
    quota: Quota
    today: Callable[[], date]

    def answer(self, request: Request) -> Answer:
        """Answer a call; only who shows a certificate is heard."""
        if request.port is not Port.CERTIFICATE or not request.peer:
            return Answer(401)
        found = _VERSION.fullmatch(request.path)
        if found is None:
            return self._authorization(replace(request, path=request.path.removeprefix(ROOT)))
        name = request.headers.get("x-fapi-interaction-id", "")
        try:
            _check_head(request, name)
            answer = self._answer(request, found[1], found[2])
        except RefusedError as error:
            answer = error.answer(found[1])
        return replace(answer, headers={**answer.headers, "x-fapi-interaction-id": name})

    def _authorization(self, request: Request) -> Answer:
        match request.method, request.path:
            case "GET", "/.well-known/openid-configuration":
                return self.server.metadata()
            case _, "/oauth/token":
                return self.server.token(request)
            case "GET", path if path == JWKS and self.server.openid:
                return self.server.openid.known_keys()
        return text_answer(404, "There is nothing here.")

    def _answer(self, request: Request, version: str, path: str) -> Answer:
        grant = self._grant(request)
        if path == "/account-access-consents" and request.method == "POST":
            made = self.consents.ask(_body(request), _own(grant))
            return json_answer(made.shape(version, self._address(f"{request.path}/{made.id}")), 201)
        if found := _CONSENT.fullmatch(path):
            return self._consent(request, version, found[1], _own(grant))
        if request.method != "GET":
            raise RefusedError(405)
        if not grant.customer:
            raise RefusedError(403)
        consent = self.consents.authorised(grant.institution, grant.client_id)
        if path == "/accounts":
            return self._accounts(request, version, consent)
        if found := _ACCOUNT.fullmatch(path):
            return self._account(request, version, consent, found[1], found[2])
        raise RefusedError(404)

    def _grant(self, request: Request) -> Grant:
        """Return the grant of a token that is used with the certificate that it is bound to (RFC 8705 §3)."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self.server.grants.of_access(token) if scheme.lower() == "bearer" else None
        if grant is None or grant.cnf.get("x5t#S256") != thumbprint(request.peer):
            raise RefusedError(401)
        if "accounts" not in grant.scopes:
            raise RefusedError(403)
        return grant

    def _consent(self, request: Request, version: str, id_: str, client_id: str) -> Answer:
        consent = self.consents.find(id_, client_id)
        if request.method == "DELETE":
            self.consents.withdraw(consent)
            return Answer(204)
        if request.method != "GET":
            raise RefusedError(405)
        return json_answer(consent.shape(version, self._address(request.path)))

    def _attended(self, request: Request, *what: str) -> None:
        if "x-fapi-customer-ip-address" in request.headers:
            return
        try:
            self.quota.count(*what)
        except TooOftenError as error:
            raise RefusedError(429, headers=error.headers) from error

    def _accounts(self, request: Request, version: str, consent: Consent) -> Answer:
        _plain(request)
        self._attended(request, consent.id)
        books = self.books[consent.customer]
        found = [
            uk_shapes.account(books, books.account(id_), name, version)
            for name, id_ in consent.names.items()
        ]
        return self._list({"Account": found}, request)

    def _account(
        self, request: Request, version: str, consent: Consent, name: str, what: str | None
    ) -> Answer:
        if name not in consent.names:
            raise RefusedError(400, "Resource.NotFound", "There is no such account")
        books = self.books[consent.customer]
        account = books.account(consent.names[name])
        if what == "transactions":
            return self._transactions(request, version, consent, account)
        _plain(request)
        self._attended(request, name, what or "")
        if what == "balances":
            told = uk_shapes.balances(books, account, name, version)
            return self._list({"Balance": told}, request)
        return self._list({"Account": [uk_shapes.account(books, account, name, version)]}, request)

    def _transactions(
        self, request: Request, version: str, consent: Consent, account: Account
    ) -> Answer:
        name = next(key for key, id_ in consent.names.items() if id_ == account.id)
        asked = dict(request.arguments)
        if not {*asked} <= _ASKED or len(asked) < len(request.arguments):
            raise RefusedError(400, "Field.Unexpected", "Ask by booking dates alone")
        if "page" not in asked:
            self._attended(request, name, "transactions")
        since, until = self._days(asked, consent)
        found = [*self.books[consent.customer].rows(account.id, since, until)]
        shapes = [*uk_shapes.rows(found, account, name, version)]
        page = int(asked.get("page", "1"))
        # What came since the page before moves the rest: the last row of that comes again, where rows have names.
        first = (page - 1) * ROWS - (page > 1 and not account.is_card)
        answer = {"Transaction": shapes[first : page * ROWS]}
        following = {**asked, "page": str(page + 1)} if len(shapes) > page * ROWS else None
        return self._list(answer, request, following)

    def _days(self, asked: Mapping[str, str], consent: Consent) -> tuple[date, date]:
        """Return the days that a question is answered for."""
        today = self.today()
        until = _day(asked, "toBookingDateTime") or today + timedelta(days=30)
        since = _day(asked, "fromBookingDateTime") or today - timedelta(days=LATER_DAYS)
        old = since < today - timedelta(days=LATER_DAYS)
        if old and self.consents.now() - consent.changed > FRESH:
            raise RefusedError(403, "Reauthenticate", "For this a fresh sign-in is needed")
        return max(since, until - timedelta(days=MOST_DAYS)), until

    def _list(
        self, data: dict[str, Any], request: Request, following: dict[str, str] | None = None
    ) -> Answer:
        links = {"Self": self._address(request.target)}
        if following:
            links["Next"] = self._address(f"{request.path}?{urlencode(following)}")
        return json_answer({"Data": data, "Links": links, "Meta": {"TotalPages": 1}})

    def _address(self, target: str) -> str:
        return f"{self.server.addresses.certificate.removesuffix(ROOT)}{target}"


def _check_head(request: Request, name: str) -> None:
    """Insist on a call's own name, and that what else stands above it makes sense."""
    try:
        uuid.UUID(name)
    except ValueError:
        raise RefusedError(400, "Header.Invalid", "x-fapi-interaction-id is a UUID") from None
    try:
        ipaddress.ip_address(request.headers.get("x-fapi-customer-ip-address", "::1"))
    except ValueError:
        raise RefusedError(400, "Header.Invalid", "An address is an address") from None
    if request.headers.get("accept", "application/json").partition(";")[0] != "application/json":
        raise RefusedError(406)


def _own(grant: Grant) -> str:
    """Return the client of a token of its own: consents are no customer's business."""
    if grant.customer:
        raise RefusedError(403)
    return grant.client_id


def _body(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise RefusedError(415)
    body = request.json_object
    if body is None:
        raise RefusedError(400, "Resource.InvalidFormat", "The body is no JSON object")
    return body


def _plain(request: Request) -> None:
    if request.query:
        raise RefusedError(400, "Field.Unexpected", "No parameter is known here")


def _day(asked: Mapping[str, str], name: str) -> date | None:
    if name not in asked:
        return None
    found = _INSTANT.fullmatch(asked[name])
    try:
        return date.fromisoformat(found[1] if found else "")
    except ValueError:
        raise RefusedError(400, "Field.InvalidDate", f"{name} has no zone") from None
