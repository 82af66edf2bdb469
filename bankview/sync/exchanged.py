"""The token that is exchanged for another: one that was entered, or another connection's, good for the moment."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from bankview.domain.secret import Secret
from bankview.errors import SignInNeededError, UsageError
from bankview.oauth.token_exchange import Shown
from bankview.store import connections
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bankview.oauth.registration import Client
    from bankview.oauth.token import Token
    from bankview.sync.home import Home

#: What a profile writes for a token that is asked for.
ENTERED = "env"
NOTHING = Shown(Secret())


def shown(
    home: Home,
    client: Client,
    answers: Mapping[str, str],
    current: Callable[[str], Token],
    whose: str,
) -> Shown:
    """Return the token of the "subject" or the "actor"; `NOTHING` where the profile names none.

    Args:
        home: where the other connection is looked up.
        client: with the profile's [oauth.exchange].
        answers: what the person entered.
        current: returns a connection's token, renewed where it has to be.
        whose: subject or actor.

    Raises:
        UsageError: there is no such connection, or two connections exchange each other's tokens.
        SignInNeededError: the other connection has no such token.
    """
    source = client.exchange.get(f"{whose}_token_from", "")
    kind = client.exchange.get(f"{whose}_token_type", "")
    if not source:
        return NOTHING
    if source == ENTERED:
        return Shown(Secret(answers.get(f"{whose}_token", "").strip()), kind)
    _refuse_circle(home, source)
    token = current(source)
    found = _part(token, kind.rpartition(":")[2])
    if not found:
        raise SignInNeededError(source, f"it has no {kind}")
    return Shown(found, kind or "access_token")


def others(client: Client) -> set[str]:
    """Return the ids of the connections whose tokens a client exchanges."""
    named = {text for key, text in client.exchange.items() if key.endswith("_from")}
    return named - {ENTERED}


def _part(token: Token, kind: str) -> Secret:
    if kind == "refresh_token":
        return token.refresh_token
    if kind == "id_token":
        return Secret(str(token.extra.get("id_token") or ""))
    return token.access_token


def _refuse_circle(home: Home, source: str) -> None:
    """Follow the connections that a token comes from; each renewal would wait for the other for ever."""
    sources, seen = [source], set[str]()
    with closing(home.database()) as db:
        while sources:
            name = sources.pop()
            if name in seen:
                raise UsageError(tr("{name} exchanges a token that comes from itself.", name=name))
            seen.add(name)
            connection = connections.connection(db, name)
            if connection is not None:
                sources += others(home.bank(connection.bank_id).client)
