"""Spaces, heights and fonts: everything follows the system's font, so that larger letters grow the layout."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtGui import QFont, QFontDatabase, QFontMetrics

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

S1, S2, S3, S4, S5, S6 = 4, 8, 12, 16, 24, 32

RADIUS = 6
RADIUS_FRAME = 8
RADIUS_MARK = 2
STROKE = 1.5
#: Letters are never smaller than this, in points.
SMALLEST = 8.0

_Weight = QFont.Weight


class Type(Enum):
    """A size as a factor of the system's, and a weight."""

    HERO = (2.3, _Weight.DemiBold)
    HERO_COMPACT = (1.85, _Weight.DemiBold)
    HERO_OVERVIEW = (2.0, _Weight.DemiBold)
    FIRST = (1.7, _Weight.DemiBold)
    TITLE = (1.4, _Weight.DemiBold)
    PAYEE = (1.15, _Weight.DemiBold)
    BODY = (1.0, _Weight.Normal)
    BUTTON = (1.0, _Weight.Medium)
    STRONG = (1.0, _Weight.DemiBold)
    SMALL = (0.92, _Weight.Normal)
    SMALL_MEDIUM = (0.92, _Weight.Medium)
    SMALL_STRONG = (0.92, _Weight.DemiBold)
    TINY = (0.85, _Weight.Medium)
    MONO = (0.88, _Weight.Normal)


def font(base: QFont, kind: Type) -> QFont:
    """Return the font of a kind of text, beside the system's or a widget's own `base`."""
    factor, weight = kind.value
    made = QFont(base)
    if kind is Type.MONO:
        made = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    if base.pointSizeF() > 0:
        made.setPointSizeF(max(SMALLEST, base.pointSizeF() * factor))
    else:
        made.setPixelSize(max(10, round(base.pixelSize() * factor)))
    made.setWeight(weight)
    return made


def figures(base: QFont, kind: Type = Type.BODY) -> QFont:
    """Return a font whose digits are equally wide, for amounts, dates and numbers.

    Where Qt or the font has no tabular figures, digits of most system fonts are equally wide already.
    """
    made = font(base, kind)
    if hasattr(made, "setFeature"):  # Qt 6.7
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


@dataclass(frozen=True, slots=True)
class Measures:
    """Heights in logical pixels; `u` is the height of a line of the system's font (16 at 13 px)."""

    u: int

    @property
    def toolbar(self) -> int:
        """The window's tool bar."""
        return self.u + 32

    @property
    def row(self) -> int:
        """A row of the table."""
        return self.u + 16

    @property
    def control(self) -> int:
        """A button or field in the window; also status bar, table header, account row, compact table row."""
        return self.u + 12

    @property
    def dialog_control(self) -> int:
        """A button or field in a dialog; also a page or bank row in the sidebar, the result strip."""
        return self.u + 16

    @property
    def notice(self) -> int:
        """A notice bar."""
        return self.u + 28

    @property
    def chip(self) -> int:
        """A chip."""
        return self.u + 4

    @property
    def preset(self) -> int:
        """A preset's row in the export dialog."""
        return self.u + 8

    @property
    def tile(self) -> int:
        """A bank or tile in a dialog."""
        return self.u + 36

    @property
    def found(self) -> int:
        """An account that was found."""
        return self.u + 24

    @property
    def footer(self) -> int:
        """A dialog's footer."""
        return self.u + 44

    @property
    def icon(self) -> int:
        """An icon beside text."""
        return max(16, self.u)

    def scaled(self, pixels: int) -> int:
        """Return a length that was drawn for u = 16 as it is with this font; never smaller."""
        return max(pixels, round(pixels * self.u / 16))


def measures(of: QWidget | QFont) -> Measures:
    """Return the measures of a widget or font."""
    base = of if isinstance(of, QFont) else of.font()
    key = base.key()
    if key not in _KNOWN:
        _KNOWN[key] = Measures(QFontMetrics(base).height())
    return _KNOWN[key]


#: By Qt's own key of a font: it is asked hundreds of times for one window, and each look at a font takes a while.
_KNOWN: dict[str, Measures] = {}
