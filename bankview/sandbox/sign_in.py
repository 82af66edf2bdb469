"""The login and consent pages: who is there, and what does that person allow."""

from __future__ import annotations

import hmac
import secrets
import threading
from dataclasses import dataclass, field, replace
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlencode

from bankview.sandbox import misbehaviour
from bankview.sandbox.answering import POSTED, read
from bankview.sandbox.messages import Answer
from bankview.sandbox.wanted import RefusedError
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bankview.sandbox.answering import Answering
    from bankview.sandbox.authorization import AuthorizationServer
    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.faults import Faults
    from bankview.sandbox.messages import Request
    from bankview.sandbox.pages import Pages
    from bankview.sandbox.wanted import Wanted

#: Seconds until a visit that nobody finished is forgotten.
PATIENCE = 900


class Door(Protocol):
    """Where people come in: what they are asked, and where they go with their answer."""

    faults: Faults
    #: What wraps its answers, where it has other modes than the query.
    answering: Answering | None

    def wanted(self, query: str) -> Wanted:
        """Return what is wanted of a person; raises RefusedError."""
        ...

    def allow(self, wanted: Wanted, customer: str) -> str:
        """Return where the browser goes when the person said yes."""
        ...

    def decline(self, wanted: Wanted) -> str:
        """Return where the browser goes when the person said no."""
        ...


@dataclass(frozen=True, slots=True)
class Visit:
    """One person's way through the pages: what the app wants of which server, whose browser it is, and who signed in."""

    wanted: Wanted
    server: Door
    browser: str
    began: float
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    customer: str = ""


class SignIn:
    """Leads a browser from the app's request to the app's answer."""

    def __init__(
        self,
        server: AuthorizationServer,
        books: Mapping[str, Books],
        pages: Pages,
        now: Callable[[], float],
        doors: Mapping[str, Door] | None = None,
        shown: Mapping[tuple[str, str], Callable[[Request], Answer]] | None = None,
    ) -> None:
        self._doors: dict[str, Door] = {"/oauth/authorize": server, **(doors or {})}
        self._shown = shown or {}
        self._server, self._books, self._pages, self._now = server, books, pages, now
        # Cookies do not know ports: two banks on one computer must not share a name.
        self._cookie = f"fjordbanken-{server.addresses.pages.rpartition(':')[2]}"
        self._visits: dict[str, Visit] = {}
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Answer:
        """Answer a request to the pages."""
        pages: dict[tuple[str, str], Callable[[Request], Answer]] = {
            ("GET", "/"): lambda _: self._pages.home(self._server.addresses.issuer),
            **{("GET", door): self._begin for door in self._doors},
            ("POST", "/sign-in"): self._signed_in,
            ("GET", "/consent"): self._ask,
            ("POST", "/consent"): self._decided,
            ("GET", "/favicon.ico"): lambda _: Answer(204),
            **self._shown,
        }
        page = pages.get((request.method, request.path))
        return page(request) if page else self._pages.refused(tr("There is no such page."), 404)

    def _begin(self, request: Request) -> Answer:
        server = self._doors[request.path]
        try:
            wanted = server.wanted(request.query)
        except RefusedError as error:
            if error.location:
                return self._sent(server, error.location, error.mode, error.client_id)
            return self._pages.refused(error.description)
        browser = self._browser(request) or secrets.token_urlsafe(24)
        name, visit = secrets.token_urlsafe(16), Visit(wanted, server, browser, self._now())
        self._keep(name, visit)
        customers = [books.customer for books in self._books.values()]
        hidden = {"visit": name, "csrf": visit.csrf}
        page = self._pages.sign_in(customers, hidden, wanted.login_hint)
        cookie = f"{self._cookie}={browser}; Path=/; HttpOnly; SameSite=Lax"
        return Answer(200, {**page.headers, "Set-Cookie": cookie}, page.body)

    def _signed_in(self, request: Request) -> Answer:
        fields = dict(request.form)
        name = fields.get("visit", "")
        visit = self._visit(request, name)
        if visit is None or not _same(visit.csrf, fields.get("csrf", "")):
            return self._lost()
        customer = fields.get("customer", "")
        if customer not in self._books:
            return self._pages.refused(tr("There is no such customer."))
        self._keep(name, replace(visit, customer=customer))
        return _see(f"/consent?visit={name}")

    def _ask(self, request: Request) -> Answer:
        name = dict(request.arguments).get("visit", "")
        visit = self._visit(request, name)
        if visit is None or not visit.customer:
            return self._lost()
        books = self._books[visit.customer]
        hidden = {"visit": name, "csrf": visit.csrf}
        return self._pages.consent(
            books.customer, books.accounts, hidden, visit.wanted.redirect_uri
        )

    def _decided(self, request: Request) -> Answer:
        fields = dict(request.form)
        name = fields.get("visit", "")
        visit = self._visit(request, name)
        if visit is None or not visit.customer or not _same(visit.csrf, fields.get("csrf", "")):
            return self._lost()
        decision = fields.get("decision")
        if decision not in {"allow", "decline"}:
            return self._pages.refused(tr("Allow or decline."))
        with self._lock:
            self._visits.pop(name, None)
        allowed = decision == "allow" and not visit.server.faults.take("denied")
        if allowed:
            location = visit.server.allow(visit.wanted, visit.customer)
        else:
            location = visit.server.decline(visit.wanted)
        location = misbehaviour.redirect(visit.server.faults, location)
        wanted = visit.wanted
        return self._sent(visit.server, location, wanted.response_mode, wanted.client_id)

    def _sent(self, server: Door, location: str, mode: str, client_id: str) -> Answer:
        """Send the browser back to the app with an answer, in the mode that the app wants."""
        address, fields = read(location)
        if server.answering:
            fields = server.answering.wrapped(fields, mode, client_id)
        if mode in POSTED or server.faults.take("form_post"):
            return self._pages.post(address, fields)
        return _see(f"{address}?{urlencode(fields)}")

    def _browser(self, request: Request) -> str:
        try:
            cookies = SimpleCookie(request.headers.get("cookie", ""))
        except CookieError:
            return ""
        found = cookies.get(self._cookie)
        return found.value if found else ""

    def _visit(self, request: Request, name: str) -> Visit | None:
        """Return a visit of this very browser."""
        visit = self._visits.get(name)
        if visit is None or self._now() - visit.began > PATIENCE:
            return None
        return visit if _same(visit.browser, self._browser(request)) else None

    def _keep(self, name: str, visit: Visit) -> None:
        with self._lock:
            forgotten = self._now() - PATIENCE
            kept = {key: old for key, old in self._visits.items() if old.began > forgotten}
            self._visits = {**kept, name: visit}

    def _lost(self) -> Answer:
        return self._pages.refused(tr("This page has expired. Start again from the app."))


def _same(kept: str, given: str) -> bool:
    return hmac.compare_digest(kept.encode(), given.encode())


def _see(location: str) -> Answer:
    return Answer(303, {"Location": location, "Cache-Control": "no-store"})
