"""The device grant's server side: codes, and the page where a person enters them (RFC 8628)."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

from oauthlib.common import Request as Asked
from oauthlib.oauth2.rfc6749.errors import OAuth2Error

from bankview.sandbox.other_grants import HEADERS, prove, scopes_of
from bankview.sandbox.polled import INTERVAL, Pending
from bankview.sandbox.validator import INSTITUTIONS
from bankview.sandbox.wanted import RefusedError, Wanted
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bankview.sandbox.addresses import Addresses
    from bankview.sandbox.answering import Answering
    from bankview.sandbox.faults import Faults
    from bankview.sandbox.messages import Answer, Request
    from bankview.sandbox.pages import Pages
    from bankview.sandbox.polled import Polled

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
#: The endpoint, and the pages: where the code is entered, checked, and where it ends.
ENDPOINT, PAGE, CHECK, DONE = "/oauth/device", "/device", "/device/check", "/device/done"
#: Seconds that a code is good for, and its letters (RFC 8628 §6.1: no vowels, so that no words arise).
LIFE, LETTERS = 600, "BCDFGHJKLMNPQRSTVWXZ"


class DeviceEndpoint:
    """Hands out codes (§3.1, §3.2)."""

    def __init__(
        self, validator: Any, polled: Polled, addresses: Addresses, faults: Faults
    ) -> None:
        self._validator, self._polled = validator, polled
        self._addresses, self._faults = addresses, faults

    def respond(
        self, uri: str, _method: str, body: str, headers: Mapping[str, str]
    ) -> tuple[dict[str, str], str, int]:
        """Answer as oauthlib's endpoints do."""
        request: Any = Asked(uri, "POST", body, headers)
        request.grant_type = GRANT
        try:
            prove(self._validator, request)
            scopes = scopes_of(dict(request.decoded_body))
        except OAuth2Error as error:
            return {**HEADERS, **error.headers}, error.json, error.status_code
        return dict(HEADERS), json.dumps(self._given(request.client.client_id, scopes)), 200

    def _given(self, client_id: str, scopes: tuple[str, ...]) -> dict[str, Any]:
        letters = [secrets.choice(LETTERS) for _ in range(8)]
        code = f"{''.join(letters[:4])}-{''.join(letters[4:])}"
        ends = self._polled.now() + LIFE
        handle = self._polled.add(Pending(client_id, scopes, ends, code))
        page = f"{self._addresses.pages}{PAGE}"
        if self._faults.take("device-http-address"):
            page = "http://fjordbanken.example/device"
        given = {
            "device_code": handle,
            "user_code": code,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?{urlencode({'user_code': code})}",
            "expires_in": LIFE,
            "interval": INTERVAL,
        }
        if self._faults.take("no-interval"):
            del given["interval"]
        return given


class DeviceDoor:
    """The way from a code to its approval; login and consent in between are `sign_in`'s."""

    answering: Answering | None = None

    def __init__(self, polled: Polled, pages: Pages, faults: Faults) -> None:
        self._polled, self._pages, self.faults = polled, pages, faults

    def wanted(self, query: str) -> Wanted:
        """Return what the client behind a code wants.

        Raises:
            RefusedError: there is no such code, or it has ended.
        """
        code = parse_qs(query).get("user_code", [""])[0]
        pending = self._polled.by_code(code)
        if pending is None:
            reason = tr("No app waits for this code. Look at it again, or start again in the app.")
            raise RefusedError("", reason)
        return Wanted(pending.user_code, "", pending.scopes, INSTITUTIONS[0], "")

    def allow(self, wanted: Wanted, customer: str) -> str:
        """Remember the approval, and return the last page."""
        self._polled.decide(wanted.uri, customer, allowed=True)
        return DONE

    def decline(self, wanted: Wanted) -> str:
        """Remember the refusal, and return the last page."""
        self._polled.decide(wanted.uri, "", allowed=False)
        return DONE

    def enter(self, request: Request) -> Answer:
        """Return the page where the code is entered; one that the address brings is to be compared (§3.3.1)."""
        return self._pages.device(CHECK, dict(request.arguments).get("user_code", ""))

    def done(self, _: Request) -> Answer:
        """Return the last page."""
        return self._pages.device_done()
