"""Compares a picture of a window with the one that is expected, as a person would."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Steps of 256 by which a colour may be another: a hairline is 26 from its ground.
NEAR = 14
#: Pixels that may be unlike all around them: of letters some, of a line none.
MOST = 120
#: Pixels of the squares whose mean colour is compared, and the steps by which it may be another.
SQUARE, MEAN = 16, 6

Place = tuple[int, int]
_FORMAT = QImage.Format.Format_RGB32
_FEWER = bytes(value & 0xF8 for value in range(256))


def small(image: QImage) -> QImage:
    """Return a picture in fewer colours than an eye tells apart: its file takes half the room."""
    made = image.convertToFormat(_FORMAT)
    for y in range(made.height()):
        line = cast("memoryview", made.scanLine(y))
        line[:] = bytes(line).translate(_FEWER)
    # What is no colour is cut as well, and left out here.
    return made.convertToFormat(QImage.Format.Format_RGB888)


def unlike(actual: QImage, expected: QImage) -> list[Place]:
    """Return where two pictures differ: single pixels, and the corners of squares.

    A pixel counts that lies between none of the colours around its place in the other picture: letters that are
    smoothed otherwise do not. A square counts whose mean colour is another: letters in another colour do.
    """
    one, other = actual.convertToFormat(_FORMAT), expected.convertToFormat(_FORMAT)
    if one.size() != other.size():
        return [(x, 0) for x in range(one.width())]
    lines, others = _lines(one), _lines(other)
    pixels = [
        (x, y)
        for y, (line, known) in enumerate(zip(lines, others, strict=True))
        if line != known
        for x, (a, b) in enumerate(zip(line, known, strict=True))
        if a != b and not (_is_between(a, others, x, y) and _is_between(b, lines, x, y))
    ]
    return pixels + [place for place in _squares(one, other) for _ in range(SQUARE)]


def marked(actual: QImage, places: Sequence[Place]) -> QImage:
    """Return a pale copy of a picture with these places in red."""
    made = actual.convertToFormat(QImage.Format.Format_Grayscale8).convertToFormat(_FORMAT)
    red = QColor("red")
    for x, y in places:
        made.setPixelColor(min(x, made.width() - 1), min(y, made.height() - 1), red)
    return made


def _squares(one: QImage, other: QImage) -> list[Place]:
    """Return the corners of the squares whose mean colours differ."""
    size = one.size() / SQUARE
    how = (Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    lines, others = (_lines(image.scaled(size, *how)) for image in (one, other))
    return [
        (x * SQUARE, y * SQUARE)
        for y, (line, known) in enumerate(zip(lines, others, strict=True))
        for x, (a, b) in enumerate(zip(line, known, strict=True))
        if any(abs((a >> part & 255) - (b >> part & 255)) > MEAN for part in (0, 8, 16))
    ]


def _lines(image: QImage) -> list[memoryview]:
    made = image.convertToFormat(_FORMAT)
    found = (cast("memoryview", made.constScanLine(y)) for y in range(made.height()))
    return [memoryview(bytes(line)).cast("I") for line in found]


def _is_between(colour: int, lines: list[memoryview], x: int, y: int) -> bool:
    rows = lines[max(0, y - 1) : y + 2]
    around = [found for row in rows for found in row[max(0, x - 1) : x + 2]]
    for part in (0, 8, 16):
        values = [found >> part & 255 for found in around]
        if not min(values) - NEAR <= colour >> part & 255 <= max(values) + NEAR:
            return False
    return True
