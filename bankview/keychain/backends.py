"""The keychains that are good enough, and which of them this computer has.

They are chosen by class. keyring's own choice can be changed by its environment variables, its configuration file and
installed plugins, down to a plain file or nothing at all; none of these is looked at.
"""

from __future__ import annotations

import importlib
import logging
import math
import os
import sys
from dataclasses import dataclass
from typing import Any

from bankview.errors import KeychainMissingError

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """One good keychain: where its class is and what people call it.

    `most` is the highest priority it can have: it is not loaded where something better was found before it.
    """

    module: str
    name: str
    label: str
    platform: str = ""
    most: float = math.inf


_PLASMA = "KDE" in os.environ.get("XDG_CURRENT_DESKTOP", "").split(":")
ALLOWED = (
    Kind("keyring.backends.Windows", "WinVaultKeyring", "Windows Credential Manager", "win32"),
    Kind("keyring.backends.macOS", "Keyring", "macOS Keychain", "darwin"),
    Kind("bankview.keychain.secret_service", "Keyring", "Secret Service"),
    Kind("keyring.backends.libsecret", "Keyring", "Secret Service (libsecret)", most=4.8),
    Kind("keyring.backends.kwallet", "DBusKeyring", "KWallet", most=5.1 if _PLASMA else 4.9),
)


def find(allowed: tuple[Kind, ...] = ALLOWED) -> tuple[str, Any]:
    """Return the best of the allowed keychains that works here, as its label and its backend.

    Raises:
        KeychainMissingError: none does; it says why.
    """
    best: tuple[float, Kind, Any] | None = None
    reasons = []
    for kind in allowed:
        if kind.platform and kind.platform != sys.platform:
            continue
        if best and best[0] >= kind.most:
            continue
        try:
            found = getattr(importlib.import_module(kind.module), kind.name)
            priority = float(found.priority)
        except Exception as error:  # noqa: BLE001 - a backend whose system is missing raises whatever that system does
            reasons.append(f"{kind.label}: {error}")
            continue
        if best is None or priority > best[0]:
            best = (priority, kind, found)
    if best is None:
        raise KeychainMissingError("; ".join(reasons)[:300])
    return best[1].label, sealed(best[2])


def sealed(kind: Any) -> Any:
    """Return a backend of a class with its doors to the environment closed.

    Otherwise KEYRING_PROPERTY_* variables could lead it to another collection, KEYCHAIN_PATH to another file, and
    KWallet would know us by the first word of the command line.
    """
    closed = {"set_properties_from_env": _ignore, "keychain": None, "appid": "Bankview"}
    backend = type(kind)(kind.__name__, (kind,), closed)()
    if hasattr(kind, "persist"):
        # The default roams with a Windows domain's profile to other computers.
        backend.persist = "local machine"
    return backend


def _ignore(_: Any) -> None:
    LOG.debug("the environment does not configure the keychain")
