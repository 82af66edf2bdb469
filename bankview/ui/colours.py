"""Every colour of the window, by role: from the palette where it has the role, else our own for light, dark and contrast."""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QStyleHints

Scheme = Literal["light", "dark", "contrast light", "contrast dark"]
Role = QPalette.ColorRole

SCHEMES: tuple[Scheme, ...] = ("light", "dark", "contrast light", "contrast dark")

#: Role → its colour in each of SCHEMES.
_TABLE: Mapping[str, tuple[str, str, str, str]] = MappingProxyType(
    {
        "window": ("#F3F4F6", "#191B1E", "#FFFFFF", "#000000"),
        "base": ("#FFFFFF", "#1F2125", "#FFFFFF", "#000000"),
        "alternate": ("#F9FAFB", "#1C1E22", "#FFFFFF", "#000000"),
        "button": ("#FFFFFF", "#2A2D33", "#FFFFFF", "#000000"),
        "text": ("#1A1C20", "#E8EAED", "#000000", "#FFFFFF"),
        "second": ("#5A616B", "#A4ABB6", "#000000", "#FFFFFF"),
        "hairline": ("#E5E7EA", "#2D3035", "#000000", "#FFFFFF"),
        "edge": ("#D3D6DB", "#3A3E45", "#000000", "#FFFFFF"),
        "control": ("#CDD1D7", "#43474F", "#000000", "#FFFFFF"),
        "accent": ("#2B5BC4", "#3E6FD6", "#0A3AA8", "#A9C7FF"),
        "on_accent": ("#FFFFFF", "#FFFFFF", "#FFFFFF", "#000000"),
        "link": ("#2452B5", "#8FB4FF", "#0A3AA8", "#A9C7FF"),
        "selected_row": ("#E1E8F7", "#2F3A50", "#0A3AA8", "#A9C7FF"),
        "selected_side": ("#D9E1F0", "#2B3445", "#0A3AA8", "#A9C7FF"),
        "on_selected": ("#1A1C20", "#E8EAED", "#FFFFFF", "#000000"),
        "match": ("#DDE7FA", "#2F3F63", "#FFFFFF", "#000000"),
        "chip": ("#F1F2F4", "#2B2E33", "#FFFFFF", "#000000"),
        "credit": ("#0A7343", "#5FCB94", "#005C33", "#7CFFB2"),
        "debit": ("#1A1C20", "#E8EAED", "#000000", "#FFFFFF"),
        "attention": ("#B3261E", "#FF938A", "#9B0000", "#FF9C94"),
        "attention_fill": ("#FCEEEC", "#3A2321", "#FFFFFF", "#000000"),
        "attention_edge": ("#F1CFCB", "#5A322F", "#9B0000", "#FF9C94"),
        "soon": ("#7A4A00", "#F0C266", "#5C3700", "#FFD98A"),
        "soon_fill": ("#FDF3DC", "#352B17", "#FFFFFF", "#000000"),
        "soon_edge": ("#EEDCB0", "#564522", "#5C3700", "#FFD98A"),
        "notice": ("#2452B5", "#8FB4FF", "#0A3AA8", "#A9C7FF"),
        "notice_fill": ("#EBF1FB", "#212C42", "#FFFFFF", "#000000"),
        "notice_edge": ("#CFDDF4", "#33456A", "#000000", "#FFFFFF"),
    }
)

#: The palette's own name of a role, where it has one.
_PALETTE: Mapping[str, QPalette.ColorRole] = MappingProxyType(
    {
        "window": Role.Window,
        "base": Role.Base,
        "alternate": Role.AlternateBase,
        "button": Role.Button,
        "text": Role.Text,
        "second": Role.PlaceholderText,
        "hairline": Role.Midlight,
        "edge": Role.Mid,
        "control": Role.Dark,
        "accent": Role.Accent,
        "link": Role.Link,
    }
)

_CATEGORIES_LIGHT = [
    "#5C91E7",
    "#A66006",
    "#328863",
    "#7554B3",
    "#B08E1F",
    "#066263",
    "#6D1932",
    "#323F6A",
    "#784421",
    "#8B929C",
]
_CATEGORIES_DARK = [
    "#4588B2",
    "#F7AD58",
    "#85D2A0",
    "#D0ADF4",
    "#9A8210",
    "#54B2B3",
    "#BD5C79",
    "#9690E9",
    "#CC876F",
    "#CCD9E4",
]

