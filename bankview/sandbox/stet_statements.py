"""The qcStatements of eIDAS certificates, written and read in DER (RFC 3739 §3.2.6, ETSI TS 119 495 §5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509

if TYPE_CHECKING:
    from collections.abc import Iterator

EXTENSION = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3")
PSD2 = "0.4.0.19495.2"
#: The roles of account information and of card-based payment instruments, by their names.
ROLES = {"PSP_AI": "0.4.0.19495.1.3", "PSP_IC": "0.4.0.19495.1.4"}
#: Statements that say what the certificate is for: seals or web sites (ETSI EN 319 412-5 §4.2.3).
TYPE, SEAL, WEB = "0.4.0.1862.1.6", "0.4.0.1862.1.6.2", "0.4.0.1862.1.6.3"
_SEQUENCE, _OID, _TEXT = 0x30, 0x06, 0x0C


@dataclass(frozen=True, slots=True)
class Statements:
    """What a certificate states: its purpose, the roles, and the authority that gave them, by name and id."""

    purpose: str
    roles: tuple[str, ...]
    authority: str
    authority_id: str

    def encode(self) -> bytes:
        """Return the extension's value."""
        roles = [_seq(_oid(ROLES[role]), _text(role)) for role in self.roles]
        licence = _seq(_seq(*roles), _text(self.authority), _text(self.authority_id))
        purpose = _seq(_oid(TYPE), _seq(_oid(self.purpose)))
        return _seq(purpose, _seq(_oid(PSD2), licence))


def read(certificate: x509.Certificate) -> Statements:
    """Return what a certificate states.

    Raises:
        ValueError: it states nothing, or what it states cannot be read.
    """
    try:
        extension = certificate.extensions.get_extension_for_oid(EXTENSION).value
    except x509.ExtensionNotFound as error:
        raise ValueError("the certificate has no qcStatements") from error
    assert isinstance(extension, x509.UnrecognizedExtension)
    return parse(extension.value)


def parse(coded: bytes) -> Statements:
    """Return what an extension's value states.

    Raises:
        ValueError: it cannot be read, or says nothing of PSD2.
    """
    stated: dict[str, list[bytes]] = {}
    for statement in _members(_only(coded)):
        name, *content = _members(statement)
        stated[_dotted(name)] = content
    if PSD2 not in stated or TYPE not in stated:
        raise ValueError("the certificate is not one of PSD2")
    roles, authority, authority_id = _members(*_one(stated[PSD2]))
    (purpose,) = _members(*_one(stated[TYPE]))
    return Statements(
        _dotted(purpose), tuple(_roles(roles)), _string(authority), _string(authority_id)
    )


def _one(content: list[bytes]) -> list[bytes]:
    if len(content) != 1:
        raise ValueError("a statement has more or less than one value")
    return content


def _roles(coded: bytes) -> Iterator[str]:
    for role in _members(coded):
        oid, name = _members(role)
        # The object identifier decides; a name that says another thing is a forgery.
        if ROLES.get(_string(name)) != _dotted(oid):
            raise ValueError("a role's name is not its number")
        yield _string(name)


def _tagged(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 128:
        return bytes((tag, size)) + content
    width = (size.bit_length() + 7) // 8
    return bytes((tag, 0x80 | width)) + size.to_bytes(width, "big") + content


def _seq(*members: bytes) -> bytes:
    return _tagged(_SEQUENCE, b"".join(members))


def _text(text: str) -> bytes:
    return _tagged(_TEXT, text.encode())


def _oid(dotted: str) -> bytes:
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    coded = b""
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        coded += bytes(reversed(groups))
    return _tagged(_OID, coded)


def _values(coded: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield tag, content and whole of each value in a row of them."""
    position = 0
    while position < len(coded):
        start = position
        tag, size = coded[position : position + 2].ljust(2, b"\xff")
        position += 2
        if size > 0x82 or size == 0x80:
            raise ValueError("a length cannot be read")
        if size > 0x80:
            width = size & 0x7F
            size = int.from_bytes(coded[position : position + width], "big")
            position += width
        if position + size > len(coded):
            raise ValueError("a value is cut off")
        content = coded[position : position + size]
        position += size
        yield tag, content, coded[start:position]


def _only(coded: bytes, tag: int = _SEQUENCE) -> bytes:
    """Return one whole value, which must be all there is and of the tag."""
    ((found, _, whole),) = _values(coded)
    if found != tag:
        raise ValueError("a value is of another type")
    return whole


def _members(sequence: bytes) -> list[bytes]:
    ((_, content, _),) = _values(_only(sequence))
    return [whole for _, _, whole in _values(content)]


def _string(coded: bytes) -> str:
    ((_, content, _),) = _values(_only(coded, _TEXT))
    return content.decode()


def _dotted(coded: bytes) -> str:
    ((_, content, _),) = _values(_only(coded, _OID))
    arcs, arc = [], 0
    for octet in content:
        arc = arc << 7 | octet & 0x7F
        if octet < 0x80:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))
