"""The token endpoint's other grants, on oauthlib's hooks: who asks, for what, and on whose behalf."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from oauthlib.oauth2.rfc6749.errors import (
    InvalidClientError,
    InvalidGrantError,
    InvalidRequestError,
    InvalidScopeError,
    OAuth2Error,
    UnauthorizedClientError,
)

from bankview.sandbox.validator import INSTITUTIONS, SCOPES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from oauthlib.oauth2 import RequestValidator

    from bankview.sandbox.grants import Grant, Grants
    from bankview.sandbox.polled import Polled

HEADERS = {"Content-Type": "application/json", "Cache-Control": "no-store", "Pragma": "no-cache"}
PASSBOOK = "urn:fjordbanken:params:oauth:grant-type:passbook"
#: What the bank printed into each customer's passbook.
PASSBOOKS = {"4711-0001": "household", "4711-0002": "student"}
#: Whose accounts a client sees that asks in its own name.
OWNER = "household"


class OtherGrant:
    """One grant: `redeem` returns what a proven client's fields are worth, or raises one of oauthlib's errors."""

    #: Whether a refresh token comes along.
    refreshes = False

    def __init__(self, validator: RequestValidator, grants: Grants) -> None:
        self._validator, self._grants = validator, grants

    def redeem(self, client_id: str, fields: Mapping[str, str]) -> Grant:
        """Return the grant that a new token is for."""
        raise NotImplementedError

    def complete(self, token: dict[str, Any], request: Any) -> None:  # noqa: ARG002 - others look at it
        """Add what stands in the reply besides the standard's members."""
        token.update(self.members())

    def members(self) -> Mapping[str, str]:
        """Return what stands in the reply besides the standard's members."""
        return {}

    def create_token_response(self, request: Any, handler: Any) -> tuple[dict[str, str], str, int]:
        """Answer as oauthlib's own grants do."""
        try:
            prove(self._validator, request)
            fields = dict(request.decoded_body)
            request.grant = self.redeem(request.client.client_id, fields)
        except OAuth2Error as error:
            return {**HEADERS, **error.headers}, error.json, error.status_code
        request.scopes = list(request.grant.scopes)
        token = handler.create_token(request, refresh_token=self.refreshes)
        self.complete(token, request)
        self._validator.save_token(token, request)
        return dict(HEADERS), json.dumps(token), 200


def prove(validator: Any, request: Any) -> None:
    """Insist on a client that proves itself and may use this grant.

    Raises:
        OAuth2Error: it does not, or may not.
    """
    if request.duplicate_params:
        raise InvalidRequestError("A parameter comes twice.", request=request)
    if not validator.authenticate_client(request):
        raise InvalidClientError(request=request)
    client = request.client
    request.client_id = client.client_id
    if not validator.validate_grant_type(client.client_id, request.grant_type, client, request):
        raise UnauthorizedClientError(request=request)


def scopes_of(fields: Mapping[str, str], most: tuple[str, ...] = SCOPES) -> tuple[str, ...]:
    """Return the scopes that are asked for, everything where none is.

    Raises:
        InvalidScopeError: more than may be granted.
    """
    asked = tuple(fields.get("scope", "").split()) or most
    if not {*asked} <= {*most}:
        raise InvalidScopeError
    return asked


class PolledGrant(OtherGrant):
    """A device's code or a backchannel request, redeemed by the secret in `field` (RFC 8628 §3.4, CIBA Core §10.1).

    `sign_in` adds an ID token to the reply where openid was granted (CIBA Core §10.1.1).
    """

    refreshes = True

    def __init__(
        self,
        validator: RequestValidator,
        grants: Grants,
        polled: Polled,
        field: str,
        sign_in: Callable[[dict[str, Any], Any], None],
    ) -> None:
        super().__init__(validator, grants)
        self._polled, self._field, self._sign_in = polled, field, sign_in

    def complete(self, token: dict[str, Any], request: Any) -> None:
        """Add who signed in."""
        self._sign_in(token, request)

    def redeem(self, client_id: str, fields: Mapping[str, str]) -> Grant:
        """Return the grant that the person gave."""
        handle = fields.get(self._field)
        if not handle:
            raise InvalidRequestError(f"{self._field} is missing.")
        pending = self._polled.redeem(handle, client_id)
        return self._grants.fresh(client_id, pending.customer, pending.scopes, INSTITUTIONS[0])


class Credentials(OtherGrant):
    """A client in its own name (RFC 6749 §4.4): it sees the household's accounts."""

    def redeem(self, client_id: str, fields: Mapping[str, str]) -> Grant:
        """Return the client's one grant."""
        return self._grants.standing(client_id, OWNER, scopes_of(fields), INSTITUTIONS[0])


class Passbook(OtherGrant):
    """A grant of the bank's own (RFC 6749 §4.5): whoever knows a passbook's number may read its accounts."""

    def redeem(self, client_id: str, fields: Mapping[str, str]) -> Grant:
        """Return the grant of the passbook's owner."""
        if not fields.get("passbook"):
            raise InvalidRequestError("passbook is missing.")
        customer = PASSBOOKS.get(fields["passbook"])
        if customer is None:
            raise InvalidGrantError
        return self._grants.standing(client_id, customer, scopes_of(fields), INSTITUTIONS[0])
