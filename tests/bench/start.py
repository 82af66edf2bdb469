"""From exec to painted rows, memory and idleness: Bankview with few and many rows, an empty window, other programs.

Usage: start.py [ROUNDS [MANY]], in a session of its own, with many rows at most. Programs take turns; those that are not installed are left out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from tests.bench import homes
from tests.bench.figures import median, tell
from tests.bench.peers import ENVIRONMENT, WINDOWS, ready
from tests.bench.screen import Screen

FEW, SOME = 10_000, 100_000
ROUNDS, MANY = 5, 1_000_000
#: Seconds for which an idle window is watched.
IDLE = 30.0
EMPTY = """
import sys
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
window.resize(1200, 800)
window.show()
sys.exit(app.exec())
"""
KEYCHAIN = """
import time
begun = time.perf_counter()
import keyring
keyring.get_keyring()
assert keyring.get_password("bench", "bench") == "secret"
print(time.perf_counter() - begun)
"""


class Programs:
    """What is started, and what was seen of it."""

    def __init__(self) -> None:
        self.screen = Screen(Path(os.environ["BANKVIEW_SEATS"], "1", "Xvfb_screen0"))
        self.folder = Path(tempfile.mkdtemp())
        self.first: dict[str, list[float]] = defaultdict(list)
        self.rows: dict[str, list[float]] = defaultdict(list)
        self.peak: dict[str, float] = {}

    def start(self, name: str, *command: str) -> None:
        """Start a program once more, in a home of its own, and note what was seen."""
        home = self._home(name)
        env = {**os.environ, **ENVIRONMENT, "HOME": str(home), "XDG_DATA_HOME": str(home / "data")}
        for unused in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
            env.pop(unused, None)
        with self.screen.watching(command, env) as watch:
            self.first[name].append(watch.shown.first)
            self.rows[name].append(watch.shown.last)
            self.peak[name] = watch.shown.peak

    def _home(self, name: str) -> Path:
        home = self.folder / name.replace(" ", "-")
        home.mkdir(exist_ok=True)
        return home

    def bankview(self, rows: int) -> None:
        """Start the app over a home with so many rows."""
        home = homes.filled(rows)
        self.start(f"bankview {rows}", sys.executable, "-m", "bankview", "--home", str(home))

    def peer(self, program: str, rows: int) -> None:
        """Start another program on the same number of rows."""
        name, write = WINDOWS[program]
        file = self.folder / f"{rows}-{name}"
        called = f"{program} {rows}"
        if not file.exists():
            write(file, rows)
            ready(self._home(called), file)
            self.start(called, program, str(file))
            self.first.pop(called), self.rows.pop(called)
        ready(self._home(called), file)
        self.start(called, program, str(file))

    def idle(self, rows: int) -> float:
        """Return the share of a core that a window with so many rows uses while nobody touches it."""
        command = [sys.executable, "-m", "bankview", "--home", str(homes.filled(rows))]
        with self.screen.watching(command, os.environ) as watch:
            before = watch.seconds()
            time.sleep(IDLE)
            return (watch.seconds() - before) / IDLE


def keychain_read() -> float:
    """Return the seconds that a bare read of the keychain takes in a fresh process."""
    done = subprocess.run([sys.executable, "-c", KEYCHAIN], check=True, capture_output=True)
    return float(done.stdout)


def main(rounds: int, most: int) -> int:
    """Measure in turns, print a line a figure, and return 0 if all goals are met."""
    for rows in sorted({FEW, SOME, most}):
        homes.with_the_keychain(homes.filled(rows))
    subprocess.run(
        [sys.executable, "-c", "import keyring; keyring.set_password('bench', 'bench', 'secret')"],
        check=True,
    )
    programs, reads = Programs(), []
    for _ in range(rounds):
        programs.start("empty", sys.executable, "-c", EMPTY)
        reads.append(keychain_read())
        for rows in sorted({FEW, SOME, most}):
            programs.bankview(rows)
        if shutil.which("homebank"):
            for rows in sorted({SOME, most}):
                programs.peer("homebank", rows)
    for slow in ("kmymoney", "gnucash"):
        if shutil.which(slow):
            programs.peer(slow, SOME)
    return 0 if _tell(programs, median(reads), most) else 1


def _tell(programs: Programs, read: float, most: int) -> bool:
    first = {name: median(taken) for name, taken in programs.first.items()}
    rows = {name: median(taken) for name, taken in programs.rows.items()}
    for name, seconds in rows.items():
        print(
            f"  {name:<20} frame {first[name]:.3f} s, rows {seconds:.3f} s, {programs.peak[name]:.0f} MiB"
        )
    print(f"  a bare read of the keychain {read:.3f} s")
    ours = rows[f"bankview {SOME}"] - read
    met = True
    for peer, goal in (("homebank", 0.5), ("kmymoney", 0.05), ("gnucash", 0.01)):
        if (name := f"{peer} {SOME}") in rows:
            met &= tell(f"exec to rows beside {peer}, {SOME:,} rows", ours / rows[name], goal)
    many = f"bankview {most}"
    met &= tell(f"exec to rows, {most:,} beside 10,000", rows[many] / rows[f"bankview {FEW}"], 1.1)
    met &= tell("first frame beside an empty window", first[many] / first["empty"], 1.5)
    met &= tell(
        "from first frame to rows beside a keychain read", (rows[many] - first[many]) / read, 1.2
    )
    for size, goal in ((most, 0.4 if most == MANY else 1.0), (SOME, 1.0)):
        if (name := f"homebank {size}") in programs.peak:
            ratio = programs.peak[f"bankview {size}"] / programs.peak[name]
            met &= tell(f"memory beside homebank, {size:,} rows", ratio, goal)
    return met & tell("idle window, share of a core", programs.idle(most) * 100, 0.1, "%")


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    sys.exit(main(*given, *(ROUNDS, MANY)[len(given) :]))
