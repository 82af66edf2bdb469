"""Who answers what: sends each request of the three ports to its part of the bank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bankview.sandbox import (
    control,
    financefeast,
    json_api,
    misbehaviour,
    open_energy,
)
from bankview.sandbox.messages import Answer, Port, Request, text_answer
from bankview.sandbox.openid import INTROSPECTION, JWKS, USERINFO

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bankview.sandbox.authorization import AuthorizationServer
    from bankview.sandbox.calls import Calls
    from bankview.sandbox.control import Control
    from bankview.sandbox.faults import Faults
    from bankview.sandbox.financefeast_front import FinancefeastFront
    from bankview.sandbox.issuer_keys import IssuerKeys
    from bankview.sandbox.json_api import JsonApi
    from bankview.sandbox.open_energy import OpenEnergy
    from bankview.sandbox.openid import OpenId
    from bankview.sandbox.sign_in import SignIn
    from bankview.sandbox.sparebank1 import SpareBank1
    from bankview.sandbox.stet_front import StetFront

WELL_KNOWN = frozenset(
    {"/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"}
)


@dataclass(frozen=True, slots=True)
class Front:
    """The bank as the ports see it; `others` answer below roots of their own, `pause` waits until the bank closes at most."""

    server: AuthorizationServer
    sign_in: SignIn
    api: SpareBank1
    stet: StetFront
    energy: OpenEnergy
    feast: FinancefeastFront
    json: JsonApi
    others: Mapping[str, Callable[[Request], Answer]]
    control: Control
    faults: Faults
    calls: Calls
    pause: Callable[[float], object]
    keys: IssuerKeys

    def answer(self, request: Request) -> Answer:
        """Answer a request and remember it; calls to the sandbox's own switches are not remembered."""
        if request.path.startswith(control.ROOT) and request.port is Port.API:
            return self.control.answer(request)
        status = 0
        try:
            answer = self._answer(request)
            status = answer.status
        finally:
            self.calls.add(request, status)
        return answer

    def _answer(self, request: Request) -> Answer:
        if request.port is Port.PAGES:
            return self.sign_in.answer(request)
        others: Mapping[str, Callable[[Request], Answer]] = {
            **self.others,
            "/stet": self.stet.answer,
            open_energy.ROOT: self.energy.answer,
            financefeast.ROOT: self.feast.answer,
            json_api.ROOT: self.json.answer,
        }
        other = others.get(f"/{request.path.split('/')[1]}")
        if other:
            return other(request)
        if request.path.startswith(("/personal/banking/", "/common/")):
            return misbehaviour.api(self.faults, self.api.answer, request)
        return self._authorization(request)

    def _openid(self, openid: OpenId, request: Request) -> Answer:
        if request.path == INTROSPECTION:
            return openid.introspection(request, self.server.introspect(request))
        if request.path == USERINFO:
            return openid.userinfo(request)
        if request.path == JWKS and request.method == "GET":
            return openid.known_keys()
        return text_answer(404, "There is nothing here.")

    def _authorization(self, request: Request) -> Answer:
        if request.path in WELL_KNOWN and request.method == "GET":
            return self.server.metadata()
        if request.path == "/oauth/token":
            return misbehaviour.token(self.faults, self.server.token, request, self.pause)
        if request.path == "/oauth/revoke":
            return misbehaviour.revocation(self.faults, self.server.revoke, request)
        if self.server.has(request.path):
            return self.server.other(request)
        if self.server.openid:
            return self._openid(self.server.openid, request)
        return text_answer(404, "There is nothing here.")
