"""The answer to an authorization request: whose it is, and what it says (RFC 6749 §4.1.2, RFC 9207, JARM)."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from bankview.errors import (
    BadRedirectError,
    BankUnavailableError,
    BankviewError,
    OAuthError,
    SignInDeniedError,
)
from bankview.log import REDACTION
from bankview.oauth.compact import claims_of
from bankview.oauth.server import host_of
from bankview.oauth.wording import code_of, sentence_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bankview.oauth.authorization import AuthorizationRequest

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
        # GoCardless
        "UserCancelledSession",
    }
)
_OUTAGES = frozenset({"server_error", "temporarily_unavailable"})
#: Characters and fields of an answer; real ones stay far below.
LONGEST_ANSWER = 8192
MOST_FIELDS = 64


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

    The state of a signed answer is read before its signature is verified: nobody but the bank and the browser knows
    it, so that it tells whose answer this is. Nothing else of it is believed here.

    Raises:
        BadRedirectError: it does not carry our state exactly once, or is another address: nobody's answer.
    """
    fields: dict[str, list[str]] = {}
    for name, values in _fields(_query(request, address_or_query)).items():
        fields.setdefault(request.says.get(name, name), []).extend(values)
    if not any(fields.get(name) for name in ("code", "error", "state", "response")):
        raise BadRedirectError("it has neither code nor state")
    states = _states(request, fields)
    if len(states) != 1:
        raise BadRedirectError("it has no state" if not states else "it has state more than once")
    if not hmac.compare_digest(states[0].encode(), request.state.encode()):
        raise BadRedirectError("it belongs to another sign-in")
    return fields


def _states(request: AuthorizationRequest, fields: Mapping[str, list[str]]) -> list[str]:
    if request.opened is None or "response" not in fields:
        return fields.get("state", [])
    said = (claims_of(response).get("state") for response in fields["response"])
    return [state for state in said if isinstance(state, str)]


def outcome(request: AuthorizationRequest, fields: Mapping[str, list[str]]) -> str | BankviewError:
    """Return the code of an answer that carries our state, or the error that ends the sign-in.

    A signed answer may have to be held against keys that are fetched for it.
    """
    for name, values in fields.items():
        if len(values) > 1:
            return BadRedirectError(f"it has {code_of(name)} more than once")
    problem = _issuer_problem(request, fields, required=not request.opened)
    if problem:
        return BadRedirectError(problem)
    if request.opened is None:
        return _result(request, fields)
    if "response" not in fields:
        return BadRedirectError("it is not signed")
    try:
        claims = request.opened(fields["response"][0])
    except BankviewError as error:
        return error
    return _result(request, {n: [text] for n, text in claims.items() if isinstance(text, str)})


def _result(request: AuthorizationRequest, fields: Mapping[str, list[str]]) -> str | BankviewError:
    """Return the code, or what the server said instead; whose answer it is has been settled."""
    if "error" in fields:
        return _refusal(request, fields)
    code = "".join(fields.get("state" if "state" in request.says.values() else "code", []))
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


def _issuer_problem(
    request: AuthorizationRequest, fields: Mapping[str, list[str]], *, required: bool
) -> str:
    """Return what is wrong with the answer's issuer (RFC 9207 §2.4), or nothing.

    A signed answer names it within the signature, where it is always `required`; beside it, it may be left out.
    """
    issuers = fields.get("iss")
    if issuers is None:
        return "it does not name its issuer" if required and request.iss_required else ""
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
