"""`bankview token`: part of the contract, and of a later version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bankview.errors import UsageError
from bankview.words import tr

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Accept whatever a later version will."""
    parser.add_argument("rest", nargs="*", help=tr("ID introspect | userinfo | refresh | revoke"))


def run(_: Namespace) -> int:
    """Refuse.

    Raises:
        UsageError: always.
    """
    raise UsageError(tr("`bankview token` is not supported yet."))
