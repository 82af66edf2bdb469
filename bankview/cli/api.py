"""`bankview api`: one raw, read-only call through a logged-in connection."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bankview.cli.home import opened
from bankview.errors import UsageError
from bankview.store.connections import record_call
from bankview.sync.session import open_session
from bankview.words import tr

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator, Sequence


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
    query = list(_query(arguments.parameters))
    with opened(arguments) as home, open_session(home, arguments.id) as session:
        reply = session.api.request("GET", arguments.path, params=query)
        record_call(session.database, arguments.id, 0, arguments.path, True, home.now())
    sys.stdout.buffer.write(reply.body)
    if not reply.body.endswith(b"\n"):
        sys.stdout.buffer.write(b"\n")
    return 1 if reply.status >= 400 else 0


def _query(parameters: Sequence[str]) -> Iterator[tuple[str, str]]:
    for parameter in parameters:
        name, equals, value = parameter.partition("=")
        if not (name and equals):
            raise UsageError(tr("{parameter} is no k=v.", parameter=parameter))
        yield name, value
