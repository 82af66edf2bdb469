"""One sandbox for all tests of this room, standing still and without faults at the start of each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sandbox_process import Person, Sandbox, running

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def one_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox that stands still."""
    with running(tmp_path_factory.mktemp("sandbox"), "--still") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(one_sandbox: Sandbox) -> Sandbox:
    """The sandbox without faults and without a past."""
    one_sandbox.reset()
    return one_sandbox


@pytest.fixture
def person(sandbox: Sandbox) -> Person:
    """A public client by hand."""
    return Person(sandbox)
