"""Tokens that nobody signs in for: each grant that can be asked again whenever a token is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.oauth import jwt_bearer, token_exchange
from bankview.oauth.grant_names import CREDENTIALS, EXCHANGE, JWT_BEARER

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bankview.oauth.client import OAuthClient
    from bankview.oauth.token import Token
    from bankview.oauth.token_exchange import Shown


def token(oauth: OAuthClient, now: datetime, shown: Callable[[str], Shown]) -> Token:
    """Return a new token by the client's grant; `shown` returns what is exchanged, for "subject" and "actor".

    Raises:
        KeyFileError: the signing key cannot be used.
        ServerError, BankError: as `OAuthClient.token_by` raises them.
    """
    client = oauth.client
    if client.grant == CREDENTIALS:
        return oauth.client_credentials()
    if client.grant == JWT_BEARER:
        return jwt_bearer.token(oauth, now)
    if client.grant == EXCHANGE:
        return token_exchange.exchange(oauth, shown("subject"), shown("actor"))
    return oauth.token_by(client.grant, {"scope": client.scope} if client.scope else {})
