"""A ledger's key sealed under a recovery key: AES-256-GCM under a key that HKDF-SHA256 (RFC 5869) makes from it."""

from __future__ import annotations

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bankview.errors import KeychainError, WrongPassphraseError
from bankview.keychain.recovery_key import canonical
from bankview.log import REDACTION

_LABEL = "bankview-recovery-1"
_SALT, _NONCE, _KEY = 16, 12, 32


def wrap(key: bytes, recovery_key: str) -> str:
    """Return a 32-byte key as text that only the recovery key opens. The text itself is no secret.

    Raises:
        ValueError: the key is not 32 bytes long.
        WrongPassphraseError: the recovery key is none that `new_recovery_key` made.
    """
    if len(key) != _KEY:
        raise ValueError("a ledger's key is 32 bytes long")
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    sealed = _cipher(recovery_key, salt).encrypt(nonce, key, _LABEL.encode())
    return f"{_LABEL}.{base64.urlsafe_b64encode(salt + nonce + sealed).decode()}"


def unwrap(wrapped: str, recovery_key: str) -> bytes:
    """Return the key that `wrap` sealed.

    Raises:
        WrongPassphraseError: the recovery key holds a typing error, or belongs to another ledger.
        KeychainError: the sealed text is damaged.
    """
    label, _, text = wrapped.partition(".")
    try:
        sealed = base64.b64decode(text, b"-_", validate=True)
    except (ValueError, binascii.Error):
        sealed = b""
    if label != _LABEL or len(sealed) != _SALT + _NONCE + _KEY + 16:
        raise KeychainError("what the recovery key should open is damaged")
    salt, nonce = sealed[:_SALT], sealed[_SALT : _SALT + _NONCE]
    cipher = _cipher(recovery_key, salt)
    try:
        key = cipher.decrypt(nonce, sealed[_SALT + _NONCE :], _LABEL.encode())
    except InvalidTag:
        raise WrongPassphraseError("the recovery key belongs to another ledger") from None
    REDACTION.hide(key.hex())
    return key


def _cipher(recovery_key: str, salt: bytes) -> AESGCM:
    # 130 random bits cannot be guessed, so that no slow derivation is needed.
    kdf = HKDF(algorithm=SHA256(), length=_KEY, salt=salt, info=_LABEL.encode())
    return AESGCM(kdf.derive(canonical(recovery_key).encode()))
