"""Category, tags, note and checkmark written in the table itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from bankview.ui.models.transactions import USUAL, Column

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from bankview.ui.windows.viewer import Viewer

pytestmark = pytest.mark.window
PATIENCE = 20_000
ROW = 3


@pytest.fixture(autouse=True)
def _wide(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.window.resize(1500, 800)
    viewer.window.activateWindow()
    qtbot.waitUntil(viewer.window.isActiveWindow, timeout=PATIENCE)
    viewer.table.columns.choose([*USUAL, Column.NOTE, Column.TAGS])
    viewer.table.setFocus()


def editor(viewer: Viewer) -> QLineEdit:
    return next(field for field in viewer.table.findChildren(QLineEdit) if field.isVisible())


def place(viewer: Viewer, column: Column) -> QPoint:
    return viewer.table.visualRect(viewer.table.rows.index(ROW, column)).center()


def begin(viewer: Viewer, column: Column) -> QLineEdit:
    """Double-click a cell and return the field over it."""
    viewport = viewer.table.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place(viewer, column))
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place(viewer, column))
    return editor(viewer)


def cell(viewer: Viewer, column: Column) -> str:
    return str(viewer.table.rows.index(ROW, column).data())


def test_a_note_is_written_over_its_cell_and_taken_back(viewer: Viewer, qtbot: QtBot) -> None:
    field = begin(viewer, Column.NOTE)
    assert field.geometry().contains(place(viewer, Column.NOTE))
    QTest.keyClicks(field, "for Anna")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: cell(viewer, Column.NOTE) == "for Anna", timeout=PATIENCE)
    assert viewer.table.hasFocus()
    assert viewer.detail.own
    assert viewer.detail.own.note.toPlainText() == "for Anna"
    viewer.act["undo"].trigger()
    qtbot.waitUntil(lambda: cell(viewer, Column.NOTE) == "", timeout=PATIENCE)


def test_tags_are_parted_by_commas(viewer: Viewer, qtbot: QtBot) -> None:
    field = begin(viewer, Column.TAGS)
    QTest.keyClicks(field, "trip,  bergen ,trip")
    viewer.table.setFocus()
    qtbot.waitUntil(lambda: cell(viewer, Column.TAGS) == "trip, bergen", timeout=PATIENCE)


def test_a_category_is_named_in_the_persons_language_and_kept_as_its_id(
    viewer: Viewer, qtbot: QtBot
) -> None:
    viewer.table.setColumnHidden(Column.CATEGORY, False)
    field = begin(viewer, Column.CATEGORY)
    QTest.keyClicks(field, "groceries")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: cell(viewer, Column.CATEGORY) == "Groceries", timeout=PATIENCE)
    row = viewer.table.rows.row(ROW)
    assert row
    assert row.category == "food.groceries"


def test_escape_leaves_what_was_there(viewer: Viewer) -> None:
    field = begin(viewer, Column.NOTE)
    QTest.keyClicks(field, "never")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert viewer.table.hasFocus()
    assert not viewer.act["undo"].isEnabled()


def test_f2_writes_in_the_first_cell_that_can_be_written_in(viewer: Viewer) -> None:
    viewer.table.selectRow(ROW)
    QTest.keyClick(viewer.table, Qt.Key.Key_F2)
    assert editor(viewer).accessibleName() == "Note"


def test_what_is_being_written_is_kept_when_the_rows_change(viewer: Viewer, qtbot: QtBot) -> None:
    field = begin(viewer, Column.NOTE)
    QTest.keyClicks(field, "kept")
    viewer.reload(reset=True)
    qtbot.waitUntil(lambda: cell(viewer, Column.NOTE) == "kept", timeout=PATIENCE)


def test_a_note_of_several_lines_is_written_in_the_details(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.table.selectRow(ROW)
    assert viewer.detail.own
    viewer.detail.own.note.setPlainText("two\nlines")
    viewer.detail.own.flush()
    qtbot.waitUntil(lambda: cell(viewer, Column.NOTE) == "two lines", timeout=PATIENCE)
    with qtbot.waitSignal(viewer.table.opened):
        viewer.table.write_cell(viewer.table.rows.index(ROW, Column.NOTE))


def test_a_double_click_elsewhere_opens_the_details(viewer: Viewer, qtbot: QtBot) -> None:
    viewport = viewer.table.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place(viewer, Column.PAYEE))
    with qtbot.waitSignal(viewer.table.opened):
        QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place(viewer, Column.PAYEE))
