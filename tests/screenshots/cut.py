"""Which words of a window have less room than they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QToolButton

from bankview.ui.widgets.text import OneLine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QWidget

#: Pixels of a box beside its words: frame and arrow.
_ARROW = 30


def cut_words(window: QWidget) -> Iterator[str]:
    """Yield the words that are cut without a sign of it, and those that stand over one another."""
    for label in window.findChildren(QLabel):
        markup = label.textFormat() is Qt.TextFormat.RichText
        if label.isVisible() and label.text() and not markup and not isinstance(label, OneLine):
            yield from _of_label(label)
    for button in window.findChildren(QAbstractButton):
        has_words = not isinstance(button, QToolButton) or button.toolButtonStyle() in {
            Qt.ToolButtonStyle.ToolButtonTextOnly,
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon,
        }
        if button.isVisible() and button.text() and has_words:
            needed = button.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, button.text()).width()
            if needed > button.width():
                yield button.text()
    for box in window.findChildren(QComboBox):
        needed = box.fontMetrics().horizontalAdvance(box.currentText()) + _ARROW
        if box.isVisible() and needed > box.width():
            yield box.currentText()


def _of_label(label: QLabel) -> Iterator[str]:
    wide, room = label.fontMetrics().horizontalAdvance, label.contentsRect().width()
    if label.wordWrap():
        if label.heightForWidth(label.width()) > label.height() + 1:
            yield label.text()
        yield from (
            word for word in label.text().replace("\u200b", " ").split() if wide(word) > room
        )
    elif max(map(wide, label.text().split("\n"))) > room + 1:
        yield label.text()
