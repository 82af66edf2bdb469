"""A question on a quiet ground, with a button for each answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from bankview.ui.colours import colours
from bankview.ui.measures import RADIUS, S2, S3, Type
from bankview.ui.painting import frame
from bankview.ui.widgets.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    #: A button's words and object name, and what it does.
    Answer = tuple[str, str, Callable[[], object]]


class Question(QFrame):
    """`name` is the object name of its words."""

    def __init__(self, words: str, name: str, *answers: Answer) -> None:
        super().__init__()
        said = Text(words, Type.SMALL, wrap=True)
        said.setObjectName(name)
        buttons = QHBoxLayout()
        buttons.setSpacing(S2)
        for text, own, answer in answers:
            button = QPushButton(text)
            button.setObjectName(own)
            button.setAutoDefault(False)
            button.setAccessibleDescription(words)
            button.clicked.connect(lambda _=False, answer=answer: answer())
            buttons.addWidget(button)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(S3, S2, S3, S3)
        column.setSpacing(S2)
        column.addWidget(said)
        column.addLayout(buttons)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the ground."""
        found, painter = colours(QApplication.palette()), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame(painter, self.rect(), found.notice_fill, found.notice_edge, RADIUS)
        painter.end()
