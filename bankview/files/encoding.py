"""Which characters a file's bytes are: its mark says, else the bytes themselves; a guess is shown to the person."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bankview.files.source import Source

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: What banks write where they do not write Unicode, the likeliest first, with the letters of the languages that need it.
_ALPHABETS = {
    "cp1252": (
        "äöüß",
        "æøåéòô",
        "åäöé",
        "éèêëàâçîïôûùüœæ",
        "áéíóúñü",
        "àèéìíòóù",
        "ãõáâàçéêíóôú",
        "ëïéèöüó",
    ),
    "cp1250": ("áčďéěíňóřšťúůýž", "ąćęłńóśźż", "áéíóöőúüű", "áäčďéíĺľňóôŕšťúýž", "čćđšž", "ăâîşţ"),
    "cp1251": ("абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґў",),
}
#: Lines that are looked at.
LINES = 200


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
    """Return the encoding in which the letters beyond ASCII are most nearly those of one language."""
    with source.open() as file:
        # Lines without such a letter tell nothing.
        telling = (line for line in iter(lambda: file.readline(4096), b"") if not line.isascii())
        sample = b"".join(line for line, _ in zip(telling, range(LINES), strict=False))
    return max(_ALPHABETS, key=lambda encoding: _fits(sample.decode(encoding, "replace"), encoding))


def _fits(text: str, encoding: str) -> float:
    """Return which part of the letters the language knows that knows most of them."""
    letters = [letter for letter in text.lower() if letter.isalpha() and not letter.isascii()]
    known = (sum(map(alphabet.__contains__, letters)) for alphabet in _ALPHABETS[encoding])
    return max(known) / max(1, len(letters))
