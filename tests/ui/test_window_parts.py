"""What the window's parts do by keys and clicks, and what gives way when it is small."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QToolButton

from bankview.domain.account import Account
from bankview.domain.connection import Connection, State
from bankview.store import connections
from bankview.ui.models.transactions import Column
from bankview.ui.poller import Poller
from bankview.ui.widgets.more_filters import read_amount
from bankview.ui.widgets.raw_text import RawText

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from bankview.sync.home import Home
    from bankview.ui.windows.viewer import Viewer
    from bankview.ui.worker import Worker

pytestmark = pytest.mark.window
PATIENCE = 20_000


def choose_account(viewer: Viewer) -> None:
    assert viewer._facts
    viewer.sidebar.choose(("account", viewer._facts.accounts[0].id))


def choice(viewer: Viewer) -> tuple[str, object]:
    found = viewer.sidebar.choice()
    assert found
    return found


def choose(viewer: Viewer, kind: str) -> None:
    viewer.sidebar.choose(("bank", "dnb")) if kind == "bank" else choose_account(viewer)


def menu_of(viewer: Viewer, kind: str, qtbot: QtBot) -> QMenu:
    """Open the sidebar's menu on the first row of a kind, as a right click does."""
    tree = viewer.sidebar.tree
    model = tree.model()
    rows = [model.index(row, 0) for row in range(model.rowCount())]
    index = next(index for index in rows if index.data(Qt.ItemDataRole.UserRole) == kind)
    tree.customContextMenuRequested.emit(tree.visualRect(index).center())
    menu = viewer.sidebar.findChildren(QMenu)[-1]
    qtbot.waitUntil(menu.isVisible, timeout=PATIENCE)
    return menu


def click_entry(menu: QMenu, text: str) -> None:
    action = next(action for action in menu.actions() if action.text() == text)
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())


@pytest.mark.parametrize(
    ("kind", "text", "asked"),
    [
        ("bank", "Update", ("update", "dnb")),
        ("bank", "Sign in again…", ("sign_in", "dnb")),
        ("bank", "Disconnect…", ("disconnect", "dnb")),
        ("account", "Rename…", ("rename", 1)),
        ("account", "Hide from the list", ("hide", 1)),
        ("account", "Move up", ("up", 1)),
        ("account", "Move down", ("down", 1)),
    ],
)
def test_the_sidebars_menu_asks_for_what_was_clicked(
    viewer: Viewer, qtbot: QtBot, kind: str, text: str, asked: tuple[str, object]
) -> None:
    menu = menu_of(viewer, kind, qtbot)
    with qtbot.waitSignal(viewer.account_asked, timeout=PATIENCE) as heard:
        click_entry(menu, text)
    assert tuple(heard.args or ()) == asked


@pytest.mark.parametrize("kind", ["bank", "account"])
def test_the_windows_menu_offers_what_the_sidebars_does_for_the_chosen_row(
    viewer: Viewer, qtbot: QtBot, kind: str
) -> None:
    menu = menu_of(viewer, kind, qtbot)
    offered = [action.text() for action in menu.actions()]
    menu.close()
    choose(viewer, kind)
    viewer.bar.opening.emit()
    assert [action.text() for action in viewer.bar.chosen.actions()] == offered
    assert viewer.bar.chosen.title() == viewer.sidebar.tree.currentIndex().data()
    with qtbot.waitSignal(viewer.account_asked) as heard:
        viewer.bar.chosen.actions()[0].trigger()
    assert tuple(heard.args or ())[1] == choice(viewer)[1]


def test_the_windows_menu_offers_nothing_for_a_row_that_stands_for_all(viewer: Viewer) -> None:
    viewer.bar.opening.emit()
    assert not viewer.bar.chosen.menuAction().isVisible()


@pytest.mark.parametrize("kind", ["bank", "account"])
def test_the_key_for_menus_opens_that_of_the_chosen_row(
    viewer: Viewer, qtbot: QtBot, kind: str
) -> None:
    choose(viewer, kind)
    viewer.window.activateWindow()
    qtbot.waitUntil(viewer.window.isActiveWindow, timeout=PATIENCE)
    viewer.sidebar.tree.setFocus()
    # As the system brings it: to the window, which asks whoever has the focus for the place.
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint())
    QGuiApplication.sendEvent(viewer.window.windowHandle(), asked)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert menu.title() == viewer.sidebar.tree.currentIndex().data()
    menu.close()


