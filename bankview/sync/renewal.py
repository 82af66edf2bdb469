"""Renews a token that may be shown once only: what was sent is marked first, and an answer that is lost asks once more."""

from __future__ import annotations

import hashlib
import json
import logging
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bankview.errors import (
    BankError,
    BankUnavailableError,
    CertificateChangedError,
    ServerError,
    SignInNeededError,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bankview.oauth.client import OAuthClient
    from bankview.oauth.token import Token

LOG = logging.getLogger(__name__)

#: How often one refresh token is shown at most: servers that allow a second time do so for some seconds.
MOST_SENT = 2
#: Seconds between the two, drawn anew each time.
WAIT = (1.0, 3.0)


@dataclass(frozen=True, slots=True)
class Marker:
    """A file that says how often a refresh token went out without an answer that was saved; it names no secret."""

    path: Path
    token: str

    @classmethod
    def of(cls, path: Path, token: Token) -> Marker:
        """Return the marker of a token's refresh token."""
        return cls(path, hashlib.sha256(token.refresh_token.reveal().encode()).hexdigest()[:8])

    @property
    def sent(self) -> int:
        """How often; of another token's marker, and of a file that cannot be read, nothing is believed."""
        try:
            said = json.loads(self.path.read_text("ascii"))
            return int(said["sent"]) if said["token"] == self.token else 0
        except (OSError, ValueError, TypeError, KeyError):
            return 0

    def write(self, sent: int) -> None:
        """Mark it; 0 takes the marker away."""
        if not sent:
            self.path.unlink(missing_ok=True)
            return
        self.path.touch(mode=0o600)
        self.path.write_text(json.dumps({"token": self.token, "sent": sent}), "ascii")


def refreshed(
    oauth: OAuthClient,
    marker: Marker,
    read: Callable[[], Token],
    save: Callable[[Token], None],
    wait: Callable[[float], object],
) -> Token:
    """Return a renewed token, saved before anybody uses it.

    Where the answer is lost, the server may have renewed it or not: what is kept is read again, and the old refresh
    token is shown once more after a moment. No refresh token goes out more than MOST_SENT times, over all processes.

    Args:
        oauth: the bank's client.
        marker: of the token that `read` returns.
        read: returns the token that is kept.
        save: keeps the renewed one.
        wait: waits for some seconds, or raises Interrupted.

    Raises:
        SignInNeededError: the server does not renew it any more, or does not answer to that.
        BankUnavailableError, OfflineError, ServerError: as `OAuthClient.refresh`; the old token still holds.
    """
    current = read()
    for before in range(marker.sent, MOST_SENT):
        marker.write(before + 1)
        try:
            fresh = oauth.refresh(current)
        except SignInNeededError as error:
            marker.write(0)
            raise _ended(error, oauth.server.host, interrupted=bool(before)) from None
        except (BankError, ServerError) as error:
            if not _is_lost(error):
                marker.write(before)
                raise
            LOG.info("no answer came to a renewal at %s: %s", oauth.server.host, error)
        else:
            save(fresh)
            marker.write(0)
            return fresh
        if before + 1 < MOST_SENT:
            wait(random.uniform(*WAIT))  # noqa: S311 - it spreads requests, and keeps no secret
            kept = read()
            if kept.refresh_token != current.refresh_token:
                marker.write(0)
                return kept
    marker.write(0)
    raise SignInNeededError(oauth.server.host, "no answer came to a renewal")


def _ended(error: SignInNeededError, host: str, *, interrupted: bool) -> SignInNeededError:
    """Return why the access ended, as well as it can be told."""
    if isinstance(error, CertificateChangedError):
        return error
    reason = "interrupted while renewing" if interrupted else "the bank ended the access"
    return SignInNeededError(host, reason)


def _is_lost(error: BankError | ServerError) -> bool:
    """Tell whether the request went out and no answer came.

    Maintenance pages and the like are answers: they come from before the server's door, and cost no sign-in.
    """
    return isinstance(error, BankUnavailableError) and error.unanswered
