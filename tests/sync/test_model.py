"""Two thousand steps of a bank's life, a person's and the app's; `make soak` goes on for a million."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.sync.model import LedgerModel

if TYPE_CHECKING:
    from collections.abc import Iterator

LIVES, STEPS = 40, 50


@pytest.fixture
def _quiet() -> Iterator[None]:
    """A bank that is down is logged as a warning, and here it often is."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.usefixtures("_quiet")
def test_the_ledger_is_the_bank_s_books_and_every_word_is_kept() -> None:
    run_state_machine_as_test(
        LedgerModel,
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=STEPS,
            suppress_health_check=list(HealthCheck),
            deadline=None,
            derandomize=True,
        ),
    )
