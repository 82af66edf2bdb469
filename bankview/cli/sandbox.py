"""`bankview sandbox`: run the invented bank, or visit its pages without a browser."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from bankview import options
from bankview.words import tr

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the command's flags."""
    parser.add_argument("--port", type=int, default=0, metavar="N", help=tr("default: a free one"))
    parser.add_argument("--dir", metavar="DIR", help=tr("where it writes profiles, keys and books"))
    parser.add_argument("--still", action="store_true", help=tr("let no time pass in its books"))
    parser.add_argument("--rows", type=int, metavar="N", help=tr("how many rows the household has"))
    parser.add_argument(
        "--fault", action="append", default=[], metavar="NAME[=n]", help=tr("misbehave in this way")
    )
    below = parser.add_subparsers(dest="visit", metavar="visit")
    visit = below.add_parser(
        "visit", help=tr("sign in and consent on its pages"), parents=[options.shared()]
    )
    visit.add_argument("url", metavar="URL")
    visit.add_argument("--as", dest="customer", default="household", metavar="CUSTOMER")
    visit.add_argument("--deny", action="store_true", help=tr("refuse consent"))


def run(arguments: Namespace) -> int:
    """Run the bank until it is told to end, or make one visit."""
    if arguments.visit:
        visitor = import_module("bankview.sandbox.visitor")
        code: int = visitor.visit(arguments.url, arguments.customer, arguments.deny)
        return code
    sandbox = import_module("bankview.sandbox")
    ended: int = sandbox.run(
        port=arguments.port,
        folder=Path(arguments.dir) if arguments.dir else None,
        still=arguments.still,
        rows=arguments.rows,
        faults=arguments.fault,
        ready=partial(print, flush=True),
    )
    return ended
