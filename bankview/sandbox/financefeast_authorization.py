"""Financefeast's authorization server: one long token for a code, no renewal, and an ID token, on oauthlib's."""

# oauthlib asks with more than each answer needs.
# ruff: noqa: ARG002

from __future__ import annotations

import base64
import hashlib
import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from joserfc import jws
from joserfc.jwk import RSAKey
from oauthlib.oauth2.rfc6749.errors import InvalidGrantError

from bankview.sandbox.authorization import AuthorizationServer
from bankview.sandbox.messages import json_answer
from bankview.sandbox.validator import Validator

if TYPE_CHECKING:
    from bankview.sandbox.addresses import Addresses
    from bankview.sandbox.clients import Clients
    from bankview.sandbox.faults import Faults
    from bankview.sandbox.grants import Code, Grants
    from bankview.sandbox.messages import Answer

SCOPES = ("openid", "profile", "plan")
#: Seconds that an access token lasts, and an ID token.
ACCESS_LIFE, ID_LIFE = 864_000, 600


class FinancefeastRules(Validator):
    """Answers what is different here: other scopes, PKCE for who wants it, one grant, and a nonce to keep."""

    def __init__(self, clients: Clients, grants: Grants, faults: Faults) -> None:
        super().__init__(clients, grants, faults)
        self._nonces: dict[str, str] = {}

    def get_default_scopes(self, *_: Any, **__: Any) -> list[str]:
        """Grant everything where nothing is asked for."""
        return list(SCOPES)

    def validate_scopes(
        self, client_id: str, scopes: list[str], client: Any, request: Any, *_: Any, **__: Any
    ) -> bool:
        """Take the three scopes there are."""
        return set(scopes) <= set(SCOPES)

    def is_pkce_required(self, client_id: str, request: Any) -> bool:
        """Leave PKCE to the client."""
        return False

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: Any, request: Any, *_: Any, **__: Any
    ) -> bool:
        """Take codes alone: nothing is renewed here."""
        return grant_type == "authorization_code"

    def save_authorization_code(
        self, client_id: str, code: Any, request: Any, *_: Any, **__: Any
    ) -> None:
        """Keep the nonce that the ID token has to repeat, too."""
        super().save_authorization_code(client_id, code, request)
        self._nonces[code["code"]] = request.nonce or ""

    def get_code_challenge(self, code: str, request: Any) -> str:
        """Return the challenge where one came; a verifier without one is an attack (RFC 9700 §2.1.1)."""
        bound: Code = vars(request)["redeemed"]
        if not bound.challenge and request.code_verifier is not None:
            raise InvalidGrantError(request=request)
        return bound.challenge

    def nonce_of(self, code: str) -> str:
        """Return the nonce of a code's authorization request, once."""
        return self._nonces.pop(code, "")

    def save_bearer_token(self, token: Any, request: Any, *_: Any, **__: Any) -> None:
        """Keep the token; there is no refresh token to keep."""
        grant = self._grants.begin(vars(request)["redeemed"])
        self._grants.spend_code(request.code, grant.grant_id)
        self._grants.issue(grant, token["access_token"], token["expires_in"], "")
        request.grant = grant


class FinancefeastAuthorization(AuthorizationServer):
    """The token endpoint, the keys, and what the pages need."""

    rules = FinancefeastRules

    def __init__(
        self, addresses: Addresses, clients: Clients, grants: Grants, faults: Faults
    ) -> None:
        super().__init__(addresses, clients, grants, faults, ACCESS_LIFE)
        code_grant: Any = self._server.auth_grant
        code_grant.refresh_token = False
        self._rules: FinancefeastRules = code_grant.request_validator

    @cached_property
    def key(self) -> RSAKey:
        """What signs ID tokens, new with each run."""
        key = RSAKey.generate_key(2048, auto_kid=True)
        assert isinstance(key, RSAKey)
        return key

    def keys(self) -> Answer:
        """Return the key set (RFC 7517 §5)."""
        return json_answer({"keys": [{**self.key.as_dict(private=False), "use": "sig"}]})

    def with_issuer(self, location: str) -> str:
        """Return an answer as it stands: this server does not say who it is."""
        return location

    def _as_the_bank_says(
        self, token: dict[str, Any], _handler: object, request: Any
    ) -> dict[str, Any]:
        """Say when the token ends, and who signed in where `openid` was granted."""
        token["expires_at"] = int(self.grants.now()) + token["expires_in"]
        nonce = self._rules.nonce_of(request.code)
        if "openid" in request.scopes:
            token["id_token"] = self._id_token(token["access_token"], request, nonce)
        return token

    def _id_token(self, access_token: str, request: Any, nonce: str) -> str:
        now = int(self.grants.now())
        digest = hashlib.sha256(access_token.encode()).digest()
        claims = {
            "iss": self.addresses.issuer,
            "sub": subject(request.user),
            "aud": request.client.client_id,
            "iat": now,
            "exp": now + ID_LIFE,
            "at_hash": base64.urlsafe_b64encode(digest[:16]).decode().rstrip("="),
        }
        if nonce:
            claims["nonce"] = nonce
        head = {"alg": "RS256", "kid": self.key.kid, "typ": "JWT"}
        return jws.serialize_compact(head, json.dumps(claims), self.key, algorithms=["RS256"])


def subject(customer: str) -> str:
    """Return the lasting name of a customer (OpenID Connect Core §8)."""
    return hashlib.sha256(f"financefeast {customer}".encode()).hexdigest()[:32]
