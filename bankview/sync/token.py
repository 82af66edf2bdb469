"""What a bank's authorization server says of a connection's access, asked by a person: never by the app itself."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from bankview.domain.connection import State
from bankview.errors import UsageError
from bankview.oauth.endpoints.revocation import is_confirmed
from bankview.oauth.grant_names import HELD, NONE, SESSION
from bankview.store import connections
from bankview.sync import access, kept, reach
from bankview.sync.disconnect import UNCONFIRMED
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bankview.domain.connection import Connection
    from bankview.oauth.client import OAuthClient
    from bankview.oauth.endpoints.said import Said
    from bankview.oauth.token import Token
    from bankview.sync.home import Home


def introspect(home: Home, connection_id: str) -> Said:
    """Return what the server says of the access token (RFC 7662); a token that has ended is renewed first.

    Raises:
        UsageError: there is no such connection, or nobody signs in for it.
        SignInNeededError: it has no access any more.
        ServerError, BankError: the server has no such endpoint, does not answer, or not to us.
    """
    oauth, token = _good(home, connection_id)
    return oauth.introspection(token)


def userinfo(home: Home, connection_id: str) -> Said:
    """Return who signed in, as the server says it (OpenID Connect Core §5.3).

    Raises:
        see `introspect`.
    """
    oauth, token = _good(home, connection_id)
    return oauth.userinfo_answer(token)


def refresh(home: Home, connection_id: str) -> Token:
    """Renew the access now, and return what came.

    Raises:
        see `introspect`.
    """
    oauth = _client(home, connection_id)
    return access.renew(home, connection_id, oauth, kept.load_token(home, connection_id))


def revoke(home: Home, connection_id: str) -> Mapping[str, str]:
    """End the access at the bank, and return what it said to the end of each token; see `OAuthClient.revoke`.

    What is kept here stays until the connection is disconnected; until then it needs a new sign-in.

    Raises:
        see `introspect`.
    """
    oauth, bank = _client(home, connection_id), home.bank(_connected(home, connection_id).bank_id)
    if bank.dialect.logout:
        answers = kept.read_answers(home, connection_id)
        said = access.logged_out(home, bank, connection_id, answers)
    else:
        said = oauth.revoke(kept.load_token(home, connection_id))
    with closing(home.database()) as db:
        problem = "" if is_confirmed(said) else UNCONFIRMED
        connection = replace(
            access.connected(db, connection_id), state=State.SIGN_IN, problem=problem
        )
        connections.save_connection(db, connection)
    return said


def _good(home: Home, connection_id: str) -> tuple[OAuthClient, Token]:
    """Return a connection's client, and a token that has not ended."""
    oauth = _client(home, connection_id)
    token = kept.load_token(home, connection_id)
    if token.has_ended(home.clocks.of(_connected(home, connection_id).bank_id)()):
        token = access.renew(home, connection_id, oauth, token)
    return oauth, token


def _client(home: Home, connection_id: str) -> OAuthClient:
    connection = _connected(home, connection_id)
    bank = home.bank(connection.bank_id)
    if bank.client.grant in {NONE, HELD}:
        problem = tr("{id} has no sign-in server: its token was entered.", id=connection_id)
        raise UsageError(problem)
    if bank.client.grant == SESSION:
        raise UsageError(
            tr("{id} has no sign-in server: its bank opened a session.", id=connection_id)
        )
    return reach.oauth_client(home, bank, kept.read_answers(home, connection_id))


def _connected(home: Home, connection_id: str) -> Connection:
    with closing(home.database()) as db:
        return access.connected(db, connection_id)
