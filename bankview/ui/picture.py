"""What a widget draws as a file: PNG at twice the screen's size, or SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QRect, QRectF, QSize
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

    def paint(device: QPaintDevice) -> None:
        painter = QPainter(device)
        painter.fillRect(QRect(0, 0, whole.width(), whole.height()), ground)
        draw(painter, QRectF(_ROOM, _ROOM, size.width(), size.height()))
        painter.end()

    written = QBuffer()
    written.open(QIODevice.OpenModeFlag.WriteOnly)
    (_svg if path.suffix.lower() == ".svg" else _png)(paint, whole, written)
    try:
        path.write_bytes(written.data().data())
    except OSError as error:
        raise TargetError(path, error.strerror or tr("it cannot be written")) from error


def _png(paint: Callable[[QPaintDevice], None], size: QSize, written: QBuffer) -> None:
    image = QImage(size * _RATIO, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(_RATIO)
    paint(image)
    image.save(written, "PNG")  # type: ignore[call-overload]


def _svg(paint: Callable[[QPaintDevice], None], size: QSize, written: QBuffer) -> None:
    from PySide6.QtSvg import QSvgGenerator  # noqa: PLC0415 - few people save one

    device = QSvgGenerator()
    device.setOutputDevice(written)
    device.setResolution(_DPI)
    device.setSize(size)
    device.setViewBox(QRect(0, 0, size.width(), size.height()))
    paint(device)
