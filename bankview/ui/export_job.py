"""What the export dialog asks of the worker: figures, the first lines, the whole text, the file."""

from __future__ import annotations

import io
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, BinaryIO

from bankview import settings
from bankview.domain.money import Money
from bankview.errors import TargetError
from bankview.export import file, presets
from bankview.store import connections, view
from bankview.words import money_text, person_locale, tr

if TYPE_CHECKING:
    from pathlib import Path

    from bankview.domain.account import Account
    from bankview.store.database import Database
    from bankview.store.view import Filter
    from bankview.sync.home import Home

#: Rows of the preview, beside the header.
ROWS = 30


@dataclass(frozen=True, slots=True)
class Wish:
    """Which rows in which kind of file."""

    preset: str
    filter: Filter
    pending: bool

    @property
    def rows(self) -> Filter:
        """The rows: booked ones, and pending ones where they are wanted."""
        asked = self.filter.status
        if not self.pending:
            return replace(self.filter, status="booked")
        return replace(self.filter, status=asked if asked != "booked" else "all")


@dataclass(frozen=True, slots=True)
class Look:
    """What a wish comes to: the first lines, how many rows, their sums in words, what is left out, from when to when."""

    text: str
    count: int
    sums: str
    left_out: int
    since: date | None
    until: date | None


def look(home: Home, wish: Wish) -> Look:
    """Return what the file would be."""
    with closing(home.database()) as db:
        totals = view.totals(db, wish.rows)
        pending = 0
        if not wish.pending:
            pending = view.totals(db, replace(wish.filter, status="pending")).count
        return Look(
            _preview(db, wish),
            totals.count,
            _sums(totals),
            pending,
            _day(db, wish, descending=False),
            _day(db, wish, descending=True),
        )


def text(home: Home, wish: Wish) -> str:
    """Return the whole file as text, for the clipboard."""
    out = io.BytesIO()
    with closing(home.database()) as db:
        _write(db, wish, out)
    return out.getvalue().decode("utf-8-sig")


def save(home: Home, wish: Wish, path: Path) -> int:
    """Write the file as a whole, remember the choice, and return how many rows it holds.

    Raises:
        ExportError: it could not be written; what was there before is untouched.
    """
    with closing(home.database()) as db:
        count = file.save(path, lambda out: _write(db, wish, out))
    chosen = settings.changed(
        settings.load(home.paths.settings),
        export_preset=wish.preset,
        export_folder=str(path.parent),
        include_pending=wish.pending,
    )
    try:
        settings.save(home.paths.settings, chosen)
    except OSError as error:
        raise TargetError(home.paths.settings, str(error)) from error
    return count


def file_name(account: str, found: Look, extension: str) -> str:
    """Return the name that is offered: bankview_<account>_<from>_<to>.<extension>."""
    plain = "".join(letter if letter.isalnum() else "-" for letter in account).strip("-").lower()
    days = [day.isoformat() for day in (found.since, found.until) if day]
    return "_".join(["bankview", plain or "accounts", *days]) + f".{extension}"


def _write(db: Database, wish: Wish, out: BinaryIO) -> int:
    rows = view.entries(db, wish.rows)
    return presets.write(wish.preset, rows, *_places(db), out, person_locale())


def _preview(db: Database, wish: Wish) -> str:
    rows = view.entries(db, wish.rows)
    return presets.preview(wish.preset, rows, *_places(db), person_locale(), limit=ROWS)


def _places(db: Database) -> tuple[dict[int, Account], dict[int, str]]:
    """Return the accounts by id, and each one's bank."""
    names = {one.id: one.name for one in connections.connections(db)}
    accounts = {account.id: account for account in connections.accounts(db)}
    return accounts, {id_: names[account.connection_id] for id_, account in accounts.items()}


def _sums(totals: view.Totals) -> str:
    sums = (Money(out + into, currency) for currency, (out, into) in sorted(totals.sums.items()))
    return ", ".join(map(money_text, sums)) or tr("nothing")


def _day(db: Database, wish: Wish, *, descending: bool) -> date | None:
    found = view.page(db, wish.rows, descending=descending, limit=1)
    return date.fromordinal(found[0].day) if found else None
