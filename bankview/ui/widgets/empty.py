"""What stands where there is nothing yet: the first run's page, and one sentence for an empty table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpacerItem,
    QVBoxLayout,
    QWidget,
)

from bankview.ui.icons import app_pixmap
from bankview.ui.measures import S1, S2, S4, S5, S6, Type, font, measures
from bankview.ui.widgets.text import Link, Picture, Text
from bankview.words import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLayout

_WIDTH = 480
_ICON = 88
#: Optically centred: this far above the middle.
_ABOVE = 32


class FirstRun(QWidget):
    """The page of a home without banks: what Bankview is, three facts, and three ways on."""

    connect_asked = Signal()
    demo_asked = Signal()
    open_asked = Signal()

    def __init__(self, keychain: str) -> None:
        """`keychain` names the place where access keys are kept."""
        super().__init__()
        self.setObjectName("first-run")
        self.setAutoFillBackground(True)
        self.setBackgroundRole(self.palette().ColorRole.Base)
        place = tr("Access keys are kept in {place}", place=keychain)
        self._place = Text(place, Type.STRONG)
        column = QVBoxLayout(self)
        column.setContentsMargins(S5, S5, S5, S5)
        column.addStretch(1)
        column.addWidget(self._middle(), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        # In a low window this gives way before anything is cut.
        column.addSpacerItem(
            QSpacerItem(0, 2 * _ABOVE, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Maximum)
        )

    def _middle(self) -> QWidget:
        middle = QWidget()
        middle.setMinimumWidth(measures(self).scaled(_WIDTH))
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in self._head():
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(S6 + 2)
        for fact in self._facts():
            column.addLayout(fact)
            column.addSpacing(S5 - 6)
        column.addSpacing(S4 + 2)
        column.addWidget(self._connect(), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(S2 + 2)
        column.addLayout(self._others())
        return middle

    def _head(self) -> tuple[QWidget, ...]:
        picture = QLabel()
        picture.setPixmap(app_pixmap(_ICON, self.devicePixelRatioF()))
        picture.setContentsMargins(0, 0, 0, S5)
        title = Text(tr("All your bank accounts in one window"), Type.FIRST)
        title.setContentsMargins(0, 0, 0, S2 + 2)
        said = Text(
            tr(
                "Bankview fetches balances and transactions from your banks\nand exports them to the program you keep your books in."
            ),
            role="second",
        )
        said.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        return picture, title, said

    def _facts(self) -> tuple[QLayout, ...]:
        return (
            _fact(
                "eye",
                Text(tr("It can only read"), Type.STRONG),
                tr("Bankview cannot move money. It asks your bank for reading only."),
            ),
            _fact(
                "computer",
                Text(tr("It stays on this computer"), Type.STRONG),
                tr("No account with us, no server of ours, no statistics."),
            ),
            _fact("lock", self._place, tr("Your bank password is typed at your bank, never here.")),
        )

    def _connect(self) -> QPushButton:
        button = QPushButton(tr("Connect a bank…"))
        button.setObjectName("first-connect")
        button.setDefault(True)
        button.setFont(font(self.font(), Type.BUTTON))
        button.setMinimumSize(measures(self).scaled(158), measures(self).u + 20)
        button.clicked.connect(self.connect_asked)
        return button

    def _others(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(S5)
        demo, file = Link(tr("Try with demo data")), Link(tr("Open a file…"))
        demo.setObjectName("try-demo")
        file.setObjectName("open-file")
        demo.clicked.connect(self.demo_asked)
        file.clicked.connect(self.open_asked)
        row.addStretch(1)
        row.addWidget(demo)
        row.addWidget(file)
        row.addStretch(1)
        return row


class EmptyTable(QWidget):
    """One sentence and one button in the middle of a table without rows."""

    acted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("empty-table")
        self._sentence = Text("", wrap=True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sentence.setMaximumWidth(measures(self).scaled(_WIDTH))
        self._button = QPushButton()
        self._button.setObjectName("empty-button")
        self._button.clicked.connect(self.acted)
        column = QVBoxLayout(self)
        column.setContentsMargins(S5, S5, S5, S5)
        column.setSpacing(S4)
        column.addStretch(2)
        column.addWidget(self._sentence)
        column.setAlignment(self._sentence, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def say(self, sentence: str, button: str = "") -> None:
        """Show a sentence, and a button where one helps."""
        self._sentence.setText(sentence)
        self._sentence.setMinimumWidth(min(self._sentence.sizeHint().width(), _WIDTH))
        self._button.setText(button)
        self._button.setVisible(bool(button))


def _fact(name: str, title: Text, words: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(S4)
    picture = Picture(name, "link", 20)
    row.addSpacing(S5 - 1)
    row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
    column = QVBoxLayout()
    column.setSpacing(S1)
    column.addWidget(title)
    column.addWidget(Text(words, role="second"))
    row.addLayout(column, 1)
    return row
