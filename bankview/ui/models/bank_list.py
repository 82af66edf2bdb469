"""The banks of the connect dialog: searched, filtered by country, broken profiles last and out of reach."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel import Locale
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from bankview.language import LANGUAGES, spoken
from bankview.store.index import fold
from bankview.words import seen, tr

if TYPE_CHECKING:
    from bankview.banks import Bank
    from bankview.errors import ProfileError

Role = Qt.ItemDataRole
#: The Entry itself, and the words that are searched for.
ENTRY, MATCH = Role.UserRole, Role.UserRole + 1

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list; without `bank` it is a profile that cannot be used, and `note` says why.

    `used` says that the person is a customer there.
    """

    name: str
    place: str
    note: str
    country: str = ""
    bank: Bank | None = None
    used: bool = False


def country_name(code: str) -> str:
    """Return a country's name in the app's language."""
    tag = spoken() if spoken() in LANGUAGES else "en"
    return str(Locale(tag).territories.get(code, code))


def entry_of(bank: Bank, used: bool = False) -> Entry:
    """Return a bank as a line of the list."""
    note = tr("Needs a key of your own") if bank.asks else ""
    if bank.licensed:
        note = tr("Licensed third parties only")
    place = country_name(bank.country)
    if bank.source and not bank.demo:
        place = tr("{country}, from a file", country=place) if place else tr("From a file")
    return Entry(seen(bank.name), place, note, bank.country, bank, used)


def broken_entry(error: ProfileError) -> Entry:
    """Return a profile that cannot be used as a line of the list."""
    return Entry(seen(Path(error.path).name), seen(error.problem), tr("Cannot be used"))


def _place(entry: Entry) -> tuple[bool, bool, bool, str]:
    """Return where a line stands: the person's own banks, then those that let private people in; broken ones last."""
    licensed = entry.bank is not None and entry.bank.licensed
    return entry.bank is None, not entry.used, licensed, fold(entry.name)


class BankList(QAbstractListModel):
    """Lines that fit the search and the country; the person's own banks first, then those for private people."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        super().__init__()
        self._all: tuple[Entry, ...] = ()
        self._shown: tuple[Entry, ...] = ()
        self._search, self._country = "", ""
        self.set_entries(entries)

    @property
    def shown(self) -> tuple[Entry, ...]:
        """The lines that fit."""
        return self._shown

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All lines, whether they fit or not."""
        return self._all

    @property
    def count(self) -> int:
        """How many banks there are in all."""
        return sum(1 for entry in self._all if entry.bank)

    def set_entries(self, entries: tuple[Entry, ...]) -> None:
        """Show other banks."""
        self._all = tuple(sorted(entries, key=_place))
        self._filter()

    def narrow(self, search: str, country: str) -> None:
        """Keep what holds the words of `search`, in one country or all ("")."""
        self._search, self._country = search, country
        self._filter()

    def rowCount(self, parent: Index | None = None) -> int:
        """Return how many lines fit."""
        return 0 if parent and parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Return a line: its name, the Entry, or what is searched for."""
        if not index.isValid():
            return None
        entry = self._shown[index.row()]
        if role == Role.DisplayRole:
            return entry.name
        if role == Role.AccessibleTextRole:
            return ", ".join(filter(None, (entry.name, entry.place, entry.note)))
        return {ENTRY: entry, MATCH: self._search}.get(role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A broken profile can be read and not chosen."""
        usable = not index.isValid() or self._shown[index.row()].bank is not None
        return super().flags(index) if usable else Qt.ItemFlag.ItemNeverHasChildren

    def _filter(self) -> None:
        self.beginResetModel()
        self._shown = tuple(entry for entry in self._all if self._fits(entry))
        self.endResetModel()

    def _fits(self, entry: Entry) -> bool:
        text = fold(f"{entry.name} {entry.place}")
        in_country = not self._country or entry.country == self._country
        return in_country and all(word in text for word in fold(self._search).split())
