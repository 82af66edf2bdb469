"""What oauthlib's server asks us: who a client is, and what codes and tokens are worth (RFC 6749, RFC 7636)."""

# oauthlib asks with more than each answer needs.
# ruff: noqa: ARG002

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from oauthlib.oauth2 import RequestValidator
from oauthlib.oauth2.rfc6749.errors import AccessDeniedError, InvalidGrantError

from bankview.sandbox.binding import peer_of
from bankview.sandbox.claim import read_claim
from bankview.sandbox.grants import CODE_LIFE, GRACE, Code, Grant, about, digest
from bankview.sandbox.rich import asked_details, asked_resources

if TYPE_CHECKING:
    from bankview.sandbox.clients import Clients
    from bankview.sandbox.faults import Faults
    from bankview.sandbox.grants import Grants

#: What may be granted. A viewer that asks for more, `transfer` say, is sent home.
SCOPES = ("accounts", "transactions")
#: What is granted to who asks for it by name alone.
EXTRA_SCOPES = ("openid",)
#: The banks that a person may be sent to by name, as SpareBank 1 names its own.
INSTITUTIONS = ("fid-fjordbanken", "fid-smn", "fid-sor-norge", "fid-ostlandet", "fid-nord-norge")


class _ClientRules(RequestValidator):
    """Answers what concerns a client and its wishes."""

    def __init__(self, clients: Clients) -> None:
        super().__init__()
        self._clients = clients

    def validate_client_id(self, client_id: str, request: Any, *_: Any, **__: Any) -> bool:
        """Find the client that a person was sent by."""
        request.client = self._clients.get(client_id)
        return request.client is not None

    def validate_redirect_uri(
        self, client_id: str, redirect_uri: str, request: Any, *_: Any, **__: Any
    ) -> bool:
        """Take registered addresses alone."""
        client = self._clients.get(client_id)
        return client is not None and client.allows(redirect_uri)

    def get_default_redirect_uri(self, client_id: str, request: Any, *_: Any, **__: Any) -> str:
        """Have none: every client must say where it listens."""
        return ""

    def validate_response_type(
        self, client_id: str, response_type: str, client: Any, request: Any, *_: Any, **__: Any
    ) -> bool:
        """Take `code` and no mixture that begins so."""
        return response_type == "code"

    def get_default_scopes(self, *_: Any, **__: Any) -> list[str]:
        """Grant everything that a viewer reads where nothing is asked for."""
        return list(SCOPES)

    def validate_scopes(
        self, client_id: str, scopes: list[str], client: Any, request: Any, *_: Any, **__: Any
    ) -> bool:
        """Refuse what was never granted to the client, in the bank's way (not `invalid_scope`)."""
        if not set(scopes) <= {*SCOPES, *EXTRA_SCOPES}:
            raise AccessDeniedError(request=request)
        return True

    def is_pkce_required(self, client_id: str, request: Any) -> bool:
        """Insist on PKCE."""
        return True

    def client_authentication_required(self, request: Any, *_: Any, **__: Any) -> bool:
        """Let `authenticate_client` judge every request, those of public clients too."""
        return True

    def authenticate_client(self, request: Any, *_: Any, **__: Any) -> bool:
        """Take the one method that the client registered, and nothing beside it."""
        fields = dict(request.decoded_body or [])
        authorization = request.headers.get("Authorization", "")
        endpoint = request.uri.partition("?")[0]
        claim = read_claim(fields, authorization, peer_of(request), endpoint)
        request.client = self._clients.prove(claim)
        return request.client is not None

    def authenticate_client_id(self, client_id: str, request: Any, *_: Any, **__: Any) -> bool:
        """Never reached: `authenticate_client` judges public clients too."""
        return False

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: Any, request: Any, *_: Any, **__: Any
    ) -> bool:
        """Take the grants that the client registered."""
        return grant_type in client.grant_types


