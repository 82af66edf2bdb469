"""The errors of keyring and of what lies below it, turned into ours."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bankview.errors import (
    BankviewError,
    KeychainError,
    KeychainLockedError,
    KeychainMissingError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What each system says where a person would say "locked" or "not now".
_LOCKED = ("dismissed", "cancel", "locked", "-25308", "(-128")
#: … and where a build's signature keeps it from its own entries on macOS.
_SIGNATURE = ("-25293", "-67030")
#: … and where a Windows session has no credentials, as over ssh.
_NO_SESSION = 1312


@contextmanager
def ours() -> Iterator[None]:
    """Raise a KeychainError for whatever a backend raises.

    Raises:
        KeychainLockedError: it is locked, or its prompt was dismissed.
        KeychainMissingError: it is not there (any more).
        KeychainError: anything else; the text names the error and no value.
    """
    try:
        yield
    except BankviewError:
        raise
    except Exception as error:
        # Backends raise what their systems raise: OSError, pywintypes.error, GLib.Error, DBusException …
        raise _translated(error) from error


def _translated(error: Exception) -> KeychainError:
    text = str(error)
    # By name: keyring is not loaded where nothing of it is used.
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if kinds & {"NoKeyringError", "SecretServiceNotAvailableException"}:
        return KeychainMissingError(_short(error))
    if "KeyringLocked" in kinds or _says(error, _LOCKED):
        return KeychainLockedError(_short(error))
    if "InitError" in kinds:
        return KeychainError(f"it could not be opened ({_short(error)})")
    if any(code in text for code in _SIGNATURE):
        return KeychainError(
            "macOS does not let this copy of Bankview open its entries;"
            " remove them in Keychain Access, or install the signed app"
        )
    if getattr(error, "winerror", None) == _NO_SESSION:
        return KeychainMissingError("this Windows session keeps no credentials")
    return KeychainError(_short(error))


def _says(error: Exception, words: tuple[str, ...]) -> bool:
    text = f"{type(error).__name__} {error}".lower()
    return any(word in text for word in words)


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200].rstrip(": ")
