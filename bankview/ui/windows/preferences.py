"""The settings: few, each with one sentence, found by a search, applied at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from bankview.language import LANGUAGES
from bankview.ui.measures import S1, S3, S4, S5, Type, measures
from bankview.ui.widgets.footer import Footer, Where
from bankview.ui.widgets.text import Text
from bankview.words import tr, tr_n

if TYPE_CHECKING:
    from bankview.settings import Settings

_WIDTH, _HEIGHT = 620, 640
#: The one that is not in the settings' file: the home itself knows its place.
LOCK = "lock"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its key, its words, a sentence, and its choices, value to words; without any it is on or off."""

    name: str
    title: str
    about: str
    choices: tuple[tuple[object, str], ...] = ()


def _look() -> tuple[Setting, ...]:
    system = ("system", tr("As the system"))
    themes = (system, ("light", tr("Light")), ("dark", tr("Dark")))
    languages = (("", system[1]), *LANGUAGES.items())
    pages = (("all", tr("All accounts")), ("overview", tr("Overview")))
    return (
        Setting("theme", tr("Appearance"), tr("Light, dark, or as the desktop has it."), themes),
        Setting(
            "language", tr("Language"), tr("Counts from the next start of Bankview."), languages
        ),
        Setting("start_page", tr("Start page"), tr("What is shown after the start."), pages),
        Setting("reduce_motion", tr("Reduce motion"), tr("Nothing slides, grows or turns.")),
    )


def _privacy() -> tuple[Setting, ...]:
    minutes = (*((n, tr_n("{n} minute", "{n} minutes", n)) for n in (5, 15, 30)), (0, tr("Never")))
    return (
        Setting(
            "hide_amounts",
            tr("Hide amounts at the start"),
            tr("Every amount is masked until you show them (Ctrl+Shift+H)."),
        ),
        Setting(
            LOCK,
            tr("Lock with a passphrase"),
            tr("Your keys move from the keychain into a file that only your passphrase opens."),
        ),
        Setting(
            "lock_after",
            tr("Lock after"),
            tr("Without key or mouse for so long, the window is locked and updates wait."),
            minutes,
        ),
    )


def _banks() -> tuple[Setting, ...]:
    return (
        Setting(
            "background",
            tr("Update in the background"),
            tr("Banks are asked by themselves while Bankview is open; else only when you ask."),
        ),
        Setting(
            "pensions",
            tr("Pension accounts too"),
            tr("Banks that have them are asked for pension accounts from the next update."),
        ),
    )


def settings() -> tuple[Setting, ...]:
    """Return every setting, in the order of the dialog."""
    return (*_look(), *_privacy(), *_banks())


class Preferences(QDialog):
    """`changed` carries a setting's key and its new value, `lock_asked` whether the lock is to be on."""

    changed = Signal(str, object)
    lock_asked = Signal(bool)

    def __init__(
        self, kept: Settings, *, locks: bool, can_lock: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("preferences")
        self.setWindowTitle(tr("Settings"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.search = QLineEdit()
        self.search.setObjectName("preferences-search")
        self.search.setAccessibleName(tr("Search settings"))
        self.search.setPlaceholderText(tr("Search settings"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._narrow)
        self.nothing = Text(tr("No setting is called like this."), role="second")
        self.nothing.hide()
        self.rows: dict[str, tuple[Setting, QWidget]] = {}
        self.fields: dict[str, QCheckBox | QComboBox] = {}
        self._arrange(kept)
        self.fields[LOCK].setEnabled(can_lock)
        self.show_lock(locks=locks)
        measure = measures(self)
        self.resize(measure.scaled(_WIDTH), measure.scaled(_HEIGHT))

    def show_lock(self, *, locks: bool) -> None:
        """Tick whether a passphrase guards the keys; only then is there something to lock after a while."""
        field = self.fields[LOCK]
        assert isinstance(field, QCheckBox)
        field.blockSignals(True)
        field.setChecked(locks)
        field.blockSignals(False)
        self.fields["lock_after"].setEnabled(locks)

    def _arrange(self, kept: Settings) -> None:
        inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(S5, S3, S5, S5)
        rows.setSpacing(S4)
        for one in settings():
            row = self._row(one, getattr(kept, one.name, False))
            self.rows[one.name] = one, row
            rows.addWidget(row)
        rows.addWidget(self.nothing)
        rows.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(inside)
        top = QVBoxLayout()
        top.setContentsMargins(S5, S4, S5, 0)
        top.setSpacing(S3)
        top.addWidget(Text(tr("Settings"), Type.TITLE))
        top.addWidget(self.search)
        footer = Footer()
        close = footer.add(tr("Close"), "preferences-close", Where.RejectRole)
        close.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(scroll, 1)
        column.addWidget(footer)

    def _row(self, one: Setting, value: object) -> QWidget:
        field = self._choice(one, value) if one.choices else self._tick(one, value)
        field.setObjectName(f"setting-{one.name}")
        field.setAccessibleName(one.title)
        field.setAccessibleDescription(one.about)
        self.fields[one.name] = field
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(S4)
        words = QVBoxLayout()
        words.setSpacing(S1)
        title = Text(one.title, Type.STRONG)
        title.setBuddy(field)
        words.addWidget(title)
        words.addWidget(Text(one.about, role="second", wrap=True))
        line.addLayout(words, 1)
        line.addWidget(field, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _tick(self, one: Setting, value: object) -> QCheckBox:
        field = QCheckBox()
        field.setChecked(bool(value))
        if one.name == LOCK:
            field.toggled.connect(self.lock_asked)
        else:
            field.toggled.connect(partial(self.changed.emit, one.name))
        return field

    def _choice(self, one: Setting, value: object) -> QComboBox:
        field = QComboBox()
        field.setMinimumWidth(measures(self).scaled(176))
        for choice, words in one.choices:
            field.addItem(words, choice)
        field.setCurrentIndex([choice for choice, _ in one.choices].index(value))
        field.currentIndexChanged.connect(
            lambda place: self.changed.emit(one.name, one.choices[place][0])
        )
        return field

    def _narrow(self, typed: str) -> None:
        """Show the settings in whose words all of these are found."""
        words = typed.casefold().split()
        found = False
        for one, row in self.rows.values():
            names = " ".join(name for _, name in one.choices)
            text = f"{one.title} {one.about} {names}".casefold()
            fits = all(word in text for word in words)
            row.setVisible(fits)
            found = found or fits
        self.nothing.setVisible(not found)
