"""One window a home, however long the first start takes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bankview.ui import instance
from bankview.ui.instance import Instance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def first(qtbot: QtBot, tmp_path: Path) -> Iterator[Instance]:
    """The home's window, which does not listen yet."""
    made = Instance(tmp_path / "home", tmp_path / "locks")
    assert made.claim()
    yield made
    made.close()


def second_claims(tmp_path: Path) -> bool:
    with closing(Instance(tmp_path / "home", tmp_path / "locks")) as second:
        return second.claim()


def test_a_first_that_is_still_starting_is_waited_for(
    first: Instance, qtbot: QtBot, tmp_path: Path
) -> None:
    with ThreadPoolExecutor() as pool:
        claiming = pool.submit(second_claims, tmp_path)
        assert not claiming.done()
        with qtbot.waitSignal(first.raised, timeout=20_000):
            first.listen()
        assert claiming.result(20) is False


def test_a_first_that_ends_meanwhile_is_succeeded(first: Instance, tmp_path: Path) -> None:
    with ThreadPoolExecutor() as pool:
        claiming = pool.submit(second_claims, tmp_path)
        first.close()
        assert claiming.result(20) is True


def test_a_first_that_never_answers_keeps_nobody_out(
    first: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance, "STARTS", 0.0)
    assert second_claims(tmp_path)
