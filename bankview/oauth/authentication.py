"""How a client proves itself to an endpoint (RFC 6749 §2.3, RFC 7523, RFC 8705 §2): one method per request."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from requests.auth import AuthBase

from bankview.errors import UsageError
from bankview.log import REDACTION
from bankview.oauth import assertion

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from requests import PreparedRequest

    from bankview.domain.secret import Secret

#: What `client_authentication` in a profile may say.
METHODS = (
    "none",
    "client_secret_post",
    "client_secret_basic",
    "client_secret_jwt",
    "private_key_jwt",
    "tls_client_auth",
    "self_signed_tls_client_auth",
)
#: Those that are the connection's business: its certificate proves the client, whose id goes into the body.
BY_CERTIFICATE = frozenset({"tls_client_auth", "self_signed_tls_client_auth"})


class FormBasicAuth(AuthBase):
    """HTTP Basic with both halves form-url-encoded first, as RFC 6749 §2.3.1 wants it and requests does not do it."""

    def __init__(self, client_id: str, secret: Secret) -> None:
        pair = f"{quote_plus(client_id)}:{quote_plus(secret.reveal())}"
        self._header = base64.b64encode(pair.encode("ascii")).decode("ascii")
        REDACTION.hide(self._header)

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Put the header on a request."""
        request.headers["Authorization"] = f"Basic {self._header}"
        return request


class NoHeader(AuthBase):
    """Leaves a request as it is; given nothing, requests-oauthlib would add a Basic header of its own."""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Do nothing."""
        return request


class ThenFinish(AuthBase):
    """Lets `finish` complete a request as the last thing, after what proves the client."""

    def __init__(self, auth: AuthBase, finish: Callable[[PreparedRequest], None]) -> None:
        self._auth, self._finish = auth, finish

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Prove the client on a request, and complete it."""
        proved: PreparedRequest = self._auth(request)
        self._finish(proved)
        return proved


@dataclass(frozen=True, slots=True)
class Proof:
    """What one request carries to prove the client: fields of the body, or a header; never both, and never twice."""

    fields: Mapping[str, str] = field(repr=False)
    auth: AuthBase


def prove(method: str, client_id: str, secret: Secret, signed: str = "") -> Proof:
    """Return what a client sends with one request to one of the server's endpoints.

    A public client sends its id in the body and no header (RFC 6749 §3.2.1): some servers take an empty Basic header
    for a wrong secret. So does one that its certificate proves (RFC 8705 §2), and never a secret.

    Args:
        method: one of `METHODS`.
        client_id: as registered at the bank.
        secret: the client secret, where there is one.
        signed: an assertion made for this request alone, where the method is one of `assertion.METHODS`.

    Raises:
        UsageError: a method that is not known.
    """
    REDACTION.hide(secret.reveal(), quote_plus(secret.reveal()))
    if method == "none" or method in BY_CERTIFICATE:
        return Proof({"client_id": client_id}, NoHeader())
    if method == "client_secret_post":
        fields = {"client_id": client_id, "client_secret": secret.reveal()}
        return Proof(fields, NoHeader())
    if method == "client_secret_basic":
        return Proof({}, FormBasicAuth(client_id, secret))
    if method in assertion.METHODS:
        fields = {"client_id": client_id, "client_assertion_type": assertion.TYPE}
        return Proof({**fields, "client_assertion": signed}, NoHeader())
    raise UsageError(f"client_authentication {method!r} is not known; write one of {METHODS}")
