"""A field for a file that only the person has: its name is shown, its text is kept, and a key's text is never shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from bankview.ui.measures import S2, Type, font, measures
from bankview.words import tr

#: What a file dialog offers.
_KINDS = "PEM, CRT, CER, KEY (*.pem *.crt *.cer *.key);;* (*)"

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent


class FileField(QWidget):
    """`picked` carries the path that was chosen; whoever reads it calls `take` or `refuse`."""

    textChanged = Signal(str)  # noqa: N815 - as QLineEdit has it
    picked = Signal(Path)

    def __init__(self, name: str, label: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._label, self._text, self._wrong = label, "", ""
        self._name = QLineEdit()
        self._name.setObjectName(f"{name}-name")
        self._name.setReadOnly(True)
        self._name.setFont(font(QApplication.font(), Type.MONO))
        self._name.setAccessibleName(label)
        self._name.setMinimumHeight(measures(self).dialog_control)
        self._choose = QPushButton(tr("Choose…"))
        self._choose.setObjectName(f"{name}-choose")
        self._choose.setAutoDefault(False)
        self._choose.setMinimumHeight(measures(self).dialog_control)
        self._choose.clicked.connect(self._ask)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(S2)
        row.addWidget(self._name, 1)
        row.addWidget(self._choose)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Hand the focus on; a proxy for it would keep Shift and Tab from what stands before."""
        super().focusInEvent(event)
        self._choose.setFocus(event.reason())

    @property
    def value(self) -> str:
        """The file's text."""
        return self._text

    @property
    def problem(self) -> str:
        """Why the last file could not be read; nothing where it could."""
        return self._wrong

    def take(self, path: Path, text: str) -> None:
        """Keep a file's text under its name."""
        self._text, self._wrong = text, ""
        self._name.setText(path.name)
        self.textChanged.emit(path.name)

    def refuse(self, problem: str) -> None:
        """Say that the file could not be read."""
        self._text, self._wrong = "", problem
        self._name.clear()
        self.textChanged.emit("")

    def _ask(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self._label, "", _KINDS)
        if path:
            self.picked.emit(Path(path))

    def setAccessibleName(self, name: str) -> None:
        """Name both parts."""
        super().setAccessibleName(name)
        self._choose.setAccessibleName(tr("Choose {file}", file=name))

    def start(self) -> None:
        """Put the focus on the button."""
        self._choose.setFocus(Qt.FocusReason.OtherFocusReason)
