"""Rows come and go under a person's eyes: what they look at, and have selected, stays where it is."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtTest import QTest

from bankview.store import connections, ledger
from bankview.ui.widgets.whereabouts import PAGES, Whereabouts
from tests.ui.conftest import NOON, transaction

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from bankview.store.view import Row
    from bankview.sync.home import Home
    from bankview.ui.windows.viewer import Viewer

pytestmark = pytest.mark.window
PATIENCE = 20_000
MANY = 400


def come(home: Home, viewer: Viewer, qtbot: QtBot, first: int, count: int) -> None:
    """Let rows come as an update brings them; their numbers, from `first`, begin on days that are spread."""
    rows = [transaction(n, f"Shop {n}").but(id=f"new-{n}") for n in range(first, first + count)]
    with closing(home.database()) as db:
        (account,) = connections.accounts(db)
        ledger.publish(db, account, ledger.Changes(insert=tuple(rows)), NOON)
        wanted = db.one("SELECT count(*) FROM tx")
    viewer.reload()
    shown = viewer.transactions.model
    qtbot.waitUntil(lambda: shown.rowCount() == wanted, timeout=PATIENCE)


@pytest.fixture
def long(viewer: Viewer, home: Home, qtbot: QtBot) -> Viewer:
    come(home, viewer, qtbot, 100, MANY)
    return viewer


def chosen(viewer: Viewer) -> list[int]:
    return [row.rowid for row in viewer.table.chosen()]


def seen_at(viewer: Viewer, rowid: int) -> int:
    """Return how far from the upper edge a row stands."""
    rows = viewer.transactions.model
    found = (n for n in range(rows.rowCount()) if (row := rows.row(n)) and row.rowid == rowid)
    return viewer.table.rowViewportPosition(next(found))


def test_the_selected_row_stays_selected_and_where_it_was(
    long: Viewer, home: Home, qtbot: QtBot
) -> None:
    long.table.selectRow(200)
    long.table.scrollTo(long.table.rows.index(190, 0), long.table.ScrollHint.PositionAtTop)
    before = chosen(long)
    there = seen_at(long, before[0])
    assert there > 0
    come(home, long, qtbot, 1000, 50)
    assert chosen(long) == before
    assert long.detail.row
    assert seen_at(long, before[0]) == there


def test_without_a_selection_the_uppermost_row_stays(
    long: Viewer, home: Home, qtbot: QtBot
) -> None:
    long.table.scrollTo(long.table.rows.index(300, 0), long.table.ScrollHint.PositionAtTop)
    row = long.table.rows.row(long.table.rowAt(0))
    assert row
    there = seen_at(long, row.rowid)
    come(home, long, qtbot, 1000, 50)
    assert seen_at(long, row.rowid) == there


def test_at_the_very_top_what_is_new_is_seen(long: Viewer, home: Home, qtbot: QtBot) -> None:
    come(home, long, qtbot, 1000, 50)
    assert long.table.verticalScrollBar().value() == 0


def test_keys_go_on_from_the_same_row(long: Viewer, home: Home, qtbot: QtBot) -> None:
    long.table.setFocus()
    long.table.selectRow(250)
    before = chosen(long)
    come(home, long, qtbot, 1000, 50)
    assert chosen(long) == before
    place = long.table.currentIndex().row()
    QTest.keyClick(long.table, Qt.Key.Key_Down)
    assert long.table.currentIndex().row() == place + 1
    assert place > 250


def test_a_search_and_its_end_between_choosing_and_an_update_lose_nothing(
    long: Viewer, home: Home, qtbot: QtBot
) -> None:
    long.filters.search.setText("kiwi")
    qtbot.waitUntil(lambda: long.transactions.model.rowCount() == 10, timeout=PATIENCE)
    long.table.selectRow(0)
    before = chosen(long)
    long.reload()
    qtbot.waitUntil(lambda: long._worker.idle, timeout=PATIENCE)
    assert chosen(long) == before
    long.filters.search.clear()
    qtbot.waitUntil(lambda: long.transactions.model.rowCount() == MANY + 30, timeout=PATIENCE)
    qtbot.waitUntil(lambda: long._worker.idle, timeout=PATIENCE)
    assert chosen(long) == before
    come(home, long, qtbot, 1000, 50)
    assert chosen(long) == before


def test_what_lies_far_apart_stays_selected(long: Viewer, home: Home, qtbot: QtBot) -> None:
    long.table.selectAll()
    before = set(chosen(long))
    come(home, long, qtbot, 1000, 50)
    assert set(chosen(long)) == before


def test_what_another_question_leaves_out_leaves_the_details_with_its_first_page(
    long: Viewer, qtbot: QtBot
) -> None:
    long.table.selectRow(0)
    assert long.detail.row
    with qtbot.waitSignal(long.shown, timeout=PATIENCE):
        long.filters.search.setText("kiwi")
    assert long._facts
    assert not long._facts.whole
    assert chosen(long) == []
    assert long.detail.row is None


def test_a_row_chosen_between_its_page_and_its_count_is_in_the_details(
    long: Viewer, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(long.shown, timeout=PATIENCE):
        long.filters.search.setText("kiwi")
    long.table.selectRow(1)
    before = chosen(long)
    assert len(before) == 1
    for _ in range(2):
        long.reload()
        with qtbot.waitSignal(long.shown, timeout=PATIENCE):
            long.reload()
        assert chosen(long) == before
        assert long.detail.row
    qtbot.waitUntil(lambda: long._worker.idle, timeout=PATIENCE)
    assert chosen(long) == before
    assert long.detail.row


def test_for_rows_far_apart_no_more_than_a_few_pages_are_read(viewer: Viewer) -> None:
    read: list[int] = []
    (row, *_) = viewer.table.rows.page(0)

    def page(number: int) -> list[Row]:
        read.append(number)
        return [row._replace(rowid=number * 128 + n) for n in range(128)]

    viewer.table.rows.show(1_000_000, page)
    picked, last = QItemSelection(), viewer.table.rows.columnCount() - 1
    for number in range(0, 1_000_000, 2000):
        index = viewer.table.rows.index
        picked.select(index(number, 0), index(number, last))
    viewer.table.selectionModel().select(picked, QItemSelectionModel.SelectionFlag.Select)
    read.clear()
    there = Whereabouts.of(viewer.table)
    assert 0 < len(read) <= PAGES
    there.restore(viewer.table)
    assert (0, 0) in viewer.table.ranges()
