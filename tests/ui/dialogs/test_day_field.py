"""A field for a day looks as the other fields of its dialog do."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from bankview.ui.colours import Scheme, palette
from bankview.ui.widgets.day_field import DayField

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.window


def edge(field: QWidget) -> list[str]:
    """Return the colours from the middle of a field's left edge inwards, as far as no letter stands."""
    picture = field.grab().toImage()
    return [picture.pixelColor(x, picture.height() // 2).name() for x in range(6)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_edge_ground_and_height_are_one(look: QApplication, scheme: Scheme, qtbot: QtBot) -> None:
    look.setPalette(palette(scheme))
    dialog = QDialog()
    column, first = QVBoxLayout(dialog), QLineEdit()
    day, text = DayField("Day", date(2026, 11, 20)), QLineEdit()
    for field in (first, day, text):
        column.addWidget(field)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    first.setFocus()
    assert day.height() == text.height()
    assert edge(day) == edge(text)
