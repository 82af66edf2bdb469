"""The pages that a person's browser shows at the bank: whole documents with nothing from outside."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from string import Template
from typing import TYPE_CHECKING

from bankview.paths import resource
from bankview.sandbox.messages import Answer
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bankview.sandbox.books.row import Account, Customer


#: What sends a form without anybody's click; the page's policy lets nothing else run.
SEND = "document.forms[0].submit()"


class Pages:
    """Fills the shipped templates; everything that is filled in is escaped."""

    def __init__(self) -> None:
        folder = resource("sandbox")
        self._frame = Template((folder / "frame.html").read_text("utf-8"))
        self._style = (folder / "style.css").read_text("utf-8")
        self._parts = {
            path.stem: Template(path.read_text("utf-8")) for path in folder.glob("*.html")
        }

    def home(self, api: str) -> Answer:
        """Return what somebody sees who just looks in."""
        return self._page(tr("Welcome"), "home", {"api": api})

    def sign_in(
        self, customers: Sequence[Customer], hidden: Mapping[str, str], hint: str
    ) -> Answer:
        """Return the picker of the invented customers; the one that was hinted at comes first."""
        ordered = sorted(customers, key=lambda customer: customer.id != hint)
        choices = "".join(self._fill("customer", _customer(customer)) for customer in ordered)
        return self._page(
            tr("Sign in"), "sign-in", {}, choices=choices, hidden=self._hidden(hidden)
        )

    def consent(
        self,
        customer: Customer,
        accounts: Sequence[Account],
        hidden: Mapping[str, str],
        form_action: str,
    ) -> Answer:
        """Return what will be read from which accounts, and ask; `form_action` is where the answer may lead."""
        listed = "".join(
            self._fill("account", {"name": account.name, "number": account.printed})
            for account in accounts
        )
        words = {"name": customer.name, "first_name": customer.first_name}
        return self._page(
            tr("Give access"),
            "consent",
            words,
            form_action,
            accounts=listed,
            hidden=self._hidden(hidden),
        )

    def refused(self, reason: str, status: int = 400) -> Answer:
        """Return a page for what cannot lead back to the app that sent the person."""
        answer = self._page(tr("This does not work"), "refused", {"reason": reason})
        return Answer(status, answer.headers, answer.body)

    def device(self, action: str, user_code: str) -> Answer:
        """Return the page where the code of another device is entered, or compared where it is known."""
        words = {"action": action, "code": user_code}
        part = "device-compare" if user_code else "device"
        return self._page(tr("Connect a device"), part, words)

    def device_done(self) -> Answer:
        """Return the page at which a visit for another device ends."""
        return self._page(tr("Done"), "device-done", {})

    def post(self, action: str, fields: Sequence[tuple[str, str]]) -> Answer:
        """Return a page whose form carries an answer to the app by POST, at once where scripts may run (form_post)."""
        hidden = "".join(
            self._fill("hidden", {"name": name, "value": value}) for name, value in fields
        )
        page = self._page(
            tr("One moment"), "post", {"action": action}, action, hidden=hidden, script=SEND
        )
        policy = page.headers["Content-Security-Policy"]
        allowed = f"{policy}; script-src 'sha256-{_digest(SEND)}'"
        return Answer(200, {**page.headers, "Content-Security-Policy": allowed}, page.body)

    def _hidden(self, fields: Mapping[str, str]) -> str:
        return "".join(
            self._fill("hidden", {"name": name, "value": value}) for name, value in fields.items()
        )

    def _fill(self, part: str, words: Mapping[str, str], **html: str) -> str:
        escaped = {name: escape(text) for name, text in words.items()}
        return self._parts[part].substitute(escaped, **html)

    def _page(
        self, title: str, part: str, words: Mapping[str, str], form_action: str = "", **html: str
    ) -> Answer:
        content = self._fill(part, words, **html)
        document = self._frame.substitute(title=escape(title), style=self._style, content=content)
        return Answer(200, _headers(form_action), document.encode())


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _customer(customer: Customer) -> dict[str, str]:
    return {
        "id": customer.id,
        "name": customer.name,
        "about": customer.about,
        "initials": customer.first_name[0] + customer.last_name[0],
    }


def _headers(form_action: str) -> dict[str, str]:
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {_source(form_action)}"
    )
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy.strip(),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }


def _source(address: str) -> str:
    """Return the part of an address that a policy can name; it knows no IPv6 literals, so their scheme must do."""
    scheme, _, rest = address.partition("://")
    host = rest.partition("/")[0].partition("?")[0]
    return f"{scheme}:" if host.startswith("[") else f"{scheme}://{host}" if host else ""
