"""Qt in the app's language: its own texts, such as those of standard buttons, and which side a window begins at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLibraryInfo, Qt, QTimer, QTranslator

from bankview import language

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

#: Qt knows Norwegian in its other written form alone, which reads the same on most buttons.
_OF_QT = {"nb": "nn"}


def speak(qt: QApplication, tag: str) -> None:
    """Speak a language from now on; the system's where `tag` is empty. Qt's own texts follow with the next event."""
    language.use(tag)
    if language.is_right_to_left():
        qt.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    if language.spoken() in language.LANGUAGES.keys() - {"en"}:
        QTimer.singleShot(0, qt, lambda: _teach(qt))


def _teach(qt: QApplication) -> None:
    translator = QTranslator(qt)
    name = _OF_QT.get(language.spoken(), language.spoken())
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(f"qtbase_{name}", folder):
        qt.installTranslator(translator)
