"""A scripted visitor: signs in and consents on the sandbox's real pages, as a person's browser would."""

from __future__ import annotations

import http.client
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

from bankview.words import tr

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
#: Pages and redirects after which a way through is no way through.
MOST_STEPS = 20
#: Seconds for one answer.
PATIENCE = 20
LARGEST_PAGE = 1_000_000
#: The page at which a visit for another device ends: nothing is delivered to an app.
DONE = "/device/done"


class LostError(Exception):
    """The visitor cannot go on; the text is a sentence for the person."""


@dataclass(slots=True)
class Form:
    """A form of a page: where it goes, its fields, and its buttons (name, value)."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    """Finds the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = True
            self.forms.append(Form(told.get("action", ""), told.get("method", "get").lower()))
        elif self._inside and tag == "input" and told.get("name"):
            self.forms[-1].fields.append((told["name"], told.get("value", "")))
        elif self._inside and tag == "button":
            self.forms[-1].buttons.append((told.get("name", ""), told.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False


@dataclass(frozen=True, slots=True)
class Page:
    """An answer: its address, status, where it leads, and its text."""

    address: str
    status: int
    location: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """What the visitor does next."""

    method: str
    address: str
    body: str = ""


class Visitor:
    """One browser with its cookies, kept for the one origin where the bank's pages are."""

    def __init__(self, url: str) -> None:
        self._bank = _origin(url)
        self._cookies: SimpleCookie = SimpleCookie()

    def walk(self, url: str, customer: str, *, deny: bool) -> Step:
        """Return the step that leaves the bank's pages: the answer for the app that sent us, not yet delivered.

        A visit for another device ends on a page of the bank's instead.

        Raises:
            LostError: the pages do not lead there.
        """
        step = Step("GET", url)
        for _ in range(MOST_STEPS):
            page = self.take(step)
            if page.location:
                step = Step("GET", urljoin(page.address, page.location))
            elif page.status >= 400:
                raise LostError(
                    tr("The bank's page answers with error {status}.", status=page.status)
                )
            elif urlsplit(page.address).path == DONE:
                return Step("GET", page.address)
            else:
                step = _submitted(page, customer, deny=deny)
            if _origin(step.address) != self._bank:
                return step
        raise LostError(tr("The bank's pages lead in a circle."))

    def take(self, step: Step) -> Page:
        """Return the answer to a step.

        Raises:
            LostError: it leads off this computer, or nobody answers.
        """
        parts = urlsplit(step.address)
        if parts.scheme != "http" or parts.hostname not in LOOPBACK:
            raise LostError(
                tr("The visitor stays on this computer and does not open {url}.", url=step.address)
            )
        headers = {"Accept": "text/html", "User-Agent": "Bankview sandbox visitor"}
        if _origin(step.address) == self._bank and self._cookies:
            headers["Cookie"] = "; ".join(f"{c.key}={c.value}" for c in self._cookies.values())
        if step.method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        target = f"{parts.path or '/'}{parts.query and '?'}{parts.query}"
        connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=PATIENCE)
        try:
            connection.request(step.method, target, step.body or None, headers)
            reply = connection.getresponse()
            text = reply.read(LARGEST_PAGE).decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            raise LostError(tr("Nobody answers at {host}.", host=parts.netloc)) from error
        finally:
            connection.close()
        if _origin(step.address) == self._bank:
            for cookie in reply.headers.get_all("Set-Cookie", []):
                self._cookies.load(cookie)
        location = reply.headers.get("Location", "") if 300 <= reply.status < 400 else ""
        return Page(step.address, reply.status, location, text)


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc


def _submitted(page: Page, customer: str, *, deny: bool) -> Step:
    """Return the step that fills a page's form as the customer would.

    Raises:
        LostError: the page asks nothing that the visitor knows.
    """
    parser = _Forms()
    parser.feed(page.text)
    if not parser.forms:
        raise LostError(tr("The bank's page has no form."))
    form = parser.forms[0]
    wanted = {("customer", customer), ("decision", "decline" if deny else "allow")}
    known = {name for name, _ in wanted}
    pressed = [button for button in form.buttons if button in wanted]
    if not pressed and known & {name for name, _ in form.buttons}:
        raise LostError(tr("The bank has no customer called {customer}.", customer=customer))
    body = urlencode(form.fields + pressed)
    address = urljoin(page.address, form.action)
    if form.method == "post":
        return Step("POST", address, body)
    return Step("GET", f"{address.partition('?')[0]}?{body}")


def answer(url: str, customer: str = "household", *, deny: bool = False) -> str:
    """Return the address that the bank sends the browser to in the end, without opening it.

    Raises:
        LostError: the pages do not lead there.
    """
    return Visitor(url).walk(url, customer, deny=deny).address


def visit(url: str, customer: str = "household", deny: bool = False) -> int:
    """Sign in at the bank as a customer, allow or deny, and deliver the answer to the app that waits for it.

    Args:
        url: the authorization request's address; on this computer alone, as is everything it leads to.
        customer: who signs in.
        deny: press Decline instead of Allow.

    Returns:
        0 when the app took the answer, 1 with a sentence on stderr when not.
    """
    try:
        _deliver(url, customer, deny=deny)
    except LostError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _deliver(url: str, customer: str, *, deny: bool) -> None:
    visitor = Visitor(url)
    page = visitor.take(visitor.walk(url, customer, deny=deny))
    if page.status >= 400:
        raise LostError(
            tr("The app does not take the answer (error {status}).", status=page.status)
        )
