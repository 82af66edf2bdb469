"""Starts a command, or the window where none is named; nothing heavy is imported before that choice."""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Flags whose value is the next argument.
_WITH_VALUE = {"--home", "--secrets", "--log-http"}


def has_command(argv: Sequence[str]) -> bool:
    """Return whether the arguments are the command line's: a word that is no flag's value, or a call for help."""
    words = iter(argv)
    for word in words:
        if word in _WITH_VALUE:
            next(words, None)
        elif not word.startswith("-") or word in {"-h", "--help", "--version"}:
            return True
    return False


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command or the window, and return the process's exit code."""
    argv = list(sys.argv[1:] if argv is None else argv)
    if has_command(argv):
        front = "bankview.cli.main"
    else:
        front = "bankview.ui.start"
        # All that is loaded now stays; the window's own collector takes over.
        gc.disable()
    code: int = import_module(front).main(argv)
    return code


if __name__ == "__main__":
    sys.exit(main())
