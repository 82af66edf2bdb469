from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtGui import QColor, QIcon

from bankview.paths import resource
from bankview.ui import icons
from bankview.ui.colours import palette

if TYPE_CHECKING:
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QApplication

NEEDED = [
    "sidebar",
    "panel",
    "back",
    "forward",
    "update",
    "export",
    "eye",
    "eye-off",
    "menu",
    "search",
    "close",
    "plus",
    "chevron-down",
    "chevron-right",
    "chevron-up",
    "clock",
    "warning",
    "calendar",
    "check",
    "copy",
    "lock",
    "key",
    "offline",
    "bank",
    "file",
    "folder",
    "external",
    "info",
    "chart",
    "stack",
    "flask",
    "hourglass",
    "server",
    "shield",
    "computer",
    "filter",
    "columns",
    "twins",
    "in",
    "out",
    "tag",
    "print",
    "note",
    "trend",
]

FILES = sorted(resource("icons").glob("*.svg"))


def drawn(image: QImage) -> int:
    return sum(
        image.pixelColor(x, y).alpha() > 100
        for x in range(image.width())
        for y in range(image.height())
    )


def test_every_icon_is_there() -> None:
    assert set(NEEDED) == set(icons.names())


@pytest.mark.parametrize("name", NEEDED)
def test_an_icon_draws_itself_in_the_colour_asked_for(qapp: QApplication, name: str) -> None:
    image = icons.pixmap(name, QColor("#B3261E"), 16, 2.0).toImage()
    assert image.width() == 32
    assert 20 < drawn(image) < 700
    strong = max((image.pixelColor(x, y) for x in range(32) for y in range(32)), key=QColor.alpha)
    assert strong.red() > strong.blue() + 80


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_drawing_refers_to_nothing_outside(path: object) -> None:
    text = path.read_text("utf-8")  # type: ignore[attr-defined]
    root = ET.fromstring(text)
    values = [value for element in root.iter() for value in element.attrib.values()]
    assert not [value for value in values if "://" in value or "data:" in value]
    assert "<script" not in text
    assert "href" not in text


@pytest.mark.parametrize("name", NEEDED)
def test_an_icon_stays_in_its_grid(name: str) -> None:
    root = ET.fromstring((resource("icons") / f"{name}.svg").read_text("utf-8"))
    assert root.attrib["viewBox"] == "0 0 16 16"
    assert root.attrib["stroke"] == "currentColor"
    assert root.attrib["stroke-linecap"] == "round"


def test_a_disabled_icon_is_fainter(qapp: QApplication) -> None:
    made = icons.icon("export", palette("light"))
    normal = made.pixmap(16, 16, QIcon.Mode.Normal).toImage()
    faint = made.pixmap(16, 16, QIcon.Mode.Disabled).toImage()
    darkest = [
        min(
            image.pixelColor(x, 12).lightness()
            for x in range(2, 14)
            if image.pixelColor(x, 12).alpha() > 100
        )
        for image in (normal, faint)
    ]
    assert darkest[0] < darkest[1]


def test_the_app_s_icon_has_its_credit_green_at_every_size(qapp: QApplication) -> None:
    for size in (16, 32, 64, 256):
        image = icons.app_pixmap(size).toImage()
        at = image.pixelColor(round(size * 0.75), round(size * 0.7))
        assert at.green() > at.blue() > at.red(), size


def test_the_smallest_app_icon_stands_on_whole_pixels(qapp: QApplication) -> None:
    image = icons.app_pixmap(16).toImage()
    assert image.pixelColor(3, 12) == QColor("white")
    assert image.pixelColor(4, 12) == QColor("white")
    assert image.pixelColor(11, 8) == QColor("#7BE0AE")


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("SpareBank 1 SMN", "S1"),
        ("Crédit Agricole", "CA"),
        ("La Banque Postale", "LP"),
        ("DNB", "D"),
        ("østlandet", "Ø"),
        ("", "?"),
    ],
)
def test_a_monogram_has_one_or_two_letters(name: str, letters: str) -> None:
    assert icons.letters(name) == letters


def test_banks_of_a_family_share_a_tone(qapp: QApplication) -> None:
    assert icons.tone("sparebank1-smn") == icons.tone("sparebank1-ostlandet")
