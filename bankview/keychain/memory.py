"""Secrets in memory, gone with the process."""

from __future__ import annotations

from bankview.log import REDACTION


class Memory:
    """A keychain that nobody else can open and that ends with the process."""

    place = "memory"
    label = "memory"

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def read(self, name: str) -> str | None:
        """Return what is kept under a name; None where nothing is."""
        return self._values.get(name)

    def write(self, name: str, value: str) -> None:
        """Keep a value."""
        REDACTION.hide(value)
        self._values[name] = value

    def delete(self, name: str) -> None:
        """Remove what is kept under a name, if anything."""
        self._values.pop(name, None)

    def again(self) -> None:
        """Do nothing: memory is never locked."""

    def close(self) -> None:
        """Forget everything."""
        self._values.clear()
