"""Consents after the Berlin Group: asked for, allowed on the bank's page, read, and withdrawn."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from bankview.sandbox.berlin_refusal import RefusedError
from bankview.sandbox.shelf import Shelf
from bankview.sandbox.wanted import RefusedError as UnwantedError
from bankview.sandbox.wanted import Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from bankview.sandbox.answering import Answering
    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.faults import Faults

_FIELDS = {
    "access",
    "recurringIndicator",
    "validUntil",
    "frequencyPerDay",
    "combinedServiceIndicator",
}
_LISTS = {"accounts", "balances", "transactions"}


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent: where the person goes back to, until when it lasts, and what it calls the accounts."""

    id: str
    back: str
    declined: str
    until: str
    status: str
    names: dict[str, str]
    customer: str = ""


class Consents:
    """All of them, kept in a file; it is also the door to the bank's page."""

    #: Its answers are the addresses that the third party gave.
    answering: Answering | None = None

    def __init__(
        self,
        path: Path,
        page: str,
        books: Mapping[str, Books],
        faults: Faults,
        today: Callable[[], date],
    ) -> None:
        self.faults = faults
        self._page, self._books, self._today = page, books, today
        self._all = Shelf(path, Consent)

    def ask(self, body: Mapping[str, Any], headers: Mapping[str, str], latest: date) -> Consent:
        """Take a wish for a consent, which lasts until `latest` at most.

        Raises:
            RefusedError: it is no such wish, or leads nowhere.
        """
        if {*body} != _FIELDS or {*body["access"]} != _LISTS:
            raise RefusedError(400, "FORMAT_ERROR", "Every field of a consent, and no other")
        if any(body["access"].values()):
            raise RefusedError(400, "SERVICE_INVALID", "The person chooses the accounts here")
        if body["frequencyPerDay"] not in range(1, 5) or body["recurringIndicator"] is not True:
            raise RefusedError(400, "FORMAT_ERROR", "A recurring consent, four times a day at most")
        try:
            until = date.fromisoformat(body["validUntil"])
        except (TypeError, ValueError):
            raise RefusedError(400, "FORMAT_ERROR", "validUntil is a day") from None
        if until <= self._today():
            raise RefusedError(400, "TIMESTAMP_INVALID", "validUntil is over")
        back, declined = (headers.get(f"tpp-{name}redirect-uri", "") for name in ("", "nok-"))
        if not all(urlsplit(address).scheme in {"http", "https"} for address in (back, declined)):
            raise RefusedError(400, "FORMAT_ERROR", "Both redirect addresses are needed")
        ends = min(until, latest).isoformat()
        made = Consent(str(uuid.uuid4()), back, declined, ends, "received", {})
        self._all.put(made)
        return made

    def link(self, of: Consent) -> str:
        """Return where the person allows one."""
        return f"{self._page}?{urlencode({'id': of.id})}"

    def find(self, id_: str) -> Consent:
        """Return a consent as it is now.

        Raises:
            RefusedError: there is none of that id.
        """
        found = self._all.get(id_)
        if found is None:
            raise RefusedError(403, "CONSENT_UNKNOWN", "There is no such consent")
        over = found.status == "valid" and date.fromisoformat(found.until) < self._today()
        return replace(found, status="expired") if over else found

    def valid(self, id_: str) -> Consent:
        """Return a consent in force.

        Raises:
            RefusedError: it is not.
        """
        found = self.find(id_)
        if found.status == "expired":
            raise RefusedError(401, "CONSENT_EXPIRED", "The consent has ended")
        if found.status != "valid":
            raise RefusedError(401, "CONSENT_INVALID", "The consent is not in force")
        return found

    def withdraw(self, id_: str) -> None:
        """End a consent."""
        self._all.put(replace(self.find(id_), status="terminatedByTpp"))

    def expire_access(self) -> int:
        """End every consent now; return how many there were."""
        live = [one for one in self._all if one.status == "valid"]
        for one in live:
            self._all.put(replace(one, status="expired"))
        return len(live)

    # -- the bank's page ---------------------------------------------------------------------------------------------

    def wanted(self, query: str) -> Wanted:
        """Return what a person is asked to allow."""
        asked = self._all.get(parse_qs(query).get("id", [""])[0])
        if asked is None or asked.status != "received":
            raise UnwantedError("", "There is no such request.")
        return Wanted(asked.id, asked.back, ("accounts",), "", "")

    def allow(self, wanted: Wanted, customer: str) -> str:
        """Return where the browser goes once the consent is valid."""
        asked = self._all[wanted.uri]
        names = {account.id: str(uuid.uuid4()) for account in self._books[customer].accounts}
        self._all.put(replace(asked, status="valid", customer=customer, names=names))
        return asked.back

    def decline(self, wanted: Wanted) -> str:
        """Return where the browser goes without it."""
        asked = self._all[wanted.uri]
        self._all.put(replace(asked, status="rejected"))
        return asked.declined
