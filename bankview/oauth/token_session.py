"""The one place where requests-oauthlib lives, kept to carrying requests."""

from __future__ import annotations

import io
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import requests
from oauthlib.oauth2 import BackendApplicationClient, DeviceClient
from requests_oauthlib import OAuth2Session

from bankview.web import Reply, Sender

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping, Sequence


#: What oauthlib is given to read instead of the reply: it trusts a server's `expires_at`, raises on narrowed scopes,
#: ignores the status and logs what it reads. `read_token` reads the real one.
_STAND_IN = b'{"access_token": "kept elsewhere", "token_type": "Bearer"}'


class TokenSession(OAuth2Session):  # type: ignore[misc]
    """requests-oauthlib's session with each of its requests sent within our limits, and never redirected.

    `reply` is the last answer. No token is ever kept here, nothing renews itself, and oauthlib's own refusal of plain
    http is answered by `server.check_url`, which lets it through on loopback alone.
    """

    _client: Any

    def __init__(self, client_id: str, context: ssl.SSLContext | None) -> None:
        super().__init__(client_id)
        self.sender = Sender(self, context)
        self.reply = Reply(0, "", MappingProxyType({}), b"")
        self._endpoint = ""
        #: Fields that a token request repeats; the library keeps one of each.
        self.repeated: Mapping[str, Sequence[str]] = {}

    def request(
        self, method: str, url: str, *, stream: bool = False, **options: Any
    ) -> requests.Response:
        """Send one request: the library's call goes to the sender, and the sender's call, which streams, to requests."""
        if stream:
            return requests.Session.request(self, method, url, stream=True, **options)
        kept = {name: options.get(name) for name in ("data", "headers", "auth")}
        if self.repeated:
            kept["data"] = {**(kept["data"] or {}), **self.repeated}
        self.reply = self.sender.send(method, self._endpoint, **kept)
        response = requests.Response()
        response.status_code, response.url = 200, url
        response.raw = io.BytesIO(_STAND_IN)
        response.request = requests.Request(method, url).prepare()
        return response

    def fetch_own_token(self, address: str, **options: Any) -> None:
        """Ask for a token in the client's own name (RFC 6749 §4.4); nobody signs in for it."""
        self._fetch_as(BackendApplicationClient(self.client_id), address, **options)

    def fetch_device_token(self, address: str, **options: Any) -> None:
        """Ask whether the person has approved the device's code (RFC 8628 §3.4)."""
        self._fetch_as(DeviceClient(self.client_id), address, **options)

    def _fetch_as(self, client: Any, address: str, **options: Any) -> None:
        signing_in, self._client = self._client, client
        try:
            self.fetch_token(address, **options)
        finally:
            self._client = signing_in

    def exchange(self, endpoint: str, send: Callable[[str], object]) -> Reply:
        """Return the endpoint's answer to what `send` asks of the session.

        `send` is given an https address to show to the library; what is sent goes to `endpoint`.
        """
        self._endpoint = endpoint
        try:
            send("https://" + endpoint.partition("://")[2])
            return self.reply
        finally:
            self.repeated = {}
            self.token.clear()
            self.cookies.clear()
            # Exchanges are minutes apart: a connection kept open may be dead by then, and a code or a rotating refresh
            # token that was sent into it cannot be sent again.
            self.close()
