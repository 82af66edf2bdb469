"""Where in a TOML file a key stands: the parser says what a file holds, and not where."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def line_of(text: str, path: Sequence[str | int]) -> int:
    """Return the first line (from 1) of the statement that brings a key into a sound TOML text.

    What a prefix of the file holds only grows with its length, so that the shortest prefix which holds the key ends
    with its statement. A key that is nowhere stands where its table begins, at the last on line 1.
    """
    lines = text.split("\n")
    keys = [part for part in path if isinstance(part, str)]
    while keys and not _holds(text, keys):
        keys.pop()
    if not keys:
        return 1
    low, high = 1, len(lines)
    while low < high:
        middle = (low + high) // 2
        if _holds("\n".join(lines[: _sound(lines, middle)]), keys):
            high = middle
        else:
            low = middle + 1
    return _sound(lines, low - 1) + 1


def _sound(lines: Sequence[str], length: int) -> int:
    """Return the length of the longest prefix, of at most `length` lines, that ends between two statements."""
    while length and _parsed("\n".join(lines[:length])) is None:
        length -= 1
    return length


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _holds(text: str, path: Sequence[str]) -> bool:
    value: Any = _parsed(text)
    for part in path:
        if not isinstance(value, dict) or part not in value:
            return False
        value = value[part]
    return True
