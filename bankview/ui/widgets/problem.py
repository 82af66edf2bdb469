"""An error inside a dialog: a sentence, what to do, and nothing that jumps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from bankview.sentences import Said, say
from bankview.ui.colours import colours
from bankview.ui.measures import RADIUS, S1, S2, S3, Type
from bankview.ui.painting import frame
from bankview.ui.widgets.text import Picture, Text

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent


class Problem(QFrame):
    """Hidden until there is something to say."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("problem")
        self._title = Text("", Type.STRONG, wrap=True)
        self._detail = Text("", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(S3, S2, S3, S2)
        row.setSpacing(S2)
        mark = QVBoxLayout()
        mark.addWidget(Picture("warning", "attention"))
        mark.addStretch(1)
        row.addLayout(mark)
        column = QVBoxLayout()
        column.setSpacing(S1)
        column.addWidget(self._title)
        column.addWidget(self._detail)
        row.addLayout(column, 1)
        self.hide()

    @property
    def said(self) -> str:
        """What it says now, as one line; empty where it is hidden."""
        return "" if self.isHidden() else f"{self._title.text()} {self._detail.text()}".strip()

    def show_error(self, error: BaseException, bank: str = "") -> Said:
        """Say what went wrong, in the words that go with the error, and return them."""
        said = say(error, bank)
        self.say(said.title, said.detail)
        return said

    def say(self, title: str, detail: str = "") -> None:
        """Show a sentence and what follows from it."""
        self._title.setText(title)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        self.setAccessibleName(f"{title} {detail}".strip())
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - it is small
        """Draw its ground."""
        found = colours(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame(painter, self.rect(), found.attention_fill, found.attention_edge, RADIUS)
        painter.end()
