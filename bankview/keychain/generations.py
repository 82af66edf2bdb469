"""How a value of any length lies in a keychain that takes short texts only, and survives a crash at any moment.

A value is written as a new generation beside the old one: its pieces first, then the manifest that points to it, then
the old pieces go. Even generations have slot a, odd ones slot b. The first piece repeats the manifest, so that a
generation can be read without it. Each piece has a service name of its own, because Windows moves entries that share
one. Every text is ASCII and shorter than 1,200 characters: Windows takes 2,560 bytes of UTF-16.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Protocol

from bankview.errors import KeychainError, KeychainLossError

_PIECE = 1_100
_SLOTS = "ab"
_HEAD = "1"
#: Secret Service may hold the same entry several times; one deletion removes one.
_MOST_DOUBLES = 8


class Cells(Protocol):
    """A keychain's single entries, each a short text under a name of its own."""

    def get(self, service: str) -> str | None:
        """Return a text, or None."""

    def put(self, service: str, text: str) -> None:
        """Keep a text."""

    def remove(self, service: str) -> None:
        """Remove an entry that is there."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a manifest says about a generation: its number, how many pieces it has, and the value's SHA-256."""

    generation: int
    pieces: int
    digest: str

    @property
    def slot(self) -> str:
        """The slot its pieces lie in."""
        return _SLOTS[self.generation % 2]

    def __str__(self) -> str:
        return f"{_HEAD}.{self.generation}.{self.pieces}.{self.digest}."

    @classmethod
    def parse(cls, text: str | None) -> tuple[Head, str] | None:
        """Return the head of a manifest or first piece and what follows it; None where it is neither."""
        parts = (text or "").split(".", 4)
        if len(parts) != 5 or parts[0] != _HEAD or not (parts[1] + parts[2]).isdecimal():
            return None
        return cls(int(parts[1]), int(parts[2]), parts[3]), parts[4]


class Entry:
    """One value under one name."""

    def __init__(self, cells: Cells, base: str, name: str) -> None:
        self._cells, self._base, self._name = cells, base, name

    def read(self) -> str | None:
        """Return the value; None where there never was one.

        Raises:
            KeychainLossError: there was one, and no generation of it is whole.
        """
        current = self._current()
        return current[1] if current else None

    def write(self, value: str) -> None:
        """Keep a value; whenever this is interrupted, the old value or the new one is there.

        Raises:
            KeychainLossError: the keychain did not keep what it took.
        """
        data = base64.b64encode(value.encode("utf-8", "surrogatepass")).decode()
        pieces = [data[at : at + _PIECE] for at in range(0, len(data), _PIECE)] or [""]
        head = Head(self._next_generation(), len(pieces), _digest(data))
        self._clear(head.slot)
        for number, piece in enumerate(pieces):
            self._put(self._piece(head.slot, number), f"{head}{piece}" if number == 0 else piece)
        self._put(self._base, str(head))
        self._clear(_other(head.slot))

    def delete(self) -> None:
        """Remove every trace of the value; an interrupted removal never brings an older value back."""
        manifest = Head.parse(self._cells.get(self._base))
        slot = manifest[0].slot if manifest else _SLOTS[0]
        self._clear(_other(slot))
        self._remove(self._base)
        self._clear(slot)

    def _current(self) -> tuple[Head, str] | None:
        manifest = self._cells.get(self._base)
        pointed = Head.parse(manifest)
        if pointed:
            found = self._load(pointed[0].slot)
            if found and found[0] == pointed[0]:
                return found
        whole = [found for slot in _SLOTS if (found := self._load(slot))]
        if not whole and manifest is not None:
            raise KeychainLossError(self._name)
        return max(whole, key=lambda found: found[0].generation, default=None)

    def _load(self, slot: str) -> tuple[Head, str] | None:
        first = Head.parse(self._cells.get(self._piece(slot, 0)))
        if not first:
            return None
        head, data = first
        for number in range(1, head.pieces):
            data += self._cells.get(self._piece(slot, number)) or ""
        if _digest(data) != head.digest:
            return None
        return head, base64.b64decode(data).decode("utf-8", "surrogatepass")

    def _next_generation(self) -> int:
        """Return a number above all known ones whose slot is not the one that is readable now."""
        try:
            current = self._current()
        except KeychainLossError:
            current = None
        places = (self._base, self._piece("a", 0), self._piece("b", 0))
        known = [found[0].generation for at in places if (found := Head.parse(self._cells.get(at)))]
        following = max(known, default=0) + 1
        taken = current[0].slot if current else ""
        return following + (_SLOTS[following % 2] == taken)

    def _clear(self, slot: str) -> None:
        """Remove a slot's pieces from the last to the first, whose head says how many there are."""
        first = Head.parse(self._cells.get(self._piece(slot, 0)))
        beyond = first[0].pieces if first else 1
        while self._cells.get(self._piece(slot, beyond)) is not None:
            beyond += 1
        for number in reversed(range(beyond)):
            self._remove(self._piece(slot, number))

    def _put(self, service: str, text: str) -> None:
        self._cells.put(service, text)
        if self._cells.get(service) != text:
            raise KeychainLossError(self._name)

    def _remove(self, service: str) -> None:
        for _ in range(_MOST_DOUBLES):
            if self._cells.get(service) is None:
                return
            self._cells.remove(service)
        raise KeychainError(f"the keychain does not let go of {self._name}")

    def _piece(self, slot: str, number: int) -> str:
        return f"{self._base}:{slot}:{number}"


def _other(slot: str) -> str:
    return _SLOTS[slot == _SLOTS[0]]


def _digest(data: str) -> str:
    return hashlib.sha256(data.encode()).hexdigest()
