"""The person's own words about a row, as fields: category, tags, note and checkmark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QCompleter,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from bankview.domain.words import Words, tidy_tags
from bankview.ui.colours import colours
from bankview.ui.measures import RADIUS, S1, S2, S3, S4, Type, font, measures
from bankview.ui.painting import frame, ring
from bankview.ui.widgets.chips import Chips
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bankview.domain.transaction import Transaction

#: Milliseconds without a key after which a note is kept.
PAUSE = 1200
#: Lines of a note that are seen at once.
LINES = 3


class OwnWords(QWidget):
    """Shows and edits; `changed` says what of it, as `Words` names it, and its new value."""

    changed = Signal(str, object)

    def __init__(self, row: Transaction) -> None:
        super().__init__()
        self.setObjectName("own-words")
        self._kept = row.words
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._keep_note)
        self.category = _Line("own-category", tr("Category"))
        self.category.setPlaceholderText(row.category or tr("None"))
        self.category.left.connect(self._keep_category)
        self.chips = Chips()
        self.chips.removed.connect(self._remove_tag)
        self.tag = _Line("own-tag", tr("Add a tag"))
        self.tag.setPlaceholderText(tr("Add a tag"))
        self.tag.left.connect(self._keep_tags)
        self.tag.textEdited.connect(self._on_tag_typed)
        self.note = _Note()
        self.note.left.connect(self._keep_note)
        self.note.textChanged.connect(self._pause.start)
        self.checked = QCheckBox(tr("Checked"))
        self.checked.setObjectName("own-checked")
        self.checked.toggled.connect(self._keep_checked)
        self._lay()
        self.show_words(row.words)

    def _lay(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(S4)
        grid.setVerticalSpacing(S3)
        grid.setColumnStretch(1, 1)
        tags = QVBoxLayout()
        tags.setSpacing(S1)
        tags.addWidget(self.chips)
        tags.addWidget(self.tag)
        grid.addWidget(_name(tr("Category"), self.category), 0, 0)
        grid.addWidget(self.category, 0, 1)
        grid.addWidget(_name(tr("Tags"), self.tag), 1, 0, Qt.AlignmentFlag.AlignTop)
        grid.addLayout(tags, 1, 1)
        grid.addWidget(_name(tr("Note"), self.note), 2, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.note, 2, 1)
        grid.addWidget(self.checked, 3, 1)

    def show_words(self, words: Words) -> None:
        """Show what is kept; what is being typed stays as it is."""
        before, self._kept = self._kept, words
        if self.note.toPlainText().strip() in {"", before.note}:
            self._set_note(words.note)
        if self.category.text().strip() in {"", before.category}:
            self.category.show_text(words.category)
        self.chips.show_tags(words.tags)
        self.checked.blockSignals(True)
        self.checked.setChecked(words.checked)
        self.checked.blockSignals(False)

    def offer(self, categories: Sequence[str], tags: Sequence[str]) -> None:
        """Complete from these."""
        self.category.offer(categories)
        self.tag.offer(tags)

    def flush(self) -> None:
        """Keep what was typed and not kept yet: another row comes."""
        self._pause.stop()
        self._keep_note()
        self._keep_category()
        self._keep_tags()

    def _set_note(self, note: str) -> None:
        if self.note.toPlainText().strip() != note:
            self.note.blockSignals(True)
            self.note.setPlainText(note)
            self.note.blockSignals(False)

    def _keep(self, name: str, value: Any) -> None:
        said = self._kept.but(**{name: value})
        if said != self._kept:
            self._kept = said
            self.changed.emit(name, value)

    def _keep_note(self) -> None:
        self._pause.stop()
        self._keep("note", self.note.toPlainText().strip())

    def _keep_category(self) -> None:
        self._keep("category", self.category.text())

    def _keep_checked(self, on: bool) -> None:
        self._keep("checked", on)

    def _on_tag_typed(self, text: str) -> None:
        if "," in text:
            self._keep_tags()

    def _keep_tags(self) -> None:
        if self.tag.text().strip():
            tags = tidy_tags((*self._kept.tags, self.tag.text()))
            self.tag.clear()
            self._keep("tags", tags)
            self.chips.show_tags(self._kept.tags)

    def _remove_tag(self, tag: str) -> None:
        self._keep("tags", tuple(one for one in self._kept.tags if one != tag))
        self.chips.show_tags(self._kept.tags)
        self.tag.setFocus()


def _name(text: str, of: QWidget) -> QLabel:
    label = QLabel(text)
    label.setFont(font(QApplication.font(), Type.SMALL))
    label.setForegroundRole(label.palette().ColorRole.PlaceholderText)
    label.setMinimumHeight(measures(QApplication.font()).control)
    label.setBuddy(of)
    return label


class _Line(QLineEdit):
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
        self.installEventFilter(_Undo(self))

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


class _Note(QPlainTextEdit):
    """A field of several lines, in which Tab goes on to the next field."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("own-note")
        self.setAccessibleName(tr("Note"))
        self.setPlaceholderText(tr("Only you see this"))
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setViewportMargins(2, 2, 2, 2)
        self.document().setDocumentMargin(S1)
        line = self.fontMetrics().lineSpacing()
        self.setFixedHeight(LINES * line + 2 * S2)
        self.installEventFilter(_Undo(self))

    def event(self, event: QEvent) -> bool:
        """Draw the field's frame around the text."""
        if event.type() == QEvent.Type.Paint:
            found, painter = colours(QApplication.palette()), QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            frame(painter, self.rect(), found.base, found.control, RADIUS)
            if self.hasFocus():
                ring(painter, self.rect(), found)
            painter.end()
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus around all of it."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keep the note."""
        self.update()
        super().focusOutEvent(event)
        self.left.emit()


class _Undo(QObject):
    """Lets the window take back the last words where the field itself has nothing to take back."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave Ctrl+Z to the window's own shortcut."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undo = event.matches(QKeySequence.StandardKey.Undo)
            if undo and not _can_undo(watched):
                event.ignore()
                return True
        return super().eventFilter(watched, event)


def _can_undo(field: QObject) -> bool:
    if isinstance(field, QLineEdit):
        return field.isUndoAvailable()
    return isinstance(field, QPlainTextEdit) and field.document().isUndoAvailable()
