"""Open Energy's authorization server: tokens in a client's own name, bound to its certificate (RFC 8705, RFC 7662)."""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from bankview.sandbox.messages import Answer, Request, json_answer, text_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

#: What may be granted; the second is what the readings of single meters need.
SCOPES = ("directory:software", "energy:read")
#: The clients by the name of their certificate's file.
CLIENTS = {"client": "open-energy-client", "client-b": "open-energy-client-b"}
ORGANISATION = {
    "organisation_id": "org-1",
    "organisation_name": "Fjordbanken (demo)",
    "organisation_number": "000000001",
    "software_roles": ["EDSP_L1"],
    "software_description": "Bankview (demo)",
    "additional_software_metadata": {"metadata": {}},
}


def thumbprint(der: bytes) -> str:
    """Return a certificate's `x5t#S256` (RFC 8705 §3.1)."""
    return base64.urlsafe_b64encode(hashlib.sha256(der).digest()).decode().rstrip("=")


def registered(folder: Path) -> dict[str, str]:
    """Return the thumbprint that each client of ours is registered with."""
    found = {}
    for name, client_id in CLIENTS.items():
        certificate = x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes())
        found[client_id] = thumbprint(certificate.public_bytes(Encoding.DER))
    return found


@dataclass(frozen=True, slots=True)
class Bound:
    """What a token is good for: for whom, for what, from when to when in epoch seconds, with which certificate."""

    client_id: str
    scopes: tuple[str, ...]
    made: int
    ends: float
    certificate: str


class Tokens:
    """The token and introspection endpoints, and the tokens in force; they go with the process."""

    def __init__(
        self, issuer: str, clients: Mapping[str, str], life: int, now: Callable[[], float]
    ) -> None:
        self.issuer, self.now = issuer, now
        self._clients, self._life = clients, life
        self._tokens: dict[str, Bound] = {}
        self._lock = threading.Lock()

    def metadata(self) -> Answer:
        """Return the discovery document (OpenID Connect Discovery §3)."""
        return json_answer(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/auth",
                "token_endpoint": f"{self.issuer}/token",
                "introspection_endpoint": f"{self.issuer}/token/introspection",
                "jwks_uri": f"{self.issuer}/jwks",
                "scopes_supported": list(SCOPES),
                "response_types_supported": [],
                "grant_types_supported": ["client_credentials"],
                "token_endpoint_auth_methods_supported": ["tls_client_auth"],
                "introspection_endpoint_auth_methods_supported": ["tls_client_auth"],
                "tls_client_certificate_bound_access_tokens": True,
            }
        )

    def token(self, request: Request) -> Answer:
        """Answer the token endpoint (RFC 6749 §4.4, RFC 8705 §2.1); scopes that are not ours are left out."""
        client_id, refusal = self._client(request)
        if refusal:
            return refusal
        fields = dict(request.form)
        if fields.get("grant_type") != "client_credentials":
            return _error("unsupported_grant_type")
        asked = fields.get("scope", "").split()
        granted = tuple(scope for scope in asked if scope in SCOPES)
        if asked and not granted:
            return _error("invalid_scope")
        text, made = secrets.token_urlsafe(32), int(self.now())
        bound = Bound(client_id, granted, made, made + self._life, thumbprint(request.peer))
        with self._lock:
            alive = {key: old for key, old in self._tokens.items() if old.ends > made}
            self._tokens = {**alive, text: bound}
        reply: dict[str, Any] = {
            "access_token": text,
            "expires_in": self._life,
            "token_type": "Bearer",
        }
        return json_answer({**reply, "scope": " ".join(granted)} if granted else reply)

    def introspection(self, request: Request) -> Answer:
        """Answer the introspection endpoint (RFC 7662 §2) for any registered client."""
        _, refusal = self._client(request)
        if refusal:
            return refusal
        token = dict(request.form).get("token")
        return json_answer(self.introspect(token)) if token else _error("invalid_request")

    def introspect(self, token: str) -> dict[str, Any]:
        """Return what a resource server is told of a token."""
        bound = self._tokens.get(token)
        if bound is None or bound.ends <= self.now():
            return {"active": False}
        return {
            "active": True,
            "client_id": bound.client_id,
            "scope": " ".join(bound.scopes),
            "iss": self.issuer,
            "iat": bound.made,
            "exp": int(bound.ends),
            "token_type": "Bearer",
            "cnf": {"x5t#S256": bound.certificate},
            **ORGANISATION,
        }

    def expire_access(self) -> int:
        """End every token now; return how many there were."""
        with self._lock:
            self._tokens = {
                text: replace(bound, ends=self.now()) for text, bound in self._tokens.items()
            }
            return len(self._tokens)

    def _client(self, request: Request) -> tuple[str, Answer | None]:
        """Return who asks, proven by the connection's certificate and nothing beside it, or a refusal."""
        if request.method != "POST":
            return "", text_answer(405, "Use POST.", {"Allow": "POST"})
        if any(count > 1 for count in Counter(name for name, _ in request.form).values()):
            return "", _error("invalid_request")
        fields = dict(request.form)
        client_id = fields.get("client_id", "")
        alone = "client_secret" not in fields and "authorization" not in request.headers
        known = self._clients.get(client_id)
        if not (alone and request.peer and known == thumbprint(request.peer)):
            return "", _error("invalid_client", 401)
        return client_id, None


def _error(code: str, status: int = 400) -> Answer:
    return json_answer({"error": code}, status)
