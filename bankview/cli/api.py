"""`bankview api`: one raw, read-only call through a logged-in connection."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bankview.cli.home import opened
from bankview.errors import UsageError
from bankview.sync.explore import explore, pairs
from bankview.words import tr

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the command's flags."""
    parser.add_argument("id", metavar="ID", help=tr("an id that `connections` lists"))
    parser.add_argument("method", metavar="GET", help=tr("the method: Bankview only reads"))
    parser.add_argument("path", metavar="PATH", help=tr("the path below the bank's root address"))
    parser.add_argument("parameters", metavar="k=v", nargs="*", help=tr("the query"))


def run(arguments: Namespace) -> int:
    """Print the body of the answer, whatever its status; a status from 400 on is a failure."""
    if arguments.method != "GET":
        raise UsageError(tr("Bankview only reads: write GET."))
    query = list(pairs(arguments.parameters))
    with opened(arguments) as home:
        answer = explore(home, arguments.id, arguments.path, query)
    sys.stdout.buffer.write(answer.body)
    if not answer.body.endswith(b"\n"):
        sys.stdout.buffer.write(b"\n")
    return 1 if answer.status >= 400 else 0
