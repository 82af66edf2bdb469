"""What needs the person: a line each, with what it is, what follows, and one button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from bankview.ui.measures import S1, S2, S3, Type, measures
from bankview.ui.widgets.text import Hairline, Picture, Text
from bankview.words import tr

if TYPE_CHECKING:
    from bankview.ui.widgets.notice import Notice


class Attention(QWidget):
    """Shows the notices of the window; `acted` carries the id of the one whose button was pressed."""

    acted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._notices: tuple[Notice, ...] | None = None
        self._count = Text("", Type.SMALL, "second")
        #: As wide as the widest of them.
        self._buttons: list[QPushButton] = []
        head = QHBoxLayout()
        head.addStrut(measures(self).control)
        head.addWidget(Text(tr("Needs attention"), Type.STRONG))
        head.addStretch()
        head.addWidget(self._count)
        self._list = QVBoxLayout()
        self._list.setSpacing(S3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(S1)
        layout.addLayout(head)
        layout.addLayout(self._list)
        layout.addStretch()

    def show_notices(self, notices: tuple[Notice, ...]) -> None:
        """Show these and no others."""
        if notices == self._notices:
            return
        self._notices = notices
        while taken := self._list.takeAt(0):
            if widget := taken.widget():
                widget.hide()
                widget.deleteLater()
        self._count.setText(str(len(notices)) if notices else "")
        if not notices:
            self._list.addWidget(Text(tr("Nothing needs you."), role="second"))
        self._buttons.clear()
        for place, notice in enumerate(notices):
            if place:
                self._list.addWidget(Hairline())
            self._list.addWidget(self._line(notice))
        for button in self._buttons:
            button.setMinimumWidth(max(one.sizeHint().width() for one in self._buttons))

    def _line(self, notice: Notice) -> QWidget:
        line = QWidget()
        line.setObjectName(f"attention-{notice.id}")
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(S3)
        row.addWidget(Picture(notice.icon, notice.kind), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(S1)
        words.addWidget(Text(notice.title, wrap=True))
        if notice.detail:
            words.addWidget(Text(notice.detail, Type.SMALL, "second", wrap=True))
        row.addLayout(words, 1)
        if notice.button:
            row.addSpacing(S2)
            row.addWidget(self._button(notice), 0, Qt.AlignmentFlag.AlignTop)
        return line

    def _button(self, notice: Notice) -> QPushButton:
        button = QPushButton(notice.button)
        button.setAutoDefault(False)
        button.setAccessibleDescription(notice.title)
        button.clicked.connect(lambda: self.acted.emit(notice.id))
        self._buttons.append(button)
        return button
