"""How hard a new passphrase is to guess, in words."""

from __future__ import annotations

from itertools import pairwise
from math import log2

from bankview.words import tr

#: Bits below which a passphrase is weak, and below which it is fair: each guess takes an attacker half a second.
WEAK, FAIR = 40, 65


def bits(passphrase: str) -> float:
    """Return a cautious estimate of its bits: letters that repeat, or follow each other in the alphabet, count little."""
    kinds = (
        (str.islower, 26),
        (str.isupper, 26),
        (str.isdigit, 10),
        (str.isspace, 1),
        (lambda letter: not letter.isalnum() and not letter.isspace(), 20),
    )
    alphabet = sum(size for is_kind, size in kinds if any(map(is_kind, passphrase)))
    steps = [ord(b) - ord(a) for a, b in pairwise(passphrase)]
    surprising = len(passphrase[:1]) + sum(abs(step) > 1 for step in steps)
    # Words are easier to guess than their letters: who types many letters of few kinds writes words.
    share = 0.6 if alphabet <= 27 + 26 else 0.9
    return min(surprising, 2 * len(set(passphrase))) * log2(max(alphabet, 2)) * share


def strength_text(passphrase: str) -> str:
    """Return the estimate in words; nothing for an empty one."""
    if not passphrase:
        return ""
    found = bits(passphrase)
    if found < WEAK:
        return tr("Easy to guess.")
    return tr("Could be longer.") if found < FAIR else tr("Hard to guess.")
