"""Connect a bank, or renew its consent in place: functions that are given ask, show and a browser."""

from __future__ import annotations

import json
import re
import secrets
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bankview import log, web
from bankview.banks import Partial, Visit, credentials
from bankview.domain.connection import Connection, State
from bankview.domain.secret import Secret
from bankview.errors import (
    BankError,
    BankviewError,
    Interrupted,
    KeyFileError,
    OAuthError,
    SignInNeededError,
    UsageError,
)
from bankview.oauth import ciba, details, device
from bankview.oauth.authorization import AuthorizationRequest
from bankview.oauth.compact import claims_of
from bankview.oauth.grant_names import BY_PERSON, CODE, DEVICE, HELD, NONE, SESSION, is_anew
from bankview.oauth.grants import TokenAuth
from bankview.oauth.loopback import Loopback, PasteBack, warns
from bankview.oauth.polling import Pace, Patience, poll
from bankview.oauth.token import Token, instant_after
from bankview.store import connections
from bankview.sync import access, claiming, kept, reach
from bankview.sync.front import MINUTES, Show, Step
from bankview.sync.merge import match_accounts
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from bankview.banks import Bank
    from bankview.domain.account import Account
    from bankview.oauth.client import OAuthClient
    from bankview.store.database import Database
    from bankview.sync.front import Front
    from bankview.sync.home import Home

#: What can be a token at all: what a header can carry (RFC 9110 §5.5).
_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}")
#: Days after which a strong authentication has to be renewed (EU 2018/389 Art. 10), where a bank says nothing longer.
PSD2_DAYS = 90
#: Seconds between two questions whether the person has allowed it in their bank's app.
EVERY = 3.0


def connect(home: Home, bank: Bank, front: Front) -> str:
    """Sign in at a bank and return the connection's id; the same person at the same bank is renewed in place.

    Secrets are in the keychain and the accounts in the ledger when it returns. A failed renewal leaves a healthy
    connection as it was.

    Raises:
        SignInError, SignInNeededError, ServerError, BankError, KeychainError: why it did not work.
        KeyFileError: the certificate or its key will not do; nothing was sent.
        Interrupted: the attempt was cancelled.
    """
    answers = {ask.name: front.ask(ask) for ask in bank.asks}
    log.REDACTION.hide(*(value for name, value in answers.items() if name != "client_id"))
    home.watch(front.attempt)
    wrong = credentials(bank, answers, home.keys(bank), home.now()).problems
    if wrong:
        raise KeyFileError(tr("certificate"), " ".join(wrong))
    token = _obtained(home, bank, answers, front)
    if bank.dialect.allowed:
        _allowed(home, bank, answers, token, front)
    asked_for = bank.client.ways.authorization_details
    front.show(Show(Step.FETCHING, lacking=details.lacking(token, asked_for)))
    with closing(home.database()) as db:
        try:
            found = _accounts(home, bank, answers, token)
        except SignInNeededError:
            claiming.forget(home, bank, answers.get("access_token", ""))
            raise
        except BankError:
            # The bank may be down for a moment: a new sign-in is kept, a healthy one is not overwritten unseen.
            if any(old.state is State.OK for old in _at(db, bank)):
                raise
            found = ()
        connection = _connection(db, _named(bank, answers), found, home, token)
        home.secrets.write(
            kept.answers_name(connection.id), json.dumps(claiming.lasting(bank, answers))
        )
        kept.save_token(home, connection.id, token)
        claiming.forget(home, bank, answers.get("access_token", ""))
        connections.save_connection(db, connection)
        save_accounts(db, connection.id, found)
        if bank.dialect.at_once:
            connections.begin_anew(db, connection.id)
        if bank.seconds_between_calls or bank.calls_per_day:
            # The first fetch comes at once, and keeps the bank's pace and its limit from here on.
            connections.record_call(db, connection.id, 0, "accounts", True, home.now())
        return connection.id


