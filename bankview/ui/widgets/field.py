"""A field for what only the person knows; secrets are hidden until the eye is pressed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit

from bankview.ui.icons import icon
from bankview.ui.measures import Type, font, measures
from bankview.words import tr

Echo = QLineEdit.EchoMode
#: The keys that show a secret, as Windows has them: Tab does not come to what lies in a field.
REVEAL = QKeySequence("Alt+F8")


class Field(QLineEdit):
    """One line in fixed-width letters; `value` is what was typed, without blanks at its ends.

    A `free` one may hold blanks.
    """

    def __init__(
        self, name: str, *, secret: bool = False, hint: str = "", free: bool = False
    ) -> None:
        super().__init__()
        self._free = free
        self.setObjectName(name)
        self.setFont(font(QApplication.font(), Type.MONO))
        self.setMinimumHeight(measures(QApplication.font()).dialog_control)
        self.setPlaceholderText(hint)
        self._eye: QAction | None = None
        if secret:
            self.setEchoMode(Echo.Password)
            self._eye = QAction(icon("eye", self.palette()), tr("Show"), self)
            self._eye.setShortcut(REVEAL)
            self._eye.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            self._eye.triggered.connect(self._turn)
            self.addAction(self._eye, QLineEdit.ActionPosition.TrailingPosition)

    @property
    def value(self) -> str:
        """What was typed."""
        return self.text().strip()

    @property
    def problem(self) -> str:
        """What is wrong with it as it stands; nothing where it is empty or fine."""
        if self._free:
            return ""
        if any(letter.isspace() or not letter.isprintable() for letter in self.value):
            return tr("There is a blank in it: copy it once more, without the words around it.")
        return ""

    def _turn(self) -> None:
        assert self._eye is not None
        hidden = self.echoMode() == Echo.Normal
        self.setEchoMode(Echo.Password if hidden else Echo.Normal)
        self._eye.setIcon(icon("eye" if hidden else "eye-off", self.palette()))
        self._eye.setText(tr("Show") if hidden else tr("Hide"))
