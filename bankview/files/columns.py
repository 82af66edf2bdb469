"""What the columns of a CSV file mean: a value that is guessed, shown, corrected by the person, kept and found again."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import msgspec

from bankview.errors import UsageError
from bankview.language import tr

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: What a column can be. Several may be of the description.
FIELDS = (
    *(
        "date",
        "value_date",
        "bought",
        "amount",
        "out",
        "in",
        "direction",
        "payee",
        "payer",
        "description",
    ),
    *("raw_text", "reference", "counterparty", "category", "tags", "notes", "balance", "currency"),
    *(
        "original",
        "original_currency",
        "rate",
        "status",
        "account",
        "account_name",
        "iban",
        "bank_id",
        "own_id",
    ),
)
#: The characters that can be chosen, by Python's name and by the one that people know.
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
}
#: What can be said besides, and as what.
_WORDS = {
    "order": ("dmy", "mdy", "ymd"),
    "decimal": ("comma", "point"),
    "delimiter": ("comma", "semicolon", "tab", "bar"),
    "encoding": tuple(ENCODINGS),
}
_BREAKS = re.compile(r"[\r\n]+")
_SIGNS = {"comma": ",", "point": ".", "semicolon": ";", "tab": "\t", "bar": "|"}


class Columns(msgspec.Struct, frozen=True, kw_only=True):
    """How a CSV file is read.

    `first` is the index of the first line that may be a row, its header's cells are in `header`, empty where it has none.
    `places` says by field in which columns (from 0) it stands. `order` and `decimal` are empty where the file leaves
    them open. `guarded` says that texts carry an apostrophe before what a spreadsheet would run.
    """

    encoding: str
    delimiter: str
    first: int
    header: tuple[str, ...]
    places: dict[str, tuple[int, ...]]
    order: str
    decimal: str
    currency: str = ""
    number: str = ""
    guarded: bool = False

    @property
    def fingerprint(self) -> str:
        """What a layout is known by again, whoever's file it is: the header, else how many columns there are."""
        said = self.header or (str(1 + max(max(one) for one in self.places.values())),)
        return hashlib.sha256(msgspec.json.encode((self.delimiter, said))).hexdigest()[:32]

    def corrected(self, said: Sequence[str]) -> Columns:
        """Return what `NAME=VALUE` texts make of it: a field's column by its number (from 1) or heading, or a word.

        Raises:
            UsageError: there is no such name, column or value.
        """
        made = self
        for text in said:
            name, _, value = text.partition("=")
            made = _changed(made, name.strip(), value.strip())
        return made

    def kept(self, before: Columns) -> Columns:
        """Return this file's layout as the person once corrected that of another file with the same header."""
        return msgspec.structs.replace(
            self,
            places=before.places,
            order=before.order or self.order,
            decimal=before.decimal or self.decimal,
        )


def _changed(columns: Columns, name: str, value: str) -> Columns:
    change = msgspec.structs.replace
    if name in _WORDS:
        if value not in _WORDS[name]:
            choice = ", ".join(_WORDS[name])
            raise UsageError(tr("{name} is one of {choice}.", name=name, choice=choice))
        return change(columns, **{name: _SIGNS.get(value, value)})
    if name == "currency":
        return change(columns, currency=value.upper())
    if name not in FIELDS:
        choice = ", ".join((*FIELDS, *_WORDS, "currency"))
        raise UsageError(
            tr("No column is called {name}. There are {choice}.", name=name, choice=choice)
        )
    others = {field: place for field, place in columns.places.items() if field != name}
    places = tuple(_place(columns, one.strip()) for one in value.split("+") if one.strip())
    return change(columns, places=others | ({name: places} if places else {}))


def _place(columns: Columns, value: str) -> int:
    names = [one.casefold() for one in columns.header]
    if value.casefold() in names:
        return names.index(value.casefold())
    if value.isdecimal() and 0 < int(value) <= 1000:
        return int(value) - 1
    raise UsageError(tr("The file has no column {name}.", name=value))


def encode(columns: Columns) -> str:
    """Return a layout as it is kept."""
    return msgspec.json.encode(columns).decode()


def decode(said: str) -> Columns:
    """Return what `encode` was given."""
    return msgspec.json.decode(said, type=Columns)


def cell(columns: Mapping[str, tuple[int, ...]], cells: Sequence[str], field: str) -> str:
    """Return what a line says of a field, its columns with a blank between them."""
    texts = [cells[place].strip() for place in columns.get(field, ()) if place < len(cells)]
    text = texts[0] if len(texts) == 1 else " ".join(filter(None, texts))
    return text if text.isprintable() else _BREAKS.sub(" ", text)
