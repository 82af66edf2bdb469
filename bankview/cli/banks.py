"""`bankview banks`: what can be connected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.banks import all_banks, broken_profiles, dialects
from bankview.cli import terminal
from bankview.options import home_of
from bankview.paths import Paths
from bankview.sentences import say
from bankview.words import tr

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the command's flags."""
    parser.add_argument(
        "--dialects", action="store_true", help=tr("list the dialects that a profile may name")
    )
    terminal.add_json(parser)


def run(arguments: Namespace) -> int:
    """List banks or dialects; a broken profile of the person's own is said, and hides no other."""
    if arguments.dialects:
        return _dialects(arguments.json)
    folder = Paths.of(home_of(arguments)).banks
    for error in broken_profiles(folder):
        terminal.tell(str(say(error)))
    found = all_banks(folder)
    if arguments.json:
        terminal.print_objects(
            {
                "id": bank.id,
                "name": bank.name,
                "country": bank.country,
                "dialect": bank.dialect.name,
                "profile": str(bank.source) if bank.source else None,
            }
            for bank in found
        )
    else:
        rows = ((bank.id, bank.name, bank.country, bank.dialect.name) for bank in found)
        terminal.print_table((tr("ID"), tr("Name"), tr("Country"), tr("Dialect")), rows)
    return 0


def _dialects(as_json: bool) -> int:
    if as_json:
        terminal.print_objects({"name": name} for name in dialects())
    else:
        print("\n".join(dialects()))
    return 0
