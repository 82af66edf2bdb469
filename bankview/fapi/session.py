"""FAPISession: what Open Energy's scripts know under this name, with its faults mended."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from requests.auth import AuthBase

from bankview.errors import UnsafeRequestError
from bankview.fapi.configuration import ENDPOINTS, OpenIDConfiguration, fetch
from bankview.fapi.transport import name_interaction, new_session
from bankview.oauth.authentication import NoHeader
from bankview.oauth.client import OAuthClient
from bankview.oauth.grants import TokenAuth
from bankview.oauth.registration import Client
from bankview.oauth.server import Server
from bankview.oauth.token import NONE_YET
from bankview.web import tls_context

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

    from requests import PreparedRequest

    from bankview.oauth.token import Token

LOG = logging.getLogger(__name__)


class FAPISession(AuthBase):
    """A session with services that want a client certificate and a token bound to it, such as Open Energy's.

    `session` is a requests session with certificate and token, `plain_session` one with the certificate alone; the
    object itself may stand as `auth=` of other requests. A token is asked for on first use, again 30 s before its
    end, and once more where a service answers 401. It goes to where a request was meant for, over TLS alone: redirects
    to other origins are answers, and are not followed. Safe to use from several threads.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - scripts were written for these
        self,
        client_id: str,
        issuer_url: str,
        requested_scopes: str,
        private_key: str | Path,
        certificate: str | Path,
        retries: int = 3,
        auth_method: Callable[[OAuthClient], Token] | None = None,
        openid_configuration: OpenIDConfiguration | Mapping[str, Any] | None = None,
        *,
        ca: str | Path | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Load the certificate and find the server's endpoints.

        Args:
            client_id: as the directory registered it.
            issuer_url: the authorization server; its metadata lies behind this address.
            requested_scopes: what to ask for, separated by spaces; may be empty.
            private_key: the PEM file of the certificate's key.
            certificate: the PEM file of our certificate.
            retries: how often a HEAD, GET or OPTIONS is tried again after 429, 502, 503 or 504; 0 is never.
            auth_method: gets a token in another way than in the client's own name.
            openid_configuration: the server's metadata where it is known; then nothing is fetched.
            ca: a PEM file to trust besides the system's roots; $REQUESTS_CA_BUNDLE where None.
            now: the time, in UTC.

        Raises:
            OSError: a file cannot be read or is no certificate or key.
            MetadataError, BankUnavailableError, OfflineError: the metadata cannot be had or read.
        """
        ca = ca or os.environ.get("REQUESTS_CA_BUNDLE")
        context = tls_context(
            ca=Path(ca) if ca else None, certificate=Path(certificate), key=Path(private_key)
        )
        self.client_id, self.requested_scopes = client_id, requested_scopes
        self.openid_configuration = self._configuration(issuer_url, openid_configuration, context)
        self._oauth = self._client(context, now)
        get = auth_method or OAuthClient.client_credentials
        self._auth = TokenAuth(
            NONE_YET,
            lambda _: get(self._oauth),
            now=self._oauth.clock,
            anew=True,
            finish=name_interaction,
        )
        self._introspected: tuple[Token, dict[str, Any]] | None = None
        pair = (str(certificate), str(private_key))
        self.session = new_session(context, pair, retries, self)
        self.plain_session = new_session(context, pair, retries, NoHeader())

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Put the token and a new interaction id on a request.

        Raises:
            UnsafeRequestError: it would not go over TLS.
            ServerError, BankError: no token can be had.
        """
        if urlsplit(request.url or "").scheme != "https":
            raise UnsafeRequestError("a token goes over https alone")
        return self._auth(request)

    @property
    def access_token(self) -> str:
        """The token that the next request carries, asked for where there is none."""
        return self._auth.current().access_token.reveal()

    def clear_token(self) -> None:
        """Forget the token; the next request asks for another one."""
        self._auth.token, self._introspected = NONE_YET, None

    @property
    def introspection_response(self) -> dict[str, Any]:
        """What the server says of the token, asked for once with each token (RFC 7662)."""
        token = self._auth.current()
        if self._introspected is None or self._introspected[0] is not token:
            self._introspected = token, self._oauth.introspect(token)
        return self._introspected[1]

    def _configuration(
        self,
        issuer: str,
        given: OpenIDConfiguration | Mapping[str, Any] | None,
        context: ssl.SSLContext,
    ) -> OpenIDConfiguration:
        if isinstance(given, OpenIDConfiguration):
            return given
        found = OpenIDConfiguration.read(fetch(issuer, context) if given is None else given)
        if given is None and found.issuer.rstrip("/") != issuer.rstrip("/"):
            LOG.warning("the metadata of %s names another issuer, %s", issuer, found.issuer)
        supported, asked = found.scopes_supported, (self.requested_scopes or "").split()
        missing = [scope for scope in asked if scope not in supported]
        if supported and missing:
            LOG.warning("the server does not support the scope %s", " ".join(missing))
        return found

    def _client(self, context: ssl.SSLContext, now: Callable[[], datetime]) -> OAuthClient:
        endpoints = {name: getattr(self.openid_configuration, name) for name in ENDPOINTS}
        server = Server(issuer=self.openid_configuration.issuer, **endpoints)
        client = Client(
            client_id=self.client_id,
            authentication="tls_client_auth",
            grant="client_credentials",
            scope=self.requested_scopes or "",
        )
        return OAuthClient(server, client, context=context, now=now)
