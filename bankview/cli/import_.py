"""`bankview import`: bring in a statement file, say how it was read, and take an import back."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bankview.cli import terminal
from bankview.cli.filters import account_of
from bankview.cli.home import opened
from bankview.errors import FileUnclearError, UsageError
from bankview.sentences import say
from bankview.store import connections
from bankview.store import imports as kept
from bankview.sync import imports
from bankview.sync.outcome import counts_text, left_out
from bankview.sync.targets import Chosen
from bankview.words import decimal_mark_text, order_text, time_text, tr, tr_n

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from bankview.files.columns import Columns
    from bankview.sync.decisions import Part
    from bankview.sync.home import Home
    from bankview.sync.imports import Plan

#: Bytes from which on it is said how far the reading is.
LARGE = 5_000_000


def configure(parser: ArgumentParser) -> None:
    """Add the command's flags."""
    parser.add_argument("file", metavar="FILE", nargs="?", help=tr("the statement file"))
    parser.add_argument(
        "--account",
        metavar="ACCOUNT",
        help=tr("into this account: its id, number, IBAN or name; default: the one the file names"),
    )
    parser.add_argument(
        "--new",
        metavar="NAME",
        default="",
        help=tr("make an account of this name for an unknown one"),
    )
    parser.add_argument(
        "--anyway", action="store_true", help=tr("into the account although the file names another")
    )
    parser.add_argument(
        "--mapping",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help=tr(
            "correct how columns are read: date=Datum, amount=4, order=dmy, decimal=comma, currency=NOK …; remembered"
        ),
    )
    parser.add_argument(
        "--preview", action="store_true", help=tr("say what would come, and change nothing")
    )
    parser.add_argument("--list", action="store_true", help=tr("list what was imported"))
    parser.add_argument("--undo", metavar="ID", type=int, help=tr("take an import back"))
    terminal.add_json(parser)


def run(arguments: Namespace) -> int:
    """Import a file, list the imports, or take one back."""
    if [bool(arguments.file), arguments.list, arguments.undo is not None].count(True) != 1:
        raise UsageError(tr("Say one file, --list, or --undo with an id."))
    with opened(arguments) as home:
        if arguments.list:
            _list(home, as_json=arguments.json)
        elif arguments.undo is not None:
            count = imports.undo(home, arguments.undo)
            print(tr_n("Taken back: {n} row is gone.", "Taken back: {n} rows are gone.", count))
        else:
            return _import(home, arguments)
    return 0


def _import(home: Home, arguments: Namespace) -> int:
    """Import a file, and return the exit code."""
    chosen = _chosen(home, arguments)
    try:
        plan = imports.prepare(
            home, Path(arguments.file), chosen, arguments.mapping, tell=_progress()
        )
    except FileUnclearError as error:
        terminal.tell(f"{say(error)} {_hint(error)}")
        return 1
    done = False
    try:
        if not arguments.preview:
            plan = imports.commit(home, plan)
            done = True
    finally:
        if not done:
            imports.discard(home, plan)
    _tell(plan)
    if arguments.json:
        terminal.print_objects(_object(plan, part, done=done) for part in plan.parts)
        return 0
    for line in _lines(plan, done=done):
        print(terminal.shown(line))
    return 0


def _chosen(home: Home, arguments: Namespace) -> Chosen:
    with closing(home.database()) as db:
        own = account_of(arguments.account, connections.accounts(db)) if arguments.account else 0
    return Chosen(own, arguments.new, arguments.anyway)


def _progress() -> Any:
    """Return what shows how much of a large file was read, where somebody looks."""

    def tell(done: int, whole: int) -> None:
        if whole >= LARGE and sys.stderr.isatty():
            sys.stderr.write(f"\r{100 * done // whole} %")
            sys.stderr.write("\r     \r" if done >= whole else "")
            sys.stderr.flush()

    return tell


def _hint(error: FileUnclearError) -> str:
    """Return which flag answers a question."""
    return {
        "order": tr("Write --mapping order=dmy for day first, order=mdy for month first."),
        "decimal": tr("Write --mapping decimal=comma or decimal=point."),
        "currency": tr("Write --account, or --mapping currency=EUR for a new account."),
        "date": tr("Write --mapping date= with the column's number or heading."),
        "amount": tr(
            "Write --mapping amount= (or in= and out=) with the column's number or heading."
        ),
        "account": tr("Write --account, or --new with a name for it."),
    }[error.what]


def _tell(plan: Plan) -> None:
    """Say how the file was read, and what was left out."""
    if plan.look.columns:
        terminal.tell(_read_as(plan.look.columns))
    for words in left_out(plan):
        terminal.tell(words)


def _read_as(columns: Columns) -> str:
    """Return how columns are read, in one line."""
    said = [columns.encoding, order_text(columns.order), decimal_mark_text(columns.decimal)]
    for field, places in columns.places.items():
        names = (columns.header[n] if n < len(columns.header) else str(n + 1) for n in places)
        said.append(f"{field}={'+'.join(names)}")
    return tr("Read as: {how}", how=", ".join(filter(None, said)))


def _lines(plan: Plan, *, done: bool) -> Iterator[str]:
    if not plan.rows:
        yield tr("There are no rows in {file}.", file=plan.file)
        return
    for part in plan.parts:
        yield f"{part.account.label or part.account.iban or part.account.number}: {counts_text(part)}"
    if done and plan.uncertain:
        yield tr(
            "Uncertain rows came in; the window asks of each whether it is the same as another."
        )
    if done and (plan.new or plan.uncertain):
        yield tr("To take it back: bankview import --undo {id}", id=plan.id)


def _object(plan: Plan, part: Part, *, done: bool) -> dict[str, Any]:
    counts = {"new": part.new, "known": part.known, "uncertain": part.uncertain}
    whole = {
        "import_id": plan.id if done else None,
        "unread": plan.skipped,
        "pending": plan.pending,
    }
    return {"account_id": part.account.id or None, "account": part.account.label, **counts, **whole}


def _list(home: Home, *, as_json: bool) -> None:
    with closing(home.database()) as db:
        found = kept.done(db)
    if as_json:
        terminal.print_objects(one._asdict() for one in found)
    elif found:
        now = home.now()
        header = (tr("ID"), tr("When"), tr("File"), tr("New"), tr("Known"), tr("Uncertain"))
        lines = [
            (
                *(str(one.id), time_text(datetime.fromtimestamp(one.at, UTC), now=now), one.file),
                *map(str, (one.new, one.known, one.uncertain)),
            )
            for one in found
        ]
        terminal.print_table(header, lines)
    else:
        terminal.tell(tr("There is nothing to list."))
