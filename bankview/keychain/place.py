"""What every place for secrets can do."""

from __future__ import annotations

from typing import Protocol


class Keychain(Protocol):
    """Keeps texts of any length under names. Every call may raise a KeychainError, and none waits for ever."""

    @property
    def place(self) -> str:
        """The word people write for it: "keychain", "passphrase" or "memory"."""

    @property
    def label(self) -> str:
        """What it is called on this computer, such as "Secret Service"."""

    def read(self, name: str) -> str | None:
        """Return what is kept under a name; None where nothing is."""

    def write(self, name: str, value: str) -> None:
        """Keep a value. When this returns, it was read back and is the same."""

    def delete(self, name: str) -> None:
        """Remove what is kept under a name, if anything."""

    def again(self) -> None:
        """Say that a person asks: a locked keychain may show its prompt at once, without backing off."""

    def close(self) -> None:
        """Let go of the place; what was read may be forgotten."""
