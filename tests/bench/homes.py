"""Homes with many rows, filled through the front door and kept under build/ for the next run."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from bankview import keychain
from bankview.paths import Paths
from bankview.settings import read_home_file, write_home_file
from bankview.sync.home import LEDGER_KEY, Home
from tests.sandbox_process import ROOT, running

if TYPE_CHECKING:
    from pathlib import Path

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
    visitor = [sys.executable, "-m", "bankview", "sandbox", "visit", "--as", "household"]
    with running(home / "sandbox", "--still", "--port", "0", "--rows", str(rows)) as bank:
        bankview(
            home,
            "connect",
            "--secrets",
            "passphrase",
            "--profile",
            str(bank.profile()),
            "--browser",
            shlex.join(visitor),
        )
        bankview(home, "sync")
    shutil.rmtree(home / "sandbox")


def bankview(home: Path, *arguments: str) -> None:
    """Run a command on a home of `filled`, to its end."""
    subprocess.run(
        [sys.executable, "-m", "bankview", *arguments, "--home", str(home)],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "BANKVIEW_PASSPHRASE": PASSPHRASE, "PYTHONPATH": str(ROOT)},
    )


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
