"""Two thousand steps of a bank's life, a person's and the app's; `make soak` goes on for a million."""

from __future__ import annotations

import subprocess
import sys

#: Forty lives of fifty steps. What is tried depends on the modules that are loaded: in a process of its own it is the
#: same in every run.
LIVES = "from tests.soak.model import live; live(40, 50, anew=False)"


def test_the_ledger_is_the_bank_s_books_and_every_word_is_kept() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIVES], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
