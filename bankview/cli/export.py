"""`bankview export`: write transactions to a file, or to stdout."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from bankview.cli import filters, terminal
from bankview.cli.home import opened
from bankview.errors import UsageError
from bankview.export import file, presets
from bankview.store import connections, view
from bankview.words import person_locale, tr, tr_n

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from bankview.store.database import Database


def configure(parser: ArgumentParser) -> None:
    """Add the command's flags."""
    parser.add_argument("--preset", metavar="NAME", help=tr("the kind of file"))
    parser.add_argument("--list", action="store_true", help=tr("list the kinds of files"))
    parser.add_argument("-o", "--output", metavar="FILE", default="-", help=tr("default: stdout"))
    filters.configure(parser, status="booked")
    terminal.add_json(parser)


def run(arguments: Namespace) -> int:
    """Write the rows."""
    if arguments.list:
        return _list(arguments.json)
    if not arguments.preset:
        choice = ", ".join(presets.PRESETS)
        raise UsageError(tr("Say which kind of file with --preset: {choice}.", choice=choice))
    presets.preset(arguments.preset)
    with opened(arguments) as home, closing(home.database()) as db:
        if arguments.output == "-":
            _write(arguments, db, sys.stdout.buffer)
        else:
            path = Path(arguments.output)
            count = file.save(path, lambda out: _write(arguments, db, out))
            terminal.tell(
                tr_n("{n} row saved to {path}.", "{n} rows saved to {path}.", count, path=path)
            )
    return 0


def _write(arguments: Namespace, db: Database, out: BinaryIO) -> int:
    names = {one.id: one.name for one in connections.connections(db)}
    accounts = {account.id: account for account in connections.accounts(db)}
    banks = {id_: names[account.connection_id] for id_, account in accounts.items()}
    rows = view.entries(db, filters.filter_of(arguments, db))
    return presets.write(arguments.preset, rows, accounts, banks, out, person_locale())


def _list(as_json: bool) -> int:
    if as_json:
        terminal.print_objects(
            {
                "name": preset.name,
                "title": tr(preset.title),
                "about": tr(preset.about),
                "extension": preset.extension,
            }
            for preset in presets.PRESETS.values()
        )
    else:
        rows = ((preset.name, tr(preset.about)) for preset in presets.PRESETS.values())
        terminal.print_table((tr("Name"), tr("What it is")), rows)
    return 0
