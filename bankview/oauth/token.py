"""A token as a value: what it is good for, until when, and its form for the keychain."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from bankview.domain.secret import Secret
from bankview.errors import BadBankDataError, SignInNeededError
from bankview.log import REDACTION
from bankview.oauth.dpop import hide
from bankview.web import decode

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Names the form in which a token is kept; another form gets another name.
_FORM = "token-1"


@dataclass(frozen=True)
class Token:
    """An access token, its refresh token, and every other member of the reply in `extra`. Instants are in UTC.

    `expires_at` is None where the server did not say: such a token is used until it is refused. `scope` is what was
    granted. `dpop_key` is the private key that both tokens are bound to, as a JWK, where DPoP was asked for;
    `certificate` is the thumbprint of the one that was shown when the person signed in (`x5t#S256` of RFC 8705 §3.1).
    repr shows no secret, and a token cannot be pickled.
    """

    access_token: Secret
    token_type: str = "Bearer"  # noqa: S105 - it is no password
    expires_at: datetime | None = None
    refresh_token: Secret = field(default_factory=Secret)
    refresh_expires_at: datetime | None = None
    scope: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)
    obtained_at: datetime | None = None
    dpop_key: Secret = field(default_factory=Secret)
    certificate: str = ""

    def __post_init__(self) -> None:
        id_token = self.extra.get("id_token")
        REDACTION.hide(
            self.access_token.reveal(),
            self.refresh_token.reveal(),
            id_token if isinstance(id_token, str) else "",
        )
        hide(self.dpop_key)

    @property
    def session(self) -> str:
        """What the bank calls the session that was opened, where it has a name beside the token that calls carry."""
        name = self.extra.get("session")
        return name if isinstance(name, str) else self.access_token.reveal()

    @property
    def session_ends(self) -> datetime | None:
        """When that session ends, where the bank says so."""
        return _instant(self.extra.get("session_ends"))

    def within(self, session: str, ends: datetime | None) -> Self:
        """Return it with the session that it was given for."""
        said = {"session": session, "session_ends": _text(ends)}
        return replace(self, extra={**self.extra, **said})

    def continuing(self, old: Token) -> Self:
        """Return it with the session of the token that it takes the place of."""
        return self.within(old.session, old.session_ends) if "session" in old.extra else self

    def expires_in(self, now: datetime) -> float | None:
        """Return the seconds left, negative once it has ended; None where the server did not say."""
        return (self.expires_at - now).total_seconds() if self.expires_at else None

    def has_ended(self, now: datetime) -> bool:
        """Tell whether its end has come; a token without an end has none."""
        left = self.expires_in(now)
        return left is not None and left <= 0

    def ends_within(self, leeway: float, now: datetime) -> bool:
        """Tell whether it ends within `leeway` seconds.

        Of a short life only the last half counts: a leeway of 30 s must not renew a 20 s token with every call.
        """
        left = self.expires_in(now)
        if left is None:
            return False
        if self.expires_at and self.obtained_at:
            leeway = min(leeway, (self.expires_at - self.obtained_at).total_seconds() / 2)
        return left <= leeway

    def missing(self, asked: str) -> tuple[str, ...]:
        """Return the scopes that were asked for and not granted; order does not count (RFC 6749 §3.3)."""
        granted = set(self.scope.split())
        return tuple(scope for scope in asked.split() if scope not in granted)

    def to_json(self) -> str:
        """Return it as ASCII text for the keychain, secrets included."""
        kept = {
            "access_token": self.access_token.reveal(),
            "token_type": self.token_type,
            "expires_at": _text(self.expires_at),
            "refresh_token": self.refresh_token.reveal(),
            "refresh_expires_at": _text(self.refresh_expires_at),
            "scope": self.scope,
            "obtained_at": _text(self.obtained_at),
            "extra": dict(self.extra),
            "dpop_key": self.dpop_key.reveal(),
            "certificate": self.certificate,
        }
        return json.dumps({_FORM: kept}, default=float)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the token that `to_json` wrote.

        Raises:
            SignInNeededError: the text is something else; only a new sign-in helps.
        """
        try:
            kept = decode(text.encode())[_FORM]
            return cls(
                access_token=Secret(kept["access_token"]),
                token_type=kept["token_type"],
                expires_at=_instant(kept["expires_at"]),
                refresh_token=Secret(kept["refresh_token"]),
                refresh_expires_at=_instant(kept["refresh_expires_at"]),
                scope=kept["scope"],
                extra=dict(kept["extra"]),
                obtained_at=_instant(kept["obtained_at"]),
                # Tokens that were kept before these had a place have neither.
                dpop_key=Secret(kept.get("dpop_key", "")),
                certificate=kept.get("certificate", ""),
            )
        except (BadBankDataError, AttributeError, KeyError, TypeError, ValueError):
            raise SignInNeededError(reason="what the keychain holds is no token") from None


#: Stands for a token that is still to be asked for.
NONE_YET = Token(Secret())


def instant_after(now: datetime, seconds: float) -> datetime:
    """Return `now` plus a number of seconds, in UTC."""
    return (now + timedelta(seconds=seconds)).astimezone(UTC)


def _text(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).isoformat() if instant else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
