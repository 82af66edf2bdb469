"""What the window shows while it is locked: a field for the passphrase, and nothing of what the person has."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from bankview.errors import WrongPassphraseError
from bankview.ui.measures import S3, S4, S5, Type, font, measures
from bankview.ui.widgets.field import Field
from bankview.ui.widgets.problem import Problem
from bankview.ui.widgets.text import Picture, Text
from bankview.words import tr

_WIDTH = 360
#: Wrong passphrases that may follow each other at once; after each further one the wait in seconds doubles.
_FREE, _MOST = 3, 60


class LockedPage(QWidget):
    """`entered` carries a passphrase; the caller takes the page away, or says with `fail` why it did not open."""

    entered = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("locked-page")
        self.setBackgroundRole(self.palette().ColorRole.Base)
        self.setAutoFillBackground(True)
        self._wrong = 0
        self.field = Field("unlock-passphrase", secret=True)
        self.field.setAccessibleName(tr("Passphrase"))
        self.field.setPlaceholderText(tr("Passphrase"))
        self.button = QPushButton(tr("Unlock"))
        self.button.setObjectName("unlock")
        self.button.setFont(font(self.font(), Type.BUTTON))
        self.button.setDefault(True)
        self.button.setMinimumHeight(measures(self).dialog_control)
        self.problem = Problem()
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.timeout.connect(self._check)
        self._arrange()
        self.field.textChanged.connect(self._check)
        self.field.returnPressed.connect(self._on_enter)
        self.button.clicked.connect(self._on_enter)
        self._check()

    def _arrange(self) -> None:
        middle = QWidget()
        middle.setFixedWidth(measures(self).scaled(_WIDTH))
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(S3)
        picture, title = Picture("lock", "second", 32), Text(tr("Bankview is locked"), Type.TITLE)
        said = Text(tr("Your data stays encrypted until you enter your passphrase."), role="second")
        said.setWordWrap(True)
        said.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(title, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(said)
        column.addSpacing(S4)
        for widget in (self.field, self.button, self.problem):
            column.addWidget(widget)
        around = QVBoxLayout(self)
        around.setContentsMargins(S5, S5, S5, S5)
        around.addStretch(2)
        around.addWidget(middle, 0, Qt.AlignmentFlag.AlignHCenter)
        around.addStretch(3)

    @property
    def wait(self) -> int:
        """Seconds until another passphrase is taken after the last wrong one."""
        return min(_MOST, 2 ** (self._wrong - _FREE)) if self._wrong > _FREE else 0

    def fail(self, error: BaseException) -> None:
        """Say why it did not open, and take another one; after several wrong ones not at once."""
        self._wrong += isinstance(error, WrongPassphraseError)
        self.problem.show_error(error)
        self.field.setEnabled(True)
        self.field.setFocus()
        self.field.selectAll()
        if self.wait:
            self._waiting.start(1000 * self.wait)
        self._check()

    def _check(self) -> None:
        free = not self._waiting.isActive() and self.field.isEnabled()
        self.button.setEnabled(free and bool(self.field.text()))

    def _on_enter(self) -> None:
        if self.button.isEnabled():
            self.problem.hide()
            self.field.setEnabled(False)
            self._check()
            self.entered.emit(self.field.text())
