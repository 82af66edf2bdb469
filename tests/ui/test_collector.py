"""Garbage dies on the window's thread, wherever it was made."""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING, Any

import pytest

from bankview.ui.collector import Collector, collect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from bankview.ui.worker import Worker


class Cycle:
    """Garbage that only the collector finds, and that says where it died."""

    def __init__(self, died: list[int]) -> None:
        self.itself, self.died = self, died

    def __del__(self) -> None:
        self.died.append(threading.get_ident())


@pytest.fixture(autouse=True)
def _automatic() -> Iterator[None]:
    """Begin as a process does."""
    gc.enable()
    yield
    gc.disable()


def test_what_a_job_leaves_dies_on_the_windows_thread(worker: Worker, qtbot: QtBot) -> None:
    died: list[int] = []

    def litter() -> None:
        for _ in range(5000):
            Cycle(died)

    ended: list[Any] = []
    assert worker.run(litter, ended.append, ended.append)
    qtbot.waitUntil(lambda: bool(ended) and bool(died), timeout=20_000)
    assert ended == [None]
    assert set(died) == {threading.get_ident()}


def test_nothing_is_collected_below_the_threshold(qtbot: QtBot, worker: Worker) -> None:
    assert not gc.isenabled()
    gc.collect()
    died: list[int] = []
    Cycle(died)
    collect()
    assert not died
    gc.collect()
    assert died


def test_the_collector_belongs_to_the_worker(worker: Worker) -> None:
    assert worker.findChildren(Collector)
