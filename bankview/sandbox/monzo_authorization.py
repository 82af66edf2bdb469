"""Monzo's sign-in: a code for a token that opens nothing until the person allows it in the app, renewed once by each refresh token."""

from __future__ import annotations

import hmac
import json
import secrets
import threading
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from bankview.sandbox.clients import LOOPBACK, Client
from bankview.sandbox.files import write
from bankview.sandbox.grants import digest
from bankview.sandbox.messages import FORM, json_answer
from bankview.sandbox.wanted import RefusedError as UnwantedError
from bankview.sandbox.wanted import Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from bankview.sandbox.answering import Answering
    from bankview.sandbox.faults import Faults
    from bankview.sandbox.messages import Answer, Request

CLIENT_ID = "oauth2client_0000household"
#: Seconds that a code is good for, and a token.
CODE_LIFE, ACCESS_LIFE = 120, 21_600
#: Calls that are refused before the person takes up the phone.
REFUSALS = 1
_ASKED = {"client_id", "redirect_uri", "response_type", "state"}
_FIELDS = {
    "authorization_code": {"grant_type", "client_id", "client_secret", "redirect_uri", "code"},
    "refresh_token": {"grant_type", "client_id", "client_secret", "refresh_token"},
}


@dataclass(frozen=True, slots=True)
class Grant:
    """One sign-in of a customer: its tokens as digests, when they end, and when it was allowed in the app (0: not yet)."""

    customer: str
    access: str = ""
    access_ends: float = 0
    refresh: str = ""
    allowed: float = 0
    refused: int = 0


def secret_of(state: Path) -> str:
    """Return the client's secret, the same with each run."""
    place = state / "monzo-client.json"
    if not place.exists():
        write(place, json.dumps({"secret": f"mnzconf.{secrets.token_urlsafe(24)}+/="}).encode())
    kept: dict[str, str] = json.loads(place.read_bytes())
    return kept["secret"]


class MonzoAuthorization:
    """The token endpoint, and the door to the page where a person signs in; grants outlive the process in a file."""

    #: Its answers come in the query alone.
    answering: Answering | None = None

    def __init__(self, state: Path, faults: Faults, now: Callable[[], float]) -> None:
        self.faults = faults
        self._client = Client(CLIENT_ID, "client_secret_post", LOOPBACK, secret_of(state))
        self._path, self._now, self._lock = state / "monzo-grants.json", now, threading.Lock()
        self._codes: dict[str, tuple[str, str, float]] = {}
        kept = json.loads(self._path.read_bytes()) if self._path.exists() else []
        self._grants = {one["customer"]: Grant(**one) for one in kept}

    # -- the page ----------------------------------------------------------------------------------------------------

    def wanted(self, query: str) -> Wanted:
        """Return what is wanted of a person."""
        asked = dict(parse_qsl(query))
        if {*asked} != _ASKED or asked["response_type"] != "code":
            raise UnwantedError("", "Send client_id, redirect_uri, response_type and state alone.")
        if asked["client_id"] != CLIENT_ID or not self._client.allows(asked["redirect_uri"]):
            raise UnwantedError("", "There is no such client, or it has another address.")
        return Wanted(asked["state"], asked["redirect_uri"], ("accounts",), "", "")

    def allow(self, wanted: Wanted, customer: str) -> str:
        """Return where the browser goes with a code."""
        code = secrets.token_urlsafe(24)
        self._codes[code] = customer, wanted.redirect_uri, self._now()
        return f"{wanted.redirect_uri}?{urlencode({'code': code, 'state': wanted.uri})}"

    def decline(self, wanted: Wanted) -> str:
        """Return where the browser goes without one."""
        said = {"error": "access_denied", "state": wanted.uri}
        return f"{wanted.redirect_uri}?{urlencode(said)}"

    # -- tokens ------------------------------------------------------------------------------------------------------

    def token(self, request: Request) -> Answer:
        """Answer the token endpoint: no header proves the client, and no field is there that is not known."""
        fields = dict(request.form)
        kind = fields.get("grant_type", "")
        media = request.headers.get("content-type", "").partition(";")[0]
        if request.method != "POST" or media != FORM or "authorization" in request.headers:
            return refusal(400, "bad_request", "A form by POST, and no header")
        if {*fields} != _FIELDS.get(kind) or len(request.form) != len(fields):
            return refusal(400, "bad_request.bad_param", "Other fields than the documents say")
        proved = hmac.compare_digest(fields["client_secret"].encode(), self._client.secret.encode())
        if fields["client_id"] != CLIENT_ID or not proved:
            return refusal(401, "unauthorized.bad_client", "No such client", "invalid_client")
        with self._lock:
            grant = self._by_code(fields) if kind == "authorization_code" else self._by_old(fields)
            if grant is None:
                return refusal(401, f"unauthorized.bad_{kind}", "Spent, or none", "invalid_token")
            return json_answer(self._issued(grant))

    def _by_code(self, fields: Mapping[str, str]) -> Grant | None:
        customer, redirect, began = self._codes.pop(fields["code"], ("", "", 0.0))
        fresh = customer and redirect == fields["redirect_uri"]
        return Grant(customer) if fresh and self._now() - began <= CODE_LIFE else None

    def _by_old(self, fields: Mapping[str, str]) -> Grant | None:
        spent = digest(fields["refresh_token"])
        return next((one for one in self._grants.values() if one.refresh == spent), None)

    def _issued(self, grant: Grant) -> dict[str, Any]:
        """Return a new pair of tokens; the one before it, of this customer, is worth nothing from now on."""
        access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        ends = self._now() + ACCESS_LIFE
        kept = replace(grant, access=digest(access), access_ends=ends, refresh=digest(refresh))
        self._keep(kept)
        return {
            "access_token": access,
            "client_id": CLIENT_ID,
            "expires_in": ACCESS_LIFE,
            "refresh_token": refresh,
            "token_type": "Bearer",
            "user_id": f"user_0000{grant.customer}",
        }

    def of(self, request: Request) -> Grant | None:
        """Return the grant of a call's token in force."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        key, now = digest(token), self._now()
        found = (one for one in self._grants.values() if one.access == key and kind == "Bearer")
        return next((one for one in found if one.access_ends > now), None)

    def opens(self, grant: Grant) -> Grant | None:
        """Return a grant that the person has allowed in the app; None where the phone still lies on the table."""
        if grant.allowed:
            return grant
        patient = grant.refused >= REFUSALS
        moved = replace(grant, allowed=self._now()) if patient else None
        with self._lock:
            self._keep(moved or replace(grant, refused=grant.refused + 1))
        return moved

    def end(self, grant: Grant) -> None:
        """End a grant with both of its tokens."""
        with self._lock:
            self._keep(replace(grant, access="", refresh=""))

    def expire_access(self) -> int:
        """End every access token now; return how many there were."""
        with self._lock:
            for grant in [*self._grants.values()]:
                self._keep(replace(grant, access_ends=self._now()))
        return len(self._grants)

    def _keep(self, grant: Grant) -> None:
        self._grants[grant.customer] = grant
        write(self._path, json.dumps([asdict(one) for one in self._grants.values()]).encode())


def refusal(status: int, code: str, message: str, error: str = "") -> Answer:
    """Return why a request is refused."""
    said = {"code": code, "message": message, "params": {}}
    return json_answer(said | ({"error": error} if error else {}), status)
