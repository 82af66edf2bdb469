"""A field that is searched with: it says what it is, and so does the button that empties it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction

from bankview.words import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLineEdit


def as_search(field: QLineEdit, words: str) -> None:
    """Dress a field as one for searching; `words` say in what."""
    field.setAccessibleName(words)
    field.setPlaceholderText(tr("Search"))
    with_clear(field)


def with_clear(field: QLineEdit) -> None:
    """Give a field a button that empties it; Qt itself gives that button no name."""
    field.setClearButtonEnabled(True)
    clear = field.findChild(QAction, "_q_qlineeditclearaction")
    if clear:
        clear.setText(tr("Clear"))
