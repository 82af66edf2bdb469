"""Asks again and again until a person has approved elsewhere (RFC 8628 §3.5, OpenID CIBA Core §11)."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bankview.errors import (
    BadRedirectError,
    BankUnavailableError,
    Interrupted,
    OAuthError,
    OfflineError,
    RateLimitedError,
    SignInDeniedError,
    SignInTimedOutError,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bankview.oauth.token import Token

#: Seconds between two questions where the server does not say, and that `slow_down` adds for good.
INTERVAL, SLOWER = 5.0, 5.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the server may be asked (seconds), and until when (UTC) the person may approve.

    `began` is when the server was asked to let the person approve.
    """

    interval: float
    began: datetime
    ends: datetime

    @property
    def seconds(self) -> int:
        """How long the person has."""
        return math.ceil((self.ends - self.began).total_seconds())

    @property
    def minutes(self) -> int:
        """How long the person has, in whole minutes."""
        return math.ceil(self.seconds / 60)


class Patience:
    """A wait that others can cut short; `stop` is called to cut what is being asked meanwhile, too."""

    def __init__(self, stop: Callable[[], object]) -> None:
        self._stop = stop
        self._over = threading.Event()

    def wait(self, seconds: float) -> None:
        """Let this time pass.

        Raises:
            Interrupted: `cancel` was called, before or meanwhile.
        """
        if self._over.wait(seconds):
            raise Interrupted

    def cancel(self) -> None:
        """End the wait at once; from any thread."""
        self._over.set()
        self._stop()

    def accept(self, address: str) -> None:  # noqa: ARG002 - as its siblings take one
        """Refuse a pasted address: the answer comes by itself.

        Raises:
            BadRedirectError: always.
        """
        raise BadRedirectError("this sign-in waits for no address")


def poll(
    ask: Callable[[], Token],
    pace: Pace,
    *,
    wait: Callable[[float], object],
    now: Callable[[], datetime],
) -> Token:
    """Return the token that `ask` brings once the person has approved.

    Between two questions lies at least the interval; `slow_down` adds to it for good, a server that cannot be reached
    is asked half as often each time until it answers again.

    Raises:
        SignInDeniedError: the person said no.
        SignInTimedOutError: nobody approved in time.
        Interrupted: as `wait` raises it.
        ServerError: the server says something else.
    """
    interval = pause = pace.interval
    while True:
        left = (pace.ends - now()).total_seconds()
        wait(max(0.0, min(pause, left)))
        if now() >= pace.ends:
            raise SignInTimedOutError(pace.minutes)
        try:
            return ask()
        except RateLimitedError as error:
            interval += SLOWER
            pause = max(interval, error.retry_after or 0)
        except (BankUnavailableError, OfflineError) as error:
            pause = max(2 * pause, getattr(error, "retry_after", None) or 0)
        except OAuthError as error:
            if error.code != "authorization_pending":
                raise _ended(error, pace) from None
            pause = interval


def _ended(error: OAuthError, pace: Pace) -> Exception:
    if error.code == "access_denied":
        return SignInDeniedError(error.code, error.description)
    if error.code == "expired_token":
        return SignInTimedOutError(pace.minutes)
    return error
