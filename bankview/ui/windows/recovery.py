"""The recovery key: shown once to be kept, and typed in when the keychain has lost the ledger's key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from bankview.errors import BankviewError
from bankview.export import file
from bankview.keychain import looks_right
from bankview.ui.icons import icon
from bankview.ui.measures import S2, S3, Type, font, measures
from bankview.ui.widgets.box import Box
from bankview.ui.widgets.copy import CopyButton
from bankview.ui.widgets.footer import Where
from bankview.ui.widgets.text import Text
from bankview.ui.windows.keys import KeyDialog
from bankview.words import tr, tr_n

if TYPE_CHECKING:
    from collections.abc import Callable


class RecoveryKey(KeyDialog):
    """Shows the recovery key once; `kept` comes when the person says that it is kept."""

    kept = Signal()

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Keep your recovery key"),
            tr(
                "If this computer's keychain is ever lost or emptied, this key opens your data again. It is shown once. Keep it where you keep important papers, not beside this computer."
            ),
            parent,
        )
        self.setObjectName("recovery-dialog")
        self._key = key
        self.middle.addWidget(Box(_key_text(key)))
        self.middle.addLayout(self._ways())
        self.middle.addWidget(self.problem)
        self._sure = QCheckBox(tr("I have kept it in a safe place"))
        self._sure.setObjectName("recovery-kept")
        self.middle.addWidget(self._sure)
        later = self.footer.add(tr("Later"), "later", Where.RejectRole)
        self._done = self.footer.add(tr("Done"), "done", Where.AcceptRole, default=True)
        self._done.setEnabled(False)
        self._sure.toggled.connect(self._done.setEnabled)
        later.clicked.connect(self.reject)
        self._done.clicked.connect(self._on_done)

    def save_to(self, path: Path) -> None:
        """Write the key into a file of the person's choice."""
        try:
            file.save(path, lambda out: out.write(recovery_sheet(self._key).encode()))
        except BankviewError as error:
            self.fail(error)

    def _ways(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(S2)
        copy = CopyButton(name="copy-key")
        copy.set_content(self._key)
        save = self._way(tr("Save…"), "save-key", "file", self._on_save)
        print_ = self._way(tr("Print…"), "print-key", "print", self._on_print)
        for button in (save, print_, copy):
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _way(self, text: str, name: str, picture: str, then: Callable[[], None]) -> QPushButton:
        button = QPushButton(icon(picture, self.palette()), text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.setFont(font(self.font(), Type.BUTTON))
        button.clicked.connect(lambda _=False: then())
        return button

    def _on_save(self) -> None:
        dialog = QFileDialog(self, tr("Save recovery key"))
        dialog.setObjectName("save-key-dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("txt")
        dialog.selectFile(tr("bankview-recovery-key.txt"))
        dialog.fileSelected.connect(lambda name: self.save_to(Path(name)))
        dialog.open()

    def _on_print(self) -> None:
        printer = QPrinter()
        dialog = QPrintDialog(printer, self)
        dialog.setObjectName("print-dialog")
        dialog.accepted.connect(lambda: self._print(printer))
        QDialog.open(dialog)

    def _print(self, printer: QPrinter) -> None:
        sheet = QTextDocument(recovery_sheet(self._key))
        sheet.print_(printer)

    def _on_done(self) -> None:
        self.kept.emit()
        self.accept()


class EnterRecoveryKey(KeyDialog):
    """Takes the recovery key however it is typed; `entered` carries it, and the caller accepts or fails."""

    entered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Enter recovery key"),
            tr("Eight groups of four. Small letters, missing dashes and blanks do not matter."),
            parent,
        )
        self.setObjectName("enter-recovery-key")
        self._field = QLineEdit()
        self._field.setObjectName("recovery-key")
        self._field.setAccessibleName(tr("Recovery key"))
        self._field.setFont(font(QApplication.font(), Type.MONO))
        self._field.setMinimumHeight(measures(self).dialog_control)
        self._field.textChanged.connect(self._check)
        self._said = Text("", Type.SMALL, "second", wrap=True)
        self.middle.addWidget(self._field)
        self.middle.addWidget(self._said)
        self.middle.addWidget(self.problem)
        cancel = self.footer.add(tr("Cancel"), "cancel", Where.RejectRole)
        self._open = self.footer.add(tr("Open"), "use", Where.AcceptRole, default=True)
        cancel.clicked.connect(self.reject)
        self._open.clicked.connect(self._on_open)
        self._check()

    def fail(self, error: BaseException) -> None:
        """Say why it did not open, and take another one."""
        super().fail(error)
        self._open.setEnabled(True)

    def done(self, result: int) -> None:
        """Leave nothing of it in the field."""
        self._field.clear()
        super().done(result)

    def _check(self) -> None:
        typed = "".join(letter for letter in self._field.text() if letter.isalnum())
        right = looks_right(self._field.text())
        self._open.setEnabled(right)
        self._said.set_role("credit" if right else "second")
        self._said.setText(_recovery_hint(len(typed), right=right))

    def _on_open(self) -> None:
        self.problem.hide()
        self._open.setEnabled(False)
        self.entered.emit(self._field.text())


def recovery_sheet(key: str) -> str:
    """Return the text that is saved or printed."""
    return tr(
        "Bankview recovery key\n\n{key}\n\nIt opens your data when this computer's keychain no longer holds Bankview's key:\nstart Bankview and choose \"Enter recovery key…\". Whoever has this key and your files can read them.\n",
        key=key,
    )


def _key_text(key: str) -> Text:
    groups = key.split("-")
    half = len(groups) // 2
    text = Text("-".join(groups[:half]) + "-\n" + "-".join(groups[half:]), Type.MONO)
    text.setObjectName("recovery-text")
    text.setAccessibleName(tr("Recovery key"))
    text.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByKeyboard
        | Qt.TextInteractionFlag.TextSelectableByMouse
    )
    text.setAlignment(Qt.AlignmentFlag.AlignCenter)
    text.setContentsMargins(S3, S3, S3, S3)
    return text


def _recovery_hint(typed: int, *, right: bool) -> str:
    if right:
        return tr("This is a complete key.")
    if typed < 32:
        return tr_n("{n} of 32 characters.", "{n} of 32 characters.", typed)
    return tr("There is a typing error in it: compare it group by group.")
