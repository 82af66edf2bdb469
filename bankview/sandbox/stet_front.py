"""Puts STET's bank together, and sends each request below /stet to its part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bankview.sandbox import misbehaviour, stet_faults
from bankview.sandbox.grants import Grants
from bankview.sandbox.messages import Answer, Request, text_answer
from bankview.sandbox.stet import Stet
from bankview.sandbox.stet_authorization import OAUTH, StetAuthorization
from bankview.sandbox.stet_certificates import seal_key
from bankview.sandbox.stet_consents import Consents
from bankview.sandbox.stet_quota import Quota
from bankview.sandbox.stet_shapes import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from bankview.sandbox.addresses import Addresses
    from bankview.sandbox.books.ledger import Books
    from bankview.sandbox.clients import Clients
    from bankview.sandbox.faults import Faults
    from bankview.sandbox.folder import Layout


@dataclass(frozen=True, slots=True)
class StetFront:
    """STET's bank as the ports see it; `pause` waits a while or until the bank closes."""

    server: StetAuthorization
    grants: Grants
    api: Stet
    faults: Faults
    pause: Callable[[float], object]

    def answer(self, request: Request) -> Answer:
        """Answer a request below /stet; where it came in decides nothing, the certificate that it brings does."""
        if request.path == f"{OAUTH}/token":
            return misbehaviour.token(self.faults, self.server.token, request, self.pause)
        if request.path == f"{OAUTH}/revoke":
            return self.server.revoke(request)
        if request.path.startswith(f"{ROOT}/"):
            return stet_faults.api(self.faults, self.api.answer, request)
        return text_answer(404, "There is nothing here.")


@dataclass(frozen=True, slots=True)
class Plan:
    """What STET's bank shares with the rest of the sandbox."""

    layout: Layout
    addresses: Addresses
    clients: Clients
    faults: Faults
    books: Mapping[str, Books]
    now: Callable[[], float]
    today: Callable[[], date]
    began: date
    pause: Callable[[float], object]

    def open(self) -> StetFront:
        """Return the bank; its grants, consents and counts go on where the last run left them."""
        state = self.layout.state
        grants = Grants(state / "stet-grants.json", self.now)
        memory = Consents(state / "stet-consents.json"), Quota(state / "stet-quota.json", self.now)
        clock = self.today, self.began
        api = Stet(self.books, grants, seal_key(self.layout.root), memory, clock)
        server = StetAuthorization(self.addresses, self.clients, grants, self.faults)
        return StetFront(server, grants, api, self.faults, self.pause)
