"""Moves a home's secrets from one place to another, so that a crash at any moment loses none of them.

The new place is filled and read back while the old one still counts; then the home says that the new one does; then
the copies in the old place go. At each moment the home's own file says in which place copies may lie that do not count;
what a crash leaves there goes at the next start.
"""

from __future__ import annotations

import logging
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from bankview.errors import KeychainError, KeychainLossError, LedgerBusyError, UsageError
from bankview.file_lock import HeldError
from bankview.store import connections
from bankview.sync import kept
from bankview.sync.home import LEDGER_KEY, keys_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bankview.keychain import Keychain
    from bankview.sync.home import Home

LOG = logging.getLogger(__name__)


def move(home: Home, place: str, passphrase: str = "") -> None:
    """Keep a home's secrets in another place: "keychain", or "passphrase" under a new passphrase.

    Raises:
        UsageError: they lie there already, or in memory alone.
        KeychainError: a place cannot be opened or does not keep what it took; the old place still counts.
        LedgerBusyError: another process renews an access for too long.
    """
    if home.secrets.place in {place, "memory"}:
        raise UsageError(f"Keys in {home.secrets.place} cannot be moved to {place}.")
    kept.save_unsaved(home)
    with ExitStack() as held:
        ids = _connections(home)
        try:
            for name in ("home", *map(kept.lock_name, sorted(ids))):
                held.enter_context(home.lock(name))
        except HeldError as error:
            raise LedgerBusyError from error
        finish(home)
        if home.leaving:
            raise KeychainError(f"copies of keys in the {place} could not be removed")
        home.leave(place)
        if place == "passphrase":
            # Nobody's by now, and under another passphrase.
            home.paths.vault.unlink(missing_ok=True)
        names = _names(home, ids)
        _copy(home.secrets, home.open_place(place, passphrase), names)
        fresh = home.open_place(place, passphrase)
        _compare(home.secrets, fresh, names)
        home.settle_in(fresh)
        finish(home)


def finish(home: Home) -> None:
    """Remove what a move has left in the old place, if anything; what does not go now is tried at the next start."""
    left = home.leaving
    if not left:
        return
    try:
        if left == "passphrase":
            home.paths.vault.unlink(missing_ok=True)
        else:
            old = home.open_place(left)
            for name in _names(home, _connections(home)):
                old.delete(name)
    except (KeychainError, OSError) as error:
        LOG.warning("copies of keys are still in the %s: %s", left, error)
    else:
        home.leave("")


def _connections(home: Home) -> set[str]:
    with closing(home.database()) as db:
        return {one.id for one in connections.connections(db)}


def _names(home: Home, ids: Iterable[str]) -> list[str]:
    """Return every name that this home may have given to a secret; places cannot list them."""
    with closing(home.database()) as db:
        used = {one.bank_id for one in connections.connections(db)}
    banks = sorted(used | {bank.id for bank in home.banks() if bank.keys})
    names = [LEDGER_KEY, *(keys_name(bank) for bank in banks)]
    for one in sorted(ids):
        names += [kept.token_name(one), kept.answers_name(one)]
    return names


def _copy(old: Keychain, new: Keychain, names: Iterable[str]) -> None:
    for name in names:
        value = old.read(name)
        if value is None:
            new.delete(name)
        else:
            new.write(name, value)


def _compare(old: Keychain, new: Keychain, names: Iterable[str]) -> None:
    for name in names:
        if new.read(name) != old.read(name):
            raise KeychainLossError(name)
