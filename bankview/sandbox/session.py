"""Names that hold for one consent or one session only: account keys and encrypted row ids."""

from __future__ import annotations

import base64
import binascii
import hashlib
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

_BLOCK = 16


@lru_cache(maxsize=256)
def account_key(consent: str, account_id: str) -> str:
    """Return an account's key in one consent."""
    keyed = hashlib.blake2b(account_id.encode(), digest_size=15, key=consent.encode())
    return base64.urlsafe_b64encode(keyed.digest()).decode()


class RowIds:
    """Turns the bank's row numbers into ids of one session, and back."""

    def __init__(self, session: str) -> None:
        key = hashlib.blake2b(session.encode(), digest_size=_BLOCK).digest()
        # One block a row, each number once: what ECB gives away is not there to be seen.
        self._cipher = Cipher(AES(key), ECB())  # noqa: S305
        self._encrypt = self._cipher.encryptor()

    def seal(self, number: int) -> str:
        """Return a row's id."""
        return base64.urlsafe_b64encode(
            self._encrypt.update(number.to_bytes(_BLOCK, "big"))
        ).decode()[:-2]

    def open(self, row_id: str) -> int | None:
        """Return the row's number, or None where the id is of another session or of nobody's making."""
        try:
            block = base64.urlsafe_b64decode(f"{row_id}==")
        except (binascii.Error, ValueError):
            return None
        if len(block) != _BLOCK:
            return None
        number = int.from_bytes(self._cipher.decryptor().update(block), "big")
        return number if number < 1 << 64 else None
