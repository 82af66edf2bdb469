"""Disconnect: the access is ended at the bank, and a connection's secrets are removed."""

from __future__ import annotations

import logging
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bankview import web
from bankview.domain.connection import Connection, State
from bankview.errors import BankviewError
from bankview.oauth.endpoints.revocation import CONFIRMED, is_confirmed
from bankview.store import connections
from bankview.sync import access, kept, reach
from bankview.sync.access import logged_out, named, session_login

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bankview.banks import Bank
    from bankview.oauth.token import Token
    from bankview.sync.home import Home

LOG = logging.getLogger(__name__)

#: What a connection's `problem` says after the bank was asked to end the access and did not confirm it.
UNCONFIRMED = "RevocationNotConfirmed"


@dataclass(frozen=True, slots=True)
class Disconnected:
    """How a disconnection went; `confirmed` is False where the bank did not confirm that access ended."""

    confirmed: bool
    revocations: Mapping[str, str]


def disconnect(home: Home, connection_id: str, *, forget: bool = False) -> Disconnected:
    """End access at the bank and remove the connection's secrets, whatever the bank answers; rows stay.

    With `forget`, its accounts and rows go too.

    Raises:
        UsageError: there is no such connection.
    """
    with closing(home.database()) as db:
        connection = named(db, connection_id)
        revocations = _revoke(home, connection)
        confirmed = is_confirmed(revocations)
        for name in (kept.token_name(connection_id), kept.answers_name(connection_id)):
            home.secrets.delete(name)
        home.unsaved.pop(connection_id, None)
        if forget:
            connections.forget_connection(db, connection_id)
        else:
            connections.save_connection(
                db,
                replace(
                    connection, state=State.DISCONNECTED, problem="" if confirmed else UNCONFIRMED
                ),
            )
    home.forget_keys(connection.bank_id)
    return Disconnected(confirmed, revocations)


def _revoke(home: Home, connection: Connection) -> Mapping[str, str]:
    """Ask the bank to end the access; what goes wrong there never keeps our own secrets alive."""
    try:
        bank = home.bank(connection.bank_id)
        answers = kept.read_answers(home, connection.id)
        token = kept.load_token(home, connection.id)
        if bank.dialect.entry:
            return _closed(home, bank, answers, token)
        if bank.dialect.logout:
            return logged_out(home, bank, connection.id, answers)
        withdrawn = _withdrawn(home, bank, answers, token)
        return withdrawn | reach.oauth_client(home, bank, answers).revoke(token)
    except BankviewError as error:
        LOG.warning("access at %s could not be revoked: %s", connection.bank_id, error)
        return {}


def _withdrawn(home: Home, bank: Bank, answers: Mapping[str, str], token: Token) -> dict[str, str]:
    """Withdraw what was asked for before the sign-in, and return what was said to that; nothing where there is no such."""
    intent = bank.dialect.intent
    if intent is None or "session" not in token.extra:
        return {}
    with access.in_own_name(home, bank, answers, intent.scope) as api:
        intent.end(lambda path: web.check(api.request("DELETE", path)), token.session)
    return {"consent": CONFIRMED}


def _closed(home: Home, bank: Bank, answers: Mapping[str, str], token: Token) -> Mapping[str, str]:
    """Close a session, and return what was said to that, as a revocation is told; nothing where there is no page for it."""
    entry = bank.dialect.entry
    if entry is None or entry.page is None:
        return {}
    login = session_login(home, bank, answers, token)
    api, sender = reach.open_api(home, bank, answers, login)
    with closing(sender.session):
        entry.page.end(lambda path: web.check(api.request("DELETE", path)), token.session)
    return {"session": CONFIRMED}
