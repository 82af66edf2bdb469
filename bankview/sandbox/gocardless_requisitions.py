"""Agreements and requisitions at GoCardless: asked for, linked on the bank's page, and ended."""

from __future__ import annotations

import json
import threading
import uuid
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from bankview.sandbox.files import write
from bankview.sandbox.gocardless_refusal import RefusedError
from bankview.sandbox.wanted import RefusedError as UnwantedError
from bankview.sandbox.wanted import Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from bankview.sandbox.answering import Answering
    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.faults import Faults

_DAY = 86_400
_SCOPE = {"balances", "details", "transactions"}


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the person is asked to agree to; `accepted` is when they did."""

    id: str
    institution: str
    history: int
    days: int
    accepted: float = 0


@dataclass(frozen=True, slots=True)
class Requisition:
    """One way to a person's accounts; `accounts` are what it calls them, by the bank's own ids."""

    id: str
    redirect: str
    institution: str
    agreement: str
    reference: str
    status: str
    accounts: dict[str, str]
    customer: str = ""


class Requisitions:
    """All of them, kept in a file; it is also the door to the bank's page."""

    #: Its answers come in the query alone.
    answering: Answering | None = None

    def __init__(
        self,
        path: Path,
        page: str,
        books: Mapping[str, Books],
        faults: Faults,
        now: Callable[[], float],
    ) -> None:
        self.faults = faults
        self._path, self._page, self._books, self._now = path, page, books, now
        self._lock = threading.Lock()
        kept = json.loads(path.read_bytes()) if path.exists() else {}
        self._agreements = {one["id"]: Agreement(**one) for one in kept.get("agreements", ())}
        self._all = {one["id"]: Requisition(**one) for one in kept.get("requisitions", ())}

    def agree(self, body: Mapping[str, Any], most: tuple[int, int]) -> Agreement:
        """Take a wish for an agreement; `most` are the days back and the days long that the bank gives.

        Raises:
            RefusedError: it is more, or no such wish.
        """
        history, days = body.get("max_historical_days", 90), body.get("access_valid_for_days", 90)
        for asked, limit in zip((history, days), most, strict=True):
            if type(asked) is not int or not 0 < asked <= limit:
                raise RefusedError(400, f"The bank gives 1 to {limit} days")
        if set(body.get("access_scope", _SCOPE)) != _SCOPE:
            raise RefusedError(400, "access_scope is balances, details and transactions here")
        made = Agreement(str(uuid.uuid4()), str(body["institution_id"]), history, days)
        with self._lock:
            self._agreements[made.id] = made
            self._save()
        return made

    def ask(self, body: Mapping[str, Any]) -> Requisition:
        """Take a wish for a requisition.

        Raises:
            RefusedError: it leads nowhere, or its reference was used before.
        """
        redirect, reference = body.get("redirect"), body.get("reference")
        if not isinstance(redirect, str) or urlsplit(redirect).scheme not in {"http", "https"}:
            raise RefusedError(400, "redirect is an address")
        agreement = self._agreements.get(str(body.get("agreement")))
        if agreement is None or agreement.institution != body.get("institution_id"):
            raise RefusedError(400, "There is no such agreement at this bank")
        if not isinstance(reference, str) or len(reference) < 16:
            raise RefusedError(400, "reference is missing or guessable")
        if any(one.reference == reference for one in self._all.values()):
            raise RefusedError(400, "reference was used before")
        id_ = str(uuid.uuid4())
        bank = agreement.institution
        made = Requisition(id_, redirect, bank, agreement.id, reference, "CR", {})
        self._put(made)
        return made

    def link(self, of: Requisition) -> str:
        """Return where the person links one."""
        return f"{self._page}?{urlencode({'id': of.id})}"

    def agreement(self, id_: str) -> Agreement:
        """Return an agreement.

        Raises:
            RefusedError: there is none of that id.
        """
        if id_ not in self._agreements:
            raise RefusedError(404, "Not found.")
        return self._agreements[id_]

    def find(self, id_: str) -> Requisition:
        """Return a requisition as it is now: expired where its agreement has ended.

        Raises:
            RefusedError: there is none of that id.
        """
        found = self._all.get(id_)
        if found is None:
            raise RefusedError(404, "Not found.")
        agreement = self._agreements[found.agreement]
        over = found.status == "LN" and self._now() >= agreement.accepted + agreement.days * _DAY
        return replace(found, status="EX") if over else found

    def of(self, name: str) -> tuple[Requisition, str]:
        """Return the requisition that calls an account so, and the bank's own id of it.

        Raises:
            RefusedError: none does.
        """
        for one in self._all.values():
            for account_id, own in one.accounts.items():
                if own == name:
                    return self.find(one.id), account_id
        raise RefusedError(404, "Account ID is not found", "UnknownRequestError")

    def end(self, id_: str) -> None:
        """Forget a requisition, and the access with it."""
        self.find(id_)
        with self._lock:
            del self._all[id_]
            self._save()

    def expire_access(self) -> int:
        """End every requisition now; return how many there were."""
        with self._lock:
            live = [one for one in self._all.values() if one.status == "LN"]
            self._all |= {one.id: replace(one, status="EX") for one in live}
            self._save()
        return len(live)

    # -- the bank's page ---------------------------------------------------------------------------------------------

    def wanted(self, query: str) -> Wanted:
        """Return what a person is asked to allow."""
        asked = self._all.get(parse_qs(query).get("id", [""])[0])
        if asked is None or asked.status != "CR":
            raise UnwantedError("", "There is no such request.")
        return Wanted(asked.id, asked.redirect, ("accounts",), "", "")

    def allow(self, wanted: Wanted, customer: str) -> str:
        """Return where the browser goes once the accounts are linked."""
        asked = self._all[wanted.uri]
        names = {account.id: str(uuid.uuid4()) for account in self._books[customer].accounts}
        agreement = replace(self._agreements[asked.agreement], accepted=self._now())
        with self._lock:
            self._agreements[agreement.id] = agreement
        self._put(replace(asked, status="LN", customer=customer, accounts=names))
        return _back(asked, {})

    def decline(self, wanted: Wanted) -> str:
        """Return where the browser goes without them."""
        asked = self._all[wanted.uri]
        self._put(replace(asked, status="RJ"))
        return _back(asked, {"error": "UserCancelledSession", "details": "User cancelled"})

    def _put(self, one: Requisition) -> None:
        with self._lock:
            self._all[one.id] = one
            self._save()

    def _save(self) -> None:
        content = {
            "agreements": [asdict(one) for one in self._agreements.values()],
            "requisitions": [asdict(one) for one in self._all.values()],
        }
        write(self._path, json.dumps(content).encode())


def _back(asked: Requisition, more: dict[str, str]) -> str:
    mark = "&" if "?" in asked.redirect else "?"
    return f"{asked.redirect}{mark}{urlencode({'ref': asked.reference, **more})}"
