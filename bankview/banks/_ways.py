"""The authorization request as a profile describes it: read, and held together key by key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bankview.banks._schema import Problem, toml
from bankview.oauth.fapi2 import ALGORITHMS, METHODS
from bankview.oauth.ways import FAPI2, POSTED, SIGNED, Ways
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: What an ID token may be signed with where the profile does not say; RS256 is too weak for FAPI 2.0 (§5.4.1).
ID_TOKENS = ("PS256", "ES256", "RS256")


def read(oauth: Mapping[str, Any]) -> Ways:
    """Return what a checked [oauth] table says of the authorization request."""
    return Ways(
        par=oauth.get("par", "auto"),
        jar=oauth.get("jar", False),
        response_mode=oauth.get("response_mode", ""),
        resource=tuple(oauth.get("resource", ())),
        authorization_details=tuple(oauth.get("authorization_details", ())),
        profile=oauth.get("profile", ""),
    )


def id_token_algorithms(oauth: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the algorithms that the issuer's signatures are believed with."""
    usual = ALGORITHMS if oauth.get("profile") == FAPI2 else ID_TOKENS
    return tuple(oauth.get("id_token_algorithms", usual))


def problems(profile: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong between the keys of the authorization request."""
    oauth = profile["oauth"]
    mode = oauth.get("response_mode", "")
    if oauth.get("jar") and "signing_key" not in oauth:
        text = tr("jar signs the request: write signing_key, a file with your private key")
        yield Problem(("oauth", "jar"), text)
    if oauth.get("jar") and not _names_issuer(oauth):
        text = tr("A signed request names the issuer it is for: write issuer")
        yield Problem(("oauth", "jar"), text)
    if mode in SIGNED and not _names_issuer(oauth):
        text = tr("A signed answer is held against its issuer's keys: write issuer")
        yield Problem(("oauth", "response_mode"), text)
    if mode in POSTED and oauth.get("redirect_uri", "").startswith("https://"):
        text = tr(
            'A form cannot be pasted: write response_mode = "query", or redirect_uri = "http://127.0.0.1/callback"'
        )
        yield Problem(("oauth", "response_mode"), text)
    if oauth.get("profile") == FAPI2:
        yield from _fapi2(profile)


def _names_issuer(oauth: Mapping[str, Any]) -> bool:
    return "issuer" in oauth or "metadata" in oauth


def _fapi2(profile: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is less than the FAPI 2.0 Security Profile, and what to write instead."""
    oauth = profile["oauth"]
    if oauth.get("grant", "authorization_code") != "authorization_code":
        yield _less("grant", tr('write grant = "authorization_code"'))
    if oauth.get("par") == "never":
        yield _less("par", tr("its requests are pushed: take par out"))
    if not oauth.get("pkce", True):
        yield _less("pkce", tr("its requests carry PKCE: take pkce out"))
    if oauth.get("client_authentication", "none") not in METHODS:
        choice = tr(" or ").join(map(toml, METHODS))
        yield _less("client_authentication", tr("write one of {choice}", choice=choice))
    if not _names_issuer(oauth):
        yield _less("profile", tr("its server publishes metadata: write issuer"))
    if not (oauth.get("dpop") or "certificate" in profile.get("tls", {})):
        text = tr("its tokens are bound to a key: write dpop = true, or a certificate under [tls]")
        yield _less("profile", text)
    yield from _weak(oauth)


def _weak(oauth: Mapping[str, Any]) -> Iterator[Problem]:
    choice = tr(" or ").join(map(toml, ALGORITHMS))
    if oauth.get("signing_algorithm", ALGORITHMS[0]) not in ALGORITHMS:
        yield _less("signing_algorithm", tr("write {choice}", choice=choice))
    if not {*oauth.get("id_token_algorithms", ())} <= {*ALGORITHMS}:
        yield _less("id_token_algorithms", tr("list {choice} alone", choice=choice))


def _less(key: str, instead: str) -> Problem:
    text = tr("{key} is less than FAPI 2.0: {instead}", key=key, instead=instead)
    return Problem(("oauth", key), text)
