"""The authorization server as STET's banks run it: by certificate, without issuer, on oauthlib's (RFC 6749, 7009, 8705)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oauthlib.oauth2 import ClientCredentialsGrant
from oauthlib.oauth2.rfc6749.errors import InvalidRequestError

from bankview.sandbox.authorization import AuthorizationServer
from bankview.sandbox.stet_validator import ACCESS_LIFE, ADDED, StetValidator

if TYPE_CHECKING:
    from bankview.sandbox.addresses import Addresses
    from bankview.sandbox.clients import Clients
    from bankview.sandbox.faults import Faults
    from bankview.sandbox.grants import Grants

OAUTH = "/stet/psd2/oauth"


class StetAuthorization(AuthorizationServer):
    """The token and revocation endpoints below `OAUTH`, and what the pages need."""

    rules = StetValidator

    def __init__(
        self, addresses: Addresses, clients: Clients, grants: Grants, faults: Faults
    ) -> None:
        super().__init__(addresses, clients, grants, faults, ACCESS_LIFE)
        # The library's type stubs do not know its hooks.
        server: Any = self._server
        code_grant = server.auth_grant
        code_grant.custom_validators.pre_token.append(_check_code_request)
        itself = ClientCredentialsGrant(code_grant.request_validator)
        server.grant_types["client_credentials"] = itself

    def with_issuer(self, location: str) -> str:
        """Return an answer as it stands: STET's banks do not say who they are."""
        return location

    def _as_the_bank_says(
        self, token: dict[str, Any], _handler: object, request: Any
    ) -> dict[str, Any]:
        """Name one scope more than was asked for, and give the same refresh token back."""
        known = vars(request)
        if "redeemed" in known:
            scopes = known["redeemed"].scopes
        else:
            scopes = tuple(name for name in request.scopes if name != ADDED)
            token["refresh_token"] = request.refresh_token
        token["scope"] = " ".join((*scopes, ADDED))
        return token


def _check_code_request(request: Any) -> None:
    if request.scope is not None:
        raise InvalidRequestError("A code's scope is already settled.", request=request)