def _obtained(home: Home, bank: Bank, answers: Mapping[str, str], front: Front) -> Token:
    """Return the first token, by the way that the bank's profile names."""
    if bank.client.grant == NONE:
        return Token(Secret())
    if bank.client.grant == HELD:
        return _held(home, bank, answers["access_token"].strip())
    if bank.client.grant == SESSION:
        return _opened(home, bank, answers, front)
    oauth = reach.oauth_client(home, bank, answers, anew=True)
    with closing(oauth.sender.session):
        if is_anew(bank.client.grant):
            return access.ask_anew(home, oauth, answers)
        if bank.client.grant == CODE:
            return _by_browser(home, bank, answers, front, oauth)
        return _approved(oauth, home, front)


def _held(home: Home, bank: Bank, entered: str) -> Token:
    """Return the token that the person entered, or what it is exchanged for."""
    if bank.dialect.claim:
        return claiming.claimed(home, bank, entered)
    if not _TOKEN.fullmatch(entered):
        raise SignInNeededError(bank.name, "what was entered is no token")
    return Token(Secret(entered))


def _approved(oauth: OAuthClient, home: Home, front: Front) -> Token:
    """Wait for the person to approve on another device; cancelling cuts what is being asked meanwhile, too."""
    patience = Patience(oauth.stop)
    front.attempt.begin(patience)
    begin = _device if oauth.client.grant == DEVICE else _backchannel
    ask, pace = begin(oauth, home, front)
    return poll(ask, pace, wait=patience.wait, now=home.now)


def _device(oauth: OAuthClient, home: Home, front: Front) -> tuple[Callable[[], Token], Pace]:
    asked = device.begin(oauth, home.now())
    show = Show(
        Step.CODE,
        asked.complete or asked.address,
        minutes=asked.pace.minutes,
        user_code=asked.user_code,
        address=asked.address,
        seconds=asked.pace.seconds,
    )
    front.show(show)
    if front.opens_codes and front.open_browser(show.url):
        front.show(replace(show, browser_opened=True))
    return partial(oauth.device_token, asked.device_code), asked.pace


def _backchannel(oauth: OAuthClient, home: Home, front: Front) -> tuple[Callable[[], Token], Pace]:
    asked = ciba.begin(oauth, home.now())
    pace = asked.pace
    front.show(
        Show(Step.APPROVAL, minutes=pace.minutes, message=asked.message, seconds=pace.seconds)
    )
    return partial(ciba.token, oauth, asked), pace


def _allowed(
    home: Home, bank: Bank, answers: Mapping[str, str], token: Token, front: Front
) -> None:
    """Wait until the person has allowed in the bank's own app what they signed in for; ask every few seconds."""
    allowed = bank.dialect.allowed
    assert allowed
    with _api(home, bank, answers, token) as (api, sender):
        patience = Patience(sender.stop)
        front.attempt.begin(patience)
        now = home.now()
        pace = Pace(EVERY, now, now + timedelta(minutes=MINUTES))
        front.show(Show(Step.APPROVAL, minutes=pace.minutes, seconds=pace.seconds, app=bank.name))

        def ask() -> Token:
            if not allowed(api.get):
                raise OAuthError(urlsplit(bank.api).hostname or "", "authorization_pending")
            return token

        poll(ask, pace, wait=patience.wait, now=home.now)


