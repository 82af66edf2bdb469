"""A bank's life for as many steps as one likes, at random: `python -m tests.soak.model STEPS`."""

from __future__ import annotations

import logging
import sys

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.sync.model import LedgerModel

#: Steps of one life.
STEPS = 100


def live(lives: int, steps: int, *, anew: bool) -> None:
    """Live so many lives of so many steps; a failure is told with the shortest life that leads to it.

    Args:
        lives: how many.
        steps: how long each is.
        anew: other lives each time; else the same ones, in a process that loads the same modules.
    """
    # A bank that is down is logged as a warning, and here it often is.
    logging.disable(logging.WARNING)
    run_state_machine_as_test(
        LedgerModel,
        settings=settings(
            max_examples=lives,
            stateful_step_count=steps,
            suppress_health_check=list(HealthCheck),
            deadline=None,
            database=None,
            derandomize=not anew,
        ),
    )


if __name__ == "__main__":
    live(max(1, int(sys.argv[1]) // STEPS), STEPS, anew=True)
