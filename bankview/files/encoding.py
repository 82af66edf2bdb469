"""Which characters a file's bytes are: its mark says, else the bytes themselves; a guess is shown to the person."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from charset_normalizer import from_bytes

if TYPE_CHECKING:
    from bankview.files.source import Source

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: What banks write where they do not write Unicode: western Europe, central Europe, Cyrillic.
_BANKS = ["cp1252", "cp1250", "cp1251"]


def encoding_of(source: Source) -> str:
    """Return Python's name of the encoding: of the mark at the beginning, else UTF-8 where all bytes fit, else a guess."""
    head = source.head
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if head[1::2].count(0) > len(head) // 4:
        return "utf-16-le"
    if head[::2].count(0) > len(head) // 4:
        return "utf-16-be"
    return "utf-8" if _is_utf_8(source) else _guess(source)


def _is_utf_8(source: Source) -> bool:
    """Look through the whole file: the first letter beyond ASCII may be anywhere."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with source.open() as file:
        try:
            while piece := file.read(1 << 20):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _guess(source: Source) -> str:
    with source.open() as file:
        # Lines with a letter beyond ASCII tell; the others only dilute them.
        telling = (line for line in iter(lambda: file.readline(4096), b"") if not line.isascii())
        sample = b"".join(line for line, _ in zip(telling, range(200), strict=False))
    best = from_bytes(sample, cp_isolation=_BANKS).best()
    if best is None or str(best) == sample.decode("cp1252", "replace"):
        return "cp1252"
    return str(best.encoding)
