from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QColor, QPalette

from bankview.ui.colours import SCHEMES, TONES, Scheme, colours, own_colours, palette, ratio

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

#: What is written on what.
PAIRS = (
    *((text, "window") for text in ("text", "second", "link", "attention", "soon", "credit")),
    *((text, "base") for text in ("text", "second", "link", "credit", "debit", "attention")),
    *((text, "alternate") for text in ("text", "second", "link", "credit", "debit")),
    *((text, "chip") for text in ("text", "second")),
    *(("text", f"{kind}_fill") for kind in ("attention", "soon", "notice")),
    *((kind, f"{kind}_fill") for kind in ("attention", "soon", "notice")),
    ("text", "button"),
    ("text", "match"),
    ("on_accent", "accent"),
    ("on_selected", "selected_row"),
    ("on_selected", "selected_side"),
)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(scheme: Scheme, text: str, ground: str) -> None:
    own = own_colours(scheme)
    assert ratio(getattr(own, text), getattr(own, ground)) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_second_text_can_be_read_on_a_selected_row(scheme: Scheme) -> None:
    own = own_colours(scheme)
    assert ratio(own.second, own.selected_side) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_category_can_be_told_from_its_ground(scheme: Scheme) -> None:
    own = own_colours(scheme)
    assert min(ratio(colour, own.base) for colour in own.categories) >= 3


@pytest.mark.parametrize("tone", TONES)
def test_white_letters_can_be_read_on_a_monogram(tone: str) -> None:
    assert ratio(QColor("white"), QColor(tone)) >= 5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_our_palette_gives_our_colours_back(qapp: QApplication, scheme: Scheme) -> None:
    assert colours(palette(scheme)) == own_colours(scheme)


def test_a_dark_palette_of_the_system_is_seen_as_dark(qapp: QApplication) -> None:
    given = QPalette(QColor("#232629"))
    given.setColor(QPalette.ColorRole.Base, QColor("#1b1e20"))
    given.setColor(QPalette.ColorRole.Text, QColor("#eff0f1"))
    assert colours(given).dark
    assert colours(given).base == QColor("#1b1e20")


def test_the_system_s_accent_is_kept_where_white_can_be_read_on_it(qapp: QApplication) -> None:
    assert colours(palette("light", QColor("#8A1C7C"))).accent == QColor("#8A1C7C")
    assert colours(palette("light", QColor("#FFE000"))).accent == own_colours("light").accent


def test_faint_second_text_of_the_system_is_replaced_by_ours(qapp: QApplication) -> None:
    given = palette("light")
    given.setColor(QPalette.ColorRole.PlaceholderText, QColor(26, 28, 32, 90))
    assert colours(given).second == own_colours("light").second
