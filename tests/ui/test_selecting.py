"""Selecting many rows: nothing is read on the window's thread, and the sums are those of the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel

from bankview.ui.models.transactions import USUAL, Column
from bankview.ui.windows import viewer as viewers

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from bankview.store.view import Row
    from bankview.ui.windows.viewer import Viewer

pytestmark = pytest.mark.window
PATIENCE = 20_000


def said(viewer: Viewer) -> str:
    return viewer._chosen.text().replace("\u00a0", " ")


@pytest.fixture
def _many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows are few, three are many."""
    monkeypatch.setattr(viewers, "FEW", 2)


@pytest.mark.usefixtures("_many")
def test_all_rows_are_summed_already(viewer: Viewer, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(viewer._facts and viewer._facts.whole), timeout=PATIENCE)
    viewer.table.selectAll()
    assert said(viewer) == "30 selected   −304.35 NOK"


def test_a_row_counts_once_when_columns_were_moved(viewer: Viewer) -> None:
    viewer.table.columns.choose([*USUAL[::-1], Column.NOTE])
    viewer.table.selectRow(3)
    assert viewer.table.ranges() == [(3, 3)]
    assert len(viewer.table.chosen()) == 1


@pytest.mark.usefixtures("_many")
def test_some_of_many_are_summed_by_the_worker(viewer: Viewer, qtbot: QtBot) -> None:
    rows, picked = viewer.table.rows, QItemSelection()
    for first, last in ((2, 4), (10, 11)):
        picked.select(rows.index(first, 0), rows.index(last, rows.columnCount() - 1))
    viewer.table.selectionModel().select(picked, QItemSelectionModel.SelectionFlag.ClearAndSelect)
    assert said(viewer).startswith("5 selected")
    wanted = sum(row.amount for row in viewer.table.chosen())
    assert len(viewer.table.chosen()) == 5
    shown = f"5 selected   −{-wanted / 100:.2f} NOK"
    qtbot.waitUntil(lambda: said(viewer) == shown, timeout=PATIENCE)


def test_a_million_rows_are_selected_without_reading_one(viewer: Viewer) -> None:
    read: list[int] = []

    def page(number: int) -> list[Row]:
        read.append(number)
        return []

    viewer.table.rows.show(1_000_000, page)
    read.clear()
    viewer.table.selectAll()
    assert said(viewer).startswith("1000000 selected")
    assert viewer.table.ranges() == [(0, 999_999)]
    assert not read
