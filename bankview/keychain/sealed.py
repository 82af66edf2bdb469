"""What stands in a keychain's place while the person has locked the app."""

from __future__ import annotations

from typing import NoReturn

from bankview.errors import HomeLockedError


class Sealed:
    """A vault whose passphrase is not known: every call raises HomeLockedError."""

    place = "passphrase"
    label = "passphrase vault"

    def read(self, name: str) -> NoReturn:
        """Raise HomeLockedError."""
        raise HomeLockedError(name)

    def write(self, name: str, value: str) -> NoReturn:  # noqa: ARG002 - as every place has it
        """Raise HomeLockedError."""
        raise HomeLockedError(name)

    def delete(self, name: str) -> NoReturn:
        """Raise HomeLockedError."""
        raise HomeLockedError(name)

    def again(self) -> None:
        """Do nothing: only the passphrase helps."""

    def close(self) -> None:
        """Do nothing: nothing is known."""
