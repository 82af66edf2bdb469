"""The flags that every command shares, before or after its name."""

from __future__ import annotations

import argparse
import os

from bankview.language import tr

PLACES = ("keychain", "passphrase", "memory")


def shared() -> argparse.ArgumentParser:
    """Return a parent parser with the shared flags.

    Their default is SUPPRESS, so that a flag before the command's name is not overwritten by its absence after it.
    """
    parser = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    group = parser.add_argument_group(tr("everywhere"))
    group.add_argument(
        "--home", metavar="DIR", help=tr("keep all state under DIR (also BANKVIEW_HOME)")
    )
    group.add_argument(
        "--secrets", choices=PLACES, help=tr("where secrets live; default: keychain")
    )
    group.add_argument(
        "--log-http", metavar="FILE", help=tr("write one line per HTTP exchange to FILE, redacted")
    )
    return parser


def home_of(arguments: argparse.Namespace) -> str | None:
    """Return the home that was asked for: the flag, else BANKVIEW_HOME, else None for the platform's own."""
    return getattr(arguments, "home", None) or os.environ.get("BANKVIEW_HOME") or None
