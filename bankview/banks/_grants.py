"""What a profile has to say for the grant it names, and the grant that no profile may name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from bankview.banks._schema import Problem
from bankview.oauth import ciba, jwt_bearer, token_exchange
from bankview.oauth.server import ENDPOINTS
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: The grants that have a short name, by their URNs.
_URNS = {
    "urn:ietf:params:oauth:grant-type:device_code": "device_code",
    ciba.GRANT: "ciba",
    jwt_bearer.GRANT: "jwt_bearer",
    token_exchange.GRANT: "token_exchange",
}


def password_problems(profile: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield where an unchecked profile asks for the password grant, whatever way it is written (RFC 9700 §2.4)."""
    oauth = profile.get("oauth")
    if not isinstance(oauth, dict):
        return
    reason = tr(
        "The password grant is refused: Bankview never takes a bank's password (RFC 9700 §2.4). "
        'Write grant = "authorization_code", and the bank asks for it on its own page'
    )
    if _is_password(oauth.get("grant")):
        yield Problem(("oauth", "grant"), reason)
    for name in ENDPOINTS:
        if any(map(_is_password, _grants_in(oauth.get(name)))):
            yield Problem(("oauth", name), reason)
    parameters = oauth.get("parameters")
    for request, fields in parameters.items() if isinstance(parameters, dict) else ():
        if isinstance(fields, dict) and "password" in fields:
            yield Problem(("oauth", "parameters", request, "password"), reason)


def _is_password(grant: object) -> bool:
    letters = unquote(grant).lower() if isinstance(grant, str) else ""
    return "password" in letters or letters.rpartition(":")[2] in {"ropc", "ropcg"}


def _grants_in(url: object) -> list[str]:
    """Return the grant types that an endpoint's own query asks for."""
    if not isinstance(url, str):
        return []
    try:
        return parse_qs(urlsplit(url).query).get("grant_type", [])
    except ValueError:
        return []


def problems(oauth: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what a profile's checked [oauth] lacks for the grant that it names."""
    grant = oauth.get("grant", "authorization_code")
    if grant in _URNS:
        message = tr('This grant has a name: write grant = "{name}"', name=_URNS[grant])
        yield Problem(("oauth", "grant"), message)
    checks = {"ciba": _ciba, "token_exchange": _exchange, "jwt_bearer": _assertion}
    if grant in checks:
        yield from checks[grant](oauth)


def _ciba(oauth: Mapping[str, Any]) -> Iterator[Problem]:
    hints = [name for name in ciba.HINTS if oauth.get(name)]
    if not hints:
        message = tr('The bank has to know whom to ask: write login_hint = "…"')
        yield Problem(("oauth", "grant"), message)
    if len(hints) > 1:
        message = tr("Exactly one hint says whom to ask: take out {name}", name=hints[1])
        yield Problem(("oauth", hints[1]), message)
    if oauth.get("client_authentication", "none") == "none":
        message = tr(
            'A backchannel request needs a client that proves itself: write client_authentication = "client_secret_basic"'
        )
        yield Problem(("oauth", "grant"), message)


def _exchange(oauth: Mapping[str, Any]) -> Iterator[Problem]:
    if "subject_token_from" not in oauth.get("exchange", {}):
        message = tr(
            'Nothing says which token is exchanged: write subject_token_from = "env", or another connection\'s id, '
            "under [oauth.exchange]"
        )
        yield Problem(("oauth", "grant"), message)


def _assertion(oauth: Mapping[str, Any]) -> Iterator[Problem]:
    assertion = oauth.get("assertion", {})
    if "file" not in assertion and "signing_key" not in oauth:
        message = tr(
            'Nothing signs the assertion: write signing_key = "key.pem", or file = "assertion.jwt" under [oauth.assertion]'
        )
        yield Problem(("oauth", "grant"), message)
    try:
        json.dumps(assertion.get("claims", {}), allow_nan=False)
    except (TypeError, ValueError):
        message = tr("A claim has to be something that JSON knows: write dates as texts")
        yield Problem(("oauth", "assertion", "claims"), message)
