"""A field of one line that completes, and what lets the window take back where a field has nothing to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QCompleter, QLineEdit, QPlainTextEdit

from bankview.ui.measures import measures

if TYPE_CHECKING:
    from collections.abc import Sequence


class Line(QLineEdit):
    """A field of one line; `left` says that the person is done with it: by Return, a choice, or another field."""

    left = Signal()

    def __init__(self, name: str, words: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setMinimumHeight(measures(QApplication.font()).control)
        self._offers = QStringListModel(self)
        found = QCompleter(self._offers, self)
        found.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        found.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCompleter(found)
        self.editingFinished.connect(self.left)
        self.installEventFilter(WindowUndo(self))

    def offer(self, words: Sequence[str]) -> None:
        """Complete from these."""
        self._offers.setStringList(list(words))

    def show_text(self, text: str) -> None:
        """Show what is kept."""
        if self.text() != text:
            self.setText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take what was typed back with Escape, and only then what lies around."""
        if event.key() == Qt.Key.Key_Escape and self.isUndoAvailable():
            while self.isUndoAvailable():
                self.undo()
            return
        super().keyPressEvent(event)


class WindowUndo(QObject):
    """Lets the window take back what was done, and do it again, where the field itself has nothing to."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave Ctrl+Z and Ctrl+Shift+Z to the window's own shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undo = event.matches(QKeySequence.StandardKey.Undo) and not _can_undo(watched)
            redo = event.matches(QKeySequence.StandardKey.Redo) and not _can_redo(watched)
            if undo or redo:
                event.ignore()
                return True
        return super().eventFilter(watched, event)


def _can_undo(field: QObject) -> bool:
    if isinstance(field, QLineEdit):
        return field.isUndoAvailable()
    return isinstance(field, QPlainTextEdit) and field.document().isUndoAvailable()


def _can_redo(field: QObject) -> bool:
    if isinstance(field, QLineEdit):
        return field.isRedoAvailable()
    return isinstance(field, QPlainTextEdit) and field.document().isRedoAvailable()
