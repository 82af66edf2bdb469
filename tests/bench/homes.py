"""Homes with many rows, filled through the front door and kept under build/ for the next run."""

from __future__ import annotations

import shutil
import sys
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from bankview import keychain
from bankview.paths import Paths
from bankview.settings import read_home_file, write_home_file
from bankview.sync.home import LEDGER_KEY, Home
from bankview.sync.refresh import refresh
from tests.e2e.story import ROOT, App, bank

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.story import Bank

BANK = "sparebank1-household"
PASSPHRASE = "open"
BUILT = ROOT / "build" / "bench"


def filled(rows: int) -> Path:
    """Return a home into which the sandbox's household with so many rows was synced; made at the first call."""
    home = BUILT / f"home-{rows}"
    whole = home / "whole"
    if not whole.exists():
        shutil.rmtree(home, ignore_errors=True)
        print(f"Filling a home with {rows:,} rows…", file=sys.stderr, flush=True)
        _fill(home, rows)
        whole.touch()
    return home


def _fill(home: Path, rows: int) -> None:
    flags = ("--still", "--rows", str(rows))
    with bank(App(), home / "sandbox", *flags) as there, closing(connected(home, there)) as made:
        report = refresh(made, BANK)
        assert report.error is None, report.error
    shutil.rmtree(home / "sandbox")


def connected(home: Path, there: Bank) -> Home:
    """Return a new home that is connected to the bank and has fetched nothing yet."""
    flags = ("--home", str(home), "--secrets", "passphrase")
    app = App(flags=flags, environment={"BANKVIEW_PASSPHRASE": PASSPHRASE})
    app.run("connect", "--profile", str(there.profile()), "--browser", app.as_browser())
    return opened(home)


def opened(home: Path) -> Home:
    """Return a home of `filled` as the app opens it."""
    return Home.open(Paths.of(home), "passphrase", passphrase=lambda: PASSPHRASE)


def with_the_keychain(home: Path) -> None:
    """Hand the home's key to the session's keychain, so that the window opens it without a question."""
    paths = Paths.of(home)
    said = read_home_file(paths.home_file)
    assert said is not None
    with closing(opened(home)) as found:
        key = found.secrets.read(LEDGER_KEY)
    assert key is not None
    with closing(keychain.open_keychain("keychain", namespace=said.namespace)) as chain:
        chain.write(LEDGER_KEY, key)
    write_home_file(paths.home_file, replace(said, place="keychain", recovery_kept=True))
