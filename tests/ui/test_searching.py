"""Searching in the window: the search language, what explains it, and the category among the filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from bankview.ui.windows.viewer import Viewer

pytestmark = pytest.mark.window

PATIENCE = 20_000


@pytest.fixture(autouse=True)
def _active(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.window.activateWindow()
    qtbot.waitUntil(viewer.window.isActiveWindow, timeout=PATIENCE)


def found(viewer: Viewer, qtbot: QtBot, count: int) -> None:
    qtbot.waitUntil(lambda: viewer.transactions.model.rowCount() == count, timeout=PATIENCE)


def test_what_is_typed_is_the_search_language(viewer: Viewer, qtbot: QtBot) -> None:
    field = viewer.filters.search
    QTest.keyClicks(field, "payee:kiwi")
    found(viewer, qtbot, 10)
    assert viewer.table.words == ("kiwi",)
    QTest.keyClicks(field, " amount:>10,20")
    found(viewer, qtbot, 3)
    field.setText("-payee:kiwi date:2026-11-05..")
    found(viewer, qtbot, 15)


def test_an_empty_field_with_the_focus_shows_examples_that_a_click_takes_over(
    viewer: Viewer, qtbot: QtBot
) -> None:
    field = viewer.filters.search
    viewer.act["find"].trigger()
    explained = viewer.filters.help
    qtbot.waitUntil(explained.isVisible, timeout=PATIENCE)
    assert explained.window() is viewer.window
    QTest.mouseClick(explained.lines[0], Qt.MouseButton.LeftButton)
    assert field.text() == "payee:rema"
    assert not explained.isVisible()
    found(viewer, qtbot, 20)


def test_examples_are_reached_and_left_by_keys(viewer: Viewer, qtbot: QtBot) -> None:
    field = viewer.filters.search
    viewer.act["find"].trigger()
    explained = viewer.filters.help
    QTest.keyClick(field, Qt.Key.Key_Down)
    QTest.keyClick(explained.lines[0], Qt.Key.Key_Down)
    assert explained.lines[1].hasFocus()
    assert explained.isVisible()
    QTest.keyClick(explained.lines[1], Qt.Key.Key_Escape)
    assert field.hasFocus()
    QTest.keyClick(field, Qt.Key.Key_Down)
    QTest.keyClick(explained.lines[0], Qt.Key.Key_Return)
    assert field.text() == "payee:rema"
    viewer.table.setFocus()
    qtbot.waitUntil(lambda: not explained.isVisible(), timeout=PATIENCE)


def test_what_is_not_understood_is_said_under_the_field(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.act["find"].trigger()
    QTest.keyClicks(viewer.filters.search, "date:foo")
    explained = viewer.filters.help
    assert explained.isVisible()
    assert explained.problem.text().startswith("`date:foo` is not a date")
    assert not explained.lines[0].isVisible()
    found(viewer, qtbot, 0)
    viewer.filters.search.setText("date:2026")
    assert not explained.isVisible()
    found(viewer, qtbot, 30)


def test_rows_are_narrowed_to_a_category(viewer: Viewer, qtbot: QtBot) -> None:
    more = viewer.filters.more
    more.offer(["Hobby", "food"])
    QTest.mouseClick(more, Qt.MouseButton.LeftButton)
    names = [more.category.itemText(n).strip() for n in range(more.category.count())]
    assert names[:2] == ["All categories", "No category"]
    assert names[-1] == "Hobby"
    assert len(set(names)) == len(names)
    more.category.setCurrentIndex(names.index("Groceries"))
    found(viewer, qtbot, 0)
    assert more.text() == "Groceries"
    more.category.setCurrentIndex(1)
    found(viewer, qtbot, 30)
    assert more.text() == "No category"
    more.clear()
    assert more.text() == "Amount, status…"
    more.popup.close()
