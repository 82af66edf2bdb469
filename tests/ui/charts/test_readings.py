"""What a page reads: one question of a name at a time, the last one answered."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bankview.paths import Paths
from bankview.sync.home import Home
from bankview.ui.readings import Readings

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from bankview.store.database import Database
    from bankview.ui.worker import Worker


def _number(number: int, _: Database) -> int:
    return number


def test_of_questions_that_come_while_one_is_read_the_last_alone_is_answered(
    tmp_path: Path, worker: Worker, qtbot: QtBot
) -> None:
    home = Home.open(Paths.of(tmp_path / "home"), "passphrase", passphrase=lambda: "open")
    told: list[int] = []
    readings = Readings(worker, home, "page", lambda error: told.append(-1))
    for number in range(5):
        readings.ask("one", partial(_number, number), told.append)
    readings.ask("other", partial(_number, 9), told.append)
    qtbot.waitUntil(lambda: not worker._waiting, timeout=20_000)
    home.close()
    assert sorted(told) == [4, 9]
