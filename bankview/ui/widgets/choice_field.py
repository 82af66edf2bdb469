"""A field with suggestions that come later: what is chosen or typed, or nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter

from bankview.ui.measures import measures
from bankview.words import tr


class ChoiceField(QComboBox):
    """Editable; its first line stands for nothing."""

    textChanged = Signal(str)  # noqa: N815 - as QLineEdit has it

    def __init__(self, name: str, nothing: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMinimumHeight(measures(self).dialog_control)
        self.addItem(nothing, "")
        completer = QCompleter(self.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(completer)
        self.currentTextChanged.connect(self.textChanged)

    def suggest(self, choices: tuple[tuple[str, str], ...]) -> None:
        """Offer values with their names, instead of earlier ones; what was typed meanwhile stays."""
        typed, place = self.currentText(), self.currentIndex()
        self.blockSignals(True)
        for number in range(self.count() - 1, 0, -1):
            self.removeItem(number)
        for value, words in choices:
            self.addItem(words, value)
        self.setCurrentIndex(place)
        self.setEditText(typed)
        self.blockSignals(False)

    @property
    def value(self) -> str:
        """What was chosen or typed; nothing for the first line."""
        typed = self.currentText().strip()
        found = self.findText(typed, Qt.MatchFlag.MatchFixedString)
        return str(self.itemData(found)) if found >= 0 else typed

    @property
    def problem(self) -> str:
        """What is wrong with it as it stands."""
        typed = self.currentText().strip()
        if self.findText(typed, Qt.MatchFlag.MatchFixedString) >= 0:
            return ""
        if any(letter.isspace() or not letter.isprintable() for letter in typed):
            return tr("Choose a bank from the list, or write its id.")
        return ""