def _opened(home: Home, bank: Bank, answers: Mapping[str, str], front: Front) -> Token:
    """Return the session that the person's keys open, on a page of the bank's where it has one.

    Its name is kept as an access token is, or beside the token that calls carry.
    """
    entry = bank.dialect.entry
    assert entry
    token = access.admitted(home, bank, answers) if entry.tokens else Token(Secret())
    page = entry.page
    if page is None:
        return token
    login = access.session_login(home, bank, answers, token)
    api, sender = reach.open_api(home, bank, answers, login)
    post = partial(reach.send_json, api, "POST")
    waiting: list[str] = []

    def begin(redirect_uri: str) -> AuthorizationRequest:
        state = secrets.token_urlsafe(32)
        log.REDACTION.hide(state)
        visit = Visit(reach.institution(bank, answers), redirect_uri, state, home.now())
        way = page.begin(api.get, post, visit)
        waiting.append(way.session)
        return AuthorizationRequest(way.url, state, "", "", redirect_uri, says=page.says)

    def redeem(_: AuthorizationRequest, code: str) -> Token:
        session, ends = page.finish(api.get, post, waiting[-1] or code)
        log.REDACTION.hide(session)
        if entry.tokens:
            return (login.token if isinstance(login, TokenAuth) else token).within(session, ends)
        return Token(Secret(session), expires_at=ends)

    with closing(sender.session):
        return _redirected(bank, front, begin, redeem)


def _by_browser(
    home: Home, bank: Bank, answers: Mapping[str, str], front: Front, oauth: OAuthClient
) -> Token:
    """Return the token of a sign-in on the bank's pages; with an intent, one for that, asked for first and in our own name."""
    intent = bank.dialect.intent
    if intent is None:
        return _redirected(bank, front, oauth.authorization_request, oauth.redeem)
    with access.in_own_name(home, bank, answers, intent.scope) as api:
        names: list[str] = []

        def begin(redirect_uri: str) -> AuthorizationRequest:
            names.append(intent.ask(partial(reach.send_json, api, "POST"), home.now()))
            log.REDACTION.hide(names[-1])
            return oauth.authorization_request(redirect_uri, intent.claims(names[-1]))

        def redeem(request: AuthorizationRequest, code: str) -> Token:
            token = oauth.redeem(request, code)
            said = claims_of(token.extra.get("id_token"))
            return token.within(names[-1], intent.agreed(api.get, names[-1], said))

        try:
            return _redirected(bank, front, begin, redeem)
        except BankviewError:
            # What nobody will use is not left lying at the bank.
            with suppress(BankviewError):
                for name in names:
                    intent.end(lambda path: web.check(api.request("DELETE", path)), name)
            raise


def _redirected(
    bank: Bank,
    front: Front,
    begin: Callable[[str], AuthorizationRequest],
    redeem: Callable[[AuthorizationRequest, str], Token],
) -> Token:
    """Wait for the person at the bank and redeem the code once."""
    redirect = bank.client.redirect_uri
    far = urlsplit(redirect).scheme == "https" and not front.listens
    pasted = front.paste is not None or far
    if pasted and bank.client.ways.answer_is_posted:
        raise UsageError(
            tr(
                "{bank} answers with a form, which cannot be pasted: leave out --paste",
                bank=bank.name,
            )
        )
    with PasteBack(redirect) if pasted and not warns(redirect) else Loopback(redirect) as listener:
        front.attempt.begin(listener)
        if front.listens:
            front.attempt.listen()
        request = begin(listener.redirect_uri)
        if front.attempt.cancelled:
            raise Interrupted
        listener.expect(request)
        front.attempt.ask(request)
        show = Show(Step.WAITING, request.uri, minutes=bank.dialect.minutes or MINUTES)
        front.show(show)
        if front.open_browser(request.uri):
            front.show(replace(show, browser_opened=True))
        if front.paste:
            front.attempt.paste(front.paste())
        code = listener.wait(timeout=show.minutes * 60)
        try:
            token = redeem(request, code)
        except BankviewError:
            listener.finish(False)
            raise
        listener.finish(True)
        return token


def _accounts(
    home: Home, bank: Bank, answers: Mapping[str, str], token: Token
) -> tuple[Account, ...]:
    """Return the accounts that the fresh token shows, before anything is kept; the bank is told first that we may."""
    dialect = bank.dialect.signed_in(token.session)
    with _api(home, claiming.rooted(bank, token), answers, token) as (api, _):
        if dialect.consent:
            dialect.consent(api.get, partial(reach.send_json, api, "PUT"))
        return tuple(
            account for account in dialect.accounts(api.get) if not isinstance(account, Partial)
        )


