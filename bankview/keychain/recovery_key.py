"""The recovery key as people keep it: eight groups of four characters, with a check that finds typing errors."""

from __future__ import annotations

import secrets

from bankview.errors import WrongPassphraseError
from bankview.log import REDACTION

#: Crockford's base 32: no I, L, O or U, so that nothing is mistaken for 1 or 0.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FORGIVEN = str.maketrans(
    "ILO", "110", " -\t\r\n\N{NO-BREAK SPACE}\N{EN DASH}\N{HYPHEN}\N{MINUS SIGN}"
)
#: 26 characters are 130 random bits; six more are the check.
_DATA, _CHECK = 26, 6
_GROUP = 4

#: The checksum of BIP-350 (bech32m): it finds up to four wrong characters among ours, and any two that changed places.
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_FINAL = 0x2BC830A3


def new_recovery_key() -> str:
    """Return a fresh recovery key of 130 random bits, for a person to write down or print."""
    data = [secrets.randbelow(32) for _ in range(_DATA)]
    rest = _remainder([*data, *[0] * _CHECK]) ^ _FINAL
    symbols = data + [rest >> 5 * (_CHECK - 1 - place) & 31 for place in range(_CHECK)]
    text = "".join(ALPHABET[symbol] for symbol in symbols)
    key = "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))
    REDACTION.hide(key, text)
    return key


def looks_right(text: str) -> bool:
    """Return whether a recovery key was typed completely and without a mistake; case, spaces, dashes do not matter."""
    key = _plain(text)
    if len(key) != _DATA + _CHECK or not set(key) <= set(ALPHABET):
        return False
    return _remainder([ALPHABET.index(letter) for letter in key]) == _FINAL


def canonical(text: str) -> str:
    """Return a recovery key without its spaces and dashes, in capitals.

    Raises:
        WrongPassphraseError: it is incomplete or holds a typing error.
    """
    key = _plain(text)
    REDACTION.hide(text.strip(), key)
    if not looks_right(key):
        raise WrongPassphraseError("the recovery key is incomplete or holds a typing error")
    return key


def _plain(text: str) -> str:
    return text.upper().translate(_FORGIVEN)


def _remainder(symbols: list[int]) -> int:
    rest = 1
    for symbol in symbols:
        top = rest >> 25
        rest = (rest & 0x1FFFFFF) << 5 ^ symbol
        for bit, value in enumerate(_GENERATOR):
            if top >> bit & 1:
                rest ^= value
    return rest
