"""Where secrets live: the system's keychain, a vault under a passphrase, or memory.

Nothing but these names is needed elsewhere. The libraries behind them are imported when a place is opened, because the
window is painted first.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from bankview.errors import UsageError, WrongPassphraseError
from bankview.keychain.memory import Memory
from bankview.keychain.place import Keychain
from bankview.keychain.recovery_key import looks_right, new_recovery_key

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "Keychain",
    "looks_right",
    "new_key",
    "new_recovery_key",
    "open_keychain",
    "unwrap",
    "wrap",
]

#: Seconds without a sign of life after which a keychain counts as silent.
LIMIT = 10.0


def open_keychain(
    place: str,
    *,
    vault: Path | None = None,
    passphrase: str | None = None,
    namespace: str = "",
    limit: float = LIMIT,
) -> Keychain:
    """Open the place where secrets live; nothing is created before the first write.

    Args:
        place: "keychain", "passphrase" or "memory".
        vault: the vault's file; needed for "passphrase". One home has one vault.
        passphrase: what opens the vault.
        namespace: separates the homes of one person in the system's keychain.
        limit: seconds that one answer may take.

    Raises:
        KeychainMissingError: there is no keychain that keeps secrets safe.
        KeychainSilentError: it does not answer within the limit.
        WrongPassphraseError: the passphrase is missing, empty or does not fit.
        KeychainError: the vault is damaged or cannot be read; it is left as it is.
        UsageError: there is no such place.
    """
    if place == "memory":
        return Memory()
    if place == "keychain":
        from bankview.keychain.system import System  # noqa: PLC0415 - the window is painted first

        return System(namespace=namespace, limit=limit)
    if place == "passphrase" and vault:
        if not passphrase:
            raise WrongPassphraseError("no passphrase was given")
        from bankview.keychain.vault import Vault  # noqa: PLC0415 - the window is painted first

        return Vault(vault, passphrase, limit=limit)
    raise UsageError(f"secrets cannot live in {place!r}; write keychain, passphrase or memory")


def new_key() -> bytes:
    """Return 32 random bytes for a ledger."""
    return secrets.token_bytes(32)


def wrap(key: bytes, recovery_key: str) -> str:
    """Return a 32-byte key sealed under a recovery key, as text that is no secret; see `wrapping.wrap`."""
    from bankview.keychain import wrapping  # noqa: PLC0415 - the window is painted first

    return wrapping.wrap(key, recovery_key)


def unwrap(wrapped: str, recovery_key: str) -> bytes:
    """Return the key that `wrap` sealed; see `wrapping.unwrap`."""
    from bankview.keychain import wrapping  # noqa: PLC0415 - the window is painted first

    return wrapping.unwrap(wrapped, recovery_key)