#: What a monogram stands on; white on each is 5:1 or better.
TONES = ("#256D8F", "#12655A", "#84314F", "#1F4B8F", "#7A5A0E", "#5B4B9E")


@dataclass(frozen=True, slots=True)
class Colours:
    """One colour a role. `second` is for second text, `edge` for panes, `control` for buttons and fields."""

    scheme: Scheme
    window: QColor
    base: QColor
    alternate: QColor
    button: QColor
    text: QColor
    second: QColor
    hairline: QColor
    edge: QColor
    control: QColor
    accent: QColor
    on_accent: QColor
    link: QColor
    selected_row: QColor
    selected_side: QColor
    on_selected: QColor
    match: QColor
    chip: QColor
    credit: QColor
    debit: QColor
    attention: QColor
    attention_fill: QColor
    attention_edge: QColor
    soon: QColor
    soon_fill: QColor
    soon_edge: QColor
    notice: QColor
    notice_fill: QColor
    notice_edge: QColor
    categories: tuple[QColor, ...]

    @property
    def dark(self) -> bool:
        """Whether the ground is dark."""
        return self.scheme.endswith("dark")

    @property
    def contrast(self) -> bool:
        """Whether the person asked for more contrast: fills become edges, marks become underlines."""
        return self.scheme.startswith("contrast")

    def chosen(self) -> Colours:
        """Return the colours of letters and focus on a selected row: one for all where contrast counts."""
        if not self.contrast:
            return self
        ink = self.on_selected
        letters = replace(self, text=ink, second=ink, credit=ink, debit=ink, link=ink)
        return replace(letters, attention=ink, soon=ink, accent=ink)


def ratio(one: QColor, other: QColor) -> float:
    """Return the contrast of two opaque colours (WCAG 2.2, 1.4.3): 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mixed(over: QColor, under: QColor, share: float) -> QColor:
    """Return `under` with `share` (0 to 1) of `over` laid on it."""
    parts = zip(_rgb(over), _rgb(under), strict=True)
    return QColor.fromRgbF(*(share * top + (1 - share) * low for top, low in parts))


def colours(palette: QPalette) -> Colours:
    """Return the colours that go with a palette; ask again on PaletteChange."""
    key = palette.cacheKey()
    if key not in _KNOWN:
        if len(_KNOWN) > 64:
            _KNOWN.clear()
        _KNOWN[key] = _of(tuple(palette.color(role).rgba() for role in _PALETTE.values()))
    return _KNOWN[key]


#: The colours of palettes that were asked for lately, by Qt's own key of their content.
_KNOWN: dict[int, Colours] = {}


def own_colours(scheme: Scheme) -> Colours:
    """Return our own colours for a scheme, whatever the system says."""
    place = SCHEMES.index(scheme)
    named = {name: QColor(values[place]) for name, values in _TABLE.items()}
    return Colours(scheme, **named, categories=_categories(scheme))


#: Categories of the tree → their place among the ten colours; what lies below one has its colour.
_CATEGORY_PLACES: Mapping[str, int] = MappingProxyType(
    {
        "housing": 0,
        "loans": 0,
        "leisure": 1,
        "gifts": 1,
        "food": 2,
        "income": 2,
        "leisure.media": 3,
        "insurance": 3,
        "health": 4,
        "cash": 4,
        "transport": 5,
        "savings": 5,
        "food.restaurants": 6,
        "travel": 6,
        "children": 7,
        "shopping": 8,
        "housing.home": 8,
        "taxes": 9,
        "fees": 9,
        "transfers": 9,
        "other": 9,
    }
)


def category_colour(name: str, found: Colours) -> QColor:
    """Return the colour of a category's dot: the same for the same name, whatever its case."""
    known = _CATEGORY_PLACES.get(name, _CATEGORY_PLACES.get(name.partition(".")[0]))
    place = zlib.crc32(name.casefold().encode()) if known is None else known
    return found.categories[place % len(found.categories)]


