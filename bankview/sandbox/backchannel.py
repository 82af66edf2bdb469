"""The backchannel grant's server side: the bank asks its customer, who answers after a moment (OpenID CIBA Core)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from oauthlib.common import Request as Asked
from oauthlib.oauth2.rfc6749.errors import (
    CustomOAuth2Error,
    InvalidClientError,
    InvalidScopeError,
    OAuth2Error,
)

from bankview.sandbox.other_grants import HEADERS, prove, scopes_of
from bankview.sandbox.polled import INTERVAL, Pending
from bankview.sandbox.validator import SCOPES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bankview.sandbox.clients import Client
    from bankview.sandbox.faults import Faults
    from bankview.sandbox.hints import Hints
    from bankview.sandbox.polled import Polled

GRANT = "urn:openid:params:grant-type:ciba"
ENDPOINT = "/oauth/backchannel"
#: Who answers, and how; after so many seconds.
ANSWERS = {"household": True, "student": True, "deny": False}
THINKS = 2.0
#: Seconds that a request is good for, and characters that a phone shows.
LIFE, LONGEST_MESSAGE = 300, 20


class Backchannel:
    """Takes requests of clients that prove themselves, about customers that the bank knows (§7)."""

    def __init__(self, validator: Any, polled: Polled, faults: Faults, hints: Hints) -> None:
        self._validator, self._polled, self._faults = validator, polled, faults
        self._hints = hints

    def respond(
        self, uri: str, _method: str, body: str, headers: Mapping[str, str]
    ) -> tuple[dict[str, str], str, int]:
        """Answer as oauthlib's endpoints do."""
        request: Any = Asked(uri, "POST", body, headers)
        request.grant_type = GRANT
        try:
            prove(self._validator, request)
            if request.client.is_public:
                raise InvalidClientError
            given = self._asked(request.client, dict(request.decoded_body))
        except OAuth2Error as error:
            return {**HEADERS, **error.headers}, error.json, error.status_code
        return dict(HEADERS), json.dumps(given), 200

    def _asked(self, client: Client, fields: Mapping[str, str]) -> dict[str, Any]:
        if "openid" not in fields.get("scope", "").split():
            raise InvalidScopeError("A backchannel request needs openid.")
        scopes = scopes_of(fields, ("openid", *SCOPES))
        customer = self._hints.customer(fields, client)
        _check_message(fields.get("binding_message"))
        now = self._polled.now()
        pending = Pending(
            client.client_id,
            scopes,
            now + LIFE,
            customer=customer,
            allowed=ANSWERS[customer] and not self._faults.take("denied"),
            decided_at=now + THINKS,
        )
        given = {
            "auth_req_id": self._polled.add(pending),
            "expires_in": LIFE,
            "interval": INTERVAL,
        }
        if self._faults.take("no-interval"):
            del given["interval"]
        return given


def _check_message(message: str | None) -> None:
    if message is None:
        return
    if not 0 < len(message) <= LONGEST_MESSAGE or not (message.isascii() and message.isprintable()):
        raise CustomOAuth2Error("invalid_binding_message", status_code=400)
