"""Where a person was: back and forward over the places of the window, as in a browser."""

from __future__ import annotations

from typing import Generic, TypeVar

Place = TypeVar("Place")


class History(Generic[Place]):
    """A list of places with one of them current."""

    def __init__(self) -> None:
        self._places: list[Place] = []
        self._at = -1

    def visit(self, place: Place) -> None:
        """Go to a new place; what lay ahead is forgotten. The current place again is no step."""
        if self._places and self._places[self._at] == place:
            return
        del self._places[self._at + 1 :]
        self._places.append(place)
        self._at = len(self._places) - 1

    def change(self, place: Place) -> None:
        """Remember the current place differently, as when a search grows letter by letter."""
        if self._places:
            self._places[self._at] = place

    def step(self, by: int) -> Place | None:
        """Go back (-1) or forward (+1) and return the place there; None where there is none."""
        if not self.can_step(by):
            return None
        self._at += by
        return self._places[self._at]

    def can_step(self, by: int) -> bool:
        """Return whether there is a place in that direction."""
        return 0 <= self._at + by < len(self._places)
