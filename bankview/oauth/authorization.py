"""The authorization request and the answer to it: PKCE, state and issuer (RFC 6749, 7636, 9207)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

from bankview.errors import (
    BadRedirectError,
    BankUnavailableError,
    OAuthError,
    SignInDeniedError,
)
from bankview.log import REDACTION
from bankview.oauth.server import check_url, host_of
from bankview.oauth.wording import code_of, sentence_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bankview.errors import BankviewError
    from bankview.oauth.server import Server

#: Error codes that mean: the person, or the bank for this app, said no (RFC 6749 §4.1.2.1, OpenID Connect §3.1.2.6).
_REFUSALS = frozenset(
    {
        "access_denied",
        "account_selection_required",
        "consent_required",
        "interaction_required",
        "login_required",
        "unauthorized_client",
        "user_cancelled_authorize",
        "user_cancelled_login",
    }
)
_OUTAGES = frozenset({"server_error", "temporarily_unavailable"})
#: Characters and fields of an answer; real ones stay far below.
LONGEST_ANSWER = 8192
MOST_FIELDS = 64


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """One attempt to sign in; kept in memory only, and never used twice.

    `uri` is what the browser opens. `issuer` is the server the code may go to, `iss_required` whether its answers must
    name it, `hosts` the hosts of its endpoints where no issuer is known.
    """

    uri: str = field(repr=False)
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    code_verifier: str = field(repr=False)
    redirect_uri: str
    issuer: str = ""
    iss_required: bool = False
    hosts: frozenset[str] = frozenset()


def challenge_of(code_verifier: str) -> str:
    """Return the S256 challenge of a verifier (RFC 7636 §4.2)."""
    digest = hashlib.sha256(code_verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def new_request(
    server: Server,
    client_id: str,
    redirect_uri: str,
    *,
    scope: str = "",
    pkce: bool = True,
    parameters: Mapping[str, str] | None = None,
) -> AuthorizationRequest:
    """Return a fresh request: new state, nonce and verifier of 256 random bits each.

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
    fields = {
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
    return AuthorizationRequest(
        uri=_with_query(server.authorization_endpoint, fields),
        state=state,
        nonce=nonce,
        code_verifier=verifier if pkce else "",
        redirect_uri=redirect_uri,
        issuer=server.issuer,
        iss_required=server.iss_supported,
        hosts=frozenset(map(host_of, (server.authorization_endpoint, server.token_endpoint))),
    )


def _with_query(endpoint: str, fields: Mapping[str, str]) -> str:
    """Return an endpoint with fields behind those that it may bring itself (RFC 6749 §3.1)."""
    endpoint = endpoint.rstrip("?&")
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(fields)}"


def read_answer(request: AuthorizationRequest, address_or_query: str) -> str:
    """Return the code of an answer, from the whole redirected address or from its query; every check included.

    Raises:
        BadRedirectError: it is not the answer to this request.
        SignInDeniedError: consent was refused.
        OAuthError, BankUnavailableError: the server could not carry it out.
    """
    fields = read_fields(request, address_or_query)
    result = outcome(request, fields)
    if isinstance(result, str):
        return result
    raise result


def read_fields(request: AuthorizationRequest, address_or_query: str) -> dict[str, list[str]]:
    """Return the fields of an answer that carries our state, compared before anything else is looked at.

    Raises:
        BadRedirectError: it does not carry our state exactly once, or is another address: nobody's answer.
    """
    fields = _fields(_query(request, address_or_query))
    states = fields.get("state", [])
    if not any(fields.get(name) for name in ("code", "error", "state")):
        raise BadRedirectError("it has neither code nor state")
    if len(states) != 1:
        raise BadRedirectError("it has no state" if not states else "it has state more than once")
    if not hmac.compare_digest(states[0].encode(), request.state.encode()):
        raise BadRedirectError("it belongs to another sign-in")
    return fields


def outcome(request: AuthorizationRequest, fields: Mapping[str, list[str]]) -> str | BankviewError:
    """Return the code of an answer that carries our state, or the error that ends the sign-in."""
    for name, values in fields.items():
        if len(values) > 1:
            return BadRedirectError(f"it has {code_of(name)} more than once")
    problem = _issuer_problem(request, fields)
    if problem:
        return BadRedirectError(problem)
    if "error" in fields:
        return _refusal(request, fields)
    code = "".join(fields.get("code", []))
    if not code:
        return BadRedirectError("it has no code")
    REDACTION.hide(code)
    return code


def _query(request: AuthorizationRequest, text: str) -> str:
    """Return the query of an address, which must be our redirect address; a bare query is taken as it is."""
    text = "".join(text.split()).strip("<>\"'")
    if len(text) > LONGEST_ANSWER:
        raise BadRedirectError("it is too long")
    address, mark, query = text.partition("#")[0].partition("?")
    if not mark:
        return _bare_query(address)
    if address and not _same(address, request.redirect_uri.partition("?")[0]):
        raise BadRedirectError("it is another address")
    return query


def _bare_query(text: str) -> str:
    if "=" not in text or "://" in text:
        raise BadRedirectError("it has neither code nor state")
    return text


def _same(address: str, expected: str) -> bool:
    """Compare two addresses as browsers write them: some leave out the scheme, all add a slash to a bare host."""
    if "://" not in address:
        expected = expected.partition("://")[2]
    return _written(address) == _written(expected)


def _written(address: str) -> str:
    scheme, mark, rest = address.rpartition("://")
    host, _, path = rest.partition("/")
    return f"{scheme.lower()}{mark}{host.lower()}/{path}"


def _fields(query: str) -> dict[str, list[str]]:
    try:
        return parse_qs(query, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise BadRedirectError("it cannot be read") from None


def _issuer_problem(request: AuthorizationRequest, fields: Mapping[str, list[str]]) -> str:
    """Return what is wrong with the answer's issuer (RFC 9207 §2.4), or nothing."""
    issuers = fields.get("iss")
    if issuers is None:
        return "it does not name its issuer" if request.iss_required else ""
    if request.issuer:
        return "" if issuers == [request.issuer] else "it comes from another issuer"
    # No issuer is known of this bank: at least the code never goes to another host than the one that names itself.
    return "" if host_of(issuers[0]) in request.hosts else "it comes from another issuer"


def _refusal(request: AuthorizationRequest, fields: Mapping[str, list[str]]) -> BankviewError:
    code = code_of(fields["error"][0]) or "unknown"
    description = sentence_of(fields.get("error_description", [""])[0])
    host = host_of(request.uri)
    if code in _REFUSALS:
        return SignInDeniedError(code, description)
    if code in _OUTAGES:
        return BankUnavailableError(host, f"answered {code}")
    return OAuthError(host, code, description)
