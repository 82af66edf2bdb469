"""What a widget draws as a file: PNG at twice the screen's size, or SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from bankview.errors import TargetError
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtGui import QColor, QPaintDevice

_RATIO = 2
#: Pixels around it.
_ROOM = 16
#: Dots per inch that sizes in pixels are meant for.
_DPI = 96


def save(draw: Callable[[QPainter, QRectF], None], size: QSize, ground: QColor, path: Path) -> None:
    """Write what `draw` draws into a box of `size` on `ground`, in the format that the file's name ends with.

    Raises:
        TargetError: it cannot be written there.
    """
    whole = size + QSize(2 * _ROOM, 2 * _ROOM)
    write = _svg if path.suffix.lower() == ".svg" else _png

    def paint(device: QPaintDevice) -> bool:
        painter = QPainter()
        if not painter.begin(device):
            return False
        painter.fillRect(QRect(0, 0, whole.width(), whole.height()), ground)
        draw(painter, QRectF(_ROOM, _ROOM, size.width(), size.height()))
        return painter.end()

    if not write(paint, whole, path):
        raise TargetError(path, tr("The picture cannot be written there."))


def _png(paint: Callable[[QPaintDevice], bool], size: QSize, path: Path) -> bool:
    image = QImage(size * _RATIO, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(_RATIO)
    return paint(image) and image.save(str(path), "PNG")  # type: ignore[call-overload]


def _svg(paint: Callable[[QPaintDevice], bool], size: QSize, path: Path) -> bool:
    from PySide6.QtSvg import QSvgGenerator  # noqa: PLC0415 - few people save one

    device = QSvgGenerator()
    device.setFileName(str(path))
    device.setResolution(_DPI)
    device.setSize(size)
    device.setViewBox(QRect(0, 0, size.width(), size.height()))
    return paint(device)
