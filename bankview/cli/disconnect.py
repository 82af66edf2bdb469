"""`bankview disconnect`: take the permission back at the bank, and remove the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.cli import terminal
from bankview.cli.home import opened
from bankview.sync.disconnect import disconnect
from bankview.words import tr

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the command's flags."""
    parser.add_argument("id", metavar="ID", help=tr("an id that `connections` lists"))
    parser.add_argument("--forget", action="store_true", help=tr("remove its transactions too"))


def run(arguments: Namespace) -> int:
    """Disconnect, and say so where the bank did not confirm it."""
    with opened(arguments) as home:
        done = disconnect(home, arguments.id, forget=arguments.forget)
    if not done.confirmed:
        terminal.tell(
            tr(
                "The bank did not confirm that access ended. The keys are gone from here; "
                "to be sure, end the access on the bank's own pages too."
            )
        )
    sentence = tr("{id} is disconnected; its transactions stay.", id=arguments.id)
    if arguments.forget:
        sentence = tr("{id} is disconnected and forgotten.", id=arguments.id)
    print(sentence)
    return 0
