"""What banks write beside an amount that has no sign."""

from __future__ import annotations

_OUT_WORDS = "d db dr dbit deb debit debet debito af s soll out ut utgift - v"
_IN_WORDS = "c cr cdt crdt credit kredit credito bij h haben in inn innskudd + p"
_OUT, _IN = frozenset(_OUT_WORDS.split()), frozenset(_IN_WORDS.split())


def direction(text: str) -> int:
    """Return -1 for money out, 1 for money in, 0 where it says neither."""
    said = text.strip().casefold()
    return -1 if said in _OUT else int(said in _IN)
