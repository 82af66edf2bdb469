"""Opens the home that a command works on, with its log, and asks for the passphrase where one is needed."""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bankview import log, options
from bankview.cli import terminal
from bankview.errors import UsageError
from bankview.paths import Paths
from bankview.sentences import say
from bankview.sync.home import Home
from bankview.sync.moving import finish
from bankview.words import tr

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator


def paths_of(arguments: Namespace) -> Paths:
    """Return the folders that a command works on."""
    return Paths.of(options.home_of(arguments))


def start_log(arguments: Namespace) -> Path:
    """Begin to log, and return the log file.

    Raises:
        UsageError: it cannot be written.
    """
    path = paths_of(arguments).log
    if getattr(arguments, "logging", False):
        return path
    http = getattr(arguments, "log_http", None)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        log.install(path, http_log=Path(http) if http else None)
    except OSError as error:
        problem = tr("{path} cannot be written: {why}", path=error.filename, why=error.strerror)
        raise UsageError(problem) from error
    arguments.logging = True
    return path


@contextmanager
def opened(arguments: Namespace) -> Iterator[Home]:
    """Open the home for as long as a command runs; what had to be repaired is said once.

    Raises:
        KeychainError, StoreError, UsageError: it cannot be opened.
    """
    start_log(arguments)
    paths = paths_of(arguments)
    place = getattr(arguments, "secrets", None)
    home = Home.open(paths, place, passphrase=partial(passphrase, new=not paths.vault.exists()))
    try:
        finish(home)
        if home.damage:
            terminal.tell(str(say(home.damage)))
        yield home
    finally:
        home.close()


def passphrase(*, new: bool) -> str | None:
    """Return the vault's passphrase, from BANKVIEW_PASSPHRASE or asked; a `new` one is asked for twice."""
    given = os.environ.get("BANKVIEW_PASSPHRASE")
    if given:
        log.REDACTION.hide(given)
        return given
    answer = terminal.ask_secret(tr("Choose a passphrase") if new else tr("Passphrase"))
    if new and terminal.ask_secret(tr("The same passphrase again")) != answer:
        raise UsageError(tr("These were two different passphrases. Nothing was created."))
    return answer


def tell_recovery_key(home: Home) -> None:
    """Show the recovery key of a new ledger, once."""
    if not home.fresh_recovery_key:
        return
    terminal.tell(
        tr(
            "Your recovery key opens your data should the keychain ever be lost. Write it down; it is not shown again:"
        )
    )
    terminal.tell(home.fresh_recovery_key)
    home.recovery_key_kept()
