"""Which accounts a customer lets a third party see: the mixed model, in which PUT /consents says it (STET 1.4.2)."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from bankview.sandbox.files import write
from bankview.sandbox.stet_refusal import RefusedError
from bankview.sandbox.stet_shapes import account_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bankview.sandbox.books.row import Account

LISTS = ("balances", "transactions", "owners", "overdrafts")
SWITCHES = ("trustedBeneficiaries", "psuIdentity")


@dataclass(frozen=True, slots=True)
class Consent:
    """What was consented to: the bank's own account ids for each kind of data, and the two switches."""

    accounts: dict[str, tuple[str, ...]]
    switches: tuple[str, ...]

    def covers(self, what: str, account: Account) -> bool:
        """Tell whether a kind of data of an account may be seen."""
        return account.id in self.accounts.get(what, ())

    def knows(self, account: Account) -> bool:
        """Tell whether anything of an account may be seen."""
        return any(account.id in ids for ids in self.accounts.values())


NOTHING = Consent({}, ())


class Consents:
    """The consent of each grant; they outlive the process in `path`."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        kept = json.loads(path.read_bytes()) if path.exists() else {}
        self._of = {
            grant: Consent(
                {what: tuple(ids) for what, ids in fields["accounts"].items()},
                tuple(fields["switches"]),
            )
            for grant, fields in kept.items()
        }

    def of(self, grant_id: str) -> Consent:
        """Return the consent of a grant; nothing where there is none yet."""
        return self._of.get(grant_id, NOTHING)

    def replace(self, grant_id: str, consent: Consent) -> None:
        """Let a consent take the place of the one before."""
        with self._lock:
            self._of[grant_id] = consent
            content = {grant: asdict(each) for grant, each in self._of.items()}
            write(self._path, json.dumps(content, indent=1).encode())


def read_consent(body: Any, accounts: Sequence[Account]) -> Consent:
    """Return the consent that a decoded body describes.

    Raises:
        RefusedError: a member is missing, unknown or of another type, or an account is not the customer's.
    """
    if not isinstance(body, dict) or not {*LISTS[:2]} <= {*body} <= {*LISTS, *SWITCHES}:
        raise RefusedError(400, "Send balances, transactions and nothing unknown")
    chosen = {what: _chosen(body.get(what, []), accounts) for what in LISTS}
    for name in SWITCHES:
        if type(body.get(name, False)) is not bool:
            raise RefusedError(400, f"{name} is neither true nor false")
    return Consent(chosen, tuple(name for name in SWITCHES if body.get(name)))


def _chosen(listed: Any, accounts: Sequence[Account]) -> tuple[str, ...]:
    if not isinstance(listed, list):
        raise RefusedError(400, "A list of accounts is no list")
    return tuple(find(each, accounts).id for each in listed)


def find(given: Any, accounts: Sequence[Account]) -> Account:
    """Return the account that an `accountId` names.

    Raises:
        RefusedError: there is none.
    """
    for account in accounts:
        if given == account_id(account):
            return account
    raise RefusedError(400, "An account is not known")