class Validator(_ClientRules):
    """Answers what concerns codes, tokens and the grants behind them too."""

    def __init__(self, clients: Clients, grants: Grants, faults: Faults) -> None:
        super().__init__(clients)
        self._grants, self._faults = grants, faults

    def save_authorization_code(
        self, client_id: str, code: Any, request: Any, *_: Any, **__: Any
    ) -> None:
        """Bind a code to everything that its redemption has to repeat."""
        bound = Code(
            client_id,
            request.user,
            tuple(request.scopes),
            request.redirect_uri,
            request.code_challenge,
            vars(request)["institution"],
            self._grants.now() + CODE_LIFE,
            nonce=request.nonce or "",
            jkt=request._params.get("dpop_jkt") or "",  # noqa: SLF001 - oauthlib has no other way to the rest
            details=asked_details(request),
            resources=asked_resources(request),
        )
        self._grants.keep_code(code["code"], bound)

    def validate_code(
        self, client_id: str, code: str, client: Any, request: Any, *_: Any, **__: Any
    ) -> bool:
        """Use the code up, whatever comes after; a second use ends what the first one began (RFC 6749 §4.1.2)."""
        bound = self._grants.code(code)
        if bound is None or bound.client_id != client.client_id:
            return False
        if bound.spent:
            self._grants.end(bound.grant_id)
            return False
        self._grants.spend_code(code)
        request.user, request.scopes, request.redeemed = bound.customer, list(bound.scopes), bound
        return bound.ends > self._grants.now()

    def get_code_challenge(self, code: str, request: Any) -> str:
        """Return the challenge that came with the authorization request."""
        bound: Code = vars(request)["redeemed"]
        return bound.challenge

    def get_code_challenge_method(self, code: str, request: Any) -> str:
        """Return the one method there is."""
        return "S256"

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: Any, request: Any, *_: Any, **__: Any
    ) -> bool:  # fmt: skip
        """Insist on the very address that the code went to, and name the error as RFC 6749 §5.2 does."""
        if redirect_uri != vars(request)["redeemed"].redirect_uri:
            raise InvalidGrantError(request=request)
        return True

    def invalidate_authorization_code(
        self, client_id: str, code: str, request: Any, *_: Any, **__: Any
    ) -> None:
        """Do nothing: `validate_code` has."""

    def validate_refresh_token(
        self, refresh_token: str, client: Any, request: Any, *_: Any, **__: Any
    ) -> bool:
        """Take the newest refresh token of a grant; one that was used before ends the grant (RFC 9700 §4.14.2)."""
        grant = self._grants.of_refresh(refresh_token)
        if grant is None or grant.client_id != client.client_id:
            return False
        now = self._grants.now()
        used_at = grant.spent.get(digest(refresh_token))
        graceful = self._faults.take("rotate-grace") and not self._faults.take("rotate-strict")
        if used_at is not None and not (graceful and now - used_at <= GRACE):
            self._grants.end(grant.grant_id)
            return False
        request.user, request.grant = grant.customer, grant
        return now < min(grant.refresh_ends, grant.ends)

    def get_original_scopes(
        self, refresh_token: str, request: Any, *_: Any, **__: Any
    ) -> list[str]:
        """Return what was granted."""
        grant: Grant = vars(request)["grant"]
        return list(grant.scopes)

    def save_bearer_token(self, token: Any, request: Any, *_: Any, **__: Any) -> None:
        """Keep a new pair of tokens, for a new grant or the old one."""
        # oauthlib's request gives what a client sent as attributes too; `vars` holds what was set here alone.
        bound: Code | None = vars(request).get("redeemed")
        grant = vars(request)["grant"] if bound is None else self._grants.begin(bound)
        grant = replace(grant, cnf=vars(request).get("cnf", {}))
        if bound is not None:
            self._grants.spend_code(request.code, grant.grant_id)
        self._grants.issue(
            grant, token["access_token"], token["expires_in"], token.get("refresh_token", "")
        )
        request.grant = grant

    def revoke_token(
        self, token: str, token_type_hint: str, request: Any, *_: Any, **__: Any
    ) -> None:
        """End an access token alone, or a refresh token with its grant (RFC 7009 §2.1).

        Another client's token is left alone.
        """
        grant = self._grants.of_any(token)
        if grant is None or grant.client_id != request.client.client_id:
            return
        if digest(token) in grant.access:
            self._grants.end_access(grant.grant_id, token)
        else:
            self._grants.end(grant.grant_id)

    def introspect_token(
        self, token: str, token_type_hint: str, request: Any, *_: Any, **__: Any
    ) -> dict[str, Any] | None:
        """Tell a client of its own tokens alone (RFC 7662 §2.2, §4)."""
        grant = self._grants.of_any(token)
        if grant is None or grant.client_id != request.client.client_id:
            return None
        issuer = request.uri.partition("/oauth/")[0]
        return about(grant, token, issuer, self._grants.now())

    def validate_bearer_token(self, token: str | None, scopes: Any, request: Any) -> bool:
        """Find the grant of an access token."""
        request.grant = self._grants.of_access(token) if token else None
        return request.grant is not None
