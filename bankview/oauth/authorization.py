"""The authorization request: PKCE, state, nonce, and what its answer is held against (RFC 6749, 7636, 9207)."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from bankview.log import REDACTION
from bankview.oauth.server import check_url, host_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bankview.oauth.server import Server

    #: The fields of a request; a list is a field that is repeated.
    Fields = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """One attempt to sign in; kept in memory only, and never used twice.

    `uri` is what the browser opens. `issuer` is the server the code may go to, `iss_required` whether its answers must
    name it, `hosts` the hosts of its endpoints where no issuer is known. `posted` says that the answer comes as a
    form. `opened` returns the verified claims of an answer that comes as a JWT, and is None where it comes plainly.
    `pushed_anew` pushes the same request once more and returns its new address, where `uri` is good once and for a
    minute (RFC 9126 §2.2, §7.3); None where it is good again. `says` maps an answer's own names to those of OAuth; one
    that maps something to the state alone has no code, and the state stands for it. `claims` are what its ID token has to say.
    """

    uri: str = field(repr=False)
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    code_verifier: str = field(repr=False)
    redirect_uri: str
    issuer: str = ""
    iss_required: bool = False
    hosts: frozenset[str] = frozenset()
    posted: bool = False
    opened: Callable[[str], Mapping[str, Any]] | None = field(
        default=None, repr=False, compare=False
    )
    pushed_anew: Callable[[], str] | None = field(default=None, repr=False, compare=False)
    says: Mapping[str, str] = field(default_factory=dict, repr=False)
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """What is asked for, and the secrets of this one attempt; how it reaches the server is still open."""

    fields: Fields = field(repr=False)
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    code_verifier: str = field(repr=False)
    redirect_uri: str

    def addressed(
        self,
        server: Server,
        carried: Fields,
        *,
        iss_required: bool = False,
        posted: bool = False,
        opened: Callable[[str], Mapping[str, Any]] | None = None,
    ) -> AuthorizationRequest:
        """Return the request whose browser carries these fields to the server."""
        return AuthorizationRequest(
            uri=self.address(server, carried),
            state=self.state,
            nonce=self.nonce,
            code_verifier=self.code_verifier,
            redirect_uri=self.redirect_uri,
            issuer=server.issuer,
            iss_required=server.iss_supported or iss_required,
            hosts=frozenset(map(host_of, (server.authorization_endpoint, server.token_endpoint))),
            posted=posted,
            opened=opened,
        )

    def address(self, server: Server, carried: Fields) -> str:
        """Return what the browser opens to carry these fields to the server."""
        return _with_query(server.authorization_endpoint, carried)


def challenge_of(code_verifier: str) -> str:
    """Return the S256 challenge of a verifier (RFC 7636 §4.2)."""
    digest = hashlib.sha256(code_verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def new_draft(
    server: Server,
    client_id: str,
    redirect_uri: str,
    *,
    scope: str = "",
    pkce: bool = True,
    parameters: Fields | None = None,
) -> Draft:
    """Return a fresh draft: new state, nonce and verifier of 256 random bits each.

    Args:
        server: with a known authorization endpoint.
        client_id: as registered at the bank.
        redirect_uri: exactly what the token request will repeat.
        scope: what to ask for, separated by spaces; nothing is sent where it is empty.
        pkce: whether to send a challenge.
        parameters: further fields that the bank wants; ours win over them.

    Raises:
        MetadataError: the authorization endpoint is not one that a browser may be sent to.
    """
    check_url(server, "authorization_endpoint", server.authorization_endpoint)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    REDACTION.hide(state, nonce, verifier)
    fields: dict[str, str | Sequence[str]] = {
        **(parameters or {}),
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "state": state,
    }
    if scope:
        fields["scope"] = scope
    if "openid" in scope.split():
        fields["nonce"] = nonce
    if pkce:
        fields |= {"code_challenge": challenge_of(verifier), "code_challenge_method": "S256"}
    return Draft(fields, state, nonce, verifier if pkce else "", redirect_uri)


def new_request(
    server: Server, client_id: str, redirect_uri: str, **wishes: Any
) -> AuthorizationRequest:
    """Return a fresh request that the browser carries as it stands; see `new_draft`."""
    draft = new_draft(server, client_id, redirect_uri, **wishes)
    return draft.addressed(server, draft.fields)


def _with_query(endpoint: str, fields: Fields) -> str:
    """Return an endpoint with fields behind those that it may bring itself (RFC 6749 §3.1)."""
    endpoint = endpoint.rstrip("?&")
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(fields, doseq=True)}"
