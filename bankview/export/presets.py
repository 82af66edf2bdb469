"""The files that can be written, by name: the window and the command line offer the same."""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO

from bankview.errors import UsageError
from bankview.export import csv
from bankview.language import later
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from babel import Locale

    from bankview.domain.account import Account
    from bankview.domain.entry import Entry

    Rows = Iterable[Entry]
    Write = Callable[[Rows, Mapping[int, Account], Mapping[int, str], BinaryIO, Locale], int]


@dataclass(frozen=True, slots=True)
class Preset:
    """A kind of file. `title` and `about` are passed through `tr` where they are shown; `extension` has no dot."""

    name: str
    title: str
    about: str
    extension: str
    write: Write


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        preset.name: preset
        for preset in (
            Preset(
                "spreadsheet",
                later("Spreadsheet"),
                later("CSV for Excel, LibreOffice and Numbers, in your own number format"),
                "csv",
                csv.spreadsheet,
            ),
            Preset(
                "standard",
                later("Standard"),
                later("CSV for programs: every column, exact values, the same everywhere"),
                "csv",
                csv.standard,
            ),
        )
    }
)


def preset(name: str) -> Preset:
    """Return one preset.

    Raises:
        UsageError: there is none of that name.
    """
    if name not in PRESETS:
        choice = ", ".join(PRESETS)
        raise UsageError(
            tr("No preset is called {name}. There are {choice}.", name=name, choice=choice)
        )
    return PRESETS[name]


def write(
    name: str,
    rows: Iterable[Entry],
    accounts: Mapping[int, Account],
    banks: Mapping[int, str],
    out: BinaryIO,
    locale: Locale,
) -> int:
    """Write rows as the preset `name` wants them, and return how many.

    Args:
        name: one of PRESETS.
        rows: oldest first, then by id; read once, and never held.
        accounts: the ledger's accounts by their id.
        banks: each account's bank name by the account's id.
        out: where to; it is neither flushed nor closed.
        locale: the person's.

    Raises:
        UsageError: there is no such preset.
    """
    return preset(name).write(rows, accounts, banks, out, locale)


def preview(
    name: str,
    rows: Iterable[Entry],
    accounts: Mapping[int, Account],
    banks: Mapping[int, str],
    locale: Locale,
    *,
    limit: int = 10,
) -> str:
    """Return the file's own first lines, written by the exporter itself: the header and at most `limit` rows."""
    out = io.BytesIO()
    write(name, islice(rows, limit), accounts, banks, out, locale)
    return out.getvalue().decode("utf-8-sig").replace("\r\n", "\n")
