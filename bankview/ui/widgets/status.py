"""The status line: small words over the window's colour, under a hairline."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from bankview.ui.colours import colours
from bankview.ui.measures import S3, Type, figures, measures
from bankview.words import seen


class _Said(QLabel):
    def setText(self, text: str, link: str = "") -> None:
        """Say a text as it is, and a link of ours behind it."""
        self.setTextFormat(Qt.TextFormat.RichText if link else Qt.TextFormat.PlainText)
        super().setText(f"{escape(seen(text))} {link}" if link else seen(text))


class StatusLine(QStatusBar):
    """What is selected on the left, how fresh everything is on the right."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.chosen, self.state = QLabel(), _Said()
        self.chosen.setObjectName("chosen")
        self.state.setObjectName("status")
        self.state.setOpenExternalLinks(True)
        for label in (self.chosen, self.state):
            label.setContentsMargins(S3, 0, S3, 0)
            label.setFont(figures(self.font(), Type.SMALL))
            label.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        self.addWidget(self.chosen)
        self.addPermanentWidget(self.state)
        self.setSizeGripEnabled(False)
        self.setFixedHeight(measures(self).control)

    def paintEvent(self, _: QPaintEvent) -> None:
        found = colours(self.palette())
        painter = QPainter(self)
        painter.fillRect(self.rect(), found.window)
        painter.setPen(found.edge)
        painter.drawLine(0, 0, self.width(), 0)
        painter.end()
