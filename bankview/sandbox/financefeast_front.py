"""Puts Financefeast together, and sends each request below /financefeast to its part."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bankview.sandbox import misbehaviour
from bankview.sandbox.addresses import Addresses
from bankview.sandbox.clients import LOOPBACK, Client, Clients
from bankview.sandbox.files import write
from bankview.sandbox.financefeast import ROOT, Financefeast
from bankview.sandbox.financefeast_authorization import FinancefeastAuthorization
from bankview.sandbox.financefeast_plan import Plan
from bankview.sandbox.grants import Grants
from bankview.sandbox.messages import text_answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bankview.sandbox.faults import Faults
    from bankview.sandbox.messages import Answer, Request

CLIENT_ID = "financefeast-client"
AUTHORIZE = f"{ROOT}/oauth/authorize"


@dataclass(frozen=True, slots=True)
class FinancefeastFront:
    """The service as the ports see it; `pause` waits a while or until the bank closes."""

    server: FinancefeastAuthorization
    grants: Grants
    api: Financefeast
    faults: Faults
    pause: Callable[[float], object]

    def answer(self, request: Request) -> Answer:
        """Answer a request below `ROOT`."""
        if request.path == f"{ROOT}/oauth/token":
            return misbehaviour.token(self.faults, self.server.token, request, self.pause)
        if request.path == f"{ROOT}/jwks":
            return self.server.keys()
        if request.path.startswith(f"{ROOT}/.well-known/"):
            return text_answer(404, "There is nothing here.")
        return misbehaviour.api(self.faults, self.api.answer, request)


def secret_of(state: Path) -> str:
    """Return the client's secret, the same with each run."""
    place = state / "financefeast-client.json"
    if not place.exists():
        write(place, json.dumps({"secret": secrets.token_urlsafe(24)}).encode())
    kept: dict[str, str] = json.loads(place.read_bytes())
    return kept["secret"]


def opened(
    state: Path,
    addresses: Addresses,
    faults: Faults,
    now: Callable[[], float],
    pause: Callable[[float], object],
) -> FinancefeastFront:
    """Return the service; its grants go on where the last run left them."""
    here = Addresses(f"{addresses.issuer}{ROOT}", f"{addresses.pages}{ROOT}", addresses.certificate)
    grants = Grants(state / "financefeast-grants.json", now)
    clients = Clients.of(Client(CLIENT_ID, "client_secret_post", LOOPBACK, secret_of(state)))
    server = FinancefeastAuthorization(here, clients, grants, faults)
    return FinancefeastFront(server, grants, Financefeast(grants, Plan(now), now), faults, pause)
