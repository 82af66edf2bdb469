"""What argparse says by itself, in the language of the app."""

from __future__ import annotations

import argparse

from bankview.language import later, tr

#: Its sentences that a person can come to read; those that only a programmer can stay as they are.
SAID = (
    later("usage: "),
    later("positional arguments"),
    later("options"),
    later("show this help message and exit"),
    later("%(prog)s: error: %(message)s\n"),
    later("argument %(argument_name)s: %(message)s"),
    later("unrecognized arguments: %s"),
    later("the following arguments are required: %s"),
    later("one of the arguments %s is required"),
    later("not allowed with argument %s"),
    later("expected one argument"),
    later("expected at least one argument"),
    later("expected at most one argument"),
    later("ignored explicit argument %r"),
    later("invalid %(type)s value: %(value)r"),
    later("invalid choice: %(value)r (choose from %(choices)s)"),
)


def translate() -> None:
    """Let argparse ask our catalogues instead of gettext's, whose compiled files there are none of."""
    setattr(argparse, "_", tr)  # noqa: B010 - it is no part of what argparse says of itself
