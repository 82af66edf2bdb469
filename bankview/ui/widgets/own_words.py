"""The person's own words about a row, as fields: category, tags, note and checkmark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QFrame,
    QGridLayout,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from bankview.domain.words import Words, tidy_tags
from bankview.ui.colours import colours
from bankview.ui.measures import RADIUS, S1, S2, S3, S4, Type, font, measures
from bankview.ui.painting import frame, ring
from bankview.ui.widgets.category_field import CategoryField
from bankview.ui.widgets.chips import Chips
from bankview.ui.widgets.line import Line, WindowUndo
from bankview.ui.widgets.question import Question
from bankview.ui.widgets.text import Link, Text
from bankview.words import rule_text, suggestion_text, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bankview.domain.rule import Rule
    from bankview.domain.transaction import Transaction
    from bankview.store.suggestions import Suggestion

#: Milliseconds without a key after which a note is kept.
PAUSE = 1200
#: Lines of a note that are seen at once.
LINES = 3


class OwnWords(QWidget):
    """Shows and edits; `changed` says what of it, as `Words` names it, and its new value."""

    changed = Signal(str, object)
    #: The person wants to see a rule, given by its id.
    rule_asked = Signal(int)
    #: What the person says to a suggestion.
    accepted = Signal(object)
    refused = Signal(object)

    def __init__(self, row: Transaction, rule: Rule | None = None) -> None:
        """`rule` is the one that gives the row its category where the person gives none."""
        super().__init__()
        self.setObjectName("own-words")
        self._row, self._rule, self._kept = row, rule, row.words
        self._offer: Question | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._keep_note)
        self.category = CategoryField("own-category", tr("Category"))
        self.category.setPlaceholderText(tr("None"))
        self.category.left.connect(self._keep_category)
        self.source = Text("", Type.SMALL, "second", wrap=True)
        self.source.setObjectName("category-source")
        self.by_rule = Link(tr("Show the rule"))
        self.by_rule.setObjectName("category-rule")
        self.by_rule.clicked.connect(self._ask_for_rule)
        self.chips = Chips()
        self.chips.removed.connect(self._remove_tag)
        self.tag = Line("own-tag", tr("Add a tag"))
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
        top = Qt.AlignmentFlag.AlignTop
        filed = QVBoxLayout()
        filed.setSpacing(S1)
        filed.addWidget(self.category)
        filed.addWidget(self.source)
        filed.addWidget(self.by_rule, 0, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(_name(tr("Category"), self.category), 0, 0, top)
        grid.addLayout(filed, 0, 1)
        grid.addWidget(_name(tr("Tags"), self.tag), 2, 0, top)
        grid.addLayout(tags, 2, 1)
        grid.addWidget(_name(tr("Note"), self.note), 3, 0, top)
        grid.addWidget(self.note, 3, 1)
        grid.addWidget(self.checked, 4, 1)
        self._grid = grid

    def show_words(self, words: Words) -> None:
        """Show what is kept; what is being typed stays as it is."""
        before, self._kept = self._kept, words
        if self.note.toPlainText().strip() in {"", before.note}:
            self._set_note(words.note)
        if not self.category.is_changed:
            self._show_category()
        self.chips.show_tags(words.tags)
        self.checked.blockSignals(True)
        self.checked.setChecked(words.checked)
        self.checked.blockSignals(False)

    def offer(self, categories: Sequence[str], tags: Sequence[str]) -> None:
        """Complete from these."""
        self.category.offer(categories)
        self.tag.offer(tags)

    def ask(self, suggestion: Suggestion | None) -> None:
        """Ask whether the category is that of the payee's other rows too; None takes the question away."""
        if self._offer:
            self._offer.hide()
            self._offer.deleteLater()
            self._offer = None
        if suggestion:
            words = suggestion_text(suggestion.category, suggestion.count, suggestion.payee)
            self._offer = Question(
                words,
                "suggested",
                (tr("Use for all"), "use-for-all", lambda: self.accepted.emit(suggestion)),
                (tr("No"), "only-this", lambda: self.refused.emit(suggestion)),
            )
            self._grid.addWidget(self._offer, 1, 0, 1, 2)

    def flush(self) -> None:
        """Keep what was typed and not kept yet: another row comes."""
        self._pause.stop()
        self._keep_note()
        self._keep_category()
        self._keep_tags()

    def _show_category(self) -> None:
        """Show the category in force and where it comes from."""
        rule = self._rule.category if self._rule else ""
        said_by_bank = self._row.kind or self._row.category
        self.category.show_category(self._kept.category or rule or said_by_bank)
        by_rule = self._rule if rule and not self._kept.category else None
        said = tr("From the bank") if said_by_bank else ""
        if by_rule:
            words = rule_text(by_rule, currency=self._row.amount.currency)
            said = tr("By your rule: {rule}", rule=words)
        self.source.setText(tr("Chosen by you") if self._kept.category else said)
        self.source.setVisible(bool(self.source.text()))
        self.by_rule.setVisible(by_rule is not None)

    def _ask_for_rule(self) -> None:
        if self._rule:
            self.rule_asked.emit(self._rule.id)

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
        if self.category.is_changed:
            self._keep("category", self.category.value)
            self._show_category()

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
        self.installEventFilter(WindowUndo(self))

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
