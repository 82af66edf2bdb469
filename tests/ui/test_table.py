"""The transaction table and its model."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest

from bankview.store.view import Row
from bankview.ui.colours import colours, palette
from bankview.ui.models.transactions import MASK, SORT_ROLE, USUAL, Column, TransactionsModel
from bankview.ui.widgets.table import TransactionTable

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.window

TODAY = date(2026, 11, 20)


def row(number: int, **changes: Any) -> Row:
    day = TODAY.toordinal() - number // 3
    return Row(
        number, 1, day, False, -1000 - number, "NOK", "Rema 1000", "Card", "", 5000
    )._replace(**changes)


def page(number: int, count: int) -> list[Row]:
    return [row(n) for n in range(number * 128, min(count, number * 128 + 128))]


@pytest.fixture
def model() -> TransactionsModel:
    made = TransactionsModel()
    made.today = TODAY
    return made


@pytest.fixture
def table(model: TransactionsModel, qtbot: QtBot) -> TransactionTable:
    made = TransactionTable(model)
    made.setPalette(palette("light"))
    qtbot.addWidget(made)
    made.resize(800, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_the_model_keeps_qts_rules(model: TransactionsModel) -> None:
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show(300, lambda number: page(number, 300))
    model.show(0, lambda _: [])
    assert model.rowCount() == 0


def test_cells_read_as_people_write(model: TransactionsModel) -> None:
    model.show(3, lambda number: page(number, 3))
    texts = [model.index(0, column).data() for column in USUAL]
    assert texts == ["Fri 20 Nov", "Rema 1000", "", "−10.00", "50.00"]


def test_raw_values_lie_under_the_sort_role(model: TransactionsModel) -> None:
    model.show(3, lambda number: page(number, 3))
    values = [model.index(0, column).data(SORT_ROLE) for column in USUAL]
    assert values == [TODAY, "Rema 1000", "", -1000, 5000]


def test_a_hidden_amount_says_nothing_of_its_size(model: TransactionsModel) -> None:
    model.masked = True
    model.show(3, lambda number: page(number, 3))
    assert model.index(0, Column.AMOUNT).data() == MASK
    spoken = model.index(0, Column.AMOUNT).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "10" not in spoken


def test_an_amount_is_spoken_with_its_currency_and_state(model: TransactionsModel) -> None:
    model.show(1, lambda _: [row(0, pending=True)])
    spoken = model.index(0, Column.AMOUNT).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "−10.00\N{NO-BREAK SPACE}NOK, pending"


def test_only_the_pages_that_are_looked_at_are_fetched(model: TransactionsModel) -> None:
    fetched: list[int] = []

    def fetch(number: int) -> list[Row]:
        fetched.append(number)
        return page(number, 1_000_000)

    model.show(1_000_000, fetch)
    found = model.row(999_999)
    assert found is not None
    assert found.rowid == 999_999
    assert fetched == [7812]


def test_a_ledger_that_shrank_meanwhile_breaks_nothing(model: TransactionsModel) -> None:
    model.show(300, lambda number: page(number, 100))
    assert model.index(299, 0).data() is None


def test_a_repaint_asks_the_model_for_no_cell(
    table: TransactionTable, model: TransactionsModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.show(500, lambda number: page(number, 500))
    table.viewport().repaint()

    def refuse(*_: object) -> None:
        pytest.fail("a cell was asked for while painting")

    monkeypatch.setattr(TransactionsModel, "data", refuse)
    table.viewport().repaint()


def test_none_is_not_lost_by_painting(table: TransactionTable, model: TransactionsModel) -> None:
    model.show(500, lambda number: page(number, 500))
    before = sys.getrefcount(None)
    for _ in range(1000):
        table.viewport().repaint()
    assert sys.getrefcount(None) > before - 500


def test_money_in_is_painted_in_the_colour_of_credit(
    table: TransactionTable, model: TransactionsModel
) -> None:
    credit = colours(table.palette()).credit
    model.show(1, lambda _: [row(0, amount=123_400)])
    assert paints(table, credit.rgb())
    model.show(1, lambda _: [row(0)])
    assert not paints(table, credit.rgb())


def test_what_was_searched_for_is_marked(table: TransactionTable, model: TransactionsModel) -> None:
    mark = colours(table.palette()).match
    model.show(1, lambda _: [row(0)])
    assert not paints(table, mark.rgb())
    table.words = ("rema",)
    table.viewport().update()
    assert paints(table, mark.rgb())


def paints(table: TransactionTable, colour: int) -> bool:
    image = table.viewport().grab().toImage()
    return any(image.pixel(x, y) == colour for y in range(40) for x in range(image.width()))


def test_selected_rows_are_copied_for_a_spreadsheet(
    table: TransactionTable, model: TransactionsModel
) -> None:
    model.show(3, lambda number: page(number, 3))
    table.selectRow(0)
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().split("\n") == [
        "2026-11-20\tRema 1000\tCard\t-10.00\tNOK",
        "2026-11-20\tRema 1000\tCard\t-10.01\tNOK",
    ]


def test_return_opens_the_details(
    table: TransactionTable, model: TransactionsModel, qtbot: QtBot
) -> None:
    model.show(3, lambda number: page(number, 3))
    table.selectRow(0)
    with qtbot.waitSignal(table.opened):
        QTest.keyClick(table, Qt.Key.Key_Return)


def test_a_scroll_bar_shows_where_rows_overflow(
    table: TransactionTable, model: TransactionsModel, qtbot: QtBot
) -> None:
    model.show(500, lambda number: page(number, 500))
    qtbot.waitUntil(table.verticalScrollBar().isVisible)


@pytest.mark.parametrize(
    ("payee", "word", "found"),
    [
        ("Æ · REMA 1000", "rema", True),
        ("Ærlig", "ae", True),
        ("Cœur", "oeu", True),
        ("Æ · REMA 1000", "kiwi", False),
    ],
)
def test_what_was_searched_for_is_marked_beside_letters_that_are_typed_as_two(
    table: TransactionTable, payee: str, word: str, found: bool
) -> None:
    table.rows.show(1, lambda _: [row(0, payee=payee)])
    plain = table.viewport().grab().toImage()
    table.words = (word,)
    assert (table.viewport().grab().toImage() != plain) is found
