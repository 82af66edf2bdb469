"""The dialogs about where keys are kept: no keychain, and a passphrase."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QVBoxLayout,
    QWidget,
)

from bankview.ui.measures import S3, S5, Type, measures
from bankview.ui.strength import strength_text
from bankview.ui.widgets.field import Field
from bankview.ui.widgets.footer import Footer, Where
from bankview.ui.widgets.problem import Problem
from bankview.ui.widgets.text import Text
from bankview.ui.widgets.tile import Tile
from bankview.words import tr

_WIDTH = 520
#: Shorter passphrases are refused for a new vault.
SHORTEST = 8


class KeyDialog(QDialog):
    """A title, a sentence, something in the middle, room for a problem, and a footer."""

    def __init__(self, title: str, sentence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.problem = Problem()
        self.footer = Footer()
        self.middle = QVBoxLayout()
        self.middle.setContentsMargins(S5, S5, S5, S5)
        self.middle.setSpacing(S3)
        self.middle.addWidget(Text(title, Type.TITLE))
        self.middle.addWidget(Text(sentence, role="second", wrap=True))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.middle, 1)
        column.addWidget(self.footer)
        self.setMinimumWidth(measures(self).scaled(_WIDTH))

    def fail(self, error: BaseException) -> None:
        """Say what went wrong; the dialog stays."""
        self.problem.show_error(error)


class NoKeychain(KeyDialog):
    """Where to keep access keys when this computer has no keychain: `chosen` carries "passphrase", "memory" or ""."""

    chosen = Signal(str)

    def __init__(self, why: str = "", parent: QWidget | None = None) -> None:
        super().__init__(
            tr("No keychain was found"),
            tr("Access keys need a safe place. Your data is not affected. Choose one:"),
            parent,
        )
        self.setObjectName("no-keychain")
        vault = Tile(
            "lock", tr("A passphrase"), tr("Keys are encrypted in a file; asked at each start")
        )
        vault.setObjectName("use-passphrase")
        memory = Tile(
            "clock", tr("Until I close Bankview"), tr("Nothing is written; sign in again next time")
        )
        memory.setObjectName("use-memory")
        self.middle.addWidget(vault)
        self.middle.addWidget(memory)
        if why:
            self.middle.addWidget(Text(why, Type.SMALL, "second", wrap=True))
        self.middle.addWidget(self.problem)
        again = self.footer.add_left(tr("Try again"), "try-again")
        cancel = self.footer.add(tr("Cancel"), "cancel", Where.RejectRole)
        for button, place in ((vault, "passphrase"), (memory, "memory"), (again, "")):
            button.clicked.connect(lambda _=False, place=place: self._choose(place))
        cancel.clicked.connect(self.reject)
        vault.setFocus()

    def _choose(self, place: str) -> None:
        self.chosen.emit(place)
        self.accept()


class Passphrase(KeyDialog):
    """Asks for the vault's passphrase, twice where it is a new one; `entered` carries it and the dialog stays open.

    The caller closes it with `accept()`, or says with `fail(error)` why it did not open.
    """

    entered = Signal(str)

    def __init__(self, *, new: bool, parent: QWidget | None = None) -> None:
        sentence = (
            tr("It encrypts your access keys on this computer. Nobody can restore it for you.")
            if new
            else tr("It opens the file in which your access keys are kept.")
        )
        title = tr("Choose a passphrase") if new else tr("Enter your passphrase")
        super().__init__(title, sentence, parent)
        self.setObjectName("passphrase-dialog")
        self._new = new
        self._field = Field("passphrase", secret=True)
        self._field.setAccessibleName(tr("Passphrase"))
        self._again = Field("passphrase-again", secret=True, hint=tr("Once more"))
        self._again.setAccessibleName(tr("Passphrase once more"))
        self._hint = Text("", Type.SMALL, "second", wrap=True)
        for field in (self._field, self._again):
            self.middle.addWidget(field)
            field.textChanged.connect(self._check)
        self._again.setVisible(new)
        self.middle.addWidget(self._hint)
        self.middle.addWidget(self.problem)
        cancel = self.footer.add(tr("Cancel"), "cancel", Where.RejectRole)
        text = tr("Use passphrase") if new else tr("Open")
        self._use = self.footer.add(text, "use", Where.AcceptRole, default=True)
        cancel.clicked.connect(self.reject)
        self._use.clicked.connect(self._on_use)
        self._check()

    def fail(self, error: BaseException) -> None:
        """Say why it did not open, and take another one."""
        super().fail(error)
        self._use.setEnabled(True)
        self._field.setFocus()
        self._field.selectAll()

    def done(self, result: int) -> None:
        """Leave nothing of it in the fields."""
        self._field.clear()
        self._again.clear()
        super().done(result)

    def _check(self) -> None:
        one = self._field.text()
        hint = _passphrase_hint(one, self._again.text()) if self._new else ""
        self._hint.setText(" ".join(filter(None, (strength_text(one) if self._new else "", hint))))
        self._hint.setVisible(self._new)
        self._use.setEnabled(bool(self._field.text()) and not hint)

    def _on_use(self) -> None:
        self.problem.hide()
        self._use.setEnabled(False)
        self.entered.emit(self._field.text())


def _passphrase_hint(one: str, other: str) -> str:
    if len(one) < SHORTEST:
        return tr("At least {count} characters. A few words are easier to keep.", count=SHORTEST)
    return "" if one == other else tr("The two are not the same yet.")
