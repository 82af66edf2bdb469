from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton

from bankview.ui.widgets.empty import EmptyTable, FirstRun
from bankview.ui.widgets.notice import Notice, NoticeStack
from bankview.ui.widgets.spinner import Spinner
from bankview.ui.widgets.text import Link
from tests.ui.dialogs.conftest import child

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

pytestmark = [
    pytest.mark.window,
    # What the platform without a screen says of itself.
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]

SOON = Notice("ends", "soon", "clock", "Access ends on 26 November.", "It takes a minute.", "Renew")
SIGN_IN = Notice("in", "attention", "warning", "Sign in again.", "", "Sign in…", dismissible=False)
OFFLINE = Notice("off", "notice", "offline", "Offline.", "Showing saved data.", "Try again")


@pytest.fixture
def stack(look: QApplication, qtbot: QtBot) -> NoticeStack:
    made = NoticeStack()
    qtbot.addWidget(made)
    made.resize(900, 200)
    return made


def press(qtbot: QtBot, button: QPushButton | QToolButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_nothing_to_say_takes_no_room(stack: NoticeStack) -> None:
    stack.show_notices(())
    assert stack.isHidden()


def test_the_most_urgent_stands_on_top(stack: NoticeStack) -> None:
    stack.show_notices((OFFLINE, SIGN_IN))
    assert [bar.notice.id for bar in stack.bars()] == ["in", "off"]


def test_a_third_notice_waits_behind_a_count(stack: NoticeStack, qtbot: QtBot) -> None:
    stack.show_notices((OFFLINE, SOON, SIGN_IN))
    stack.show()
    assert [bar.notice.id for bar in stack.bars()] == ["in", "ends"]
    more = child(stack, Link, "more-notices")
    assert more.text() == "1 more"
    press(qtbot, more)
    assert [bar.notice.id for bar in stack.bars()] == ["in", "ends", "off"]
    assert more.isHidden()


def test_a_bar_s_button_says_which_notice_it_was(stack: NoticeStack, qtbot: QtBot) -> None:
    stack.show_notices((SOON,))
    stack.show()
    button = child(stack.bars()[0], QPushButton)
    with qtbot.waitSignal(stack.acted) as heard:
        press(qtbot, button)
    assert heard.args == ["ends"]


def test_a_sign_in_bar_cannot_be_dismissed(stack: NoticeStack, qtbot: QtBot) -> None:
    stack.show_notices((SIGN_IN, OFFLINE))
    stack.show()
    urgent, other = (child(bar, QToolButton) for bar in stack.bars())
    assert urgent.isHidden()
    with qtbot.waitSignal(stack.dismissed) as heard:
        press(qtbot, other)
    assert heard.args == ["off"]


def test_a_bar_that_stays_is_the_same_bar(stack: NoticeStack) -> None:
    stack.show_notices((SOON, OFFLINE))
    before = stack.bars()[0]
    stack.show_notices((SOON,))
    assert stack.bars() == (before,)


def test_the_second_sentence_gives_way_where_it_is_narrow(stack: NoticeStack) -> None:
    stack.show_notices((SOON,))
    stack.resize(360, 60)
    stack.show()
    assert stack.bars()[0].toolTip() == "It takes a minute."
    stack.resize(900, 60)
    assert stack.bars()[0].toolTip() == ""


@pytest.mark.parametrize(
    ("name", "signal"),
    [("first-connect", "connect_asked"), ("try-demo", "demo_asked"), ("open-file", "open_asked")],
)
def test_the_first_page_has_three_ways_on(
    look: QApplication, qtbot: QtBot, name: str, signal: str
) -> None:
    page = FirstRun("Secret Service")
    qtbot.addWidget(page)
    page.show()
    with qtbot.waitSignal(getattr(page, signal)):
        press(qtbot, child(page, QPushButton, name))


def test_an_empty_table_has_a_button_only_where_one_helps(look: QApplication, qtbot: QtBot) -> None:
    table = EmptyTable()
    qtbot.addWidget(table)
    table.say("No row matches.", "Search all time")
    button = child(table, QPushButton)
    assert not button.isHidden()
    table.say("Nothing was fetched yet.")
    assert button.isHidden()


def test_the_spinner_turns_only_while_it_is_seen(look: QApplication, qtbot: QtBot) -> None:
    spinner = Spinner()
    qtbot.addWidget(spinner)
    assert not spinner.turning
    spinner.hide()
    assert not spinner.turning
