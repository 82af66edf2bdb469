"""The API in STET's dialect, version 1.4.2 as BPCE runs it: what may be asked, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from bankview.sandbox import stet_rows, stet_shapes
from bankview.sandbox.stet_call import Call, admit, body, parts
from bankview.sandbox.stet_consents import LISTS, read_consent
from bankview.sandbox.stet_funds import confirm
from bankview.sandbox.stet_refusal import RefusedError, content, refusal
from bankview.sandbox.stet_shapes import link
from bankview.sandbox.stet_validator import EXTENDED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.books.row import Account
    from bankview.sandbox.grants import Grant, Grants
    from bankview.sandbox.messages import Answer, Request
    from bankview.sandbox.stet_consents import Consents
    from bankview.sandbox.stet_quota import Quota

#: The one method of each path; an account's own paths are read.
METHODS = {
    "accounts": "GET",
    "consents": "PUT",
    "end-user-identity": "GET",
    "trusted-beneficiaries": "GET",
    "funds-confirmations": "POST",
}


class Stet:
    """Answers the API's calls from the customers' books; `began` is the day on which these were begun."""

    def __init__(
        self,
        books: Mapping[str, Books],
        grants: Grants,
        key: RSAPublicKey,
        memory: tuple[Consents, Quota],
        clock: tuple[Callable[[], date], date],
    ) -> None:
        self._books, self._grants, self._key = books, grants, key
        self._consents, self._quota = memory
        self._today, self._began = clock

    def answer(self, request: Request) -> Answer:
        """Answer one call."""
        try:
            return content(request, self._route(request))
        except RefusedError as error:
            return refusal(request, error)

    def _route(self, request: Request) -> dict[str, Any] | None:
        path = parts(request)
        method = METHODS.get(path[0]) if len(path) == 1 or path[0] == "accounts" else None
        scope = "cbpii" if path == ("funds-confirmations",) else "aisp"
        grant = admit(request, self._grants, self._key, self._grants.now(), scope)
        if method is None:
            raise RefusedError(404, "There is nothing here")
        if request.method != method:
            raise RefusedError(405, f"Use {method}", headers={"Allow": method})
        if scope == "cbpii":
            return confirm(body(request), self._of(grant))
        call = Call(request, grant, self._books[grant.customer], self._consents.of(grant.grant_id))
        if len(path) > 1:
            return self._below(call, path[1:])
        whole: dict[str, Callable[[Call], dict[str, Any] | None]] = {
            "accounts": self._accounts,
            "consents": self._consent,
            "end-user-identity": _identity,
            "trusted-beneficiaries": _beneficiaries,
        }
        return whole[path[0]](call)

    def _below(self, call: Call, path: tuple[str, ...]) -> dict[str, Any] | None:
        match path:
            case (key, "transactions"):
                return self._transactions(call, key)
            case (key, what) if what in LISTS:
                return self._account(call, key, what)
        raise RefusedError(404, "There is nothing here")

    def _consent(self, call: Call) -> None:
        call.plain()
        consent = read_consent(body(call.request), call.books.accounts)
        self._consents.replace(call.grant.grant_id, consent)

    def _of(self, grant: Grant) -> list[Books]:
        """Return the books that a grant is about: one customer's, or everyone's where none signed in."""
        return [self._books[grant.customer]] if grant.customer else [*self._books.values()]

    def _count(self, call: Call, *what: str) -> None:
        if not call.attended:
            self._quota.count(call.grant.client_id, call.grant.customer, *what)

    def _accounts(self, call: Call) -> dict[str, Any]:
        call.plain()
        self._count(call, "accounts")
        links = {"self": link("/accounts"), "consents": link("/consents")}
        for switch, name, path in (
            ("psuIdentity", "endUserIdentity", "/end-user-identity"),
            ("trustedBeneficiaries", "beneficiaries", "/trusted-beneficiaries"),
        ):
            if switch in call.consent.switches:
                links[name] = link(path)
        listed = [self._listed(call, account) for account in call.books.accounts]
        return {"accounts": listed, "_links": links}

    def _listed(self, call: Call, account: Account) -> dict[str, Any]:
        """Return an account: before the consent without id, balances and links."""
        shape = stet_shapes.account(account)
        if not call.consent.knows(account):
            return shape
        shape["resourceId"] = call.key(account)
        if account.is_card:
            shape["linkedAccount"] = call.key(call.books.accounts[0])
            if call.consent.covers("balances", account):
                shape["balances"] = stet_shapes.balances(call.books, account, self._today())
        for what in LISTS:
            if call.consent.covers(what, account):
                path = f"/accounts/{shape['resourceId']}/{what}"
                shape["_links"][what] = link(path, templated=what == "transactions")
        return shape

    def _account(self, call: Call, key: str, what: str) -> dict[str, Any]:
        """Return an account's balances, overdraft or owners."""
        call.plain()
        account = call.account(key, what)
        if what == "balances":
            self._count(call, what, account.id)
        inner: dict[str, Callable[[], tuple[str, Any]]] = {
            "balances": lambda: (
                "balances",
                stet_shapes.balances(call.books, account, self._today()),
            ),
            "owners": lambda: ("identities", stet_shapes.owners(call.books.customer)),
            "overdrafts": lambda: (
                "overdrafts",
                {"allowedAmount": stet_shapes.amount(stet_shapes.NO_OVERDRAFT, account.currency)},
            ),
        }
        name, value = inner[what]()
        links = {"self": link(f"/accounts/{key}/{what}"), "parent-list": link("/accounts")}
        return {name: value, "_links": links}

    def _transactions(self, call: Call, key: str) -> dict[str, Any] | None:
        account = call.account(key, "transactions")
        extended = EXTENDED in call.grant.scopes
        days = timedelta(days=stet_rows.DAYS)
        floor = date.min if extended else self._today() - days
        wanted = stet_rows.read_wanted(call.request.arguments, floor)
        if wanted.after is None:
            self._count(call, "transactions", account.id)
        page = stet_rows.read_page(call.books, account, wanted, self._began)
        if not page.rows:
            return None
        ids = call.ids
        links = {
            "self": {"href": call.request.target, "templated": True},
            "parent-list": link("/accounts"),
            "balances": link(f"/accounts/{key}/balances"),
            "next": {"href": _next(call, wanted.page + 1, page.index)},
        }
        rows = [stet_rows.shape(row, status, account, ids) for row, status in page.rows]
        return {"transactions": rows, "_links": links}


def _next(call: Call, number: int, index: str) -> str:
    """Return where the next page is: by turns a path and a whole address, and nothing after the last page."""
    if not index:
        return ""
    kept = [pair for pair in call.request.arguments if pair[0] not in {"page", "index"}]
    query = urlencode([*kept, ("page", str(number)), ("index", index)])
    base = "" if number % 2 == 0 else f"https://{call.request.headers['host']}"
    return f"{base}{call.request.path}?{query}"


def _identity(call: Call) -> dict[str, Any]:
    call.plain()
    if "psuIdentity" not in call.consent.switches:
        raise RefusedError(403, "The identity is not part of the consent")
    links = {"self": link("/end-user-identity"), "parent-list": link("/accounts")}
    return {"connectedPsu": stet_shapes.person(call.books.customer), "_links": links}


def _beneficiaries(call: Call) -> dict[str, Any]:
    call.plain()
    if "trustedBeneficiaries" not in call.consent.switches:
        raise RefusedError(403, "The beneficiaries are not part of the consent")
    links = {"self": link("/trusted-beneficiaries"), "parent-list": link("/accounts")}
    return {"beneficiaries": [stet_shapes.BENEFICIARY], "_links": links}
