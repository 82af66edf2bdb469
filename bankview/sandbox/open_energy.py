"""Open Energy's data provider: a table and a list behind the checks of its guidelines, in their order."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bankview.sandbox import misbehaviour
from bankview.sandbox.messages import Answer, Request, json_answer, text_answer
from bankview.sandbox.open_energy_tokens import thumbprint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bankview.sandbox.faults import Faults
    from bankview.sandbox.open_energy_tokens import Tokens

ROOT = "/open-energy"
#: Seconds by which a token may come from the future (guidelines, "allow some clock skew").
SKEW = 10
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
#: Electricity by postcode: meters, and what all of them used in a year, in kWh.
ROWS = (
    ("0150", 412, 2_884_110),
    ("5003", 1_904, 13_127_655),
    ("7010", 977, 7_301_448),
    ("9008", 655, 5_912_070),
)
COLUMNS = ("postcode", "meters", "consumption_kwh")


class RefusedError(Exception):
    """A call is refused with `status` and, where there is one, an error `code` of RFC 6750 §3.1."""

    def __init__(self, status: int, code: str = "", scope: str = "") -> None:
        self.status, self.code, self.scope = status, code, scope
        super().__init__(code)


def check(
    request: Request,
    scope: str,
    introspect: Callable[[str], Mapping[str, Any]],
    now: float,
) -> None:
    """Let a call through that passes all nine checks.

    Args:
        request: with the certificate that TLS has verified.
        scope: what the call needs; nothing needs none.
        introspect: says what the authorization server knows of a token.
        now: epoch seconds.

    Raises:
        RefusedError: the first check that fails.
    """
    if not request.peer:
        raise RefusedError(401)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise RefusedError(401)
    said = introspect(token.strip())
    if "active" not in said:
        raise RefusedError(400, "invalid_request")
    bound = said.get("cnf", {}).get("x5t#S256")
    good = (
        said["active"] is True,
        said.get("iat", now) <= now + SKEW,
        said.get("exp", now + 1) > now,
        bound == thumbprint(request.peer),
    )
    if not all(good):
        raise RefusedError(401, "invalid_token")
    if scope and scope.lower() not in said.get("scope", "").lower().split():
        raise RefusedError(403, "insufficient_scope", scope)


@dataclass(frozen=True, slots=True)
class OpenEnergy:
    """Answers everything below `ROOT`; `pause` waits a while or until the bank closes."""

    tokens: Tokens
    faults: Faults
    pause: Callable[[float], object]

    def answer(self, request: Request) -> Answer:
        """Answer a request; what it says of its own certificate counts for nothing, what TLS says does."""
        match request.method, request.path.removeprefix(ROOT):
            case "GET", "/.well-known/openid-configuration":
                return self.tokens.metadata() if request.peer else _nothing()
            case "GET", "/jwks":
                return json_answer({"keys": []})
            case _, "/token":
                return misbehaviour.token(self.faults, self.tokens.token, request, self.pause)
            case _, "/token/introspection":
                return self.tokens.introspection(request)
        return _named(misbehaviour.api(self.faults, self._data, request), request)

    def _data(self, request: Request) -> Answer:
        found = _DATA.get(request.path.removeprefix(ROOT) or "/")
        if found is None:
            return _nothing()
        scope, make = found
        try:
            check(request, scope, self.tokens.introspect, self.tokens.now())
        except RefusedError as error:
            return _refusal(error)
        if request.method not in {"GET", "HEAD"}:
            return text_answer(405, "This is read with GET.", {"Allow": "GET, HEAD"})
        return make()


def _table() -> Answer:
    lines = [",".join(COLUMNS), *(",".join(map(str, row)) for row in ROWS)]
    body = "".join(f"{line}\r\n" for line in lines)
    headers = {"Content-Type": "text/csv; charset=utf-8", "Cache-Control": "no-store"}
    return Answer(200, headers, body.encode())


def _list() -> Answer:
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in ROWS]
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return Answer(200, headers, json.dumps(rows).encode())


#: What there is: the scope that it needs, and how it is made.
_DATA: dict[str, tuple[str, Callable[[], Answer]]] = {
    "/": ("", _table),
    "/json": ("", _list),
    "/meters": ("energy:read", _list),
}


def _nothing() -> Answer:
    return text_answer(404, "There is nothing here.")


def _refusal(error: RefusedError) -> Answer:
    told = {"error": error.code, "scope": error.scope}
    parameters = ", ".join(f'{name}="{value}"' for name, value in told.items() if value)
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    return Answer(
        error.status, {**headers, "WWW-Authenticate": f"Bearer {parameters}".rstrip()}, b""
    )


def _named(answer: Answer, request: Request) -> Answer:
    """Return an answer with the interaction's id: the client's own where it is one, else a new one."""
    given = request.headers.get("x-fapi-interaction-id", "")
    name = given if _UUID.fullmatch(given) else str(uuid.uuid4())
    return Answer(answer.status, {**answer.headers, "x-fapi-interaction-id": name}, answer.body)
