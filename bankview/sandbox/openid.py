"""OpenID Connect at the bank: ID tokens, who signed in, and what the server knows of a token (RFC 7662, RFC 9701)."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from bankview.sandbox.claim import read_claim
from bankview.sandbox.grants import subject
from bankview.sandbox.id_token_faults import SIGNATURES, spoilt, unsigned
from bankview.sandbox.issuer_keys import ALGORITHM
from bankview.sandbox.messages import Answer, Request, json_answer, text_answer

if TYPE_CHECKING:
    from bankview.sandbox.clients import Clients
    from bankview.sandbox.faults import Faults
    from bankview.sandbox.grants import Code, Grant, Grants
    from bankview.sandbox.issuer_keys import IssuerKeys

SCOPE = "openid"
#: Seconds that an ID token lasts.
ID_LIFE = 300
USERINFO, INTROSPECTION, JWKS = "/oauth/userinfo", "/oauth/introspect", "/oauth/jwks"
#: The media types of what is signed (RFC 9701 §4, OpenID Connect Core §5.3.2).
SIGNED_INTROSPECTION, SIGNED_USERINFO = "application/token-introspection+jwt", "application/jwt"


class OpenId:
    """Signs ID tokens, and answers the endpoints beside authorization and token."""

    def __init__(
        self,
        issuer: str,
        clients: Clients,
        grants: Grants,
        keys: IssuerKeys,
        faults: Faults,
    ) -> None:
        self._issuer, self._clients, self._grants = issuer, clients, grants
        self._keys, self._faults = keys, faults

    def metadata(self) -> dict[str, Any]:
        """Return the members of the metadata that this part answers for."""
        issuer, secret = self._issuer, ["client_secret_post", "client_secret_basic"]
        return {
            "introspection_endpoint": f"{issuer}{INTROSPECTION}",
            "introspection_endpoint_auth_methods_supported": secret,
            "introspection_signing_alg_values_supported": [ALGORITHM],
            "userinfo_endpoint": f"{issuer}{USERINFO}",
            "userinfo_signing_alg_values_supported": [ALGORITHM],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "subject_types_supported": ["public"],
            "jwks_uri": f"{issuer}{JWKS}",
        }

    def sign_in(self, token: dict[str, Any], request: Any) -> None:
        """Add an ID token to a token reply where `openid` was granted; a renewal repeats no nonce (§12.2)."""
        known = vars(request)
        code: Code | None = known.get("redeemed")
        granted: Code | Grant = code or known["grant"]
        if SCOPE not in granted.scopes:
            return
        now = int(self._grants.now())
        half = hashlib.sha256(token["access_token"].encode()).digest()[:16]
        claims = {
            "iss": self._issuer,
            "sub": subject(granted.customer),
            "aud": granted.client_id,
            "iat": now,
            "auth_time": now,
            "exp": now + ID_LIFE,
            "at_hash": base64.urlsafe_b64encode(half).decode().rstrip("="),
            **({"nonce": code.nonce} if code and code.nonce else {}),
            **self.more(granted),
        }
        claims = spoilt(self._faults.take, claims)
        forged = unsigned(self._faults.first(*SIGNATURES), claims)
        token["id_token"] = forged or self._keys.sign(claims)

    def more(self, granted: Code | Grant) -> dict[str, Any]:  # noqa: ARG002 - others look at it
        """Return what an ID token says besides the standard's claims."""
        return {}

    def introspection(self, request: Request, answer: Answer) -> Answer:
        """Return an introspection answer in the form that its client is registered for; public clients get none."""
        authorization = request.headers.get("authorization", "")
        claim = read_claim(dict(request.form), authorization)
        client = self._clients.get(claim.client_id) if claim else None
        if client is None or client.is_public:
            return json_answer({"error": "invalid_client"}, 401)
        accepted = SIGNED_INTROSPECTION in request.headers.get("accept", "")
        if answer.status != 200 or "introspection" not in client.signed or not accepted:
            return answer
        assert isinstance(answer.body, bytes)
        claims = {
            "iss": self._issuer,
            "aud": client.client_id,
            "iat": int(self._grants.now()),
            "token_introspection": json.loads(answer.body),
        }
        if self._faults.take("introspection-wrong-aud"):
            claims["aud"] = "somebody-else"
        typ = SIGNED_INTROSPECTION.partition("/")[2]
        return _signed(self._keys.sign(claims, typ), SIGNED_INTROSPECTION)

    def userinfo(self, request: Request) -> Answer:
        """Answer who signed in (OpenID Connect Core §5.3), signed for clients that are registered so."""
        if request.method not in {"GET", "POST"}:
            return text_answer(405, "Use GET or POST.", {"Allow": "GET, POST"})
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self._grants.of_access(token.strip()) if scheme.lower() == "bearer" else None
        if grant is None:
            challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            return json_answer({"error": "invalid_token"}, 401, challenge)
        if SCOPE not in grant.scopes:
            challenge = {"WWW-Authenticate": 'Bearer error="insufficient_scope", scope="openid"'}
            return json_answer({"error": "insufficient_scope"}, 403, challenge)
        claims = {"sub": subject(grant.customer), "name": grant.customer.title()}
        if self._faults.take("userinfo-invalid-sub"):
            claims["sub"] = "somebody-else"
        client = self._clients.get(grant.client_id)
        if client is None or "userinfo" not in client.signed:
            return json_answer(claims)
        told = {"iss": self._issuer, "aud": grant.client_id, **claims}
        return _signed(self._keys.sign(told), SIGNED_USERINFO)

    def known_keys(self) -> Answer:
        """Answer the address of the key set."""
        return self._keys.published()


def _signed(text: str, media: str) -> Answer:
    return Answer(200, {"Content-Type": media, "Cache-Control": "no-store"}, text.encode("ascii"))
