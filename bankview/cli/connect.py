"""`bankview connect`: sign in at a bank."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bankview.cli import terminal
from bankview.cli.home import opened, tell_recovery_key
from bankview.cli.sync import complain
from bankview.errors import BrowserError, UsageError
from bankview.log import REDACTION
from bankview.oauth.browser import open_browser
from bankview.oauth.loopback import warns
from bankview.sync.front import Front, Show, Step, browser_warning
from bankview.sync.refresh import refresh
from bankview.sync.sign_in import connect
from bankview.words import granted_less, tr, tr_n

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from bankview.banks import Ask, Bank
    from bankview.sync.home import Home


def configure(parser: ArgumentParser) -> None:
    """Add the command's flags."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("bank", metavar="BANK", nargs="?", help=tr("an id that `banks` lists"))
    which.add_argument(
        "--profile", metavar="FILE", help=tr("a bank of your own, described in a file")
    )
    parser.add_argument(
        "--browser",
        metavar="CMD",
        default="",
        help=tr("the browser's command; %%s stands for the address, else it is appended"),
    )
    answer = parser.add_mutually_exclusive_group()
    answer.add_argument(
        "--paste",
        action="store_true",
        help=tr("read the address that the bank sends the browser to from the terminal"),
    )
    answer.add_argument(
        "--listen",
        action="store_true",
        help=tr(
            "catch the answer at an https address on this computer, too; the browser warns of its certificate"
        ),
    )


def run(arguments: Namespace) -> int:
    """Sign in; the last line on stdout is the connection's ID."""
    with opened(arguments) as home:
        bank = (
            home.adopt(Path(arguments.profile)) if arguments.profile else home.bank(arguments.bank)
        )
        if arguments.listen:
            _explain(bank)
        lent = front(bank, arguments.browser, paste=arguments.paste, listens=arguments.listen)
        id_ = connect(home, bank, lent)
        tell_recovery_key(home)
        if bank.dialect.at_once:
            _fetch(home, id_)
        print(id_, flush=True)
    return 0


def _explain(bank: Bank) -> None:
    """Say what the browser will show, before it does.

    Raises:
        UsageError: the bank sends its answer where nothing can listen so.
    """
    if not warns(bank.client.redirect_uri):
        problem = tr(
            "{bank} answers at {address}: leave out --listen, which is for https addresses on this computer with a port",
            bank=bank.name,
            address=bank.client.redirect_uri,
        )
        raise UsageError(problem)
    terminal.tell(browser_warning(bank.client.redirect_uri))


def _fetch(home: Home, connection_id: str) -> None:
    """Fetch the whole history while the bank serves it."""
    terminal.tell(tr("Fetching the whole history: the bank serves it now, and not later…"))
    complain(refresh(home, connection_id), home.now().date())


def front(bank: Bank, command: str, *, paste: bool, listens: bool = False) -> Front:
    """Return how a sign-in asks, shows and opens a browser in a terminal.

    An answer is pasted where that was asked for, or where the bank redirects to a page that is not ours.
    """
    far = urlsplit(bank.client.redirect_uri).scheme == "https" and not listens
    browse = partial(_browse, command=command, quiet=paste and not command)
    pasted = _paste if paste or far else None
    return Front(_answer, _show(), browse, pasted, listens=listens)


#: What may come from the environment: an ask's name, and its variable's.
_ENVIRONMENT = {
    "client_secret": "BANKVIEW_CLIENT_SECRET",
    "access_token": "BANKVIEW_ACCESS_TOKEN",
    "subject_token": "BANKVIEW_SUBJECT_TOKEN",
    "actor_token": "BANKVIEW_ACTOR_TOKEN",
    "key_passphrase": "BANKVIEW_KEY_PASSPHRASE",
}


def _answer(ask: Ask) -> str:
    """Return what only the person knows; secrets may come from the environment."""
    given = os.environ.get(_ENVIRONMENT.get(ask.name, ""), "")
    if given:
        REDACTION.hide(given)
        return given
    question = f"{ask.label} ({ask.hint})" if ask.hint else ask.label
    if ask.file:
        return _read(terminal.ask(tr("{words}, the path of its file", words=question)))
    return terminal.ask_secret(question) if ask.secret else terminal.ask(question)


def _read(path: str) -> str:
    try:
        return Path(path).expanduser().read_text("utf-8-sig", "replace")
    except OSError as error:
        problem = tr("{path} cannot be read: {why}", path=path, why=error.strerror)
        raise UsageError(problem) from error


class _show:  # noqa: N801 - a function with a memory
    """Prints the link once, on a line of its own."""

    def __init__(self) -> None:
        self._said: set[Step] = set()

    def __call__(self, show: Show) -> None:
        if show.step in self._said:
            return
        self._said.add(show.step)
        if show.step is Step.FETCHING:
            terminal.tell(tr("Signed in. Fetching the accounts…"))
            if show.lacking:
                terminal.tell(granted_less(show.lacking))
        elif show.step is Step.CODE:
            _tell_code(show)
        elif show.step is Step.APPROVAL:
            _tell_approval(show)
        else:
            terminal.tell(
                tr_n(
                    "Sign in in your browser, at this address, within {n} minute:",
                    "Sign in in your browser, at this address, within {n} minutes:",
                    show.minutes,
                )
            )
            print(show.url, flush=True)


def _tell_code(show: Show) -> None:
    """Print the code and the address, one a line, and nothing else on stdout."""
    terminal.tell(
        tr_n(
            "Enter this code at this address, in any browser, within {n} minute:",
            "Enter this code at this address, in any browser, within {n} minutes:",
            show.minutes,
        )
    )
    print(terminal.shown(show.user_code), show.address, sep="\n", flush=True)
    if show.url != show.address:
        terminal.tell(tr("Or open {url}, which has the code in it.", url=show.url))


def _tell_approval(show: Show) -> None:
    """Say what to look for on the device that the bank knows."""
    if show.app:
        terminal.tell(
            tr_n(
                "Now open {app} on your phone and allow access there, within {n} minute.",
                "Now open {app} on your phone and allow access there, within {n} minutes.",
                show.minutes,
                app=show.app,
            )
        )
        return
    terminal.tell(
        tr_n(
            "Your bank asks you on your own device. Approve it there within {n} minute.",
            "Your bank asks you on your own device. Approve it there within {n} minutes.",
            show.minutes,
        )
    )
    if show.message:
        terminal.tell(tr("It shows: {message}", message=show.message))


def _browse(url: str, *, command: str, quiet: bool) -> bool:
    """Open the browser. A command that was asked for and cannot be started ends the sign-in."""
    if quiet or open_browser(url, command):
        return not quiet
    if command:
        raise BrowserError(tr("{command} could not be started", command=command))
    terminal.tell(tr("No browser could be opened: open the address above in one yourself."))
    return False


def _paste() -> str:
    return terminal.ask(tr("Paste the address that your browser ends at"))
