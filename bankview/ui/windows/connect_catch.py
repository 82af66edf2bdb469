"""The offer to catch an answer at an https address on this computer: what the browser will say comes first."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from bankview.sync.front import browser_warning
from bankview.ui.measures import Type, font
from bankview.ui.widgets.text import Link
from bankview.words import tr


class CatchOffer(QWidget):
    """A link, and after it a button; `said` carries what the person should know now."""

    said = Signal(str)
    asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._address = ""
        self._link = Link(tr("Let Bankview catch the address…"))
        self._link.setObjectName("catch-address")
        self._link.clicked.connect(self._explain)
        self._button = QPushButton(tr("Catch it"))
        self._button.setObjectName("catch")
        self._button.setFont(font(self.font(), Type.BUTTON))
        self._button.setAutoDefault(False)
        self._button.clicked.connect(self._ask)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (self._link, self._button):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)

    def offer(self, address: str) -> None:
        """Begin with the link alone."""
        self._address = address
        self._button.setEnabled(True)
        self._button.hide()
        self._link.show()
        self.show()

    def say_listening(self) -> None:
        """Say what is to be done in the browser."""
        self.hide()
        self.said.emit(
            tr(
                "Bankview listens now. Where your browser says that the page cannot be reached, load it again; where it"
                " warns, choose Advanced and continue."
            )
        )

    def refuse(self) -> None:
        """Let it be tried again."""
        self._button.setEnabled(True)

    def _explain(self) -> None:
        self._link.hide()
        self._button.show()
        self._button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.said.emit(browser_warning(self._address))

    def _ask(self) -> None:
        self._button.setEnabled(False)
        self.asked.emit()
