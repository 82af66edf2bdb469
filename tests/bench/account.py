"""From the click on an account to its rows, beside the register of HomeBank.

Usage: account.py [ROUNDS], in a session of its own. HomeBank's account has 30,000 rows of 100,000, ours 83,000 of a million.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench import homes
from tests.bench.figures import median, tell
from tests.bench.peers import ENVIRONMENT, homebank
from tests.bench.screen import Screen

ROUNDS = 3
THEIRS, OURS = 100_000, 1_000_000
#: Where an account stands in a window at the screen's corner, and how many clicks open it; all of ours are equally large.
HOMEBANK, BANKVIEW = ("107", "133", "2"), ("67", "250", "1")
#: Seconds in which a program shows that the pointer has come.
HOVER = 0.5


def opened(screen: Screen, home: Path, where: tuple[str, str, str], *command: str) -> float:
    """Start a program, click on an account, and return the seconds until its rows are there."""
    env = {**os.environ, **ENVIRONMENT, "HOME": str(home), "XDG_DATA_HOME": str(home / "data")}
    for unused in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        env.pop(unused, None)
    left, top, clicks = where
    with screen.watching(command, env) as watch:
        subprocess.run(["xdotool", "mousemove", left, top], check=True)
        time.sleep(HOVER)
        return watch.after("xdotool", "click", "--repeat", clicks, "--delay", "40", "1").last


def main(rounds: int) -> int:
    """Measure in turns, and return 0 if the goal is met."""
    screen = Screen(Path(os.environ["BANKVIEW_SEATS"], "1", "Xvfb_screen0"))
    folder, home = Path(tempfile.mkdtemp()), homes.filled(OURS)
    homes.with_the_keychain(home)
    file = folder / "bench.xhb"
    homebank(file, THEIRS)
    bankview = (sys.executable, "-m", "bankview", "--home", str(home))
    ours, theirs = list[float](), list[float]()
    for _ in range(rounds):
        theirs.append(opened(screen, folder, HOMEBANK, "homebank", str(file)))
        ours.append(opened(screen, folder, BANKVIEW, *bankview))
    print(f"  homebank {median(theirs):.3f} s, bankview {median(ours):.3f} s")
    ratio = median(ours) / median(theirs)
    return 0 if tell("open an account beside homebank's register", ratio, 0.05) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
