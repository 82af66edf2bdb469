"""The columns of the table: chosen, moved, remembered by kind of view, and what they say."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QMenu

from bankview.store import connections, ledger, view
from bankview.store.view import Filter, More, Row
from bankview.sync.merge import account_identity, merge
from bankview.ui.models.transactions import MASK, USUAL, Column, TransactionsModel
from bankview.ui.widgets.table import TransactionTable
from tests.ui.conftest import NOON, transaction

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from bankview.sync.home import Home
    from bankview.ui.windows.viewer import Viewer

pytestmark = pytest.mark.window

PATIENCE = 20_000
TODAY = date(2026, 11, 20)
EVERY = tuple(Column)


def row(number: int, **changes: Any) -> Row:
    said = (number, 1, TODAY.toordinal(), False, -1000, "NOK", "Rema", "Card", "food", 5000)
    return Row(*said)._replace(**changes)


def more(number: int, **changes: Any) -> More:
    day = TODAY.toordinal() - number
    said = (day, "1234", "KID 1", -990, "EUR", "two\nlines", ("trip", "b"), True)
    return More._make(said)._replace(**changes)


class Ledger:
    """Twenty rows, and what was asked of them."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    def more(self, ids: list[int]) -> dict[int, More]:
        self.asked.append(ids)
        return {own: more(own) for own in ids if own != 3}


@pytest.fixture
def book() -> Ledger:
    return Ledger()


@pytest.fixture
def table(qtbot: QtBot, book: Ledger) -> TransactionTable:
    model = TransactionsModel()
    model.today = TODAY
    model.accounts = {1: "Current"}
    made = TransactionTable(model)
    qtbot.addWidget(made)
    made.resize(1600, 400)
    made.show()
    qtbot.waitExposed(made)
    model.show(20, lambda _: [row(n) for n in range(20)], more=book.more)
    return made


def shown(table: TransactionTable) -> list[Column]:
    header = table.horizontalHeader()
    order = [Column(header.logicalIndex(place)) for place in range(len(Column))]
    return [column for column in order if not table.isColumnHidden(column)]


def test_a_table_shows_the_usual_columns_and_asks_for_nothing_beside_them(
    table: TransactionTable, book: Ledger
) -> None:
    assert shown(table) == list(USUAL)
    table.viewport().repaint()
    assert not book.asked


def test_what_is_ticked_in_the_menu_is_shown_at_the_end(
    table: TransactionTable, book: Ledger
) -> None:
    menu = table.columns.menu()
    ticks = {action.data(): action for action in menu.actions()}
    assert not ticks[Column.AMOUNT].isEnabled()
    ticks[Column.NOTE].trigger()
    ticks[Column.CATEGORY].trigger()
    wanted = [Column.DATE, Column.PAYEE, Column.AMOUNT, Column.BALANCE, Column.NOTE]
    assert shown(table) == wanted
    table.viewport().repaint()
    assert book.asked == [list(range(20))]


def test_columns_are_offered_to_the_keyboard_too(table: TransactionTable, qtbot: QtBot) -> None:
    place = table.viewport().rect().center()
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, table.mapToGlobal(place))
    QGuiApplication.sendEvent(table.viewport(), asked)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    inside = [action.menu() for action in menu.actions() if action.text() == "Columns"]
    (ticks,) = inside
    assert isinstance(ticks, QMenu)
    assert [action.data() for action in ticks.actions()] == list(Column)
    menu.close()


def test_each_column_says_its_own(table: TransactionTable) -> None:
    QAbstractItemModelTester(table.rows, QAbstractItemModelTester.FailureReportingMode.Fatal)
    texts = {column: table.rows.index(2, column).data() for column in EVERY[len(USUAL) :]}
    assert texts == {
        Column.ACCOUNT: "Current",
        Column.VALUE_DATE: "Wed 18 Nov",
        Column.NOTE: "two lines",
        Column.TAGS: "trip, b",
        Column.TEXT: "Card",
        Column.COUNTERPARTY: "1234",
        Column.REFERENCE: "KID 1",
        Column.ORIGINAL: "−9.90\N{NO-BREAK SPACE}EUR",
    }
    table.rows.masked = True
    assert table.rows.index(2, Column.ORIGINAL).data() == MASK
    assert table.rows.index(3, Column.NOTE).data() == ""


def test_a_balance_says_where_it_comes_from(table: TransactionTable) -> None:
    model = table.rows
    tip = Qt.ItemDataRole.ToolTipRole
    assert "bank" in model.index(0, Column.BALANCE).data(tip)
    model.show(1, lambda _: [row(0)], more=lambda ids: {ids[0]: more(0, by_bank=False)})
    assert model.index(0, Column.BALANCE).data(tip).startswith("Worked out")
    assert "worked out" in model.headerData(Column.BALANCE, Qt.Orientation.Horizontal, tip)


