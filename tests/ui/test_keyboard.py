"""Everything in the window by keys alone: Tab, panes, and no two commands behind the same keys."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QScrollArea, QWidget

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from bankview.ui.windows.viewer import Viewer

pytestmark = pytest.mark.window
#: Presses of Tab after which a round counts as endless.
MANY = 200


@pytest.fixture
def window(viewer: Viewer, qtbot: QtBot) -> QWidget:
    viewer.window.activateWindow()
    qtbot.waitUntil(viewer.window.isActiveWindow)
    viewer.sidebar.tree.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(viewer.sidebar.tree.hasFocus)
    return viewer.window


def focused() -> QWidget:
    found = QApplication.focusWidget()
    assert found
    return found


def once_round(window: QWidget) -> list[QWidget]:
    """Press Tab until the focus is back where it was, and return where it came."""
    found = [focused()]
    for _ in range(MANY):
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Tab)
        if focused() is found[0]:
            return found
        found.append(focused())
    raise AssertionError(f"Tab leads nowhere: {found[-3:]}")


def takes_tab(widget: QWidget) -> bool:
    by_tab = bool(widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value)
    own = widget.focusProxy() is None and widget.isEnabled()
    return by_tab and own and widget.isVisible() and not widget.isWindow()


def test_no_two_commands_share_their_keys(window: QWidget) -> None:
    actions = [one for one in window.findChildren(QAction) if one.isEnabled()]
    keys = [
        one.toString() for action in actions for one in action.shortcuts() if one != QKeySequence()
    ]
    assert len(keys) > 10
    assert [key for key, count in Counter(keys).items() if count > 1] == []


@pytest.mark.parametrize("page", ["", "overview", "charts", "recurring"])
def test_tab_comes_to_everything_that_can_be_used(
    viewer: Viewer, window: QWidget, page: str, qtbot: QtBot
) -> None:
    if page:
        viewer.sidebar.choose(("page", page))
        qtbot.waitUntil(lambda: viewer.stack.currentWidget() is not viewer.transactions)
    reached = once_round(window)
    assert len(reached) > 5
    usable = [widget for widget in window.findChildren(QWidget) if takes_tab(widget)]
    assert [widget for widget in usable if widget not in reached] == []


@pytest.mark.parametrize("page", ["", "overview", "charts"])
def test_what_has_the_focus_shows_it(
    viewer: Viewer, window: QWidget, page: str, qtbot: QtBot
) -> None:
    if page:
        viewer.sidebar.choose(("page", page))
        qtbot.waitUntil(lambda: viewer.stack.currentWidget() is not viewer.transactions)
    # The first press of Tab lets the window show what has the focus.
    once_round(window)
    plain: list[QWidget] = []
    for _ in once_round(window):
        widget = focused()
        corner = widget.mapTo(window, widget.rect().topLeft())
        place = widget.rect().adjusted(-4, -4, 4, 4).translated(corner)
        with_focus = window.grab(place).toImage()
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Tab)
        # A scroll area takes keys only to scroll; a flat button shows a ring only in a window used by keys.
        same = window.grab(place).toImage() == with_focus
        flat = isinstance(widget, QPushButton) and widget.isFlat()
        if same and not flat and type(widget) is not QScrollArea:
            plain.append(widget)
    assert [(type(one), one.objectName()) for one in plain] == []


def test_f6_goes_from_pane_to_pane(viewer: Viewer, window: QWidget) -> None:
    panes = (viewer.sidebar, viewer.centre, viewer.detail)
    been: list[int] = []
    for _ in range(sum(pane.isVisible() for pane in panes)):
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_F6)
        been += [n for n, pane in enumerate(panes) if pane.isAncestorOf(focused())]
    assert been[-1] == 0
    assert len(set(been)) == len(been) > 1
