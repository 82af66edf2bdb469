"""A row's category in the details: chosen from the tree, said where it comes from, offered for the payee's other rows."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel

from bankview.domain.rule import Rule
from bankview.store import rules, suggestions
from bankview.ui.models.transactions import Column

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from bankview.sync.home import Home
    from bankview.ui.widgets.category_field import CategoryField
    from bankview.ui.windows.main import MainWindow

pytestmark = pytest.mark.window
PATIENCE = 20_000
CTRL = Qt.KeyboardModifier.ControlModifier


def field(window: MainWindow, number: int = 0) -> CategoryField:
    window.activateWindow()
    window.table.selectRow(number)
    assert window.detail.own
    return window.detail.own.category


def shown(window: MainWindow) -> list[str]:
    return [window.model.index(n, Column.CATEGORY).data() for n in range(30)]


def said(window: MainWindow, name: str) -> str:
    labels = window.detail.findChildren(QLabel)
    return "".join(one.text() for one in labels if one.objectName() == name and one.isVisible())


def button(window: MainWindow, name: str) -> QAbstractButton | None:
    found = window.detail.findChildren(QAbstractButton)
    return next((one for one in found if one.objectName() == name and one.isVisible()), None)


def press(window: MainWindow, name: str) -> None:
    found = button(window, name)
    assert found, name
    found.click()


def choose(edit: CategoryField, text: str) -> None:
    edit.selectAll()
    QTest.keyClicks(edit, text)
    QTest.keyClick(edit, Qt.Key.Key_Return)


def keep(home: Home, rule: Rule) -> None:
    with closing(home.database()) as db:
        rules.save(db, rule)


def test_the_list_shows_the_tree_by_name_and_own_words_below_it(window: MainWindow) -> None:
    edit = field(window)
    edit.offer(("Presents", "food"))
    edit.open()
    model = edit.completer().completionModel()
    names = [model.index(n, 0).data() for n in range(model.rowCount())]
    assert names[:2] == ["Income", "Salary"]
    assert names[-2:] == ["Between own accounts", "Presents"]
    QTest.keyClick(edit, Qt.Key.Key_Escape)


def test_a_name_of_the_tree_is_kept_as_its_id_whatever_its_case(
    window: MainWindow, home: Home, qtbot: QtBot
) -> None:
    edit = field(window)
    choose(edit, "groceries")
    qtbot.waitUntil(lambda: shown(window)[0] == "Groceries", timeout=PATIENCE)
    with closing(home.database()) as db:
        assert db.one("SELECT category FROM words") == "food.groceries"
    assert said(window, "category-source") == "Chosen by you"
    assert edit.text() == "Groceries"


def test_a_choice_is_offered_for_the_payee_s_other_rows_and_ctrl_z_takes_the_rule_back(
    window: MainWindow, home: Home, qtbot: QtBot
) -> None:
    edit = field(window)
    choose(edit, "Groceries")
    qtbot.waitUntil(lambda: button(window, "use-for-all") is not None, timeout=PATIENCE)
    row = window.detail.row
    assert row
    others = 19 if row.payee == "Rema" else 9
    assert said(window, "suggested") == f"Use Groceries for {others} other rows from {row.payee}?"
    press(window, "use-for-all")
    qtbot.waitUntil(lambda: shown(window).count("Groceries") == others + 1, timeout=PATIENCE)
    assert button(window, "use-for-all") is None
    window.act["undo"].trigger()
    qtbot.waitUntil(lambda: shown(window).count("Groceries") == 1, timeout=PATIENCE)
    with closing(home.database()) as db:
        assert rules.rules(db) == ()


def test_what_is_refused_is_not_offered_again(window: MainWindow, home: Home, qtbot: QtBot) -> None:
    choose(field(window), "Groceries")
    qtbot.waitUntil(lambda: button(window, "only-this") is not None, timeout=PATIENCE)
    row = window.detail.row
    assert row
    press(window, "only-this")
    assert button(window, "only-this") is None

    def is_refused() -> bool:
        with closing(home.database()) as db:
            return suggestions.offer(db, row.payee, "food.groceries") is None

    qtbot.waitUntil(is_refused, timeout=PATIENCE)


def test_what_a_rule_filed_says_so_and_an_own_choice_goes_before_it(
    window: MainWindow, home: Home, qtbot: QtBot
) -> None:
    keep(home, Rule(text="rema", category="food.groceries"))
    window.reload(reset=True)
    qtbot.waitUntil(lambda: "Groceries" in shown(window), timeout=PATIENCE)
    number = shown(window).index("Groceries")
    edit = field(window, number)
    link = button(window, "category-rule")
    assert edit.text() == "Groceries"
    assert link
    assert link.toolTip() == "By your rule: “rema”"
    choose(edit, "Gifts and donations")
    qtbot.waitUntil(lambda: shown(window)[number] == "Gifts and donations", timeout=PATIENCE)
    assert button(window, "category-rule") is None
    # Emptied, the rule counts again.
    edit.selectAll()
    QTest.keyClick(edit, Qt.Key.Key_Delete)
    QTest.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown(window)[number] == "Groceries", timeout=PATIENCE)
    assert edit.text() == "Groceries"
    assert button(window, "category-rule")


def test_leaving_the_field_as_it_is_writes_nothing(
    window: MainWindow, home: Home, qtbot: QtBot
) -> None:
    keep(home, Rule(text="rema", category="food.groceries"))
    window.reload(reset=True)
    qtbot.waitUntil(lambda: "Groceries" in shown(window), timeout=PATIENCE)
    edit = field(window, shown(window).index("Groceries"))
    QTest.keyClick(edit, Qt.Key.Key_Return)
    window.close_ledger()
    with closing(home.database()) as db:
        assert not db.one("SELECT count(*) FROM words")
