"""A connection's access: renewed once for every thread and process that asks, or asked for anew where nobody signs in."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from bankview import web
from bankview.domain.connection import State
from bankview.errors import BankUnavailableError, OAuthError, SignInNeededError, UsageError
from bankview.file_lock import HeldError
from bankview.oauth import anew
from bankview.oauth.endpoints.revocation import CONFIRMED
from bankview.oauth.grant_names import CREDENTIALS, HELD, NONE, SESSION, is_anew
from bankview.oauth.grants import TokenAuth
from bankview.oauth.pause import Pause
from bankview.oauth.placed import PlacedToken
from bankview.oauth.token import NONE_YET
from bankview.store import connections
from bankview.sync.exchanged import others, shown
from bankview.sync.kept import load_token, lock_name, read_answers, save_token
from bankview.sync.reach import client_id, finisher, oauth_client, open_api, own_login
from bankview.sync.renewal import Marker, refreshed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bankview.banks import Bank
    from bankview.domain.connection import Connection
    from bankview.oauth.client import OAuthClient
    from bankview.oauth.token import Token
    from bankview.store.database import Database
    from bankview.sync.home import Home

    Renew = Callable[[Token], Token]


@contextmanager
def _alone(home: Home, name: str, host: str) -> Iterator[None]:
    """Let one thread of one process go on at a time.

    Raises:
        BankUnavailableError: another one keeps us waiting too long.
    """
    with ExitStack() as held:
        try:
            held.enter_context(home.lock(name))
        except HeldError:
            raise BankUnavailableError(host, "another Bankview is renewing the access") from None
        yield


def _pause(home: Home) -> Pause:
    """Return a wait that ends with the home."""
    pause = Pause()
    home.watch(pause)
    return pause


def renew(
    home: Home,
    connection_id: str,
    oauth: OAuthClient,
    stale: Token,
    wait: Callable[[float], object] | None = None,
) -> Token:
    """Return a token newer than `stale`, renewed once for every thread and process that asks, saved before its use.

    `wait` waits for some seconds before a renewal whose answer was lost is asked for again.

    Raises:
        SignInNeededError: the bank does not renew it any more.
    """
    name = lock_name(connection_id)
    with _alone(home, name, oauth.server.host):
        current = load_token(home, connection_id)
        if current.access_token != stale.access_token:
            return current
        if is_anew(oauth.client.grant) and not current.refresh_token:
            return _asked_anew(home, connection_id, oauth)
        if not current.refresh_token:
            raise SignInNeededError(reason="there is no refresh token")
        try:
            return refreshed(
                oauth,
                Marker.of(home.paths.locks / f"{name}.renewing", current),
                partial(load_token, home, connection_id),
                partial(save_token, home, connection_id),
                wait or _pause(home),
            )
        except SignInNeededError:
            if is_anew(oauth.client.grant):
                return _asked_anew(home, connection_id, oauth)
            raise


def _asked_anew(home: Home, connection_id: str, oauth: OAuthClient) -> Token:
    fresh = ask_anew(home, oauth, read_answers(home, connection_id))
    save_token(home, connection_id, fresh)
    return fresh


def ask_anew(home: Home, oauth: OAuthClient, answers: Mapping[str, str]) -> Token:
    """Return a token by a grant that needs no person; a token of another connection that it takes is renewed first.

    Raises:
        UsageError, SignInNeededError: as `exchanged.shown` raises them.
        KeyFileError, ServerError, BankError: as `anew.token` raises them.
    """

    def asked(*, renewed: bool) -> Token:
        current = partial(_current, home, renewed=renewed)
        return anew.token(oauth, home.now(), partial(shown, home, oauth.client, answers, current))

    try:
        return asked(renewed=False)
    except OAuthError as error:
        # RFC 8693 §2.2.2: the other connection's token was ended before its time. Once more, with a new one.
        if error.code not in {"invalid_request", "invalid_grant"} or not others(oauth.client):
            raise
        try:
            return asked(renewed=True)
        except SignInNeededError:
            raise error from None


def _current(home: Home, connection_id: str, *, renewed: bool) -> Token:
    """Return another connection's token, good for the next request; `renewed` in any case where that is wanted."""
    with closing(home.database()) as db:
        bank = home.bank(connected(db, connection_id).bank_id)
    answers = read_answers(home, connection_id)
    auth = log_in(home, bank, connection_id, answers)
    if not isinstance(auth, TokenAuth):
        raise SignInNeededError(bank.name, "it has no token")
    token = auth.current()
    if renewed and bank.client.grant != HELD:
        return renew(home, connection_id, oauth_client(home, bank, answers), token)
    return token


def named(db: Database, connection_id: str) -> Connection:
    """Return a connection, disconnected or not.

    Raises:
        UsageError: there is no such connection.
    """
    connection = connections.connection(db, connection_id)
    if connection is None:
        raise UsageError(
            f"No connection is called {connection_id}. `bankview connections` lists them."
        )
    return connection