@contextmanager
def _api(
    home: Home, bank: Bank, answers: Mapping[str, str], token: Token
) -> Iterator[tuple[web.Api, web.Sender]]:
    """Yield a bank's API as the fresh token opens it; nothing renews it yet."""

    def no_renewal(stale: Token) -> Token:
        return stale

    auth: TokenAuth | Callable[[Any], Any] | None = None
    if bank.dialect.entry:
        auth = access.session_login(home, bank, answers, token)
    elif token.access_token:
        finish = reach.finisher(home, bank, answers)
        auth = access.authorized(bank, token, no_renewal, now=home.now, finish=finish)
    api, sender = reach.open_api(home, bank, answers, auth)
    with closing(sender.session):
        yield api, sender


def _at(db: Database, bank: Bank) -> list[Connection]:
    return [old for old in connections.connections(db) if old.bank_id == bank.id]


def _ends(bank: Bank, token: Token, now: datetime) -> datetime | None:
    """Return when the person has to sign in again, as far as anybody knows: UTC."""
    if bank.client.grant not in BY_PERSON:
        return None
    entry = bank.dialect.entry
    if token.session_ends:
        return token.session_ends
    if not token.refresh_token and token.expires_at and not (entry and entry.tokens):
        return token.expires_at
    # SpareBank 1 says how long its access lasts however often it is renewed.
    whole = token.extra.get("refresh_token_absolute_expires_in")
    if isinstance(whole, int) and whole > 0:
        return instant_after(now, whole)
    days = bank.consent_days
    if bank.dialect.psu and token.refresh_token and not token.refresh_expires_at:
        # A licensed party's refresh token that names no end lasts as long as PSD2 first had it.
        days = min(days or PSD2_DAYS, PSD2_DAYS)
    return now + timedelta(days=days) if days else None


def _connection(
    db: Database, bank: Bank, found: tuple[Account, ...], home: Home, token: Token
) -> Connection:
    """Return the connection that these accounts belong to: one whose accounts they are, else a new one."""
    now = home.now()
    ends = _ends(bank, token, now)
    olds = _at(db, bank)
    for old in olds:
        mine = connections.accounts(db, old.id)
        if not mine or not found or any(ours for _, ours in match_accounts(mine, found)):
            return replace(
                old,
                name=bank.name,
                state=State.OK,
                consent_ends=ends,
                problem="",
                not_before=None,
                access_ends=token.refresh_expires_at,
            )
    taken = {old.id for old in olds}
    number = next(n for n in range(1, len(taken) + 2) if _numbered(bank.id, n) not in taken)
    position = len(connections.connections(db))
    return Connection(
        _numbered(bank.id, number),
        bank.id,
        bank.name,
        State.OK,
        now,
        ends,
        position=position,
        access_ends=token.refresh_expires_at,
    )


def _named(bank: Bank, answers: Mapping[str, str]) -> Bank:
    """Return the bank by the name of the one behind it that the person chose, where a service stands before many."""
    if bank.dialect.entry is None:
        return bank
    return replace(bank, name=reach.institution(bank, answers).partition(":")[2] or bank.name)


def _numbered(bank_id: str, number: int) -> str:
    return bank_id if number == 1 else f"{bank_id}-{number}"


def save_accounts(
    db: Database, connection_id: str, found: tuple[Account, ...]
) -> tuple[Account, ...]:
    """Keep what the bank says of its accounts, each matched to ours by IBAN or number and currency."""
    known = connections.accounts(db, connection_id)
    return tuple(
        connections.save_account(db, replace(account, id=ours, connection_id=connection_id))
        for account, ours in match_accounts(known, found)
    )
