"""A field over a cell of the table, in which the person writes a row's category, tags or note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit

from bankview.domain.words import tidy_tags
from bankview.store.index import fold
from bankview.ui.models.transactions import WRITTEN, Column, title
from bankview.words import category_text, category_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFocusEvent, QKeyEvent
    from PySide6.QtWidgets import QWidget

    from bankview.store.view import More, Row


class CellEditor(QLineEdit):
    """Ends once: by Return, by another field or row, or by Escape, which leaves what was there."""

    #: What of the row, as `Words` names it, and its new value; nothing comes where nothing was changed.
    written = Signal(object, str, object)

    def __init__(
        self, over: QWidget, place: QRect, row: Row, column: Column, more: More | None
    ) -> None:
        super().__init__(over)
        self.setObjectName("cell-editor")
        self.setAccessibleName(title(column))
        self._row, self._column, self._open = row, column, True
        self._before = _text(row, column, more)
        self.setText(self._before)
        self.selectAll()
        self.setGeometry(place)
        self.show()
        self.setFocus()

    def offer(self, categories: Sequence[str], tags: Sequence[str]) -> None:
        """Complete from these."""
        names = [*category_texts().values(), *map(category_text, categories)]
        words = {Column.CATEGORY: names, Column.TAGS: tags}.get(self._column, ())
        found = QCompleter(list(dict.fromkeys(words)), self)
        found.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        found.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCompleter(found)

    def finish(self) -> None:
        """Hand over what was written, and go."""
        if self._open:
            said = self.text().strip()
            self.close_()
            if said != self._before:
                self.written.emit(self._row, WRITTEN[self._column], _value(self._column, said))

    def close_(self) -> None:
        """Go; what was written is forgotten."""
        self._open = False
        self.hide()
        self.deleteLater()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hand over what was written, unless it is the completions that have the focus."""
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.finish()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave what was there with Escape; Return is not the table's."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_()
            self._leave()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.finish()
            self._leave()
        else:
            super().keyPressEvent(event)

    def _leave(self) -> None:
        viewport = self.parentWidget()
        table = viewport and viewport.parentWidget()
        if table:
            table.setFocus()


def _text(row: Row, column: Column, more: More | None) -> str:
    if column is Column.CATEGORY:
        return category_text(row.filed)
    if more is None:
        return ""
    return more.note if column is Column.NOTE else ", ".join(more.tags)


def _value(column: Column, said: str) -> object:
    """Return what is kept: the id of a category of the tree, or the person's own words."""
    if column is Column.TAGS:
        return tidy_tags([said])
    if column is Column.NOTE:
        return said
    return next((own for own, name in category_texts().items() if fold(name) == fold(said)), said)