def connected(db: Database, connection_id: str) -> Connection:
    """Return a connection that is not disconnected.

    Raises:
        UsageError: there is no such connection.
        SignInNeededError: it is disconnected.
    """
    connection = named(db, connection_id)
    if connection.state is State.DISCONNECTED:
        raise SignInNeededError(connection.name, "disconnected")
    return connection


def authorized(bank: Bank, token: Token, renew: Renew, **how: Any) -> TokenAuth:
    """Return what puts a token where a bank wants it; `how` is what `TokenAuth` takes."""
    place = bank.dialect.token_at
    return PlacedToken(place, token, renew, **how) if place else TokenAuth(token, renew, **how)


def log_in(
    home: Home, bank: Bank, connection_id: str, answers: Mapping[str, str]
) -> TokenAuth | Callable[[Any], Any] | None:
    """Return what logs requests in; the server's metadata is fetched only when a token must be renewed."""
    client: list[OAuthClient] = []
    if bank.client.grant == NONE:
        return None
    if bank.client.grant == SESSION:
        token = load_token(home, connection_id)
        return session_login(home, bank, answers, token, connection_id)

    def fresh(stale: Token) -> Token:
        if bank.client.grant == HELD:
            raise SignInNeededError(bank.name, "the token that was entered is no longer accepted")
        if not client:
            client.append(oauth_client(home, bank, answers))
        return renew(home, connection_id, client[0], stale)

    return authorized(
        bank,
        load_token(home, connection_id),
        fresh,
        now=home.clocks.of(bank.id),
        leeway=bank.client.leeway,
        anew=is_anew(bank.client.grant),
        strict=bank.client.believes_expires_at,
        forbidden=bank.dialect.forbidden,
        finish=finisher(home, bank, answers),
    )


def session_login(
    home: Home, bank: Bank, answers: Mapping[str, str], token: Token, connection_id: str = ""
) -> TokenAuth | Callable[[Any], Any]:
    """Return what logs requests in where a dialect has sessions: a signature of each, or a token, renewed when it ends.

    Without a `connection_id` nothing is kept yet.

    Raises:
        KeyFileError: the key that signs cannot be opened.
    """
    entry = bank.dialect.entry
    assert entry
    marks = entry.marks or (lambda _: {})

    def finish(request: Any) -> Any:
        request.headers.update(marks(token.session))
        return request

    if entry.tokens is None:
        return own_login(home, bank, answers) if entry.login else finish

    def fresh(stale: Token) -> Token:
        if not connection_id:
            return admitted(home, bank, answers, stale)
        with _alone(home, lock_name(connection_id), bank.name):
            current = load_token(home, connection_id)
            if current.access_token == stale.access_token:
                current = admitted(home, bank, answers, current)
                save_token(home, connection_id, current)
            return current

    return authorized(
        bank,
        token,
        fresh,
        now=home.clocks.of(bank.id),
        leeway=bank.client.leeway,
        anew=True,
        ended=entry.tokens.ended,
        finish=finish,
    )


def admitted(
    home: Home, bank: Bank, answers: Mapping[str, str], last: Token | None = None
) -> Token:
    """Return a new token for what the person entered.

    Raises:
        ClientRefusedError, BankError: the bank gives none.
    """
    entry = bank.dialect.entry
    assert entry
    assert entry.tokens
    api, sender = open_api(home, bank, answers, None, attended=False)
    with closing(sender.session):
        entered = {**answers, "client_id": client_id(bank, answers)}
        return entry.tokens.new(api, entered, last, home.clocks.of(bank.id)())


@contextmanager
def in_own_name(
    home: Home, bank: Bank, answers: Mapping[str, str], scope: str
) -> Iterator[web.Api]:
    """Yield a bank's API as it is open to us and no person: by a new token with a scope, which is kept nowhere.

    Raises:
        ServerError, BankError: the bank gives none.
    """
    own = replace(bank, client=replace(bank.client, grant=CREDENTIALS, scope=scope))
    oauth = oauth_client(home, own, answers)

    def token(_: Token) -> Token:
        return oauth.client_credentials()

    finish = finisher(home, bank, answers)
    auth = TokenAuth(NONE_YET, token, now=home.now, anew=True, finish=finish)
    api, sender = open_api(home, bank, answers, auth)
    with closing(oauth.sender.session), closing(sender.session):
        yield api


def logged_out(
    home: Home, bank: Bank, connection_id: str, answers: Mapping[str, str]
) -> Mapping[str, str]:
    """End an access with itself, which ends what renews it too, and return what was said to that, as a revocation is told.

    Raises:
        SignInNeededError, BankError: it did not end, or had ended.
    """
    auth = log_in(home, bank, connection_id, answers)
    api, sender = open_api(home, bank, answers, auth)
    with closing(sender.session):
        web.check(api.request("POST", bank.dialect.logout))
    return {"access_token": CONFIRMED}
