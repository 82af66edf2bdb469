"""The connect dialog's second page: what the bank asks of the person, once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from bankview.sentences import say
from bankview.ui.icons import icon, monogram
from bankview.ui.measures import S1, S2, S3, S4, S5, Type, font, measures
from bankview.ui.widgets.choice_field import ChoiceField
from bankview.ui.widgets.copy import CopyButton
from bankview.ui.widgets.field import Field
from bankview.ui.widgets.file_field import FileField
from bankview.ui.widgets.text import Link, Picture, Text
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from bankview.banks import Ask, Bank, Credentials

_MONOGRAM, _LABEL = 40, 168
#: Milliseconds without a key after which what was typed is shown to a bank.
_TYPED = 500


class Reads(Protocol):
    """What reads files and certificates for the page, off the window's thread."""

    def read(
        self, path: Path, done: Callable[[str], None], failed: Callable[[Exception], None]
    ) -> None:
        """Read a file as PEM text."""

    def look_at(
        self, bank: Bank, answers: Mapping[str, str], done: Callable[[Credentials], None]
    ) -> None:
        """Find what is to be said of a certificate."""

    def suggest(
        self,
        bank: Bank,
        answers: Mapping[str, str],
        done: Callable[[tuple[tuple[str, str], ...]], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Ask which banks there are behind one address."""


class DetailsPage(QScrollArea):
    """Steps, the redirect address to copy, and a field for each thing that only the person knows."""

    changed = Signal()
    portal_asked = Signal(str)
    request_asked = Signal()

    def __init__(self, bank: Bank, place: str, sign_in: Reads) -> None:
        super().__init__()
        self._sign_in = sign_in
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.bank = bank
        self.fields: dict[str, Field | FileField | ChoiceField] = {}
        self._said = Text("", Type.SMALL, "second", wrap=True)
        self._said.setObjectName("certificate-facts")
        self._against: tuple[str, ...] = ()
        self._suggested: dict[str, str] | None = None
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(_TYPED)
        self._typed.timeout.connect(self._ask_banks)
        self._refused = ""
        self._wrong = Text("", Type.SMALL, "attention", wrap=True)
        self._wrong.setObjectName("field-problem")
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(S5, S2, S5, S3)
        column.setSpacing(S4)
        column.addLayout(self._head())
        column.addLayout(self._steps())
        column.addLayout(self._form(place))
        column.addStretch(1)
        self.setWidget(inside)
        self._suggest()

    @property
    def answers(self) -> Mapping[str, str]:
        """What was typed, by name."""
        return {name: field.value for name, field in self.fields.items()}

    @property
    def complete(self) -> bool:
        """Whether every field that has to be is filled, and nothing is wrong with any."""
        may_be_empty = {ask.name for ask in self.bank.asks if ask.optional}
        filled = all(field.value or name in may_be_empty for name, field in self.fields.items())
        sound = not any(field.problem for field in self.fields.values())
        return filled and sound and not self._against

    def start(self) -> None:
        """Put the cursor into the first field that is empty."""
        optional = {ask.name for ask in self.bank.asks if ask.optional}
        empty = [
            field for name, field in self.fields.items() if not field.value and name not in optional
        ]
        for field in empty[:1]:
            field.setFocus(Qt.FocusReason.OtherFocusReason)

    def take_file(self, name: str, path: Path) -> None:
        """Read a file of the person's into a field."""
        field = self.fields[name]
        assert isinstance(field, FileField)
        self._sign_in.read(
            path, partial(field.take, path), lambda error: field.refuse(str(say(error)))
        )

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(S3)
        picture = QLabel()
        side = measures(self).scaled(_MONOGRAM)
        ratio = self.devicePixelRatioF()
        picture.setPixmap(monogram(self.bank.id, self.bank.name, self.font(), side, ratio))
        row.addWidget(picture)
        column = QVBoxLayout()
        column.setSpacing(S1)
        column.addWidget(Text(self.bank.name, Type.TITLE))
        about = (
            tr("For licensed third parties only: it asks for certificates and a licence.")
            if self.bank.licensed
            else tr("Once only: your bank gives you a key of your own.")
        )
        column.addWidget(Text(about, role="soon" if self.bank.licensed else "second", wrap=True))
        row.addLayout(column, 1)
        return row

    def _steps(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(S2)
        grid.setVerticalSpacing(S2)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(0, S4)
        redirect = self.bank.client.redirect_uri
        said = self.bank.steps or (
            tr("Register the redirect address {redirect} at your bank.", redirect=redirect),
        )
        for number, step in enumerate(said, 1):
            row = grid.rowCount()
            grid.addWidget(Text(str(number), role="second"), row, 0, Qt.AlignmentFlag.AlignTop)
            portal = number == 1 and bool(self.bank.portal)
            grid.addWidget(
                Text(step.replace(redirect, tr("below")), wrap=True), row, 1, 1, 1 if portal else 2
            )
            if portal:
                grid.addWidget(self._portal(), row, 2, Qt.AlignmentFlag.AlignTop)
            if redirect in step:
                grid.addWidget(self._redirect(redirect), row + 1, 1)
                copy = CopyButton(name="copy-redirect")
                copy.set_content(redirect)
                copy.setMinimumHeight(measures(self).dialog_control)
                grid.addWidget(copy, row + 1, 2)
        return grid

    def _portal(self) -> QPushButton:
        button = QPushButton(tr("Open portal"))
        button.setObjectName("open-portal")
        button.setIcon(icon("external", self.palette()))
        button.setFont(font(self.font(), Type.BUTTON))
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self.portal_asked.emit(self.bank.portal))
        return button

    def _redirect(self, address: str) -> QLineEdit:
        field = QLineEdit(address)
        field.setObjectName("redirect")
        field.setAccessibleName(tr("Redirect address"))
        field.setReadOnly(True)
        field.setMinimumHeight(measures(self).dialog_control)
        field.setFont(font(QApplication.font(), Type.MONO))
        return field

    def _form(self, place: str) -> QFormLayout:
        form = QFormLayout()
        form.setContentsMargins(S5, 0, 0, 0)
        form.setHorizontalSpacing(S3)
        form.setVerticalSpacing(S2)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for ask in self.bank.asks:
            field = self._field(ask)
            field.setAccessibleName(ask.label)
            field.textChanged.connect(self._check)
            label = Text(ask.label, role="second")
            label.setBuddy(field)
            if label.sizeHint().width() > measures(self).scaled(_LABEL):
                form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
                form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
            form.addRow(label, field)
            self.fields[ask.name] = field
        form.addRow("", self._said)
        form.addRow("", self._wrong)
        for widget in (self._said, self._wrong):
            widget.hide()
        if any(ask.file == "certificate" for ask in self.bank.asks):
            make = Link(tr("Create key and certificate request…"))
            make.setObjectName("make-request")
            make.clicked.connect(self.request_asked)
            form.addRow("", make)
        kept = QHBoxLayout()
        kept.setSpacing(S2)
        kept.addWidget(Picture("lock"))
        kept.addWidget(Text(kept_sentence(place), Type.SMALL, "second", wrap=True), 1)
        form.addRow("", kept)
        return form

    def _field(self, ask: Ask) -> Field | FileField | ChoiceField:
        name = ask.name.strip("$")
        if ask.suggestions:
            return ChoiceField(name, ask.hint)
        if not ask.file:
            free = ask.name == "key_passphrase"
            return Field(name, secret=ask.secret, hint=ask.hint, free=free)
        field = FileField(name, ask.label)
        field.picked.connect(partial(self.take_file, ask.name))
        return field

    @property
    def _choices(self) -> set[str]:
        return {ask.name for ask in self.bank.asks if ask.suggestions}

    @property
    def _given(self) -> dict[str, str]:
        """What was typed but for the bank."""
        return {name: text for name, text in self.answers.items() if name not in self._choices}

    def _suggest(self) -> None:
        """Ask for the banks behind the address as soon as everything is there that they are told for."""
        given, entry = self._given, self.bank.dialect.entry
        needed = {ask.name for ask in self.bank.asks if entry and not ask.optional} - self._choices
        self._typed.stop()
        if given == self._suggested or not all(map(given.get, needed)):
            return
        # A key that is typed would be a wrong one with each letter.
        if entry and entry.tokens:
            self._typed.start()
        else:
            self._ask_banks()

    def _ask_banks(self) -> None:
        self._suggested = given = self._given
        for name in self._choices:
            field = self.fields[name]
            assert isinstance(field, ChoiceField)
            self._sign_in.suggest(self.bank, given, field.suggest, self._on_no_banks)

    def _on_no_banks(self, error: Exception) -> None:
        # Where banks are told to anybody, the sign-in page asks as well.
        if self.bank.dialect.entry:
            self._refused = str(say(error, self.bank.name))
            self._say()

    def _check(self) -> None:
        self._refused = ""
        self._suggest()
        self._say()
        if any(ask.file == "certificate" for ask in self.bank.asks):
            self._sign_in.look_at(self.bank, self.answers, self._on_credentials)

    def _on_credentials(self, found: Credentials) -> None:
        self._said.setText(" · ".join(found.facts))
        self._said.setVisible(bool(found.facts))
        # What is still to be chosen does not count against what is there.
        self._against = found.problems if self.answers.get("tls.private_key") else ()
        self._say()

    def _say(self) -> None:
        problem = next((one.problem for one in self.fields.values() if one.problem), "")
        problem = problem or " ".join(self._against) or self._refused
        self._wrong.setText(problem)
        self._wrong.setVisible(bool(problem))
        self.changed.emit()


def kept_sentence(place: str) -> str:
    """Say where access keys are kept; `place` is the keychain's label."""
    if place == "memory":
        return tr("Kept in memory until you close Bankview, and nowhere else.")
    return tr("Kept in {place} on this computer, and nowhere else.", place=place)
