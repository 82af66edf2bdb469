"""A logged-in session: a connection's token, its bank's API, and the quotas that stand between them."""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
import tempfile
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from filelock import Timeout

from bankview import log, web
from bankview.banks import HttpSignature, for_a_moment, opened, read_certificate
from bankview.domain.connection import State
from bankview.domain.secret import Secret
from bankview.errors import (
    BankUnavailableError,
    KeychainError,
    KeyFileError,
    OAuthError,
    RateLimitedError,
    SignInNeededError,
    UsageError,
)
from bankview.oauth import anew
from bankview.oauth.client import OAuthClient
from bankview.oauth.grant_names import HELD, NONE, endpoints, is_anew
from bankview.oauth.grants import TokenAuth
from bankview.oauth.pause import Pause
from bankview.oauth.server import discover
from bankview.oauth.token import Token
from bankview.store import connections
from bankview.sync.exchanged import others, shown
from bankview.sync.renewal import Marker, refreshed
from bankview.words import tr

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from types import TracebackType

    from bankview.banks import Bank
    from bankview.domain.connection import Connection
    from bankview.store.database import Database
    from bankview.sync.home import Home

LOG = logging.getLogger(__name__)


def token_name(connection_id: str) -> str:
    """Return the keychain's name for a connection's token."""
    return f"token/{connection_id}"


def answers_name(connection_id: str) -> str:
    """Return the keychain's name for what the person entered for a connection: client id, secret, header values."""
    return f"answers/{connection_id}"


def read_answers(home: Home, connection_id: str) -> dict[str, str]:
    """Return what the person entered for a connection; empty where nothing was asked."""
    text = home.secrets.read(answers_name(connection_id))
    answers: dict[str, str] = json.loads(text) if text else {}
    log.REDACTION.hide(*(value for name, value in answers.items() if name != "client_id"))
    return answers


def tls(home: Home, bank: Bank, answers: Mapping[str, str]) -> ssl.SSLContext:
    """Return what a bank is shown and trusted by; its private key is read from the keychain where it has one.

    Raises:
        UsageError: the key is gone, or does not fit its certificate or passphrase.
    """
    certificate = answers.get("tls.certificate", "")
    if bank.certificate is None and not certificate:
        return web.tls_context(ca=bank.ca)
    pem = answers.get("tls.private_key") or home.keys(bank)["tls.private_key"]
    # The library takes a key from a file only: it sees one that a word of this moment locks.
    lock = secrets.token_urlsafe(32)
    with tempfile.TemporaryDirectory(prefix="bankview-") as folder:
        key, shown = Path(folder) / "key.pem", bank.certificate or Path(folder) / "certificate.pem"
        key.touch(mode=0o600)
        key.write_bytes(for_a_moment(pem, answers.get("key_passphrase", ""), lock))
        if bank.certificate is None:
            shown.write_text(certificate, "ascii")
        try:
            return web.tls_context(ca=bank.ca, certificate=shown, key=key, password=lock)
        except OSError as error:
            raise KeyFileError(
                shown.name, tr("it is no certificate, or the private key does not fit it")
            ) from error


def oauth_client(
    home: Home, bank: Bank, answers: Mapping[str, str], *, anew: bool = False
) -> OAuthClient:
    """Return the OAuth client of a bank with what the person entered; its endpoints are discovered now.

    With `anew` the server is asked for them even where they are kept from before.

    Raises:
        ServerError, BankUnavailableError, OfflineError: the server's metadata cannot be had or trusted.
    """
    context = tls(home, bank, answers)
    sender = web.Sender(context=context)
    home.watch(sender)
    needed = endpoints(bank.client.grant)
    certificate = _thumbprint(bank, answers)
    fetch = home.discovery.sender(bank.server.issuer, sender.send, anew=anew)
    # Who has a certificate shows it, for tokens bound to it as well as to prove the client (RFC 8705 §5).
    server = discover(bank.server, fetch, mtls=bool(certificate), needed=needed, knows=fetch.knows)
    client = replace(
        bank.client,
        client_id=answers.get("client_id") or bank.client.client_id,
        secret=Secret(answers.get("client_secret", "")),
        signing_key=_signing_key(home, bank, answers),
        ready_assertion=Secret(home.keys(bank).get("oauth.assertion.file", "")),
        parameters=_parameters(bank, answers),
    )
    signed = bank.signing is not None and bank.signing.token_requests
    finish = finisher(home, bank, answers) if signed else None
    oauth = OAuthClient(
        server,
        client,
        context=context,
        now=home.clocks.of(bank.id),
        finish=finish,
        fetch=fetch,
        certificate=certificate,
    )
    home.watch(oauth.sender)
    return oauth