def palette(scheme: Scheme, accent: QColor | None = None) -> QPalette:
    """Return our palette for a scheme; `accent` is the system's, where it has one that can carry white text."""
    own = own_colours(scheme)
    made = QPalette()
    for name, role in _PALETTE.items():
        made.setColor(role, getattr(own, name))
    for role in (Role.WindowText, Role.ButtonText, Role.BrightText, Role.ToolTipText):
        made.setColor(role, own.text)
    accent = accent if accent and ratio(accent, own.on_accent) >= 4.5 else own.accent
    for role in (Role.Accent, Role.Highlight):
        made.setColor(role, accent)
    made.setColor(Role.HighlightedText, own.on_accent)
    made.setColor(Role.ToolTipBase, own.button)
    made.setColor(Role.LinkVisited, own.link)
    made.setColor(Role.Light, own.base)
    made.setColor(Role.Shadow, own.control)
    _disable(made, own)
    return made


def dress(app: QGuiApplication, theme: Literal["system", "light", "dark"] = "system") -> None:
    """Give the app our palette where the system offers none better; call again when the scheme changes."""
    hints = app.styleHints()
    wanted = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
    hints.setColorScheme(wanted.get(theme, Qt.ColorScheme.Unknown))
    if not _system_is_better():
        app.setPalette(palette(_scheme(hints, theme)))


def _system_is_better() -> bool:
    """Say whether the system sends a full palette of its own: macOS, Windows, and Plasma."""
    if QGuiApplication.platformName() in {"cocoa", "windows"}:
        return True
    return "KDE" in os.environ.get("XDG_CURRENT_DESKTOP", "").split(":")


def _scheme(hints: QStyleHints, theme: str) -> Scheme:
    # Without a desktop's own theme Qt takes no wish for a scheme; ours counts all the same.
    dark = theme == "dark" if theme != "system" else hints.colorScheme() is Qt.ColorScheme.Dark
    # Qt 6.10 and later say whether the person asked for more contrast.
    more = hasattr(hints, "accessibility") and (
        hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast
    )
    if more:
        return "contrast dark" if dark else "contrast light"
    return "dark" if dark else "light"


@lru_cache(maxsize=32)
def _of(values: tuple[int, ...]) -> Colours:
    given = {name: QColor.fromRgba(value) for name, value in zip(_PALETTE, values, strict=True)}
    base = given["base"]
    dark = _luminance(base) < 0.2
    # Pure black on white is nothing special; only a palette that is meant for contrast draws its edges so too.
    contrast = all(
        ratio(mixed(given[name], base, given[name].alphaF()), base) > least
        for name, least in (("text", 20.9), ("control", 7.0))
    )
    kind: Scheme = "contrast dark" if dark else "contrast light"
    if not contrast:
        kind = "dark" if dark else "light"
    own = own_colours(kind)
    named = {name: getattr(own, name) for name in _TABLE} | {
        name: mixed(colour, base, colour.alphaF()) for name, colour in given.items()
    }
    if ratio(named["second"], named["window"]) < 4.5:
        named["second"] = own.second
    if ratio(named["accent"], named["on_accent"]) < 4.5:
        named["accent"] = own.accent
    named["debit"] = named["text"]
    if not contrast:
        named |= _fills(named, own)
    return Colours(kind, **named, categories=own.categories)


def _fills(named: Mapping[str, QColor], own: Colours) -> dict[str, QColor]:
    """Return the quiet fills on a ground that is not ours."""
    if named["base"] == own.base and named["window"] == own.window:
        return {}
    mark = named["link"] if own.dark else named["accent"]
    return {
        "selected_row": mixed(mark, named["base"], 0.14),
        "selected_side": mixed(mark, named["window"], 0.14),
        "match": mixed(mark, named["base"], 0.16),
        "chip": mixed(named["text"], named["base"], 0.06),
        "on_selected": named["text"],
    }


def _categories(scheme: Scheme) -> tuple[QColor, ...]:
    names = _CATEGORIES_DARK if scheme.endswith("dark") else _CATEGORIES_LIGHT
    return tuple(map(QColor, names))


def _disable(made: QPalette, own: Colours) -> None:
    faint = mixed(own.text, own.window, 0.45)
    for role in (Role.WindowText, Role.Text, Role.ButtonText, Role.PlaceholderText):
        made.setColor(QPalette.ColorGroup.Disabled, role, faint)
    made.setColor(QPalette.ColorGroup.Disabled, Role.Highlight, own.chip)
    made.setColor(QPalette.ColorGroup.Disabled, Role.HighlightedText, faint)


def _rgb(colour: QColor) -> tuple[float, float, float]:
    return colour.redF(), colour.greenF(), colour.blueF()


def _luminance(colour: QColor) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in _rgb(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
