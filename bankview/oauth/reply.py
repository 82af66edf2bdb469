"""What a token endpoint's reply means: a token, or one of our errors (RFC 6749 §5)."""

from __future__ import annotations

import logging
import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, TypeGuard

from bankview.domain.secret import Secret
from bankview.errors import (
    BadBankDataError,
    BankUnavailableError,
    BankviewError,
    ClientRefusedError,
    OAuthError,
    RateLimitedError,
    SignInNeededError,
    TokenReplyError,
)
from bankview.oauth.token import Token, instant_after
from bankview.oauth.wording import code_of, sentence_of
from bankview.web import decode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bankview.web import Reply

LOG = logging.getLogger(__name__)

#: Bytes of a token reply; the longest real ones, with an ID token, have about 10 kB.
LARGEST_REPLY = 1024 * 1024
#: Seconds; a longer life than this is taken for it, so that no date leaves the calendar.
LONGEST_LIFE = 10 * 366 * 86_400
DAY = 86_400
NO_KEY = Secret()
#: What RFC 6749 appendix A.12 lets a token consist of, so that it can stand in a header.
_TOKEN = re.compile(r"[\x20-\x7e]+")
_JSON = re.compile(r"application/(?:[\w.+-]+\+)?json\Z", re.IGNORECASE)
#: Members of a reply that have a field of their own.
_READ = frozenset({"access_token", "token_type", "expires_in", "refresh_token", "scope"})


def read_token(  # noqa: PLR0913 - a reply, and what it is held against
    reply: Reply,
    now: datetime,
    *,
    asked: str = "",
    old: Token | None = None,
    lifetime_cap: int = 0,
    believes_expires_at: bool = False,
    dpop_key: Secret = NO_KEY,
) -> Token:
    """Return the token of a reply; its end is counted from `now` in this computer's clock.

    Args:
        reply: of the token endpoint.
        now: when the request was made, UTC.
        asked: the scope that was asked for; granted where the reply names none (RFC 6749 §5.1).
        old: the token that was renewed; its refresh token stays where no new one comes.
        lifetime_cap: seconds that a token is believed to live at most; 0 believes the server.
        believes_expires_at: the server's `expires_at`, which no RFC has, counts where it is plausible (Financefeast).
        dpop_key: the key by which DPoP was asked for; then a token of another type is refused (RFC 9449 §5).

    Raises:
        SignInNeededError: a renewal was refused with `invalid_grant`.
        ClientRefusedError, OAuthError, RateLimitedError, BankUnavailableError: by status and error code.
        TokenReplyError: it is no token reply.
    """
    members = _members(reply)
    # Some banks answer 201 (CIC).
    if reply.status not in {200, 201} or "error" in members:
        raise _error(reply, members, renewing=old is not None)
    _check_form(reply, members)
    _check_type(reply, members, old, bound=bool(dpop_key))
    life = _seconds(members.get("expires_in"))
    if believes_expires_at:
        life = _until(members.get("expires_at"), now, life)
    if lifetime_cap:
        life = lifetime_cap if life is None else min(life, lifetime_cap)
    token = Token(
        access_token=Secret(members["access_token"]),
        token_type=members.get("token_type") or ("DPoP" if dpop_key else "Bearer"),
        expires_at=_after(now, life),
        scope=_scope(members.get("scope"), old.scope if old else asked),
        extra={name: value for name, value in members.items() if name not in _READ},
        obtained_at=now,
        dpop_key=dpop_key,
        **_renewal(members, now, old),
    )
    missing = token.missing(asked)
    if missing:
        LOG.info("%s granted less than was asked for: %s is missing", reply.host, " ".join(missing))
    return token


def read_members(reply: Reply, what: str) -> Mapping[str, Any]:
    """Return the members of an endpoint's answer that is a JSON object; `what` names it for people.

    Raises:
        ClientRefusedError, OAuthError, RateLimitedError, BankUnavailableError: by status and error code.
        TokenReplyError: it is something else.
    """
    members = _members(reply)
    if reply.status not in {200, 201} or "error" in members:
        raise _error(reply, members, renewing=False, what=what)
    if not members or not _JSON.match(_media(reply)):
        raise TokenReplyError(reply.host, f"{what} is not a JSON object")
    return members


def is_token(value: object) -> TypeGuard[str]:
    """Tell whether a value can stand where tokens and codes stand (RFC 6749 appendix A)."""
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None


def read_seconds(value: object) -> float | None:
    """Return a number of seconds, None where it is none that makes sense."""
    return _seconds(value)


def _members(reply: Reply) -> Mapping[str, Any]:
    """Return the members of a reply's JSON object; none where it is something else."""
    if len(reply.body) > LARGEST_REPLY:
        return {}
    try:
        members = decode(reply.body, reply.host)
    except BadBankDataError:
        return {}
    return members if isinstance(members, dict) else {}


