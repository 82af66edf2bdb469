"""What a bank says on demand, as words and value: of an account, or of a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFormLayout, QScrollArea, QVBoxLayout, QWidget

from bankview.ui.masking import hidden_values
from bankview.ui.measures import S2, S3, S4, S5, Type, measures
from bankview.ui.widgets.footer import Footer, Where
from bankview.ui.widgets.problem import Problem
from bankview.ui.widgets.text import Text
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bankview.ui.sign_in import Runs

    Told = Iterable[tuple[str, str]]


class About(QDialog):
    """What is known stands at once; what the bank says follows when it has answered."""

    def __init__(
        self, title: str, known: Told, parent: QWidget | None = None, *, masked: bool = False
    ) -> None:
        super().__init__(parent)
        self._masked = masked
        self.setObjectName("about-dialog")
        self.setWindowTitle(title)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(S4)
        self._form.setVerticalSpacing(S2)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._wait = Text("", Type.SMALL, "second")
        self._wait.hide()
        self.problem = Problem()
        self.problem.hide()
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(S5, S5, S5, S3)
        column.setSpacing(S3)
        column.addWidget(Text(title, Type.TITLE, wrap=True))
        column.addLayout(self._form)
        column.addWidget(self._wait)
        column.addWidget(self.problem)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(inside)
        self._footer = Footer()
        close = self._footer.add(tr("Close"), "about-close", Where.RejectRole, default=True)
        close.clicked.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(scroll, 1)
        whole.addWidget(self._footer)
        measure = measures(self)
        self.resize(measure.scaled(520), measure.scaled(420))
        self.add(known)

    def add(self, told: Told) -> None:
        """Show more lines; one without a value is left out."""
        for words, value in told:
            if value:
                text = Text(value, wrap=True)
                text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                self._form.addRow(Text(words, role="second"), text)

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What is shown, in order."""
        found = []
        for row in range(self._form.rowCount()):
            both = [
                item.widget()
                for role in (QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole)
                if (item := self._form.itemAt(row, role))
            ]
            words = [widget.text() for widget in both if isinstance(widget, Text)]
            found.append((words[0], words[1]))
        return found

    def ask(self, worker: Runs, question: Callable[[], Told]) -> None:
        """Ask the bank in the worker, and show what it says."""
        self._wait.setText(tr("Asking the bank…"))
        self._wait.show()
        worker.run(question, self._on_told, self._on_failed)  # type: ignore[arg-type]

    def _on_told(self, told: Told) -> None:
        self._wait.hide()
        self.add(hidden_values(told) if self._masked else told)

    def _on_failed(self, error: Exception) -> None:
        self._wait.hide()
        self.problem.show_error(error)
        self.problem.show()
