"""What was asked for in detail, and what was granted of it (RFC 9396 §7)."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bankview.errors import TokenReplyError
from bankview.oauth.wording import code_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bankview.oauth.token import Token

    #: One detail, with its `type`.
    Detail = Mapping[str, Any]

LOG = logging.getLogger(__name__)

NAME = "authorization_details"
#: How many granted details are looked at; real replies have a handful.
MOST = 100


def kept(token: Token, asked: Sequence[Detail], old: Token | None, host: str) -> Token:
    """Return a token with the details that it stands for: those of its reply, else those of the token it renews.

    What was asked for and not granted is logged by its type.

    Raises:
        TokenReplyError: the reply's are no list of details.
    """
    if NAME not in token.extra:
        before = old.extra.get(NAME) if old else None
        return replace(token, extra={**token.extra, NAME: before}) if before else token
    granted = read_granted(token.extra[NAME], host)
    if lacking := missing(asked, granted):
        LOG.info("%s granted less than was asked for: %s", host, " ".join(lacking))
    return token


def lacking(token: Token, asked: Sequence[Detail]) -> tuple[str, ...]:
    """Return the types of what was asked for and not granted; a server that does not say what it granted, granted all."""
    granted = token.extra.get(NAME)
    return () if granted is None else missing(asked, granted)


def read_granted(value: object, host: str) -> tuple[Detail, ...]:
    """Return the details of a token reply; members that are not known stay as they are.

    Raises:
        TokenReplyError: it is no list of objects which each say their `type`.
    """
    sound = isinstance(value, list) and len(value) <= MOST
    details = value if isinstance(value, list) and sound else [None]
    if not all(isinstance(one, dict) and isinstance(one.get("type"), str) for one in details):
        raise TokenReplyError(host, "its authorization_details cannot be read")
    return tuple(details)


def missing(asked: Sequence[Detail], granted: Sequence[Detail]) -> tuple[str, ...]:
    """Return the types of the details that were asked for and that nothing granted covers."""
    return tuple(
        code_of(one["type"])
        for one in asked
        if not any(all(_covers(other.get(name), one[name]) for name in one) for other in granted)
    )


def _covers(granted: object, asked: object) -> bool:
    """Tell whether a granted member is what was asked for; a list may hold more, in any order."""
    if isinstance(asked, list) and isinstance(granted, list):
        return all(item in granted for item in asked)
    return granted == asked
