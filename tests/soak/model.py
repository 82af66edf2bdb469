"""A bank's life for as many steps as one likes, at random: `python -m tests.soak.model STEPS`."""

from __future__ import annotations

import logging
import sys

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.sync.model import LedgerModel

#: Steps of one life.
STEPS = 100


def main(steps: int) -> None:
    """Live lives until all steps are done; a failure is told with the shortest life that leads to it."""
    # A bank that is down is logged as a warning, and here it often is.
    logging.disable(logging.WARNING)
    run_state_machine_as_test(
        LedgerModel,
        settings=settings(
            max_examples=max(1, steps // STEPS),
            stateful_step_count=STEPS,
            suppress_health_check=list(HealthCheck),
            deadline=None,
            database=None,
        ),
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
