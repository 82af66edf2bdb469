"""What the keychain keeps of a connection: its token, and what the person entered for it."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import TYPE_CHECKING

from bankview import log
from bankview.errors import KeychainError, SignInNeededError
from bankview.oauth.token import Token

if TYPE_CHECKING:
    from datetime import datetime

    from bankview.sync.home import Home

LOG = logging.getLogger(__name__)


def token_name(connection_id: str) -> str:
    """Return the keychain's name for a connection's token."""
    return f"token/{connection_id}"


def answers_name(connection_id: str) -> str:
    """Return the keychain's name for what the person entered for a connection: client id, secret, header values."""
    return f"answers/{connection_id}"


def lock_name(connection_id: str) -> str:
    """Return the name of the lock that whoever renews a connection's token holds."""
    return hashlib.sha256(connection_id.encode()).hexdigest()[:16]


def read_answers(home: Home, connection_id: str) -> dict[str, str]:
    """Return what the person entered for a connection; empty where nothing was asked."""
    text = home.secrets.read(answers_name(connection_id))
    answers: dict[str, str] = json.loads(text) if text else {}
    log.REDACTION.hide(*(value for name, value in answers.items() if name != "client_id"))
    return answers


def load_token(home: Home, connection_id: str) -> Token:
    """Return a connection's token.

    Raises:
        SignInNeededError: the keychain has none.
        KeychainError: another process has moved it elsewhere.
    """
    text = home.unsaved.get(connection_id) or home.secrets.read(token_name(connection_id))
    if not text and home.has_moved:
        raise KeychainError("the keys were moved to another place meanwhile; start Bankview anew")
    if not text:
        raise SignInNeededError(reason="the keychain has no token")
    return Token.from_json(text)


def access_ends(home: Home, connection_id: str) -> datetime | None:
    """Return when a connection's access can be renewed no more, where its server said so (UTC)."""
    try:
        return load_token(home, connection_id).refresh_expires_at
    except SignInNeededError:
        return None


def save_token(home: Home, connection_id: str, token: Token) -> None:
    """Keep a token. One that the keychain refuses is kept in memory, and saved with the next chance.

    A rotated refresh token is the only one that still works, so that losing it here would end the grant.
    """
    text = token.to_json()
    try:
        home.secrets.write(token_name(connection_id), text)
    except KeychainError:
        home.unsaved[connection_id] = text
        LOG.warning(
            "the keychain did not take the renewed access; it is kept until this process ends"
        )
    else:
        home.unsaved.pop(connection_id, None)


def save_unsaved(home: Home) -> None:
    """Offer the keychain again what it did not take before; what it still refuses stays in memory."""
    for connection_id in tuple(home.unsaved):
        save_token(home, connection_id, load_token(home, connection_id))
