"""What a refusal asks for: the WWW-Authenticate header taken apart (RFC 9110 §11.6.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Characters that are read; real ones have a few hundred.
LONGEST = 8192
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PART = re.compile(
    rf"""(?x) [\s,]*+ (?:
        (?P<name>{_WORD}) [ \t]*+ = [ \t]*+ (?: "(?P<quoted>(?:[^"\\]|\\.)*+)" | (?P<plain>{_WORD}) ) (?=[\s,]|\Z)
      | (?P<scheme>{_WORD}) (?=[\s,]|\Z) (?: [ \t]++ [A-Za-z0-9._~+/-]++ =*+ (?=\s*+(?:,|\Z)) )?+
    )"""
)


@dataclass(frozen=True, slots=True)
class Challenge:
    """One challenge: its scheme and the names of its parameters in small letters, as both are compared."""

    scheme: str
    parameters: Mapping[str, str] = field(default_factory=dict)


def read_challenges(header: str) -> tuple[Challenge, ...]:
    """Return the challenges of a header, as far as it can be read; a parameter that comes twice counts once."""
    header = header[:LONGEST]
    found: list[tuple[str, dict[str, str]]] = []
    at = 0
    while match := _PART.match(header, at):
        at = match.end()
        if match["scheme"]:
            found.append((match["scheme"].lower(), {}))
        elif found:
            quoted = match["quoted"]
            value = match["plain"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
            found[-1][1].setdefault(match["name"].lower(), value)
    return tuple(Challenge(scheme, parameters) for scheme, parameters in found)
