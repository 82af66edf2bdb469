"""The Secret Service of GNOME and KDE over D-Bus: entries as keyring keeps them, without loading keyring.

keyring brings HTTP, mail and TLS along, which would stand between a person and their rows at each start.
"""

from __future__ import annotations

from contextlib import closing
from typing import Any

import secretstorage
from secretstorage.exceptions import SecretStorageException

from bankview.errors import KeychainError, KeychainLockedError


class _Priority:
    """As keyring has it: an attribute of the class that is asked each time, and raises where nothing is there."""

    def __get__(self, _: object, __: type | None = None) -> float:
        with closing(secretstorage.dbus_init()) as bus:
            if not secretstorage.check_service_availability(bus):
                raise RuntimeError("it is neither running nor activatable")
        return 5


class Keyring:
    """A backend: a locked collection closes its connection, and may be left unprompted."""

    priority = _Priority()
    appid = "Bankview"
    #: Whether a locked collection may ask the person to unlock it.
    prompts = True

    def get_password(self, service: str, username: str) -> str | None:
        """Return what is kept for a user of a service; None where nothing is."""
        with closing(self._bus()) as bus:
            for item in self._unlocked(bus).search_items(_query(service, username)):
                if self.prompts and item.is_locked():
                    item.unlock()
                text: str = item.get_secret().decode()
                return text
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a text, in place of an older one."""
        attributes = {**_query(service, username), "application": self.appid}
        label = f"Password for '{username}' on '{service}'"
        with closing(self._bus()) as bus:
            self._unlocked(bus).create_item(label, attributes, password.encode(), replace=True)

    def delete_password(self, service: str, username: str) -> None:
        """Remove what is kept.

        Raises:
            KeychainError: nothing is.
        """
        with closing(self._bus()) as bus:
            for item in self._unlocked(bus).search_items(_query(service, username)):
                item.delete()
                return
        raise KeychainError("there is no such entry")

    @staticmethod
    def _bus() -> Any:
        return secretstorage.dbus_init()

    def _unlocked(self, bus: Any) -> Any:
        """Return the default collection, unlocked.

        Raises:
            KeychainError: there is none, and none was created.
            KeychainLockedError: it is locked, and the prompt was dismissed or not allowed.
        """
        collection = self._default(bus)
        if self.prompts and collection.is_locked():
            collection.unlock()
        if collection.is_locked():
            raise KeychainLockedError("the collection stays locked")
        return collection

    def _default(self, bus: Any) -> Any:
        try:
            if self.prompts:
                return secretstorage.get_default_collection(bus)
            return secretstorage.get_collection_by_alias(bus, "default")
        except SecretStorageException as error:
            if "dismissed" in str(error).lower():
                raise KeychainLockedError("the prompt was dismissed") from error
            raise KeychainError(f"no collection could be opened: {error}") from error


def _query(service: str, username: str) -> dict[str, str]:
    return {"service": service, "username": username}