def test_a_hidden_account_lies_under_hidden_and_can_come_back(
    viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    with closing(home.database()) as db:
        connections.hide_account(db, 1, True)
    viewer.reload()
    model = viewer.sidebar.tree.model()

    def kinds() -> list[str]:
        return [
            model.index(row, 0).data(Qt.ItemDataRole.UserRole) for row in range(model.rowCount())
        ]

    qtbot.waitUntil(lambda: "hidden" in kinds(), timeout=PATIENCE)
    row = kinds().index("hidden")
    assert viewer.sidebar.tree.isRowHidden(row + 1, model.index(-1, -1))
    QTest.mouseClick(
        viewer.sidebar.tree.viewport(),
        Qt.MouseButton.LeftButton,
        pos=viewer.sidebar.tree.visualRect(model.index(row, 0)).center(),
    )
    assert not viewer.sidebar.tree.isRowHidden(row + 1, model.index(-1, -1))
    menu = menu_of(viewer, "account", qtbot)
    assert "Show in the list" in [action.text() for action in menu.actions()]
    menu.close()


def test_the_sidebar_says_when_a_bank_needs_the_person(
    viewer: Viewer, home: Home, qtbot: QtBot
) -> None:
    with closing(home.database()) as db:
        connection = connections.connection(db, "dnb")
        assert connection
        connections.save_connection(db, replace(connection, state=State.SIGN_IN))
    viewer.reload()
    qtbot.waitUntil(
        lambda: viewer._state.text().startswith("0 of 1 bank up to date"), timeout=PATIENCE
    )


def test_the_header_names_account_number_and_balance(viewer: Viewer, qtbot: QtBot) -> None:
    choose_account(viewer)
    qtbot.waitUntil(lambda: viewer.transactions.header.title.text() == "Current", timeout=PATIENCE)
    assert viewer.transactions.header.number.text() == "123"
    assert viewer.transactions.header.balance.text().replace("\u00a0", " ") in {
        "5 000,00",
        "5,000.00",
    }
    assert "Updated" in viewer.transactions.header.facts.text()


def test_a_low_window_has_low_rows_and_two_lines_of_header(viewer: Viewer, qtbot: QtBot) -> None:
    choose_account(viewer)
    qtbot.waitUntil(lambda: viewer.transactions.header.title.text() == "Current", timeout=PATIENCE)
    tall, row = viewer.transactions.header.height(), viewer.table.rowHeight(0)
    viewer.window.resize(900, 600)
    qtbot.waitUntil(lambda: viewer.table.rowHeight(0) < row, timeout=PATIENCE)
    qtbot.waitUntil(lambda: viewer.transactions.header.height() < tall, timeout=PATIENCE)
    assert "123" in viewer.transactions.header.facts.text()
    assert not viewer.sidebar.totals.isVisible()
    # The balance stands at the right of the name, not below it.
    title, balance = viewer.transactions.header.title, viewer.transactions.header.balance
    assert balance.x() > title.x() + title.width()
    assert abs(balance.geometry().center().y() - title.geometry().center().y()) < 12


def test_the_smallest_window_shows_payee_and_amount(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.window.resize(760, 480)
    qtbot.waitUntil(lambda: viewer.table.isColumnHidden(Column.BALANCE), timeout=PATIENCE)
    assert not viewer.table.isColumnHidden(Column.AMOUNT)
    assert viewer.table.columnWidth(Column.PAYEE) > 150
    assert not viewer.filters.more.text()
    assert viewer.filters.more.accessibleName() == "Amount, status…"
    assert not viewer.drawer.isVisible()


def test_return_opens_the_details_over_a_narrow_table_and_escape_closes_them(
    viewer: Viewer, qtbot: QtBot
) -> None:
    viewer.window.resize(800, 600)
    qtbot.waitUntil(lambda: not viewer.drawer.isVisible(), timeout=PATIENCE)
    viewer.table.setFocus()
    viewer.table.selectRow(3)
    QTest.keyClick(viewer.table, Qt.Key.Key_Return)
    assert viewer.drawer.is_over
    assert viewer.drawer.isVisible()
    assert viewer.act["panel"].isChecked()
    assert viewer.table.isVisible()
    QTest.keyClick(viewer.table, Qt.Key.Key_Escape)
    assert not viewer.drawer.isVisible()
    assert not viewer.act["panel"].isChecked()


def test_details_close_beside_the_table_and_come_back(viewer: Viewer, qtbot: QtBot) -> None:
    viewer.window.resize(1280, 800)
    qtbot.waitUntil(viewer.drawer.isVisible, timeout=PATIENCE)
    viewer.table.selectRow(0)
    close = next(
        b for b in viewer.detail.findChildren(QToolButton) if b.accessibleName() == "Close details"
    )
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not viewer.drawer.isVisible(), timeout=PATIENCE)
    viewer.act["panel"].trigger()
    qtbot.waitUntil(lambda: viewer.drawer.width() >= 256, timeout=PATIENCE)
    assert viewer.drawer.isVisible()


def test_the_details_copy_the_banks_own_text(viewer: Viewer) -> None:
    viewer.table.selectRow(0)
    text = viewer.detail.findChild(RawText)
    assert isinstance(text, RawText)
    copy = next(b for b in viewer.detail.findChildren(QToolButton) if b.accessibleName() == "Copy")
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == text.toPlainText() != ""


def test_all_rows_of_a_payee_are_one_click_away_and_back_leads_home(
    viewer: Viewer, qtbot: QtBot
) -> None:
    row = next(
        n
        for n in range(30)
        if (found := viewer.transactions.model.row(n)) and found.payee == "Kiwi"
    )
    viewer.table.selectRow(row)
    more = viewer.detail.findChild(QPushButton, "similar")
    assert isinstance(more, QPushButton)
    QTest.mouseClick(more, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: viewer.transactions.model.rowCount() == 10, timeout=PATIENCE)
    viewer.act["back"].trigger()
    qtbot.waitUntil(lambda: viewer.transactions.model.rowCount() == 30, timeout=PATIENCE)
    assert not viewer.act["back"].isEnabled()
    viewer.act["forward"].trigger()
    qtbot.waitUntil(lambda: viewer.transactions.model.rowCount() == 10, timeout=PATIENCE)
    assert viewer.filters.search.text() == "payee:=Kiwi"


def test_back_and_forward_go_through_the_accounts(viewer: Viewer, qtbot: QtBot) -> None:
    choose_account(viewer)
    qtbot.waitUntil(viewer.act["back"].isEnabled, timeout=PATIENCE)
    viewer.act["back"].trigger()
    assert viewer.sidebar.choice() == ("all", None)
    qtbot.waitUntil(viewer.act["forward"].isEnabled, timeout=PATIENCE)
    viewer.act["forward"].trigger()
    assert viewer.sidebar.choice() == ("account", 1)


def test_rows_are_found_by_size_and_status(viewer: Viewer, qtbot: QtBot) -> None:
    more = viewer.filters.more
    QTest.mouseClick(more, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(more.popup.isVisible, timeout=PATIENCE)
    QTest.keyClicks(more.low, "10,20")
    qtbot.waitUntil(lambda: viewer.transactions.model.rowCount() == 10, timeout=PATIENCE)
    QTest.keyClicks(more.high, "10.24")
    qtbot.waitUntil(lambda: viewer.transactions.model.rowCount() == 5, timeout=PATIENCE)
    assert more.text() == "10,20–10.24"
    QTest.keyClick(more.popup, Qt.Key.Key_Escape)
    assert not more.popup.isVisible()
    more.choices[2].click()
    qtbot.waitUntil(lambda: viewer.transactions.model.rowCount() == 0, timeout=PATIENCE)
    assert viewer.transactions.nothing.text() == "No transactions in this selection."
    clear = viewer.transactions.strip.findChild(QPushButton, "clear")
    assert isinstance(clear, QPushButton)
    QTest.mouseClick(clear, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: viewer.transactions.model.rowCount() == 30, timeout=PATIENCE)
    assert more.text() == "Amount, status…"
    assert not viewer.transactions.strip.isVisible()


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("500", "500"),
        ("1 234,5", "1234.5"),
        ("1\u00a0234.50", "1234.50"),
        ("\u221212,00", "12.00"),
        ("", None),
        ("1e3", None),
        ("12,", None),
        ("1.2.3", None),
        ("abc", None),
    ],
)
def test_sizes_are_read_as_people_write_them(text: str, size: str | None) -> None:
    found = read_amount(text)
    assert (None if found is None else str(found)) == size


