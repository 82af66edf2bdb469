"""Token revocation (RFC 7009): the refresh token first, then the access token."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bankview.errors import BadBankDataError, BankError
from bankview.web import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bankview.oauth.token import Token
    from bankview.web import Reply

LOG = logging.getLogger(__name__)

#: The server said that the token is dead; also what it says of a token that it never knew (§2.2).
CONFIRMED = "confirmed"
#: It could not be asked, or could not say: the token may still live.
UNCONFIRMED = "unconfirmed"
#: It said that it will not.
REFUSED = "refused"
#: It does not end tokens of this type (§2.2.1): this one lasts until its own end.
UNSUPPORTED = "unsupported"


def revoke(token: Token, post: Callable[[Mapping[str, str]], Reply]) -> dict[str, str]:
    """Return what the server said of each secret that the token holds, by its token type hint.

    The refresh token goes first: it outlives the other, and many servers end both with it. What happens to one does
    not keep the other alive.

    Args:
        token: to be revoked.
        post: sends these fields to the revocation endpoint, with the client's own.

    Raises:
        Interrupted: the exchange was cut short.
    """
    secrets = {"refresh_token": token.refresh_token, "access_token": token.access_token}
    return {
        hint: _revoke(post, {"token": secret.reveal(), "token_type_hint": hint})
        for hint, secret in secrets.items()
        if secret
    }


def is_confirmed(said: Mapping[str, str]) -> bool:
    """Tell whether the server confirmed the end of every token; one that was not asked confirmed nothing."""
    return bool(said) and all(answer == CONFIRMED for answer in said.values())


def _revoke(post: Callable[[Mapping[str, str]], Reply], fields: Mapping[str, str]) -> str:
    try:
        reply = post(fields)
    except BankError as error:
        LOG.info("a revocation got no answer: %s", error)
        return UNCONFIRMED
    if 200 <= reply.status < 300:
        return CONFIRMED
    if reply.status < 400 or reply.status in {408, 429} or reply.status >= 500:
        return UNCONFIRMED
    return UNSUPPORTED if _code(reply) == "unsupported_token_type" else REFUSED


def _code(reply: Reply) -> object:
    try:
        said = decode(reply.body, reply.host)
    except BadBankDataError:
        return None
    return said.get("error") if isinstance(said, dict) else None
