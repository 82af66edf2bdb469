"""The assertion grant's server side: a JWT that a client signed about a customer, each taken once (RFC 7523 §2.1, §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import import_key
from oauthlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidRequestError

from bankview.sandbox.other_grants import OtherGrant, scopes_of
from bankview.sandbox.validator import INSTITUTIONS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from oauthlib.oauth2 import RequestValidator

    from bankview.sandbox.clients import Clients
    from bankview.sandbox.grants import Grant, Grants

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ALGORITHMS = ["ES256", "PS256", "EdDSA", "Ed25519"]
#: Seconds that an assertion may live, and that clocks may differ.
LONGEST_LIFE, SKEW = 300, 30


class AssertionGrant(OtherGrant):
    """Believes what a client signed with its registered key."""

    def __init__(
        self,
        validator: RequestValidator,
        grants: Grants,
        clients: Clients,
        audiences: tuple[str, ...],
        customers: Collection[str],
    ) -> None:
        super().__init__(validator, grants)
        self._clients, self._audiences, self._customers = clients, audiences, customers
        self._seen: dict[str, float] = {}

    def redeem(self, client_id: str, fields: Mapping[str, str]) -> Grant:
        """Return the grant of the customer whom the assertion names."""
        if not fields.get("assertion"):
            raise InvalidRequestError("assertion is missing.")
        claims = self._read(client_id, fields["assertion"])
        problem = self._problem(client_id, claims)
        if problem:
            raise InvalidGrantError(problem)
        self._seen[claims["jti"]] = claims["exp"]
        scopes = scopes_of(fields)
        return self._grants.standing(client_id, claims["sub"], scopes, INSTITUTIONS[0])

    def _read(self, client_id: str, text: str) -> dict[str, Any]:
        client = self._clients.get(client_id)
        for jwk in client.keys if client else ():
            try:
                token = jwt.decode(text, import_key(dict(jwk)), algorithms=ALGORITHMS)
            except (JoseError, ValueError, TypeError):
                continue
            if token.header.get("typ", "JWT") == "JWT" and isinstance(token.claims, dict):
                return token.claims
        raise InvalidGrantError("The signature is none of this client's.")

    def _problem(self, client_id: str, claims: Mapping[str, Any]) -> str:
        now = self._grants.now()
        self._seen = {jti: ends for jti, ends in self._seen.items() if ends > now - SKEW}
        jti = claims.get("jti")
        wrong = {
            "iss is not the client.": claims.get("iss") != client_id,
            "sub is no customer.": claims.get("sub") not in self._customers,
            "aud is not this server.": claims.get("aud") not in self._audiences,
            "exp is over, or too far away.": not _lies(
                claims.get("exp"), now - SKEW, now + LONGEST_LIFE + SKEW
            ),
            "iat is in the future.": not _lies(claims.get("iat", now), 0, now + SKEW),
            "jti is missing, or came before.": (
                not isinstance(jti, str) or not jti or jti in self._seen
            ),
        }
        return next((problem for problem, holds in wrong.items() if holds), "")


def _lies(value: Any, after: float, until: float) -> bool:
    """Tell whether a value is an instant in epoch seconds after one and until another."""
    is_time = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_time and after < value <= until
