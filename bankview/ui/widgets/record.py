"""What the bank itself sent of a row, behind a link, with a button that copies it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bankview.store.answers import readable
from bankview.ui.measures import S2
from bankview.ui.widgets.copy import CopyButton
from bankview.ui.widgets.raw_text import RawText
from bankview.ui.widgets.text import Link
from bankview.words import tr


class Record(QWidget):
    """Says nothing until it is asked."""

    def __init__(self, answer: bytes) -> None:
        super().__init__()
        self.setObjectName("record")
        self._answer = answer
        self._link = Link(tr("Show the bank's own record"))
        self._link.setObjectName("show-record")
        self._link.clicked.connect(self.open)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, S2, 0, 0)
        self._column.setSpacing(S2)
        self._column.addWidget(self._link, 0, Qt.AlignmentFlag.AlignLeft)

    def open(self) -> None:
        """Show the record in place of the link."""
        self._link.hide()
        said = readable(self._answer)
        text, copy = RawText(said), CopyButton(tr("Copy the record"), "copy-record")
        text.setObjectName("record-text")
        text.setAccessibleName(tr("The bank's own record"))
        copy.set_content(said)
        self._column.addWidget(text)
        self._column.addWidget(copy, 0, Qt.AlignmentFlag.AlignLeft)
