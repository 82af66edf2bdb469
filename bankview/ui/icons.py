"""Icons in any colour of the window, the app's own icon, and banks' monograms."""

from __future__ import annotations

import zlib
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from bankview.paths import resource
from bankview.ui import APP_ID
from bankview.ui.colours import TONES, colours, mixed

if TYPE_CHECKING:
    from PySide6.QtGui import QPalette

#: Device pixels per logical pixel that icons are made for.
_RATIOS = (1.0, 2.0)
_APP_SIZES = (16, 24, 32, 48, 64, 128, 256)
#: At this size and above, lines are drawn a little thinner.
_LARGE = 20


def names() -> tuple[str, ...]:
    """Return the name of every icon."""
    files = resource("icons").glob("*.svg")
    return tuple(sorted(file.stem for file in files if not file.stem.startswith("io.")))


def paint_icon(painter: QPainter, name: str, colour: QColor, place: QRectF) -> None:
    """Draw an icon into `place`, sharp at the painter's resolution."""
    QSvgRenderer(QByteArray(_source(name, colour.name(), place.width() >= _LARGE))).render(
        painter, place
    )


def pixmap(name: str, colour: QColor, size: int = 16, device_ratio: float = 1.0) -> QPixmap:
    """Return an icon of `size` logical pixels in a colour."""
    source = _source(name, colour.name(), size >= _LARGE)
    return _drawn(source, size, device_ratio)


def icon(name: str, palette: QPalette, colour: QColor | None = None, size: int = 16) -> QIcon:
    """Return an icon in `colour`, else in second text's, fainter where disabled; make it anew on PaletteChange."""
    found = colours(palette)
    normal = colour or found.second
    faint = mixed(normal, found.window, 0.45)
    made = QIcon()
    for device_ratio in _RATIOS:
        made.addPixmap(pixmap(name, normal, size, device_ratio), QIcon.Mode.Normal)
        made.addPixmap(pixmap(name, normal, size, device_ratio), QIcon.Mode.Selected)
        made.addPixmap(pixmap(name, faint, size, device_ratio), QIcon.Mode.Disabled)
    return made


def app_icon() -> QIcon:
    """Return the app's icon; the two smallest sizes are drawings of their own."""
    made = QIcon()
    for size in _APP_SIZES:
        made.addPixmap(app_pixmap(size))
    return made


def app_pixmap(size: int, device_ratio: float = 1.0) -> QPixmap:
    """Return the app's icon at one size."""
    pixels = round(size * device_ratio)
    small = f"-{pixels}" if pixels in {16, 32} else ""
    return _drawn(resource(f"icons/{APP_ID}{small}.svg").read_bytes(), size, device_ratio)


def letters(name: str) -> str:
    """Return a bank's monogram: 'S1' for SpareBank 1 SMN, 'CA' for Crédit Agricole, 'D' for DNB."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    number = next((word[0] for word in words[1:] if word[0].isdigit()), "")
    last = number or (words[-1][0] if len(words) > 1 else "")
    return (words[0][0] + last).upper()


def tone(bank_id: str) -> QColor:
    """Return the ground of a bank's monogram; banks of one family share it."""
    return QColor(TONES[zlib.crc32(bank_id.partition("-")[0].encode()) % len(TONES)])


def paint_monogram(
    painter: QPainter, place: QRectF, bank_id: str, name: str, base: QFont, *, faint: bool = False
) -> None:
    """Draw a bank's monogram: its letters in white on one of six dark tones."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(0.5 if faint else 1)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tone(bank_id))
    corner = place.height() * 0.25
    painter.drawRoundedRect(place, corner, corner)
    painter.setFont(_monogram_font(base, place.height()))
    painter.setPen(QColor("white"))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, letters(name))
    painter.restore()


def monogram(
    bank_id: str, name: str, base: QFont, size: int = 20, device_ratio: float = 1.0
) -> QPixmap:
    """Return a bank's monogram as a picture of `size` logical pixels."""
    made = _empty(size, device_ratio)
    painter = QPainter(made)
    paint_monogram(painter, QRectF(0, 0, size, size), bank_id, name, base)
    painter.end()
    return made


def _monogram_font(base: QFont, height: float) -> QFont:
    made = QFont(base)
    made.setPixelSize(max(8, round(height * 0.42)))
    made.setWeight(QFont.Weight.DemiBold)
    return made


@lru_cache(maxsize=256)
def _source(name: str, colour: str, large: bool) -> bytes:
    text = resource(f"icons/{name}.svg").read_text("utf-8").replace("currentColor", colour)
    # 1.4 of a 20 px drawing is 1.12 on the 16 px grid that all are drawn on.
    return (text.replace('stroke-width="1.5"', 'stroke-width="1.12"') if large else text).encode()


def _drawn(source: bytes, size: int, device_ratio: float) -> QPixmap:
    known = f"{hash(source)} {size} {device_ratio}"
    made = QPixmap()
    if QPixmapCache.find(known, made):
        return made
    made = _empty(size, device_ratio)
    painter = QPainter(made)
    QSvgRenderer(QByteArray(source)).render(painter, QRectF(0, 0, size, size))
    painter.end()
    QPixmapCache.insert(known, made)
    return made


def _empty(size: int, device_ratio: float) -> QPixmap:
    made = QPixmap(round(size * device_ratio), round(size * device_ratio))
    made.setDevicePixelRatio(device_ratio)
    made.fill(Qt.GlobalColor.transparent)
    return made
