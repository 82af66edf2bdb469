"""What the connect dialog shows while the person approves elsewhere: a code to enter, or a text to recognise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase, QFontMetrics
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from bankview.ui.icons import icon
from bankview.ui.measures import S1, S2, S3, S4, Type, font, measures
from bankview.ui.widgets.box import Box
from bankview.ui.widgets.copy import CopyButton
from bankview.ui.widgets.qr import QrCode
from bankview.ui.widgets.text import Text
from bankview.words import tr

if TYPE_CHECKING:
    from bankview.sync.front import Show

_CODE_WIDTH, _MESSAGE_WIDTH, _QR = 520, 360, 176
#: From the largest down: the first whose letters find room is taken.
_SIZES = (Type.HERO, Type.HERO_COMPACT, Type.TITLE, Type.PAYEE, Type.BODY, Type.TINY)


class CodeCard(QWidget):
    """A device's code in large letters, the address where it is entered, and both as a QR code for a phone."""

    open_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._url = ""
        measure = measures(self)
        self.qr = QrCode(measure.scaled(_QR))
        self._room = measure.scaled(_CODE_WIDTH) - measure.scaled(_QR) - 4 * S4
        self._code = Letters("user-code")
        self._address = Text(role="text")
        self._address.setObjectName("device-address")
        self._address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._copy = CopyButton(tr("Copy"), "copy-code")
        self._open = QPushButton(tr("Open in browser"))
        self._link = CopyButton(tr("Copy link"), "copy-device-link")
        self._arrange()

    def fill(self, show: Show) -> None:
        """Show what the bank said."""
        self._url = show.url
        self._code.set_letters(show.user_code, self._room)
        self._code.setAccessibleName(tr("Code {code}", code=show.user_code))
        self._copy.set_content(show.user_code)
        self._link.set_content(show.url)
        shown = show.address.removeprefix("https://")
        room = QFontMetrics(self._address.font())
        self._address.setText(room.elidedText(shown, Qt.TextElideMode.ElideMiddle, self._room))
        self._address.setToolTip(show.address)
        self.qr.set_content(show.url, tr("QR code that opens {address}", address=show.address))

    def _arrange(self) -> None:
        inside = QWidget()
        row = QHBoxLayout(inside)
        row.setContentsMargins(S3, S2, S4, S2)
        row.setSpacing(S4)
        row.addWidget(self.qr)
        row.addLayout(self._words(), 1)
        box = Box(inside)
        box.setFixedWidth(measures(self).scaled(_CODE_WIDTH))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(S4)
        column.addWidget(box, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(self._ways())

    def _words(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(S1)
        column.addStretch(1)
        column.addWidget(Text(tr("Your code"), Type.SMALL, "second"))
        column.addWidget(self._code)
        column.addSpacing(S1)
        column.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(S3)
        column.addWidget(Text(tr("Enter it at"), Type.SMALL, "second"))
        column.addWidget(self._address)
        column.addStretch(1)
        return column

    def _ways(self) -> QHBoxLayout:
        self._open.setObjectName("open-device-page")
        self._open.setIcon(icon("external", self.palette()))
        self._open.setFont(font(self.font(), Type.BUTTON))
        self._open.setAutoDefault(False)
        self._open.clicked.connect(lambda: self.open_asked.emit(self._url))
        row = QHBoxLayout()
        row.setSpacing(S2)
        row.addStretch(1)
        row.addWidget(self._open)
        row.addWidget(self._link)
        row.addStretch(1)
        return row


class ApprovalCard(QWidget):
    """The text that the person's own device shows, too; nothing where the bank is sent none."""

    def __init__(self) -> None:
        super().__init__()
        width = measures(self).scaled(_MESSAGE_WIDTH)
        self._room = width - 2 * S4
        self._message = Letters("binding-message")
        self._message.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        caption = Text(tr("Your device shows this, too"), Type.SMALL, "second")
        caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        inside = QWidget()
        words = QVBoxLayout(inside)
        words.setContentsMargins(S4, S3, S4, S3)
        words.setSpacing(S1)
        words.addWidget(caption)
        words.addWidget(self._message)
        box = Box(inside)
        box.setFixedWidth(width)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(box, 0, Qt.AlignmentFlag.AlignHCenter)

    def fill(self, show: Show) -> None:
        """Show what to look for."""
        self._message.set_letters(show.message, self._room)
        self._message.setAccessibleName(tr("Look for: {message}", message=show.message))
        self.setVisible(bool(show.message))


class Letters(QLabel):
    """A few characters that a person compares or types: large, equally wide, and never cut."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def set_letters(self, text: str, room: int) -> None:
        """Show a text as large as it fits into `room` pixels; one that is longer still is broken into lines."""
        fonts = [_letters(kind) for kind in _SIZES]
        fitting = (one for one in fonts if QFontMetrics(one).horizontalAdvance(text) <= room)
        self.setFont(next(fitting, fonts[-1]))
        self.setWordWrap(QFontMetrics(self.font()).horizontalAdvance(text) > room)
        self.setText(text)


def _letters(kind: Type) -> QFont:
    made = font(QApplication.font(), kind)
    made.setFamilies(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).families())
    made.setStyleHint(QFont.StyleHint.Monospace)
    made.setWeight(QFont.Weight.DemiBold)
    return made
