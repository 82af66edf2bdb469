"""The Secret Service of GNOME and KDE over D-Bus, for keyring's backend: no leaks while locked, no unwanted prompts."""

from __future__ import annotations

from typing import Any

import secretstorage
from keyring.backends import SecretService
from keyring.errors import InitError, KeyringLocked
from secretstorage.exceptions import SecretStorageException


class Keyring(SecretService.Keyring):
    """keyring's backend, save that a locked collection closes its connection, and may be left unprompted."""

    #: Whether a locked collection may ask the person to unlock it.
    prompts = True

    def get_preferred_collection(self) -> Any:
        """Return the default collection, unlocked; the caller closes its connection.

        Raises:
            InitError: there is none, and none was created.
            KeyringLocked: it is locked, and the prompt was dismissed or not allowed.
        """
        bus = secretstorage.dbus_init()
        try:
            return self._unlocked(bus)
        except BaseException:
            bus.close()
            raise

    def _unlocked(self, bus: Any) -> Any:
        collection = self._default(bus)
        if self.prompts and collection.is_locked():
            collection.unlock()
        if collection.is_locked():
            raise KeyringLocked("the collection stays locked")
        return collection

    def _default(self, bus: Any) -> Any:
        try:
            if self.prompts:
                return secretstorage.get_default_collection(bus)
            return secretstorage.get_collection_by_alias(bus, "default")
        except SecretStorageException as error:
            raise InitError(f"no collection could be opened: {error}") from error
