"""Token exchange: a token that is held already, for one of this server's (RFC 8693)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bankview.errors import TokenReplyError
from bankview.log import REDACTION
from bankview.oauth.claims import Flaw
from bankview.oauth.compact import claims_of, take_apart

if TYPE_CHECKING:
    from bankview.domain.secret import Secret
    from bankview.oauth.client import OAuthClient
    from bankview.oauth.token import Token

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
_TYPE = "urn:ietf:params:oauth:token-type:"
#: The short names of §3 that a profile may write instead of a URN.
NAMES = ("access_token", "refresh_token", "id_token", "saml1", "saml2", "jwt")
#: Claims that only ID tokens, and claims that only access tokens have (OpenID Connect §2, RFC 9068 §2.2).
_OF_ID_TOKENS = frozenset({"nonce", "at_hash", "c_hash"})
_OF_ACCESS_TOKENS = frozenset({"scope", "scp", "client_id"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A token that is shown to the server, and its type: a short name or a URN, empty where it is to be guessed."""

    token: Secret
    kind: str = ""


def exchange(oauth: OAuthClient, subject: Shown, actor: Shown) -> Token:
    """Return a new token for the subject's; an actor whose token is not empty acts for it (§2.1).

    Raises:
        TokenReplyError: what was issued is not what was asked for, or no access token.
        ServerError, BankError: as `OAuthClient.token_by`.
    """
    wanted = oauth.client.exchange
    fields = _token("subject", subject)
    if actor.token:
        fields |= _token("actor", actor)
    if wanted.get("audience"):
        fields["audience"] = wanted["audience"]
    requested = urn_of(wanted.get("requested_token_type", ""))
    if requested:
        fields["requested_token_type"] = requested
    if oauth.client.scope:
        fields["scope"] = oauth.client.scope
    fresh = oauth.token_by(GRANT, fields)
    _check_issued(oauth, fresh, requested)
    return fresh


def urn_of(kind: str) -> str:
    """Return a token type's URN for its short name; a URN is one already."""
    return _TYPE + kind if kind in NAMES else kind


def guess(text: str) -> str:
    """Return the short name of what a token seems to be; what cannot be read is an access token."""
    if text.lstrip().startswith("<"):
        return "saml2" if "urn:oasis:names:tc:SAML:2.0" in text else "saml1"
    try:
        header, _ = take_apart(text)
    except Flaw:
        return "access_token"
    claims = claims_of(text)
    if str(header.get("typ", "")).lower().removeprefix("application/") == "at+jwt":
        return "access_token"
    if _OF_ID_TOKENS & claims.keys():
        return "id_token"
    return "access_token" if _OF_ACCESS_TOKENS & claims.keys() else "jwt"


def _token(whose: str, shown: Shown) -> dict[str, str]:
    text = shown.token.reveal()
    REDACTION.hide(text)
    return {f"{whose}_token": text, f"{whose}_token_type": urn_of(shown.kind or guess(text))}


def _check_issued(oauth: OAuthClient, token: Token, requested: str) -> None:
    """Hold what was issued against what was asked for; the member is not optional (§2.2.1)."""
    issued: Any = token.extra.get("issued_token_type")
    host = oauth.server.host
    if not isinstance(issued, str) or not issued:
        raise TokenReplyError(host, "it does not say what it issued (issued_token_type)")
    if requested and issued != requested:
        raise TokenReplyError(host, "it issued another type of token than was asked for")