def _thumbprint(bank: Bank, answers: Mapping[str, str]) -> str:
    """Return the `x5t#S256` of the certificate that a bank is shown (RFC 8705 §3.1); nothing where it is shown none."""
    text = answers.get("tls.certificate", "").encode()
    if not text and bank.certificate:
        text = bank.certificate.read_bytes()
    return read_certificate(text).thumbprint if text else ""


def _signing_key(home: Home, bank: Bank, answers: Mapping[str, str]) -> Secret:
    held = answers.get("oauth.signing_key") or home.keys(bank).get("oauth.signing_key", "")
    return Secret(opened(held, answers.get("key_passphrase", "")).decode() if held else "")


def _parameters(bank: Bank, answers: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
    """Return the further fields of requests, with what the person answered for the authorization request."""
    chosen = {
        name.removeprefix("authorization."): text
        for name, text in answers.items()
        if name.startswith("authorization.") and text
    }
    fixed = bank.client.parameters
    return {**fixed, "authorization": {**fixed.get("authorization", {}), **chosen}}


def load_token(home: Home, connection_id: str) -> Token:
    """Return a connection's token.

    Raises:
        SignInNeededError: the keychain has none.
    """
    text = home.unsaved.get(connection_id) or home.secrets.read(token_name(connection_id))
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


@contextmanager
def _alone(home: Home, name: str, host: str) -> Iterator[None]:
    """Let one thread of one process go on at a time.

    Raises:
        BankUnavailableError: another one keeps us waiting too long.
    """
    lock = home.lock(name)
    try:
        lock.acquire()
    except Timeout:
        raise BankUnavailableError(host, "another Bankview is renewing the access") from None
    try:
        yield
    finally:
        lock.release()


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
    name = hashlib.sha256(connection_id.encode()).hexdigest()[:16]
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
        bank = home.bank(_connection(db, connection_id).bank_id)
    answers = read_answers(home, connection_id)
    auth = _auth(home, bank, connection_id, answers)
    if auth is None:
        raise SignInNeededError(bank.name, "it has no token")
    token = auth.current()
    if renewed and bank.client.grant != HELD:
        return renew(home, connection_id, oauth_client(home, bank, answers), token)
    return token


@dataclass(frozen=True)
class Session:
    """A logged-in connection. `get` is what a dialect is given: counted, confined and read-only."""

    home: Home
    connection: Connection
    bank: Bank
    api: web.Api
    sender: web.Sender
    database: Database
    attended: bool

    def get(self, path: Any, params: Any = None, headers: Any = None) -> Any:
        """Return decoded JSON; see `web.Api.get`.

        Raises:
            RateLimitedError: the bank's calls an hour are used up; nothing was sent.
        """
        self.count(path)
        return self.api.get(path, params, headers)

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """Send a JSON body by PUT, where the dialect lists that among its writes; see `send`."""
        return self.send("PUT", path, body)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Send a JSON body by POST, where the dialect lists that among its writes; see `send`."""
        return self.send("POST", path, body)

    def send(self, method: str, path: str, body: Mapping[str, Any]) -> Any:
        """Return the decoded answer to one of the dialect's writes, None where it has no body.

        Raises:
            UnsafeRequestError: the dialect does not list it; nothing was sent.
            RateLimitedError: see `get`.
        """
        self.count(path)
        return send_json(self.api, method, path, body)

    def request(self, path: Any, params: Any = None) -> web.Reply:
        """Return the raw answer to a GET, whatever its status, counted like any other.

        Raises:
            RateLimitedError: see `get`.
            UnsafeRequestError: the path leaves the bank's root; nothing was sent or counted.
        """
        self.api.url(path)
        self.count(path)
        return self.api.request("GET", path, params=params)

    def count(self, path: Any) -> None:
        """Count a call about to be made, over every process of this home.

        Raises:
            RateLimitedError: the bank's calls an hour, or those to this endpoint without a person, are used up.
        """
        now = self.home.now()
        endpoint = path if isinstance(path, str) else "/".join(map(str, path))
        self._hold(self.bank.calls_per_hour, timedelta(hours=1))
        # PSD2 counts each account's balances and rows apart (EU 2018/389 Art. 36 §5), and further pages not at all.
        if self.bank.dialect.psu and not self.attended and not isinstance(path, web.Link):
            self._hold(self.bank.unattended_per_day, timedelta(days=1), endpoint)
        connections.record_call(self.database, self.connection.id, 0, endpoint, self.attended, now)

    def _hold(self, limit: int, within: timedelta, endpoint: str | None = None) -> None:
        now = self.home.now()
        attended = None if endpoint is None else False
        made = connections.calls(
            self.database, self.connection.id, now - within, endpoint=endpoint, attended=attended
        )
        if limit and len(made) >= limit:
            wait = made[-limit] + within - now
            raise RateLimitedError(self.bank.name, max(1, int(wait.total_seconds())))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.sender.session.close()
        self.database.close()


def send_json(api: web.Api, method: str, path: str, body: Mapping[str, Any]) -> Any:
    """Return the decoded answer to a JSON body, None where the answer has none.

    Raises:
        UnsafeRequestError, BankError: as `web.Api.request` and `web.check` raise them.
    """
    reply = web.check(api.request(method, path, json=dict(body)))
    return reply.json() if reply.body.strip() else None


def finisher(home: Home, bank: Bank, answers: Mapping[str, str]) -> Callable[[Any], None]:
    """Return what completes each request of a bank as the last thing before it is sent: its signature, or nothing.

    Raises:
        UsageError: the signing key is gone, or cannot be used.
    """
    if bank.signing is None:
        return lambda _: None
    held = answers.get("signature.private_key") or home.keys(bank)["signature.private_key"]
    pem = opened(held, answers.get("key_passphrase", ""))
    key_id = _filled(bank, answers, bank.signing.key_id)
    signing = HttpSignature(key_id, Secret(pem.decode()), bank.signing.headers)
    return signing.finisher(home.now)


def _filled(bank: Bank, answers: Mapping[str, str], value: str) -> str:
    """Return a value of a profile with what was asked for in the place of its name."""
    if value == "$client_id":
        return answers.get("client_id") or bank.client.client_id
    return answers.get(value, value) if value.startswith("$") else value


def open_api(
    home: Home,
    bank: Bank,
    answers: Mapping[str, str],
    auth: TokenAuth | None,
    *,
    attended: bool = True,
) -> tuple[web.Api, web.Sender]:
    """Return a bank's API, logged in by `auth` where it wants a login, and the sender below it.

    While a person is there (`attended`), a bank that counts calls without one is told the person's address.
    """
    sender = web.Sender(context=tls(home, bank, answers))
    sender.session.auth = auth
    home.watch(sender)
    headers = {
        name: _filled(bank, answers, value)
        for name, value in {**bank.dialect.headers, **bank.headers}.items()
    }
    if attended and bank.dialect.psu:
        headers["PSU-IP-Address"] = web.own_address(bank.api)
    return web.Api(bank.api, sender.send, headers=headers, writes=bank.dialect.writes), sender


def open_session(home: Home, connection_id: str, *, attended: bool = True) -> Session:
    """Return a logged-in session of a connection, with a ledger connection of its own; use it in a `with`.

    Raises:
        UsageError: there is no such connection.
        SignInNeededError: it is disconnected, or the keychain has no token for it.
    """
    save_unsaved(home)
    db = home.database()
    try:
        connection = _connection(db, connection_id)
        bank = home.bank(connection.bank_id)
        answers = read_answers(home, connection_id)
        auth = _auth(home, bank, connection_id, answers)
        api, sender = open_api(home, bank, answers, auth, attended=attended)
    except BaseException:
        db.close()
        raise
    return Session(home, connection, bank, api, sender, db, attended)


def _connection(db: Database, connection_id: str) -> Connection:
    connection = connections.connection(db, connection_id)
    if connection is None:
        raise UsageError(
            f"No connection is called {connection_id}. `bankview connections` lists them."
        )
    if connection.state is State.DISCONNECTED:
        raise SignInNeededError(connection.name, "disconnected")
    return connection


def _auth(
    home: Home, bank: Bank, connection_id: str, answers: Mapping[str, str]
) -> TokenAuth | None:
    """Return what logs requests in; the server's metadata is fetched only when a token must be renewed."""
    client: list[OAuthClient] = []
    if bank.client.grant == NONE:
        return None

    def fresh(stale: Token) -> Token:
        if bank.client.grant == HELD:
            raise SignInNeededError(bank.name, "the token that was entered is no longer accepted")
        if not client:
            client.append(oauth_client(home, bank, answers))
        return renew(home, connection_id, client[0], stale)

    return TokenAuth(
        load_token(home, connection_id),
        fresh,
        now=home.clocks.of(bank.id),
        leeway=bank.client.leeway,
        anew=is_anew(bank.client.grant),
        strict=bank.client.believes_expires_at,
        forbidden=bank.dialect.forbidden,
        finish=finisher(home, bank, answers),
    )