def test_one_bank_is_updated_from_the_arrow_beside_update(viewer: Viewer, qtbot: QtBot) -> None:
    entry = next(action for action in viewer.bar.banks.actions() if action.text() == "DNB")
    with qtbot.waitSignal(viewer.account_asked, timeout=PATIENCE) as heard:
        entry.trigger()
    assert heard.args == ["update", "dnb"]


def test_the_focused_row_carries_a_ring_for_the_keyboard_alone(
    viewer: Viewer, qtbot: QtBot
) -> None:
    viewer.window.activateWindow()
    viewer.table.setFocus()
    qtbot.waitUntil(viewer.table.hasFocus, timeout=PATIENCE)
    viewer.table.setCurrentIndex(viewer.transactions.model.index(0, 0))

    def seen(*, by_keys: bool) -> QImage:
        viewer.window.setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange, by_keys)
        return viewer.table.grab().toImage()

    assert seen(by_keys=True) != seen(by_keys=False)
    assert seen(by_keys=False) == seen(by_keys=False)


def test_the_clock_asks_for_what_is_due(home: Home, worker: Worker, qtbot: QtBot) -> None:
    with closing(home.database()) as db:
        connections.save_connection(
            db, Connection("fresh", "sparebank1", "Fresh", last_success=home.now())
        )
        connections.save_connection(
            db,
            Connection("stale", "sparebank1", "Stale", last_success=home.now() - timedelta(days=3)),
        )
        connections.save_account(db, Account("k", "A", "NOK", "9", connection_id="stale"))
    due: list[str] = []
    poller = Poller(worker, home)
    poller.due.connect(due.append)
    with qtbot.waitSignal(poller.scheduled, timeout=PATIENCE):
        poller.tick()
    assert "stale" in due
    assert "fresh" not in due


def test_the_connect_button_stands_at_the_sidebars_foot(viewer: Viewer, qtbot: QtBot) -> None:
    with qtbot.waitSignal(viewer.connect_bank, timeout=PATIENCE):
        QTest.mouseClick(
            viewer.sidebar.add,
            Qt.MouseButton.LeftButton,
            pos=QPoint(viewer.sidebar.add.width() // 2, 8),
        )


def test_what_ends_after_the_ledger_is_closed_reads_nothing(viewer: Viewer) -> None:
    viewer.close_ledger()
    viewer.reload()
    assert viewer.data_version() == 0
