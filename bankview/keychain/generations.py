"""How a value of any length lies in a keychain that takes short texts only, and survives a crash at any moment.

A value is written as a new generation beside the old one: its pieces first, then the manifest that points to it, then
the old pieces go. Even generations have slot a, odd ones slot b. The first piece repeats the manifest, so that a
generation can be read without it. Each piece has a service name of its own, because Windows moves entries that share
one. Every text is ASCII and shorter than 1,200 characters: Windows takes 2,560 bytes of UTF-16.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import Protocol

from bankview.errors import KeychainError, KeychainLossError

_PIECE = 1_100
_SLOTS = "ab"
_FORM = re.compile(r"1\.(\d{1,12})\.(\d{1,6})\.([0-9a-f]{64})\.([^.]*)", re.ASCII)
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
        return f"1.{self.generation}.{self.pieces}.{self.digest}."

    @classmethod
    def parse(cls, text: str | None) -> tuple[Head, str] | None:
        """Return the head of a manifest or first piece and what follows it; None where it is neither."""
        match = _FORM.fullmatch(text or "")
        return (cls(int(match[1]), int(match[2]), match[3]), match[4]) if match else None


class Entry:
    """One value under one name, for one operation: what it has seen once it does not ask for again."""

    def __init__(self, cells: Cells, base: str, name: str) -> None:
        self._cells, self._base, self._name = cells, base, name
        self._seen: dict[str, str | None] = {}

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
        slot = self._readable_slot() or _SLOTS[0]
        self._clear(_other(slot))
        self._remove(self._base)
        self._clear(slot)

    def _current(self) -> tuple[Head, str] | None:
        manifest = self._get(self._base)
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
        first = Head.parse(self._get(self._piece(slot, 0)))
        if not first:
            return None
        head, data = first
        for number in range(1, head.pieces):
            piece = self._get(self._piece(slot, number))
            if piece is None:
                return None
            data += piece
        if _digest(data) != head.digest:
            return None
        return head, base64.b64decode(data).decode("utf-8", "surrogatepass")

    def _next_generation(self) -> int:
        """Return a number above all known ones whose slot is not the one that is readable now."""
        places = (self._base, self._piece("a", 0), self._piece("b", 0))
        known = [found[0].generation for at in places if (found := Head.parse(self._get(at)))]
        following = max(known, default=0) + 1
        return following + (_SLOTS[following % 2] == self._readable_slot())

    def _readable_slot(self) -> str:
        try:
            current = self._current()
        except KeychainLossError:
            return ""
        return current[0].slot if current else ""

    def _clear(self, slot: str) -> None:
        """Remove a slot's pieces from the last to the first, whose head says how many there are."""
        first = Head.parse(self._get(self._piece(slot, 0)))
        beyond = first[0].pieces if first else 1
        while self._get(self._piece(slot, beyond)) is not None:
            beyond += 1
        for number in reversed(range(beyond)):
            self._remove(self._piece(slot, number))

    def _get(self, service: str) -> str | None:
        if service not in self._seen:
            self._seen[service] = self._cells.get(service)
        return self._seen[service]

    def _put(self, service: str, text: str) -> None:
        self._cells.put(service, text)
        self._seen[service] = self._cells.get(service)
        if self._seen[service] != text:
            raise KeychainLossError(self._name)

    def _remove(self, service: str) -> None:
        for _ in range(_MOST_DOUBLES):
            if self._get(service) is None:
                return
            self._cells.remove(service)
            del self._seen[service]
        raise KeychainError(f"the keychain does not let go of {self._name}")

    def _piece(self, slot: str, number: int) -> str:
        return f"{self._base}:{slot}:{number}"


def _other(slot: str) -> str:
    return _SLOTS[slot == _SLOTS[0]]


def _digest(data: str) -> str:
    return hashlib.sha256(data.encode()).hexdigest()
