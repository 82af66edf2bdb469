"""The dialog that asks for a name."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from bankview.ui.measures import S2, S5, Type, measures
from bankview.ui.widgets.footer import Footer, Where
from bankview.ui.widgets.text import Text
from bankview.words import tr

_WIDTH = 420


class Naming(QDialog):
    """`named` carries what was typed, without blanks at its ends."""

    named = Signal(str)

    def __init__(
        self, title: str, label: str, text: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("naming")
        self.setWindowTitle(title)
        self.field = QLineEdit(text)
        self.field.setObjectName("name")
        self.field.setAccessibleName(label)
        self.field.selectAll()
        footer = Footer()
        cancel = footer.add(tr("Cancel"), "cancel", Where.RejectRole)
        save = footer.add(tr("Save"), "save-name", Where.AcceptRole, default=True)
        inside = QVBoxLayout()
        inside.setContentsMargins(S5, S5, S5, S5)
        inside.setSpacing(S2)
        inside.addWidget(Text(title, Type.TITLE))
        inside.addWidget(Text(label, role="second"))
        inside.addWidget(self.field)
        footer.under(self, inside)
        self.setMinimumWidth(measures(self).scaled(_WIDTH))
        cancel.clicked.connect(self.reject)
        save.clicked.connect(self.accept)
        self.accepted.connect(lambda: self.named.emit(self.field.text().strip()))
        self.field.setFocus()
