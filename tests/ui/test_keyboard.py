"""Everything in the window by keys alone: Tab, panes, and no two commands behind the same keys."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from bankview.language import LANGUAGES, catalogue, read
from tests.ui.dialogs.conftest import look
from tests.ui.walking import (
    focused,
    from_the_top,
    named,
    once_round,
    picture,
    plain,
    press,
    steps_back,
    usable,
)

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from bankview.ui.widgets.search_help import SearchHelp
    from bankview.ui.windows.viewer import Viewer

__all__ = ["look"]

pytestmark = [pytest.mark.window, pytest.mark.usefixtures("look")]
LTR, RTL = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft


@pytest.fixture
def window(viewer: Viewer, qtbot: QtBot) -> QWidget:
    viewer.window.activateWindow()
    qtbot.waitUntil(viewer.window.isActiveWindow)
    viewer.sidebar.tree.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(viewer.sidebar.tree.hasFocus)
    return viewer.window


def test_no_two_commands_share_their_keys(window: QWidget) -> None:
    # What cannot be done now can be a moment later.
    actions = window.findChildren(QAction)
    keys = [one.toString() for action in actions for one in action.shortcuts()]
    keys += [one.key().toString() for one in window.findChildren(QShortcut)]
    known = [key for key in keys if key]
    assert len(known) > 15
    assert [key for key, count in Counter(known).items() if count > 1] == []


@pytest.mark.parametrize("tag", [tag for tag in LANGUAGES if tag != "en"])
def test_no_letter_stands_for_a_command_in_any_language(tag: str) -> None:
    forms, _ = read(catalogue(tag))
    said = [text for key, texts in forms.items() for text in (key, *texts)]
    assert [text for text in said if re.search(r"&\w", text)] == []


def show(viewer: Viewer, page: str, qtbot: QtBot) -> None:
    if page:
        viewer.sidebar.choose(("page", page))
        qtbot.waitUntil(lambda: viewer.stack.currentWidget() is not viewer.transactions)
    qtbot.waitUntil(lambda: viewer._worker.idle, timeout=20_000)


@pytest.mark.parametrize("direction", [LTR, RTL])
@pytest.mark.parametrize("page", ["", "overview", "charts", "recurring"])
def test_tab_comes_to_everything_in_the_order_of_reading(
    viewer: Viewer, window: QWidget, page: str, direction: Qt.LayoutDirection, qtbot: QtBot
) -> None:
    show(viewer, page, qtbot)
    window.setLayoutDirection(direction)
    QApplication.processEvents()
    order = from_the_top(once_round(window))
    assert len(order) > 5
    assert [named(one) for one in usable(window) if one not in order] == []
    assert steps_back(order) == []
    there = order.index(focused())
    assert once_round(window, back=True) == (order[there + 1 :] + order[: there + 1])[::-1]


@pytest.mark.parametrize("page", ["", "overview", "charts", "recurring"])
def test_what_has_the_focus_shows_it(
    viewer: Viewer, window: QWidget, page: str, qtbot: QtBot
) -> None:
    show(viewer, page, qtbot)
    assert plain(window) == []


@pytest.fixture
def helped(viewer: Viewer, window: QWidget) -> SearchHelp:
    """The examples under the search field, which has the focus."""
    viewer.act["find"].trigger()
    assert viewer.filters.help.isVisible()
    return viewer.filters.help


def test_the_search_help_is_walked_through_by_arrows_and_passed_by_with_tab(
    viewer: Viewer, window: QWidget, helped: SearchHelp
) -> None:
    field = viewer.filters.search
    press(window, Qt.Key.Key_Tab)
    following = focused()
    assert steps_back([field, following]) == []
    assert not helped.isVisible()
    for line, one in enumerate(helped.lines):
        for key, held, wanted in (
            (Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier, following),
            (Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier, field),
            (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier, field),
        ):
            field.setFocus()
            for _ in range(line + 1):
                press(window, Qt.Key.Key_Down)
            assert focused() is one
            press(window, key, held)
            assert focused() is wanted
    field.setFocus()
    press(window, Qt.Key.Key_Down)
    press(window, Qt.Key.Key_Up)
    assert focused() is field


def test_an_example_that_has_the_focus_shows_it(
    viewer: Viewer, window: QWidget, helped: SearchHelp
) -> None:
    without = [picture(line) for line in helped.lines]
    for line, before in zip(helped.lines, without, strict=True):
        press(window, Qt.Key.Key_Down)
        assert focused() is line
        assert picture(line) != before


def test_return_goes_from_the_search_to_what_it_found(
    viewer: Viewer, window: QWidget, helped: SearchHelp
) -> None:
    QTest.keyClicks(focused(), "kiwi")
    press(window, Qt.Key.Key_Return)
    assert focused() is viewer.table


def test_escape_takes_back_the_search_then_the_filters_then_leaves_the_field(
    viewer: Viewer, window: QWidget, helped: SearchHelp
) -> None:
    field, filters = viewer.filters.search, viewer.filters
    filters.direction.setCurrentIndex(2)
    QTest.keyClicks(field, "kiwi")
    press(window, Qt.Key.Key_Escape)
    assert (field.text(), filters.direction.currentIndex(), focused()) == ("", 2, field)
    press(window, Qt.Key.Key_Escape)
    assert not filters.active
    assert focused() is field
    press(window, Qt.Key.Key_Escape)
    assert focused() is viewer.table
    assert not helped.isVisible()


def test_escape_elsewhere_leaves_the_search_alone(
    viewer: Viewer, window: QWidget, qtbot: QtBot
) -> None:
    viewer.filters.search.setText("kiwi")
    for place in (viewer.sidebar.tree, viewer.bar.widgetForAction(viewer.act["update"])):
        place.setFocus()
        press(window, Qt.Key.Key_Escape)
    assert viewer.filters.search.text() == "kiwi"
    viewer.table.setFocus()
    press(window, Qt.Key.Key_Escape)
    assert viewer.filters.search.text() == ""


def test_f6_goes_from_pane_to_pane(viewer: Viewer, window: QWidget) -> None:
    panes = (viewer.sidebar, viewer.centre, viewer.detail)
    been: list[int] = []
    for _ in range(sum(pane.isVisible() for pane in panes)):
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_F6)
        been += [n for n, pane in enumerate(panes) if pane.isAncestorOf(focused())]
    assert been[-1] == 0
    assert len(set(been)) == len(been) > 1
