"""Secrets in one encrypted file under a passphrase: scrypt (RFC 7914) and AES-256-GCM.

The file: a mark, the cost of scrypt, its salt, the nonce, the sealed JSON object of names and values, and a SHA-256 of
all that. The sum tells damage from a passphrase that does not fit.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import unicodedata
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bankview.errors import KeychainError, KeychainSilentError, WrongPassphraseError
from bankview.file_lock import HeldError, locked
from bankview.log import REDACTION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_MARK = b"bankview vault 1\n"
_SALT, _NONCE, _SUM, _TAG = 16, 12, 32, 16
_HEAD = len(_MARK) + 1 + _SALT
#: 2^17 blocks of 1 KiB: 128 MiB and about half a second for every guess. A file may ask for no more than 1 GiB.
COST = 17
_MOST_COST = 20


class Vault:
    """The vault of one home. Several threads and processes may have it open; each sees what the others wrote."""

    place = "passphrase"
    label = "passphrase vault"

    def __init__(
        self, path: Path, passphrase: str, *, limit: float, cost: int | None = None
    ) -> None:
        """Open it; a vault that is not there yet is made by the first write.

        Args:
            path: its file.
            passphrase: what opens it; the same characters count however they were composed.
            limit: seconds to wait for another process that writes.
            cost: logarithm of the work that each guess takes, for a new file; COST by default.

        Raises:
            WrongPassphraseError: the passphrase is empty or does not fit.
            KeychainError: the file is damaged or cannot be read; it is left as it is.
        """
        if not passphrase:
            raise WrongPassphraseError("no passphrase was given")
        REDACTION.hide(passphrase)
        self._path, self._limit = path, limit
        self._cost = COST if cost is None else cost
        self._passphrase = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
        self._keys: dict[bytes, bytes] = {}
        self._load()

    def read(self, name: str) -> str | None:
        """Return what is kept under a name; None where nothing is.

        Raises:
            KeychainError: the file is damaged, cannot be read, or was made anew under another passphrase.
        """
        value = self._load()[1].get(name)
        if value:
            REDACTION.hide(value)
        return value

    def write(self, name: str, value: str) -> None:
        """Keep a value; interrupted at any moment, the old file or the new one is there.

        Raises:
            KeychainError: the file is damaged or cannot be written; it is left as it is.
        """
        REDACTION.hide(value)
        with self._own_turn():
            head, values = self._load()
            self._save(head, {**values, name: value})
            if self._load()[1].get(name) != value:
                raise KeychainError("the vault did not keep what was written")

    def delete(self, name: str) -> None:
        """Remove what is kept under a name, if anything.

        Raises:
            KeychainError: the file is damaged or cannot be written; it is left as it is.
        """
        with self._own_turn():
            head, values = self._load()
            if values.pop(name, None) is not None:
                self._save(head, values)

    def again(self) -> None:
        """Do nothing: a vault does not prompt."""

    def close(self) -> None:
        """Forget the keys; the next call derives them again."""
        self._keys.clear()

    @contextmanager
    def _own_turn(self) -> Iterator[None]:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with locked(self._path.with_name(self._path.name + ".lock"), self._limit):
                yield
        except HeldError as error:
            raise KeychainSilentError(self._limit) from error
        except OSError as error:
            raise KeychainError(f"the vault could not be written: {error.strerror}") from error

    def _load(self) -> tuple[bytes, dict[str, str]]:
        """Return the file's head and its values; a fresh head where there is no file."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return _MARK + bytes([self._cost]) + os.urandom(_SALT), {}
        except OSError as error:
            raise KeychainError(f"the vault could not be read: {error.strerror}") from error
        body, total = content[:-_SUM], content[-_SUM:]
        whole = len(body) >= _HEAD + _NONCE + _TAG and hmac.compare_digest(_sum(body), total)
        if not whole or not body.startswith(_MARK) or body[len(_MARK)] > _MOST_COST:
            raise KeychainError(f"{self._path} is damaged; it was left as it is")
        return body[:_HEAD], self._opened(body)

    def _opened(self, body: bytes) -> dict[str, str]:
        head, nonce, sealed = body[:_HEAD], body[_HEAD : _HEAD + _NONCE], body[_HEAD + _NONCE :]
        try:
            text = AESGCM(self._key(head)).decrypt(nonce, sealed, head)
        except InvalidTag:
            raise WrongPassphraseError("the passphrase does not fit") from None
        values: dict[str, str] = json.loads(text)
        return values

    def _save(self, head: bytes, values: Mapping[str, str]) -> None:
        nonce = os.urandom(_NONCE)
        sealed = AESGCM(self._key(head)).encrypt(nonce, json.dumps(values).encode(), head)
        body = head + nonce + sealed
        _replace(self._path, body + _sum(body))

    def _key(self, head: bytes) -> bytes:
        if head not in self._keys:
            self._keys[head] = hashlib.scrypt(
                self._passphrase,
                salt=head[-_SALT:],
                n=1 << head[len(_MARK)],
                r=8,
                p=1,
                maxmem=(1 << _MOST_COST) * 1_100,
                dklen=32,
            )
        return self._keys[head]


def _sum(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


def _replace(path: Path, content: bytes) -> None:
    """Replace a file so that a crash leaves the old one or the new one; only its owner may read it."""
    fresh = path.with_name(path.name + ".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
