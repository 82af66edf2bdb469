"""The Secret Service of GNOME and KDE over D-Bus: entries as keyring keeps them, without loading keyring.

keyring brings HTTP, mail and TLS along, which would stand between a person and their rows at each start.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import secretstorage
from secretstorage.exceptions import SecretStorageException
from secretstorage.util import open_session

from bankview.errors import KeychainError, KeychainLockedError

if TYPE_CHECKING:
    from collections.abc import Iterator


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

    @contextmanager
    def opened(self) -> Iterator[Shelf]:
        """Open the default collection for some calls in a row, over one connection that is closed afterwards."""
        shelf = Shelf(self.appid, prompts=self.prompts)
        try:
            yield shelf
        finally:
            shelf.close()


class Shelf:
    """The default collection, connected to with the first call."""

    def __init__(self, appid: str, *, prompts: bool) -> None:
        self._appid, self._prompts = appid, prompts
        self._bus: Any = None
        self._collection: Any = None

    def close(self) -> None:
        """Close the connection."""
        if self._bus:
            self._bus.close()

    def get_password(self, service: str, username: str) -> str | None:
        """Return what is kept for a user of a service; None where nothing is."""
        for item in self._unlocked().search_items(_query(service, username)):
            if self._prompts and item.is_locked():
                item.unlock()
            text: str = item.get_secret().decode()
            return text
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a text, in place of an older one."""
        attributes = {**_query(service, username), "application": self._appid}
        label = f"Password for '{username}' on '{service}'"
        self._unlocked().create_item(label, attributes, password.encode(), replace=True)

    def delete_password(self, service: str, username: str) -> None:
        """Remove what is kept.

        Raises:
            KeychainError: nothing is.
        """
        for item in self._unlocked().search_items(_query(service, username)):
            item.delete()
            return
        raise KeychainError("there is no such entry")

    def _unlocked(self) -> Any:
        """Return the collection, unlocked.

        Raises:
            KeychainError: there is none, and none was created.
            KeychainLockedError: it is locked, and the prompt was dismissed or not allowed.
        """
        if self._collection is None:
            self._bus = self._bus or secretstorage.dbus_init()
            self._collection = self._default()
            # One session for what follows: each costs an exchange of keys.
            self._collection.session = open_session(self._bus)
        if self._prompts and self._collection.is_locked():
            self._collection.unlock()
        if self._collection.is_locked():
            raise KeychainLockedError("the collection stays locked")
        return self._collection

    def _default(self) -> Any:
        try:
            if self._prompts:
                return secretstorage.get_default_collection(self._bus)
            return secretstorage.get_collection_by_alias(self._bus, "default")
        except SecretStorageException as error:
            if "dismissed" in str(error).lower():
                raise KeychainLockedError("the prompt was dismissed") from error
            raise KeychainError(f"no collection could be opened: {error}") from error


def _query(service: str, username: str) -> dict[str, str]:
    return {"service": service, "username": username}
