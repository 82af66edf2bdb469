"""How a request reaches the authorization endpoint: as it stands, signed (RFC 9101), or pushed before (RFC 9126)."""

from __future__ import annotations

import json
import secrets
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from oauthlib.common import Request
from oauthlib.oauth2.rfc6749.errors import InvalidClientError, InvalidRequestError, OAuth2Error

from bankview.sandbox import request_object
from bankview.sandbox.request_object import BadObjectError, Pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from oauthlib.oauth2 import RequestValidator

    from bankview.sandbox.clients import Client, Clients

ENDPOINT = "/oauth/par"
#: Seconds that a pushed request waits for its browser.
LIFE = 60
_PREFIX = "urn:ietf:params:oauth:request_uri:"
#: The fields that prove the client, and are no parameters of the request.
_PROOF = frozenset({"client_secret", "client_assertion", "client_assertion_type"})


class InvalidRequestObjectError(OAuth2Error):
    """The request object is not one that this server takes (RFC 9101 §6.2)."""

    error = "invalid_request_object"


@dataclass(frozen=True, slots=True)
class Pushed:
    """A request that was pushed, whose it is, and when it ends."""

    client_id: str
    query: str
    ends: float


class Asking:
    """Turns what a browser or a client brings into a plain request; `check` judges that (raises OAuth2Error)."""

    def __init__(
        self,
        clients: Clients,
        validator: RequestValidator,
        issuer: str,
        check: Callable[[str], object],
        now: Callable[[], float],
    ) -> None:
        self._clients, self._validator, self._issuer = clients, validator, issuer
        self._check, self._now = check, now
        self._pushed: dict[str, Pushed] = {}
        self._lock = threading.Lock()

    def resolved(self, query: str) -> str:
        """Return the plain query that a browser's query stands for.

        Raises:
            OAuth2Error: it stands for none, or the client has to ask another way.
        """
        pairs = parse_qsl(query, keep_blank_values=True)
        client = self._clients.get(_one(pairs, "client_id"))
        if any(name == "request_uri" for name, _ in pairs):
            return self._taken(pairs)
        if client and client.par:
            raise InvalidRequestError("This client has to push its requests.")
        return urlencode(self._opened(pairs, client)) if client else query

    def push(
        self, uri: str, _method: str, body: str, headers: Mapping[str, str]
    ) -> tuple[dict[str, str], str, int]:
        """Answer the endpoint for pushed requests (RFC 9126 §2)."""
        request = Request(uri, "POST", body, dict(headers))
        try:
            pushed = self._judged(request)
        except InvalidClientError as error:
            return {}, error.json, 401
        except OAuth2Error as error:
            return {}, error.json, 400
        name = _PREFIX + secrets.token_urlsafe(24)
        with self._lock:
            now = self._now()
            kept = {key: old for key, old in self._pushed.items() if old.ends > now}
            self._pushed = {**kept, name: pushed}
        return {}, json.dumps({"request_uri": name, "expires_in": LIFE}), 201

    def _judged(self, request: Any) -> Pushed:
        """Return a pushed request that the authorization endpoint will take.

        Raises:
            OAuth2Error: what is wrong with it, by its code.
        """
        if not self._validator.authenticate_client(request):
            raise InvalidClientError
        client: Client = request.client
        pairs: Pairs = [pair for pair in request.decoded_body or [] if pair[0] not in _PROOF]
        if _one(pairs, "client_id") != client.client_id:
            raise InvalidRequestError("client_id is missing, or another client's.")
        names = {name for name, _ in pairs}
        if "request_uri" in names:
            raise InvalidRequestError("A request that is pushed has no request_uri.")
        if "request" in names and names != {"client_id", "request"}:
            raise InvalidRequestError("Beside a request object there is nothing else.")
        query = urlencode(self._opened(pairs, client))
        self._check(query)
        return Pushed(client.client_id, query, self._now() + LIFE)

    def _taken(self, pairs: Pairs) -> str:
        """Return the query of a pushed request, once, to the client that pushed it."""
        if sorted(name for name, _ in pairs) != ["client_id", "request_uri"]:
            raise InvalidRequestError("Beside request_uri there is client_id alone.")
        with self._lock:
            pushed = self._pushed.get(_one(pairs, "request_uri"))
            if pushed is None or pushed.client_id != _one(pairs, "client_id"):
                raise InvalidRequestError("This request_uri is not known.")
            del self._pushed[_one(pairs, "request_uri")]
        if pushed.ends <= self._now():
            raise InvalidRequestError("This request_uri has ended.")
        return pushed.query

    def _opened(self, pairs: Pairs, client: Client) -> Pairs:
        """Return the parameters of a request; those beside a request object must be the same (RFC 9101 §5, §6.3)."""
        text = _one(pairs, "request")
        if not text:
            if client.jar:
                raise InvalidRequestError("This client has to sign its requests.")
            return pairs
        try:
            claimed = request_object.read(text, client, self._issuer, self._now())
        except BadObjectError as error:
            raise InvalidRequestObjectError(str(error)) from None
        beside = [pair for pair in pairs if pair[0] != "request"]
        if not {*beside} <= {*claimed}:
            raise InvalidRequestObjectError("What stands beside the request object differs.")
        return claimed


def _one(pairs: Pairs, name: str) -> str:
    """Return a parameter that comes exactly once, else nothing."""
    found = [value for key, value in pairs if key == name]
    return found[0] if len(found) == 1 else ""
