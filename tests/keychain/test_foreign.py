"""Every error of keyring and of the systems below it becomes one of ours."""

from __future__ import annotations

from typing import Any

import pytest
from keyring.errors import (
    InitError,
    KeyringError,
    KeyringLocked,
    NoKeyringError,
    PasswordDeleteError,
    PasswordSetError,
)
from secretstorage.exceptions import (
    ItemNotFoundException,
    LockedException,
    PromptDismissedException,
    SecretServiceNotAvailableException,
)

from bankview.errors import (
    KeychainError,
    KeychainLockedError,
    KeychainLossError,
    KeychainMissingError,
)


class WindowsError1312(Exception):  # noqa: N818 - the shape of pywintypes.error
    winerror = 1312


class DBusException(Exception):  # noqa: N818 - dbus-python's own name
    pass


LOCKED = [
    KeyringLocked("Failed to unlock the collection!"),
    InitError("Failed to create the collection: Prompt dismissed.."),
    PromptDismissedException("Prompt dismissed."),
    LockedException("Item is locked!"),
    PasswordSetError("Cancelled by user"),
    KeyringError("Can't get password from keychain: (-25308, 'Unknown Error')"),
    KeyringError("(-128, 'Keychain Access Denied')"),
]
MISSING = [
    NoKeyringError("No recommended backend was available."),
    SecretServiceNotAvailableException("The name org.freedesktop.secrets was not provided"),
    WindowsError1312(1312, "CredWrite", "A specified logon session does not exist."),
]
OTHER = [
    InitError("Failed to create the collection: out of order."),
    PasswordDeleteError("No such password!"),
    PasswordSetError("Can't store password on keychain"),
    ItemNotFoundException("Item does not exist!"),
    OSError(5, "Input/output error"),
    ConnectionResetError(104, "Connection reset by peer"),
    EOFError(),
    DBusException("org.freedesktop.DBus.Error.Disconnected"),
    RuntimeError("GLib.Error"),
    KeyError("no such attribute"),
]


def raising(error: Exception) -> Any:
    class Broken:
        def get_password(self, service: str, username: str) -> str:
            raise error

    return Broken()


@pytest.mark.parametrize("error", LOCKED, ids=repr)
def test_locked_or_dismissed_is_locked(open_on: Any, error: Exception) -> None:
    with pytest.raises(KeychainLockedError):
        open_on(raising(error)).read("key")


@pytest.mark.parametrize("error", MISSING, ids=repr)
def test_not_there_is_missing(open_on: Any, error: Exception) -> None:
    with pytest.raises(KeychainMissingError):
        open_on(raising(error)).read("key")


@pytest.mark.parametrize("error", OTHER, ids=repr)
def test_everything_else_is_a_keychain_error_that_names_it(open_on: Any, error: Exception) -> None:
    with pytest.raises(KeychainError, match=type(error).__name__) as caught:
        open_on(raising(error)).read("key")
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("code", [-25293, -67030])
def test_a_signature_that_macos_does_not_accept_says_what_to_do(open_on: Any, code: int) -> None:
    error = KeyringError(f"Can't get password from keychain: ({code}, 'Security Auth Failure')")
    with pytest.raises(KeychainError, match="Keychain Access"):
        open_on(raising(error)).read("key")


def test_our_own_errors_pass_unchanged(open_on: Any) -> None:
    loss = KeychainLossError("key")
    with pytest.raises(KeychainLossError) as caught:
        open_on(raising(loss)).read("key")
    assert caught.value is loss
