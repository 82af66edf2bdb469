"""What a server says when a person is to approve on another device: lifetime, pace and addresses, each checked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bankview.domain.secret import Secret
from bankview.errors import TokenReplyError
from bankview.log import REDACTION
from bankview.oauth.polling import INTERVAL, Pace
from bankview.oauth.reply import is_token, read_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

#: Seconds that a person is waited for at most, whatever the server says.
LONGEST_WAIT = 3600.0


def read_pace(members: Mapping[str, Any], now: datetime, host: str) -> Pace:
    """Return how often to ask and until when; `now` is when the request was made.

    Raises:
        TokenReplyError: it does not say how long the request lasts.
    """
    life = read_seconds(members.get("expires_in"))
    if life is None:
        raise TokenReplyError(host, "it does not say how long the person may take (expires_in)")
    interval = read_seconds(members.get("interval")) or INTERVAL
    return Pace(interval, now, now + timedelta(seconds=min(life, LONGEST_WAIT)))


def read_handle(members: Mapping[str, Any], name: str, host: str) -> Secret:
    """Return the secret by which the server is asked again.

    Raises:
        TokenReplyError: there is none.
    """
    value = members.get(name)
    if not is_token(value):
        raise TokenReplyError(host, f"its answer has no usable {name}")
    REDACTION.hide(value)
    return Secret(value)
