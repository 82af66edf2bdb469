"""What STET's authorization server asks of third parties: their certificate, its roles, and scopes (RFC 8705 §2.1)."""

# oauthlib asks with more than each answer needs.
# ruff: noqa: ARG002

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from oauthlib.oauth2.rfc6749.errors import InvalidGrantError, UnauthorizedClientError

from bankview.sandbox.binding import peer_of
from bankview.sandbox.grants import Code, Grant
from bankview.sandbox.stet_certificates import NOBODY, read_party
from bankview.sandbox.validator import Validator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bankview.sandbox.clients import Client

METHOD = "tls_client_auth"
#: The role that a scope needs, and the scope that only lengthens the history of the sign-in at hand.
ROLES = {"aisp": "PSP_AI", "cbpii": "PSP_IC"}
EXTENDED = "extended_transaction_history"
#: What the bank adds to the scope that it names.
ADDED = "offline_access"
#: Seconds that an access token and, from sign-in on, a refresh token are good for.
ACCESS_LIFE, REFRESH_LIFE = 300, 180 * 86_400


class StetValidator(Validator):
    """Answers for clients that prove themselves by their certificate, and whose refresh token stays the same."""

    def validate_client_id(self, client_id: str, request: Any, *_: Any, **__: Any) -> bool:
        """Take third parties that registered a certificate."""
        request.client = self._third_party(client_id)
        return request.client is not None

    def get_default_scopes(self, *_: Any, **__: Any) -> list[str]:
        """Have none: a client must say what it wants."""
        return []

    def validate_scopes(
        self, client_id: str, scopes: list[str], client: Any, request: Any, *_: Any, **__: Any
    ) -> bool:
        """Take one role at a time; a client by itself has no customer, and confirms funds alone."""
        if request.grant_type == "client_credentials":
            self._must_play(request, scopes)
            return scopes == ["cbpii"]
        return set(scopes) in ({"aisp"}, {"aisp", EXTENDED}, {"cbpii"})

    def is_pkce_required(self, client_id: str, request: Any) -> bool:
        """Leave PKCE to the client."""
        return False

    def authenticate_client(self, request: Any, *_: Any, **__: Any) -> bool:
        """Take a client whose certificate names it, and no secret beside that."""
        fields = dict(request.decoded_body or [])
        client = self._third_party(fields.get("client_id", ""))
        peer = peer_of(request)
        request.party = read_party(peer) if peer else NOBODY
        if client is None or "client_secret" in fields or "Authorization" in request.headers:
            return False
        request.client = client
        return bool(request.party.organization == client.client_id)

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: Any, request: Any, *_: Any, **__: Any
    ) -> bool:
        """Take the three grants of STET."""
        return grant_type in {"authorization_code", "refresh_token", "client_credentials"}

    def validate_code(
        self, client_id: str, code: str, client: Any, request: Any, *_: Any, **__: Any
    ) -> bool:
        """Use the code up, and insist on the role that its scope needs."""
        sound = super().validate_code(client_id, code, client, request)
        if sound:
            self._must_play(request, request.scopes)
        return sound

    def get_code_challenge(self, code: str, request: Any) -> str:
        """Return the challenge where one came; a verifier without one is an attack (RFC 9700 §2.1.1)."""
        bound: Code = vars(request)["redeemed"]
        if not bound.challenge and request.code_verifier is not None:
            raise InvalidGrantError(request=request)
        return bound.challenge

    def validate_refresh_token(
        self, refresh_token: str, client: Any, request: Any, *_: Any, **__: Any
    ) -> bool:
        """Take a grant's one refresh token, as often as it comes, until a new sign-in is due."""
        grant = self._grants.of_refresh(refresh_token)
        if grant is None or grant.client_id != client.client_id:
            return False
        self._must_play(request, grant.scopes)
        request.user, request.grant = grant.customer, grant
        return self._grants.now() < grant.began + REFRESH_LIFE

    def get_original_scopes(
        self, refresh_token: str, request: Any, *_: Any, **__: Any
    ) -> list[str]:
        """Return what a refresh may ask for: the long history was for the first token alone."""
        grant: Grant = vars(request)["grant"]
        return [*_lasting(grant.scopes), ADDED]

    def save_bearer_token(self, token: Any, request: Any, *_: Any, **__: Any) -> None:
        """Keep the new token; it is the only one of this customer, this client and this role."""
        known = vars(request)
        bound: Code | None = known.get("redeemed")
        if bound is not None:
            grant = self._grants.begin(bound)
            self._grants.spend_code(request.code, grant.grant_id)
        elif "grant" in known:
            former: Grant = known["grant"]
            grant = replace(former, scopes=_lasting(former.scopes), refresh="", access={})
        else:
            itself = (request.client.client_id, "", tuple(request.scopes), "", "", "", 0.0)
            grant = self._grants.begin(Code(*itself))
        # Nobody is told the refresh token of a grant that has none: it must match nothing that can be sent.
        refresh = token.get("refresh_token") or secrets.token_urlsafe(32)
        self._grants.end_former(grant)
        self._grants.issue(grant, token["access_token"], token["expires_in"], refresh, REFRESH_LIFE)
        request.grant = grant

    def _third_party(self, client_id: str) -> Client | None:
        client = self._clients.get(client_id)
        return client if client and client.authentication == METHOD else None

    def _must_play(self, request: Any, scopes: Iterable[str]) -> None:
        """Insist that the certificate carries the role of each scope.

        Raises:
            UnauthorizedClientError: it does not.
        """
        missing = {ROLES[scope] for scope in scopes if scope in ROLES} - {*request.party.roles}
        if missing:
            raise UnauthorizedClientError(
                f"The certificate lacks {', '.join(sorted(missing))}.", request=request
            )


def _lasting(scopes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(scope for scope in scopes if scope != EXTENDED)
