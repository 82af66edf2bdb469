"""Finds the command, runs it, and turns whatever happens into one sentence and an exit code."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from importlib import import_module
from keyword import iskeyword
from typing import TYPE_CHECKING

from bankview import __version__, language, options
from bankview.cli import arguments as words
from bankview.cli import terminal
from bankview.errors import BankviewError, Interrupted, SignInNeededError, UsageError
from bankview.paths import Paths
from bankview.sentences import say
from bankview.settings import load
from bankview.words import tr

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

LOG = logging.getLogger(__name__)

DONE, FAILED, USAGE, SIGN_IN, INTERRUPTED = 0, 1, 2, 3, 130


def commands() -> Mapping[str, str]:
    """Return each command with what it does; its module in this folder has the same name."""
    return {
        "banks": tr("list what can be connected"),
        "connect": tr("sign in at a bank"),
        "connections": tr("list what is connected, and until when"),
        "disconnect": tr("take the permission back and remove the keys"),
        "sync": tr("fetch what is new"),
        "accounts": tr("list the accounts"),
        "transactions": tr("list transactions"),
        "categories": tr("list categories, rules, suggestions, and what recurs"),
        "export": tr("write transactions to a file"),
        "import": tr("bring in a statement file: CSV, OFX, QIF, camt.053 or MT940"),
        "api": tr("make one raw, read-only call"),
        "token": tr("ask the bank about an access, renew it, or end it"),
        "sandbox": tr("run the invented bank"),
        "doctor": tr("check what Bankview needs, and say the cure"),
    }


def main(argv: Sequence[str]) -> int:
    """Run the command that the arguments name, and return the process's exit code."""
    arguments = _parsed(argv)
    try:
        code: int = _module(arguments.command).run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has seen enough; what is still buffered must not complain at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return _failed(Interrupted())
    except BankviewError as error:
        return _failed(error)
    except Exception as error:  # noqa: BLE001 - the last line of defence: the log has the traceback
        return _broken(arguments, error)
    return code


def _parsed(argv: Sequence[str]) -> argparse.Namespace:
    """Return the arguments; only the module of the command that they name is imported."""
    words.translate()
    known, _ = options.shared().parse_known_args(argv)
    language.use(load(Paths.of(options.home_of(known)).settings).language)
    everywhere = options.shared()
    parser = argparse.ArgumentParser(
        "bankview",
        description=tr("Your bank accounts, on your own computer. Without a command: the window."),
        parents=[everywhere],
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"Bankview {__version__}",
        help=tr("show the version and exit"),
    )
    below = parser.add_subparsers(dest="command", metavar=tr("COMMAND"), required=True)
    for name, about in commands().items():
        one = below.add_parser(
            name, help=about, description=about, parents=[everywhere], allow_abbrev=False
        )
        if name in argv:
            _module(name).configure(one)
    return parser.parse_args(argv)


def _module(command: str) -> ModuleType:
    """Return a command's module; one that Python would take for a word of its own ends with a dash."""
    return import_module(f"bankview.cli.{command}{'_' * iskeyword(command)}")


def code_of(error: BaseException) -> int:
    """Return the exit code that goes with an error."""
    codes = {SignInNeededError: SIGN_IN, UsageError: USAGE, Interrupted: INTERRUPTED}
    return next((code for kind, code in codes.items() if isinstance(error, kind)), FAILED)


def _failed(error: BankviewError) -> int:
    terminal.tell(str(say(error)))
    return code_of(error)


def _broken(arguments: argparse.Namespace, error: Exception) -> int:
    """Put an error that nobody expected into the log, and say where that is."""
    from bankview.cli.home import start_log  # noqa: PLC0415 - heavy, and rarely needed

    log = start_log(arguments)
    LOG.error("%s failed", arguments.command, exc_info=error)
    sentence = tr(
        "Something in Bankview went wrong. Nothing was lost. The details are in {log}.", log=log
    )
    terminal.tell(sentence)
    return FAILED
