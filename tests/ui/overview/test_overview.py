"""The overview page over a real ledger, by keys and clicks."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLabel, QPushButton

from bankview.domain.money import Money
from bankview.domain.transaction import Status, Transaction
from bankview.store import connections, ledger
from bankview.sync.merge import account_identity, merge
from bankview.ui.models.transactions import MASK
from bankview.ui.widgets.notice import Notice
from bankview.ui.windows.overview import Overview
from tests.ui.conftest import NOON

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from bankview.sync.home import Home
    from bankview.ui.windows.viewer import Viewer

pytestmark = pytest.mark.window
PATIENCE = 20_000
SIGN_IN = Notice(
    "sign-in:dnb", "attention", "warning", "DNB needs you.", "Since today.", "Sign in…"
)


def overview(viewer: Viewer, qtbot: QtBot) -> Overview:
    viewer.sidebar.choose(("page", "overview"))
    found: list[Overview] = []

    def there() -> bool:
        found[:] = [one for one in viewer.window.findChildren(Overview) if one.isVisible()]
        return bool(found) and found[0].spending.count() > 0

    qtbot.waitUntil(there, timeout=PATIENCE)
    return found[0]


def words(page: Overview) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def test_it_says_what_there_is_what_went_and_what_is_new(viewer: Viewer, qtbot: QtBot) -> None:
    page = overview(viewer, qtbot)
    qtbot.waitUntil(lambda: "5,000.00\nNOK\n1 account" in words(page), timeout=PATIENCE)
    assert "−304.35" in words(page)
    assert page.chart.count() == 366
    newest = page.newest.model()
    QAbstractItemModelTester(newest)
    assert newest.index(0, 1).data() in {"Rema", "Kiwi"}
    assert newest.rowCount() == 7
    assert "Nothing needs you." in words(page)


def test_a_category_leads_to_its_rows(viewer: Viewer, qtbot: QtBot) -> None:
    page = overview(viewer, qtbot)
    with qtbot.waitSignal(page.rows_asked, timeout=PATIENCE) as heard:
        page.spending.setFocus()
        QTest.keyClick(page.spending, Qt.Key.Key_Down)
        QTest.keyClick(page.spending, Qt.Key.Key_Return)
    assert heard.args == ["category:none is:out date:2026-10-22..2026-11-20 is:booked -is:transfer"]
    strip = viewer.transactions.strip.text
    qtbot.waitUntil(lambda: "−304.35" in strip.text(), timeout=PATIENCE)
    assert viewer.sidebar.choice() == ("all", None)
    assert viewer.filters.search.text() == heard.args[0]


def test_all_rows_are_a_click_away_and_back_leads_home(viewer: Viewer, qtbot: QtBot) -> None:
    page = overview(viewer, qtbot)
    everything = page.findChild(QPushButton, "show-all")
    assert everything
    QTest.mouseClick(everything, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(viewer.table.isVisible, timeout=PATIENCE)
    viewer.act["back"].trigger()
    qtbot.waitUntil(page.isVisible, timeout=PATIENCE)


def test_hidden_amounts_show_no_digit_of_one(viewer: Viewer, qtbot: QtBot) -> None:
    page = overview(viewer, qtbot)
    viewer.act["hide"].trigger()
    qtbot.waitUntil(lambda: MASK in words(page), timeout=PATIENCE)
    told = words(page) + page.chart.accessibleDescription() + page.spending.accessibleDescription()
    told += "".join(
        str(page.newest.model().index(row, 3).data())
        for row in range(page.newest.model().rowCount())
    )
    assert not re.search(r"\d[.,]\d\d(?!\d)", told)


def test_what_needs_the_person_is_listed_there_and_not_above_it(
    viewer: Viewer, qtbot: QtBot
) -> None:
    viewer.attend((SIGN_IN,))
    assert viewer.notices.isVisible()
    page = overview(viewer, qtbot)
    assert "DNB needs you.\nSince today." in words(page)
    assert not viewer.notices.bars()
    with qtbot.waitSignal(viewer.notices.acted, timeout=PATIENCE) as heard:
        page.attention.findChildren(QPushButton)[0].click()
    assert heard.args == ["sign-in:dnb"]
    viewer.sidebar.choose(("all", None))
    qtbot.waitUntil(lambda: len(viewer.notices.bars()) == 1, timeout=PATIENCE)


def test_buttons_under_each_other_are_equally_wide(viewer: Viewer, qtbot: QtBot) -> None:
    other = replace(SIGN_IN, id="renew:dnb", button="Renew the access now")
    viewer.attend((SIGN_IN, other))
    buttons = overview(viewer, qtbot).attention.findChildren(QPushButton)
    assert len(buttons) == 2
    assert len({one.width() for one in buttons}) == 1


def test_payments_that_come_again_are_announced(viewer: Viewer, home: Home, qtbot: QtBot) -> None:
    today = NOON.date()
    with closing(home.database()) as db:
        account = connections.accounts(db)[0]
        rows = [
            Transaction(
                "key",
                Status.BOOKED,
                today - timedelta(days=30 * n + 27),
                Money(-24900, "NOK"),
                "Avis",
                payee="Avis",
            )
            for n in range(6)
        ]
        identity = account_identity("dnb", account)
        ledger.publish(db, account, merge(identity, (), rows), NOON)
    page = overview(viewer, qtbot)
    qtbot.waitUntil(page.coming.isVisible, timeout=PATIENCE)
    coming = page.coming.model()
    assert [coming.index(0, n).data() for n in (1, 3)] == ["Avis", "−249.00"]


def test_a_narrow_window_has_one_column(viewer: Viewer, qtbot: QtBot) -> None:
    page = overview(viewer, qtbot)

    def left() -> int:
        return page.newest.mapTo(page, page.newest.rect().topLeft()).x()

    viewer.window.resize(1280, 800)
    qtbot.waitUntil(lambda: left() > 300, timeout=PATIENCE)
    viewer.window.resize(900, 600)
    qtbot.waitUntil(lambda: left() < 40, timeout=PATIENCE)
    assert page.horizontalScrollBar().maximum() == 0
