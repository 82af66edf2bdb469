"""What a PSD2 certificate says beyond X.509: the roles of its holder (ETSI TS 119 495 §5.1, in DER of X.690)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEQUENCE, _OBJECT_IDENTIFIER = 0x30, 0x06
#: 0.4.0.19495, the arc of ETSI TS 119 495.
_ARC = bytes([0x04, 0x00, 0x81, 0x98, 0x27])
#: The statement about PSD2, 0.4.0.19495.2, and the roles below 0.4.0.19495.1.
_STATEMENT, _ROLES = _ARC + b"\x02", _ARC + b"\x01"


class Role(StrEnum):
    """What the holder is licensed for (ETSI TS 119 495 §5.1)."""

    ACCOUNTS_HELD = "PSP_AS"
    PAYMENT_INITIATION = "PSP_PI"
    ACCOUNT_INFORMATION = "PSP_AI"
    CARD_ISSUING = "PSP_IC"


_BY_NUMBER = dict(enumerate(Role, 1))


@dataclass(frozen=True, slots=True)
class _Element:
    tag: int
    content: bytes

    def inside(self) -> tuple[_Element, ...]:
        """Return what is in a sequence; anything else has nothing in it."""
        return tuple(_elements(self.content)) if self.tag == _SEQUENCE else ()


def roles(statements: bytes) -> tuple[Role, ...]:
    """Return the roles in the value of a qcStatements extension; none where it has no statement about PSD2.

    Raises:
        ValueError: it is no DER.
    """
    return tuple(
        role
        for whole in _elements(statements)
        for statement in whole.inside()
        for role in _of_statement(statement.inside())
    )


def _of_statement(parts: tuple[_Element, ...]) -> Iterator[Role]:
    """Yield the roles of a statement: SEQUENCE {id, SEQUENCE {SEQUENCE OF {role, name}, authority, its id}}."""
    if len(parts) < 2 or parts[0] != _Element(_OBJECT_IDENTIFIER, _STATEMENT):
        return
    for named in (role.inside() for listed in parts[1].inside()[:1] for role in listed.inside()):
        number = named[0].content.removeprefix(_ROLES) if named else b""
        if len(number) == 1 and number[0] in _BY_NUMBER:
            yield _BY_NUMBER[number[0]]


def _elements(content: bytes) -> Iterator[_Element]:
    """Yield the elements that stand one after another (X.690 §8.1)."""
    while content:
        if len(content) < 2:
            raise ValueError("an element has no length")
        tag, length, start = content[0], content[1], 2
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(content[2:start], "big")
        if len(content) < start + length:
            raise ValueError("an element is cut off")
        yield _Element(tag, content[start : start + length])
        content = content[start + length :]
