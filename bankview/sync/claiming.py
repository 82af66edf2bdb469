"""A setup token that a person entered, exchanged once for an access that is kept before anything else is done with it."""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from bankview import log, web
from bankview.domain.secret import Secret
from bankview.errors import (
    BadBankDataError,
    BankviewError,
    ClaimedTokenError,
    SetupTokenError,
)
from bankview.oauth.token import Token
from bankview.sync import reach
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bankview.banks import Bank
    from bankview.sync.home import Home

#: Stands in the keychain while a token is claimed: one that takes this takes the access, too.
_BEGUN = "begun"
#: Where the root of the person's API stands in what is kept.
_ROOT = "root"


def claimed(home: Home, bank: Bank, entered: str) -> Token:
    """Return the access that a setup token brings; it is in the keychain, where `forget` takes it out again.

    A token that was claimed here before, by a sign-in that did not end, brings what it brought then.

    Raises:
        SetupTokenError: it is none, leads where no bank is, or was used before.
        KeychainError: the keychain takes nothing; the token was not used.
        BankError: it could not be claimed.
    """
    assert bank.dialect.claim
    address, name = bank.dialect.claim.address(entered), _name(entered)
    held = home.secrets.read(name)
    if held and held != _BEGUN:
        return Token.from_json(held)
    _check(bank, urlsplit(address))
    home.secrets.write(name, _BEGUN)
    try:
        token = _access(bank, _answer(home, bank, address))
    except BankviewError:
        home.secrets.delete(name)
        raise
    home.secrets.write(name, token.to_json())
    return token


def forget(home: Home, bank: Bank, entered: str) -> None:
    """Take out of the keychain what `claimed` put there: it has its place with a connection now, or is of no use."""
    if bank.dialect.claim:
        home.secrets.delete(_name(entered))


def lasting(bank: Bank, answers: Mapping[str, str]) -> dict[str, str]:
    """Return what is worth keeping of what the person entered: a setup token is worth nothing any more."""
    used = {"access_token"} if bank.dialect.claim else set[str]()
    return {name: text for name, text in answers.items() if name not in used}


def rooted(bank: Bank, token: Token) -> Bank:
    """Return a bank whose API is where the person's access says."""
    root = token.extra.get(_ROOT)
    return replace(bank, api=root) if bank.dialect.claim and isinstance(root, str) else bank


def _name(entered: str) -> str:
    return f"setup/{hashlib.sha256(''.join(entered.split()).encode()).hexdigest()[:16]}"


def _check(bank: Bank, url: SplitResult) -> None:
    """Refuse an address that is not https, or of this computer or its network; a profile of one's own may name it itself.

    Raises:
        SetupTokenError: that is what it is.
    """
    own = urlsplit(bank.api)
    if (url.scheme, url.netloc) == (own.scheme, own.netloc):
        return
    if url.scheme != "https":
        raise SetupTokenError(tr("it does not lead to an https address"))
    if web.is_private(url.hostname or ""):
        raise SetupTokenError(tr("it leads to this computer or its network"))


def _answer(home: Home, bank: Bank, address: str) -> str:
    """Claim a token, and return what came of it."""
    log.REDACTION.hide(address, address.rpartition("/")[2])
    sender = web.Sender(context=reach.tls(home, bank, {}))
    home.watch(sender)
    api = web.Api(address, sender.send, writes=(("POST", ""),))
    with closing(sender.session):
        try:
            reply = api.request("POST")
        except BankviewError as error:
            # The library names the address.
            raise error from None
    if reply.status == HTTPStatus.FORBIDDEN:
        raise ClaimedTokenError
    web.check(reply)
    return reply.body.decode("utf-8", "replace")


def _access(bank: Bank, answer: str) -> Token:
    assert bank.dialect.claim
    log.REDACTION.hide(answer.strip())
    root, login = bank.dialect.claim.access(answer)
    try:
        _check(bank, urlsplit(root))
    except SetupTokenError as error:
        raise BadBankDataError("access", error.problem) from None
    return Token(Secret(login), extra={_ROOT: root})
