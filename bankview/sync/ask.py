"""What is asked of a bank on demand: about an account, about a row, who is signed in, and whether an amount is there."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bankview import web
from bankview.errors import BankError, UsageError
from bankview.oauth.compact import claims_of
from bankview.oauth.token import NONE_YET
from bankview.store import connections, view
from bankview.sync import access, kept, reach, session
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bankview.banks import Bank
    from bankview.domain.account import Account
    from bankview.domain.money import Money
    from bankview.store.database import Database
    from bankview.sync.home import Home

#: What a person is called in claims (OpenID Connect Core §5.1), best first.
_NAMES = ("name", "preferred_username", "email")
#: What a bank says, in words and value.
Told = tuple[tuple[str, str], ...]


def about_account(home: Home, account_id: int) -> Told:
    """Return what a bank says of an account beside its list; nothing where its dialect has no more.

    Raises:
        SignInNeededError, RateLimitedError, BankError: it could not be asked, or refused.
    """
    account = _account(home, account_id)
    with session.open_session(home, account.connection_id) as open_:
        more = open_.bank.dialect.about
        return _told(more(open_.get, account)) if more else ()


def about_row(home: Home, rowid: int) -> Told:
    """Return what a bank's details say of a row; nothing where it has none.

    Raises:
        As `about_account`.
    """
    with closing(home.database()) as db:
        row = view.transaction(db, rowid)
    if row is None:
        return ()
    account = _account(home, row.account_id)
    with session.open_session(home, account.connection_id) as open_:
        details = open_.bank.dialect.details
        return _told(details(open_.get, account, row)) if details else ()


def institutions(home: Home, bank: Bank, answers: Mapping[str, str]) -> Told:
    """Return id and name of each bank behind a bank's address, which tells them before a sign-in.

    Args:
        home: the open home.
        bank: the bank.
        answers: what the person entered so far; where calls are signed, the key has to be there.

    Raises:
        BankError: it does not.
        KeyFileError: the key cannot be used.
    """
    dialect = bank.dialect
    if dialect.institutions is None:
        return ()
    if dialect.entry:
        token = access.admitted(home, bank, answers) if dialect.entry.tokens else NONE_YET
        login = access.session_login(home, bank, answers, token)
        api, sender = reach.open_api(home, bank, answers, login)
    else:
        root = urlsplit(bank.api)
        sender = web.Sender(context=web.tls_context(ca=bank.ca))
        api = web.Api(f"{root.scheme}://{root.netloc}", sender.send, headers=dialect.headers)
    with closing(sender.session):
        return tuple(dialect.institutions(api.get))


def about_person(home: Home, connection_id: str) -> Told:
    """Return whether the bank answers, and who is signed in where it says so.

    Raises:
        As `about_account`.
    """
    with session.open_session(home, connection_id) as open_:
        dialect = open_.bank.dialect
        checked = ((tr("Connection"), tr("The bank answers.")),) if _checked(open_) else ()
        person = _told(dialect.person(open_.get)) if dialect.person else ()
        return checked + (person or _signed_in(home, open_))


def _signed_in(home: Home, open_: session.Session) -> Told:
    """Return whose sign-in it is, by the ID token that was checked when it came, else as the server tells it."""
    bank, id_ = open_.bank, open_.connection.id
    if "openid" not in bank.client.scope.split():
        return ()
    token = kept.load_token(home, id_)
    claims = claims_of(token.extra.get("id_token"))
    if not claims.keys() & set(_NAMES):
        oauth = reach.oauth_client(home, bank, kept.read_answers(home, id_))
        claims = {**claims, **oauth.userinfo(token)}
    names = (claims.get(name) for name in _NAMES)
    name = next((name for name in names if isinstance(name, str) and name), claims.get("sub", ""))
    return ((tr("Signed in as"), str(name)),) if name else ()


def _checked(open_: session.Session) -> bool:
    """Ask the bank's own question for whether a token is good; it lies beside the API, on the same host."""
    dialect, root = open_.bank.dialect, urlsplit(open_.bank.api)
    if not dialect.check:
        return False
    beside, _, last = dialect.check.rpartition("/")
    api = web.Api(
        f"{root.scheme}://{root.netloc}/{beside}", open_.sender.send, headers=dialect.headers
    )
    open_.count(dialect.check)
    api.get(last)
    return True


def is_covered(home: Home, account_id: int, money: Money) -> bool:
    """Return whether an amount is available on an account now; nothing is set aside (PSD2 Art. 65).

    The bank is asked in our own name: the token is new, for this question alone, and kept nowhere.

    Raises:
        UsageError: this bank cannot be asked that.
        SignInNeededError, ServerError, BankError: it could not be asked, or refused.
    """
    account = _account(home, account_id)
    with closing(home.database()) as db:
        connection = connections.connection(db, account.connection_id)
    bank = home.bank(connection.bank_id if connection else "")
    dialect, answers = bank.dialect, kept.read_answers(home, account.connection_id)
    if dialect.funds is None:
        raise UsageError(tr("{bank} cannot be asked whether an amount is covered.", bank=bank.name))
    with access.in_own_name(home, bank, answers, dialect.funds_scope) as api:
        return dialect.funds(partial(reach.send_json, api, "POST"), account, money)


def _account(home: Home, account_id: int) -> Account:
    with closing(home.database()) as db:
        return _found(db, account_id)


def _found(db: Database, account_id: int) -> Account:
    for account in connections.accounts(db):
        if account.id == account_id:
            return account
    raise UsageError(tr("This account is no longer here."))


def _told(found: Iterable[tuple[str, str]]) -> Told:
    """Return what has a value; a refusal in the middle keeps what came before it."""
    told: list[tuple[str, str]] = []
    try:
        told.extend((words, text) for words, text in found if text)
    except BankError:
        if not told:
            raise
    return tuple(told)
