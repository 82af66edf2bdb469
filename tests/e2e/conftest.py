"""The invented bank and the app as real processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.story import App, Bank, bank

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def household(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    """The invented bank, standing still, over TLS in its own process."""
    with bank(App(), tmp_path_factory.mktemp("sandbox"), "--still") as running:
        yield running