def _media(reply: Reply) -> str:
    return reply.headers.get("Content-Type", "").partition(";")[0].strip()


def _error(
    reply: Reply,
    members: Mapping[str, Any],
    *,
    renewing: bool,
    what: str = "its token endpoint's answer",
) -> BankviewError:
    status, host = reply.status, reply.host
    if status == 429:
        return RateLimitedError(host, reply.retry_after)
    if status >= 500:
        return BankUnavailableError(host, f"answered {status}", reply.retry_after)
    if 300 <= status < 400:
        return TokenReplyError(host, f"{what} is a redirect")
    code = code_of(members.get("error"))
    if code:
        return _by_code(reply, code, members, renewing=renewing)
    if status == 401:
        return ClientRefusedError(host, "answered 401 without an error code")
    return TokenReplyError(host, f"{what} is {status} without an error code")


def _by_code(
    reply: Reply, code: str, members: Mapping[str, Any], *, renewing: bool
) -> BankviewError:
    host = reply.host
    # Monzo says the second of a refresh token that was used or revoked.
    if code in {"invalid_grant", "invalid_token"} and renewing:
        return SignInNeededError(host, code)
    if code == "invalid_client":
        return ClientRefusedError(host, "answered invalid_client")
    if code == "slow_down":
        return RateLimitedError(host, reply.retry_after)
    if code in {"temporarily_unavailable", "server_error"}:
        return BankUnavailableError(host, f"answered {code}", reply.retry_after)
    return OAuthError(host, code, sentence_of(members.get("error_description")))


def _check_form(reply: Reply, members: Mapping[str, Any]) -> None:
    host = reply.host
    if not _JSON.match(_media(reply)):
        raise TokenReplyError(host, "its token reply is not labelled as JSON")
    if not members:
        raise TokenReplyError(host, "its token reply is not a JSON object")
    access = members.get("access_token")
    if not isinstance(access, str) or not _TOKEN.fullmatch(access):
        raise TokenReplyError(host, "its reply has no usable access_token")


def _check_type(
    reply: Reply, members: Mapping[str, Any], old: Token | None, *, bound: bool
) -> None:
    """Hold `token_type` to what was asked for, whatever its case (RFC 6749 §5.1)."""
    kind, wanted = members.get("token_type"), "DPoP" if bound else "Bearer"
    # A renewal may leave out what stays the same (Crédit Agricole).
    if kind is None and old:
        return
    if isinstance(kind, str) and kind.lower() == "n_a":
        # RFC 8693 §2.2.1: what was issued cannot be shown to an API.
        problem = "it issued a token that is no access token (token_type N_A)"
        raise TokenReplyError(reply.host, problem)
    if bound and isinstance(kind, str) and kind.lower() == "bearer":
        raise TokenReplyError(
            reply.host, "DPoP was asked for, and it gave a Bearer token, which any thief could use"
        )
    if not isinstance(kind, str) or kind.lower() != wanted.lower():
        raise TokenReplyError(reply.host, f"its token_type is not {wanted}")


def _renewal(members: Mapping[str, Any], now: datetime, old: Token | None) -> dict[str, Any]:
    """Return the refresh token and its end: the new one, else the one that still holds."""
    fresh = members.get("refresh_token")
    if not (isinstance(fresh, str) and _TOKEN.fullmatch(fresh)):
        return (
            {"refresh_token": old.refresh_token, "refresh_expires_at": old.refresh_expires_at}
            if old
            else {}
        )
    life = _seconds(members.get("refresh_token_expires_in", members.get("refresh_expires_in")))
    return {
        "refresh_token": Secret(fresh),
        "refresh_expires_at": _after(now, life),
    }


def _after(now: datetime, life: float | None) -> datetime | None:
    return None if life is None else instant_after(now, life)


def _until(value: object, now: datetime, otherwise: float | None) -> float | None:
    """Return the seconds to the end that the server names as epoch seconds, where it is plausible; it may be over."""
    said = _number(value)
    if said is None or not -DAY <= said - now.timestamp() <= LONGEST_LIFE:
        return otherwise
    return said - now.timestamp()


def _seconds(value: object) -> float | None:
    """Return a lifetime; None where there is none that makes sense, so that the token is used until it is refused."""
    number = _number(value)
    return None if number is None else min(number, float(LONGEST_LIFE))


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    if not number.is_finite() or number <= 0:
        return None
    return float(number)


def _scope(value: object, otherwise: str) -> str:
    """Return the granted scope: text, or a list as some servers send it."""
    if isinstance(value, list):
        value = " ".join(item for item in value if isinstance(item, str))
    return value if isinstance(value, str) else otherwise
