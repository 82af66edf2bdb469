"""The language of the window: Qt's own texts, and the side that a line begins at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, Qt, QTranslator
from PySide6.QtWidgets import QApplication, QDialogButtonBox

from bankview import language
from bankview.ui import tongue

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.mark.parametrize(
    ("tag", "said"), [("fr", "Annuler"), ("de", "Abbrechen"), ("nb", "Avbryt")]
)
def test_the_standard_buttons_speak_it_too(
    qt: QApplication, qtbot: QtBot, tag: str, said: str
) -> None:
    tongue.speak(qt, tag)
    qtbot.waitUntil(lambda: bool(qt.findChildren(QTranslator)))
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(box)
    assert box.buttons()[0].text() == said


def test_english_teaches_qt_nothing(qt: QApplication) -> None:
    tongue.speak(qt, "en")
    QCoreApplication.processEvents()
    assert not qt.findChildren(QTranslator)


def test_a_language_from_right_to_left_turns_the_window(qt: QApplication) -> None:
    tongue.speak(qt, language.PSEUDO)
    assert qt.layoutDirection() is Qt.LayoutDirection.RightToLeft
    assert language.tr("Open").startswith("\N{RIGHT-TO-LEFT MARK}⟦Open")
