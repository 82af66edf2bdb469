"""`bankview doctor`: check what Bankview needs, and say the cure."""

from __future__ import annotations

import os
import shutil
import ssl
import sys
import webbrowser
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bankview import keychain, web
from bankview.cli import terminal
from bankview.cli.home import opened, paths_of, start_log
from bankview.errors import BankviewError
from bankview.oauth.clock import TOLERATED
from bankview.sentences import say
from bankview.settings import read_home_file
from bankview.store import connections
from bankview.sync.clocks import read_skews
from bankview.words import tr, tr_n

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable

#: Nobody's clock was right and before this: the year of this version.
_BUILT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: `ok`, or a `cure`; `needed` is False for what only some jobs need."""

    name: str
    ok: bool
    found: str
    cure: str = ""
    needed: bool = True


def configure(parser: ArgumentParser) -> None:
    """Add the command's flags."""
    terminal.add_json(parser)


def run(arguments: Namespace) -> int:
    """Check everything, and return 1 where something that is needed fails."""
    start_log(arguments)
    checks: tuple[Callable[[Namespace], Finding], ...] = (
        _keychain,
        _database,
        _lost,
        _browser,
        _display,
        _certificates,
        _clock,
    )
    findings = [check(arguments) for check in checks]
    if arguments.json:
        terminal.print_objects(asdict(finding) for finding in findings)
    else:
        for finding in findings:
            print("\n".join(_lines(finding)))
    return 1 if any(finding.needed and not finding.ok for finding in findings) else 0


def _lines(finding: Finding) -> list[str]:
    good, bad, worth = marks = tr("ok"), tr("problem"), tr("note")
    width = max(map(len, marks)) + 1
    mark = good if finding.ok else bad if finding.needed else worth
    lines = [terminal.shown(f"{mark:{width}}{finding.name}: {finding.found}")]
    return lines if finding.ok else [*lines, f"{'':{width}}{terminal.shown(finding.cure)}"]


def _keychain(arguments: Namespace) -> Finding:
    """Write, read and delete an entry of our own."""
    name = tr("Keychain")
    said = read_home_file(paths_of(arguments).home_file)
    place = getattr(arguments, "secrets", None) or (said.place if said else "keychain")
    if place != "keychain":
        return Finding(name, True, tr("not used here; secrets live in: {place}", place=place))
    try:
        with closing(keychain.open_keychain("keychain", namespace="doctor")) as chain:
            chain.write("probe", "probe")
            kept = chain.read("probe")
            chain.delete("probe")
    except BankviewError as error:
        words = say(error)
        cure = tr("Or keep secrets in a file of your own with --secrets passphrase.")
        return Finding(name, False, words.title, f"{words.detail} {cure}".strip())
    cure = tr("Check the keychain's own settings, or use --secrets passphrase.")
    return Finding(name, kept == "probe", chain.label, cure)


def _database(arguments: Namespace) -> Finding:
    name = tr("Ledger")
    path = paths_of(arguments).ledger
    if not path.exists():
        return Finding(name, True, tr("none yet; it comes with the first bank"))
    try:
        with opened(arguments) as home, closing(home.database()) as db:
            count = len(connections.accounts(db))
    except BankviewError as error:
        return Finding(name, False, say(error).title, say(error).detail)
    return Finding(
        name, True, tr_n("{path}, {n} account", "{path}, {n} accounts", count, path=path)
    )


def _lost(arguments: Namespace) -> Finding:
    """Say where access is ended should this computer be lost."""
    name = tr("Should this computer be lost")
    if not paths_of(arguments).ledger.exists():
        return Finding(name, True, tr("there is no access to end yet"))
    try:
        with opened(arguments) as home, closing(home.database()) as db:
            banks = {bank.id: bank for bank in home.banks()}
            found = [(one.name, banks.get(one.bank_id)) for one in connections.connections(db)]
    except BankviewError as error:
        return Finding(name, False, say(error).title, say(error).detail, needed=False)
    own = tr("the bank's own pages")
    places = [f"{bank}: {(known.portal if known else '') or own}" for bank, known in found]
    return Finding(name, True, tr("end the access at {places}", places="; ".join(places) or own))


def _browser(_: Namespace) -> Finding:
    name = tr("Browser")
    command = os.environ.get("BROWSER", "")
    try:
        found = command or shutil.which("xdg-open") or webbrowser.get().__class__.__name__
    except webbrowser.Error:
        cure = tr("Name one with --browser or $BROWSER, or sign in with --paste.")
        return Finding(name, False, tr("none was found"), cure, needed=False)
    return Finding(name, True, found)


def _display(_: Namespace) -> Finding:
    name = tr("Display")
    shown = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or ""
    if shown or sys.platform in {"darwin", "win32"}:
        return Finding(name, True, shown or sys.platform)
    cure = tr("The window needs one; every command works without.")
    return Finding(name, False, tr("there is none"), cure, needed=False)


def _certificates(_: Namespace) -> Finding:
    name = tr("Certificates")
    where = ssl.get_default_verify_paths()
    found = where.cafile or where.capath
    try:
        web.tls_context()
    except (OSError, ValueError) as error:
        return Finding(name, False, str(error), tr("Install your system's root certificates."))
    if not found and sys.platform.startswith("linux"):
        cure = tr("Install your system's root certificates (ca-certificates).")
        return Finding(name, False, tr("the system's roots were not found"), cure)
    return Finding(name, True, found or tr("the system's"))


def _clock(arguments: Namespace) -> Finding:
    name = tr("Clock")
    now = datetime.now(UTC)
    shown = now.astimezone().isoformat(timespec="seconds")
    cure = tr("Set the computer's date and time.")
    skews = read_skews(paths_of(arguments).clocks)
    worst = max(skews, key=lambda bank: abs(skews[bank]), default="")
    if abs(skews.get(worst, 0.0)) > TOLERATED:
        apart = tr_n(
            "{shown}, {n} second from the clock of {bank}",
            "{shown}, {n} seconds from the clock of {bank}",
            round(abs(skews[worst])),
            shown=shown,
            bank=worst,
        )
        return Finding(name, False, apart, cure)
    return Finding(name, now >= _BUILT, shown, cure)
