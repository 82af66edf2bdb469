"""What updates brought, as a person reads it."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bankview.store import diary
from bankview.store.diary import Told
from bankview.ui.windows.sync_log import SyncLog
from tests.ui.conftest import NOON

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from bankview.sync.home import Home
    from bankview.ui.windows.viewer import Viewer

pytestmark = pytest.mark.window
PATIENCE = 20_000


def log(viewer: Viewer, qtbot: QtBot) -> SyncLog:
    viewer.act["sync-log"].trigger()
    (found,) = viewer.window.findChildren(SyncLog)
    qtbot.waitUntil(lambda: bool(found.nothing.text()), timeout=PATIENCE)
    return found


def shown(window: SyncLog) -> list[tuple[str, ...]]:
    model = window.table.model()
    return [
        tuple(model.index(row, column).data() for column in range(3))
        for row in range(model.rowCount())
    ]


def test_a_line_an_account_newest_first_and_narrowed_by_a_search(
    viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    with closing(home.database()) as db:
        diary.write(db, NOON, [Told("dnb", "DNB", "Current", True, 37, 3, 0, 1, "")])
        later = NOON + timedelta(hours=2)
        stopped = Told("dnb", "DNB", "", False, 0, 0, 0, 0, "DNB did not answer.")
        diary.write(db, later, [stopped, Told("dnb", "DNB", "Card", False, 2, 0, 1, 0, "")])
    window = log(viewer, qtbot)
    clock = NOON.astimezone()
    assert shown(window) == [
        (f"20 November {later.astimezone():%H:%M}", "DNB", "DNB did not answer."),
        (
            f"20 November {later.astimezone():%H:%M}",
            "DNB · Card",
            "bank sent 2, nothing new, 1 changed",
        ),
        (
            f"20 November {clock:%H:%M}",
            "DNB · Current",
            "bank sent 37, 3 new, 1 pending became booked",
        ),
    ]
    window.search.setText("current")
    assert len(shown(window)) == 1
    window.reject()


def test_where_nothing_was_updated_it_says_so(viewer: Viewer, qtbot: QtBot) -> None:
    window = log(viewer, qtbot)
    assert window.nothing.text() == "Nothing was updated yet."
    assert not shown(window)
    window.reject()