def test_columns_are_remembered_by_kind_of_view(table: TransactionTable, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    table.columns.remember(settings)
    table.columns.set_kind("account")
    table.columns.choose([Column.PAYEE, Column.NOTE, Column.DATE, Column.AMOUNT])
    table.columns.set_kind("all")
    assert shown(table) == list(USUAL)
    table.columns.set_kind("account")
    assert shown(table) == [Column.PAYEE, Column.NOTE, Column.DATE, Column.AMOUNT]
    header = table.horizontalHeader()
    header.moveSection(0, 1)
    other = TransactionTable(table.rows)
    other.resize(1600, 400)
    other.columns.remember(settings)
    other.columns.set_kind("account")
    assert shown(other) == [Column.NOTE, Column.PAYEE, Column.DATE, Column.AMOUNT]
    other.deleteLater()


@pytest.mark.parametrize("kept", ["", "[", '["payee", "amount", "moon"]', '["date"]', "[1]", "{}"])
def test_what_was_kept_by_nobody_of_ours_is_the_usual(
    table: TransactionTable, tmp_path: Path, kept: str
) -> None:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    settings.setValue("columns/all", kept)
    table.columns.remember(settings)
    table.columns.set_kind("all")
    assert shown(table) == list(USUAL)


def test_what_was_added_gives_way_before_payees_do(table: TransactionTable, qtbot: QtBot) -> None:
    table.columns.choose([*USUAL, Column.NOTE, Column.ACCOUNT, Column.REFERENCE, Column.TEXT])
    assert len(shown(table)) == len(USUAL) + 4
    table.resize(700, 400)
    qtbot.waitUntil(lambda: len(shown(table)) < len(USUAL) + 4)
    assert table.columnWidth(Column.PAYEE) >= 150
    assert set(USUAL) <= set(shown(table))
    table.resize(1600, 400)
    qtbot.waitUntil(lambda: len(shown(table)) == len(USUAL) + 4)


def test_only_what_the_ledger_sorts_by_sorts(table: TransactionTable, qtbot: QtBot) -> None:
    header = table.horizontalHeader()
    with qtbot.assertNotEmitted(table.sorted):
        header.setSortIndicator(Column.NOTE, Qt.SortOrder.AscendingOrder)
    assert header.sortIndicatorSection() == Column.DATE
    with qtbot.waitSignal(table.sorted):
        header.setSortIndicator(Column.ACCOUNT, Qt.SortOrder.AscendingOrder)


def test_a_new_row_is_marked_and_said(table: TransactionTable) -> None:
    table.rows.show(1, lambda _: [row(0)])
    plain = table.viewport().grab().toImage()
    table.rows.show(1, lambda _: [row(0, marks=32)])
    assert table.viewport().grab().toImage() != plain
    spoken = table.rows.index(0, Column.PAYEE).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Rema, new"


def test_rows_are_new_until_their_account_is_left(viewer: Viewer, home: Home, qtbot: QtBot) -> None:
    def new() -> list[bool]:
        found = (viewer.table.rows.row(n) for n in range(viewer.table.rows.rowCount()))
        return [row.new for row in found if row]

    with closing(home.database()) as db:
        (account,) = connections.accounts(db)
        known = tuple(view.transactions(db, Filter()))
        fresh = [transaction(99, "Fresh")]
        changes = merge(account_identity("dnb", account), known, fresh)
        ledger.publish(db, account, changes, NOON)
    viewer.reload()
    qtbot.waitUntil(lambda: sum(new()) == 1, timeout=PATIENCE)
    viewer.sidebar.choose(("account", account.id))
    qtbot.waitUntil(lambda: viewer.transactions.header.title.text() == "Current", timeout=PATIENCE)
    assert sum(new()) == 1
    viewer.sidebar.choose(("all", None))
    qtbot.waitUntil(lambda: sum(new()) == 0, timeout=PATIENCE)
    assert not viewer.act["undo"].isEnabled()


def test_categories_take_their_part_of_a_table_that_grows(
    table: TransactionTable, qtbot: QtBot
) -> None:
    long = "A category with a name of very many letters"
    table.resize(600, 400)
    table.rows.show(1, lambda _: [row(0, category=long)])
    table.fit()
    narrow = table.columnWidth(Column.CATEGORY)
    table.resize(1600, 400)
    qtbot.waitUntil(lambda: table.columnWidth(Column.CATEGORY) > narrow, timeout=PATIENCE)
    table.resize(600, 400)
    qtbot.waitUntil(lambda: table.columnWidth(Column.CATEGORY) == narrow, timeout=PATIENCE)
