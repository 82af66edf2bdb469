"""A dialog's footer: a hairline, something on the left, and the buttons in the platform's order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QHBoxLayout,
    QLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from bankview.ui.colours import colours
from bankview.ui.measures import S2, S5, Type, font, measures

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QPaintEvent

Where = QDialogButtonBox.ButtonRole


class Footer(QWidget):
    """60 high at 13 px. `add` puts a button among the platform's, `left` something at the other end."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(measures(self).footer)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(S5, 0, S5, 0)
        self._row.setSpacing(S2)
        self._row.addStretch(1)
        self._box = _Buttons()
        self._row.addWidget(self._box)

    def add(self, text: str, name: str, role: Where, *, default: bool = False) -> QPushButton:
        """Add a button; its object name is `name`. Only the default one is pressed by Return."""
        button = self._button(text, name)
        self._box.addButton(button, role)
        # The box makes every button a possible default one; here Return has one meaning.
        button.setAutoDefault(default)
        button.setDefault(default)
        return button

    def add_left(self, text: str, name: str) -> QPushButton:
        """Add a button at the far end."""
        button = self._button(text, name)
        self.left(button)
        return button

    def left(self, widget: QWidget) -> None:
        """Put a widget at the far end."""
        self._row.insertWidget(0, widget)

    def under(self, dialog: QWidget, inside: QLayout) -> None:
        """Lay a dialog out: what is inside of it at its top, and this at its bottom, from edge to edge."""
        column = QVBoxLayout(dialog)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(inside)
        column.addStretch(1)
        column.addWidget(self)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - it is small
        """Draw the hairline above."""
        painter = QPainter(self)
        painter.setPen(colours(self.palette()).edge)
        painter.drawLine(0, 0, self.width(), 0)
        painter.end()

    def _button(self, text: str, name: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setFont(font(self.font(), Type.BUTTON))
        button.setMinimumHeight(measures(self).dialog_control)
        button.setAutoDefault(False)
        return button


class _Buttons(QDialogButtonBox):
    """It hands the focus to its default button, so that Tab would pass over what stands before that one; ours does not."""

    def event(self, event: QEvent) -> bool:
        """Keep the focus where Tab puts it."""
        done = super().event(event)
        if self.focusProxy():
            self.setFocusProxy(None)  # type: ignore[arg-type]
        return done
