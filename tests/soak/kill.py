"""Kills fetches at random points and moments, and sees that nothing is lost: `python -m tests.soak.kill [TIMES] [SEED]`."""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

from tests.soak.aftermath import killed, lived
from tests.soak.mortal import POINTS, Mortals


def main(times: int = 500, seed: int = 0) -> None:
    """Kill so many fetches; the first that loses or doubles a row ends it with what it was."""
    chance, deaths = random.Random(seed), 0
    with tempfile.TemporaryDirectory(prefix="bankview-soak-") as folder:
        mortals = Mortals()
        base = lived(mortals, Path(folder, "base"))
        for n in range(times):
            if n % 2:
                point, more = "", {"after": chance.uniform(0.001, 0.12)}
            else:
                name = chance.choice(["statement", "statement", "statements", *POINTS])
                point = f"{chance.choice(['before', 'after'])} {name}"
                more = {"count": chance.randint(1, 300 if name == "statement" else 6)}
            print(f"\r{n + 1}/{times} {point} {more}".ljust(78), end="", flush=True)
            deaths += killed(mortals, base, Path(folder, "home"), point, **more)
        mortals.close()
    print(f"\r{times} fetches, {deaths} killed: nothing lost, nothing twice.".ljust(78))
    assert deaths


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
