"""A button that copies a text, and says so for two seconds."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from bankview.ui.icons import icon
from bankview.ui.measures import Type, font
from bankview.words import tr

_SAID_MS = 2000


class CopyButton(QPushButton):
    """`set_content` gives what it copies; it keeps its width while it says "Copied"."""

    def __init__(self, text: str = "", name: str = "copy") -> None:
        super().__init__(text or tr("Copy"))
        self._says, self._content = self.text(), ""
        self.setObjectName(name)
        self.setAutoDefault(False)
        self.setFont(font(self.font(), Type.BUTTON))
        self.setIcon(icon("copy", self.palette()))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SAID_MS)
        self._timer.timeout.connect(self._rest)
        self.clicked.connect(self._copy)

    def set_content(self, content: str) -> None:
        """Copy this when pressed."""
        self._content = content

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._content)
        self.setMinimumWidth(self.width())
        self.setText(tr("Copied"))
        self.setIcon(icon("check", self.palette()))
        self._timer.start()

    def _rest(self) -> None:
        self.setText(self._says)
        self.setIcon(icon("copy", self.palette()))
