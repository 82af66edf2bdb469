"""Which of our accounts a file is of: as it says itself, or as the person chose."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from bankview.domain.account import flat
from bankview.domain.connection import Connection, State
from bankview.errors import FileUnclearError, OtherAccountError, OtherCurrencyError, UsageError
from bankview.store import connections
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bankview.domain.account import Account
    from bankview.store.database import Database

#: The connection of the accounts that are fed by files, or kept by hand.
FILES = "files"
#: Characters of a number at least that say whose it is within a longer one: an IBAN holds the number.
_TELLING = 7
_HIDDEN = re.compile(r"[Xx*•]{3,}")


def feed(db: Database, at: datetime) -> None:
    """Let there be the connection of these accounts, with its last news from now; within a transaction."""
    name = tr("By hand and from files")
    there = connections.connection(db, FILES) or Connection(
        FILES, FILES, name, State.FILES, created_at=at, position=1 << 20
    )
    connections.put_connection(db, replace(there, name=name, state=State.FILES, last_success=at))


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person says of where rows go.

    `account_id` is an account of ours; `new` the name of one to be made where none is known; `anyway` means the account
    although the file names another.
    """

    account_id: int = 0
    new: str = ""
    anyway: bool = False


#: Nothing was said.
NOBODY = Chosen()


class Relation(Enum):
    """Whether a file is of an account of ours."""

    SAME = "same"
    OTHER = "other"
    OPEN = "open"


def relation(found: Account, ours: Account) -> Relation:
    """Return whether what a file says of its account names ours."""
    if found.currency and found.currency != ours.currency:
        return Relation.OTHER
    if found.number and found.number == ours.number:
        return Relation.SAME
    theirs, mine = _numbers(found), _numbers(ours)
    if theirs and mine:
        same = any(_is_in(one, other) for one in theirs for other in mine)
        return Relation.SAME if same else Relation.OTHER
    if not theirs and found.name and found.name in {ours.label, ours.name}:
        return Relation.SAME
    return Relation.OPEN


def _numbers(account: Account) -> set[str]:
    """Return an account's numbers as they are compared; one that a bank half hides is none."""
    said = (one for one in (account.iban, account.number) if not _HIDDEN.search(one))
    return {bare for one in said if (bare := flat(one))}


def _is_in(one: str, other: str) -> bool:
    short, long = sorted((one.lstrip("0"), other.lstrip("0")), key=len)
    return short == long or (len(short) >= _TELLING and short in long)


def target(file: str, found: Account, known: Sequence[Account], chosen: Chosen) -> Account:
    """Return which of our accounts a file's rows go to; one with the id 0 is to be made.

    Raises:
        OtherAccountError: the file names another account than was chosen.
        OtherCurrencyError: it is in another currency, which nobody can wish away.
        FileUnclearError: it names none that we know, and none was chosen.
        UsageError: the chosen account is not there.
    """
    if chosen.account_id:
        ours = next((one for one in known if one.id == chosen.account_id), None)
        if ours is None:
            raise UsageError(tr("This account is no longer here."))
        if found.currency not in {"", ours.currency}:
            raise OtherCurrencyError(file, found.currency, ours.label)
        if relation(found, ours) is Relation.OTHER and not chosen.anyway:
            raise OtherAccountError(file, _called(found), ours.label)
        return ours
    same = [one for one in known if relation(found, one) is Relation.SAME]
    if len(same) == 1:
        return same[0]
    if not chosen.new:
        raise FileUnclearError(file, "account", _called(found))
    if not found.currency:
        raise FileUnclearError(file, "currency")
    return replace(found, name=found.name or chosen.new, connection_id=FILES)


def currency_of(file: str, known: Sequence[Account], chosen: Chosen, found: Account) -> str:
    """Return the currency of an account of which a file says all but that; nothing for one that is to be made.

    Raises:
        FileUnclearError: nobody knows the account.
    """
    ours = [one for one in known if one.id == chosen.account_id] or [
        one for one in known if relation(found, one) is Relation.SAME
    ]
    if not ours and not chosen.new:
        raise FileUnclearError(file, "account", _called(found))
    return ours[0].currency if len(ours) == 1 else ""


def _called(account: Account) -> str:
    return account.iban or account.number or account.name or account.currency
